//! The item that the pointer is on, in whichever card: the others show it, too. Cards tell and ask, and know nothing of each
//! other.

use std::time::Instant;

use egui::{Context, Id};

use crate::pool::RunLog;

/// The kind of card in which the pointer is. Of each kind, one shows a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointedIn {
    Timeline,
    Picture,
    /// A tree of work.
    Tree,
    /// The table of the philosophers.
    Table,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pointed {
    card: PointedIn,
    /// When the run of the item was started. Runs beside each other have items of the same numbers.
    started: Instant,
    row: u64,
    /// The pass in which that was told last.
    pass: u64,
}

fn place() -> Id {
    Id::unique("item under the pointer")
}

/// Tells which item of a run the pointer is on in this card, or that it is on none there; in each frame.
pub fn point_at(ctx: &Context, card: PointedIn, log: &RunLog, row: Option<u64>) {
    let before: Option<Pointed> = ctx.data(|data| data.get_temp(place()));
    let (started, pass) = (log.plan.started, ctx.cumulative_pass_nr());
    match row {
        Some(row) => {
            ctx.data_mut(|data| data.insert_temp(place(), Pointed { card, started, row, pass }));
            if before.is_none_or(|before| (before.card, before.started, before.row) != (card, started, row)) {
                // The card that shows it may be drawn already.
                ctx.request_repaint();
            }
        }
        None if before.is_some_and(|before| (before.card, before.started) == (card, started)) => {
            ctx.data_mut(|data| data.remove::<Pointed>(place()));
            ctx.request_repaint();
        }
        None => {}
    }
}

/// The item of this run that the pointer is on. Of a card that is not drawn any more nothing is known.
pub fn pointed(ctx: &Context, log: &RunLog) -> Option<u64> {
    let pointed: Pointed = ctx.data(|data| data.get_temp(place()))?;
    let is_known = pointed.started == log.plan.started && pointed.pass + 1 >= ctx.cumulative_pass_nr();
    is_known.then_some(pointed.row)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::function::FunctionSpec;
    use crate::pool::{Job, Plan, Settings};
    use crate::value::Column;

    /// Two runs, one after the other.
    fn runs() -> [RunLog; 2] {
        let first = Instant::now();
        [first, first + Duration::from_secs(1)].map(|started| {
            let function = FunctionSpec::builtin("double", []).unwrap();
            let inputs = Arc::new(Column::Int(vec![1]));
            let job = Job { inputs_name: String::new(), inputs, function, settings: Settings::default() };
            RunLog::new(Plan { job, started, started_wall: SystemTime::now() })
        })
    }

    fn frame(ctx: &Context, draw: impl Fn(&Context)) {
        ctx.run_ui(egui::RawInput::default(), |ui| draw(ui.ctx())).drop_without_applying_deltas();
    }

    #[test]
    fn the_card_that_the_pointer_came_to_is_heard_and_not_the_one_that_it_left() {
        let (ctx, [run, _]) = (Context::default(), runs());
        frame(&ctx, |ctx| point_at(ctx, PointedIn::Picture, &run, Some(7)));
        // The timeline is drawn first, and the pointer is there now.
        frame(&ctx, |ctx| {
            point_at(ctx, PointedIn::Timeline, &run, Some(7));
            point_at(ctx, PointedIn::Picture, &run, None);
            assert_eq!(pointed(ctx, &run), Some(7));
        });
        frame(&ctx, |ctx| {
            point_at(ctx, PointedIn::Timeline, &run, None);
            assert_eq!(pointed(ctx, &run), None);
        });
    }

    #[test]
    fn a_picture_without_the_pointer_leaves_it_to_the_one_beside_it() {
        let (ctx, [left, right]) = (Context::default(), runs());
        for _ in 0..3 {
            frame(&ctx, |ctx| {
                point_at(ctx, PointedIn::Picture, &left, Some(7));
                point_at(ctx, PointedIn::Picture, &right, None);
                assert_eq!(pointed(ctx, &left), Some(7));
            });
        }
        // Two cards that took it from each other would be drawn again and again.
        assert!(!ctx.has_requested_repaint());
    }

    #[test]
    fn an_item_of_one_run_is_none_of_the_run_beside_it() {
        let (ctx, [left, right]) = (Context::default(), runs());
        frame(&ctx, |ctx| point_at(ctx, PointedIn::Picture, &left, Some(0)));
        frame(&ctx, |ctx| {
            assert_eq!((pointed(ctx, &left), pointed(ctx, &right)), (Some(0), None));
        });
    }

    #[test]
    fn of_a_card_that_is_gone_nothing_is_known() {
        let (ctx, [run, _]) = (Context::default(), runs());
        frame(&ctx, |ctx| point_at(ctx, PointedIn::Picture, &run, Some(7)));
        frame(&ctx, |_| {});
        frame(&ctx, |ctx| assert_eq!(pointed(ctx, &run), None));
    }
}
