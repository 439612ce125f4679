//! The item that the pointer is on, in whichever card: the others show it, too. Cards tell and ask, and know nothing of each
//! other.

use egui::{Context, Id};

/// The card in which the pointer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointedIn {
    Timeline,
    /// There may be several beside each other.
    Picture(Id),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pointed {
    card: PointedIn,
    row: u64,
    /// The pass in which that was told last.
    pass: u64,
}

fn place() -> Id {
    Id::unique("item under the pointer")
}

/// Tells which item the pointer is on in this card, or that it is on none there; in each frame.
pub fn point_at(ctx: &Context, card: PointedIn, row: Option<u64>) {
    let before: Option<Pointed> = ctx.data(|data| data.get_temp(place()));
    let pass = ctx.cumulative_pass_nr();
    match row {
        Some(row) => {
            ctx.data_mut(|data| data.insert_temp(place(), Pointed { card, row, pass }));
            if before.is_none_or(|before| (before.card, before.row) != (card, row)) {
                // The card that shows it may be drawn already.
                ctx.request_repaint();
            }
        }
        None if before.is_some_and(|before| before.card == card) => {
            ctx.data_mut(|data| data.remove::<Pointed>(place()));
            ctx.request_repaint();
        }
        None => {}
    }
}

/// The item that the pointer is on. Of a card that is not drawn any more nothing is known.
pub fn pointed(ctx: &Context) -> Option<u64> {
    let pointed: Pointed = ctx.data(|data| data.get_temp(place()))?;
    (pointed.pass + 1 >= ctx.cumulative_pass_nr()).then_some(pointed.row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(ctx: &Context, draw: impl Fn(&Context)) {
        ctx.run_ui(egui::RawInput::default(), |ui| draw(ui.ctx())).drop_without_applying_deltas();
    }

    #[test]
    fn the_card_that_the_pointer_came_to_is_heard_and_not_the_one_that_it_left() {
        let ctx = Context::default();
        frame(&ctx, |ctx| point_at(ctx, PointedIn::Picture(Id::unique("a picture")), Some(7)));
        // The timeline is drawn first, and the pointer is there now.
        frame(&ctx, |ctx| {
            point_at(ctx, PointedIn::Timeline, Some(7));
            point_at(ctx, PointedIn::Picture(Id::unique("a picture")), None);
            assert_eq!(pointed(ctx), Some(7));
        });
        frame(&ctx, |ctx| {
            point_at(ctx, PointedIn::Timeline, None);
            assert_eq!(pointed(ctx), None);
        });
    }

    #[test]
    fn a_picture_without_the_pointer_leaves_it_to_the_one_beside_it() {
        let ctx = Context::default();
        let [left, right] = ["left", "right"].map(|name| PointedIn::Picture(Id::unique(name)));
        for _ in 0..3 {
            frame(&ctx, |ctx| {
                point_at(ctx, left, Some(7));
                point_at(ctx, right, None);
                assert_eq!(pointed(ctx), Some(7));
            });
        }
        // Two cards that took it from each other would be drawn again and again.
        assert!(!ctx.has_requested_repaint());
    }

    #[test]
    fn of_a_card_that_is_gone_nothing_is_known() {
        let ctx = Context::default();
        frame(&ctx, |ctx| point_at(ctx, PointedIn::Picture(Id::unique("a picture")), Some(7)));
        frame(&ctx, |_| {});
        frame(&ctx, |ctx| assert_eq!(pointed(ctx), None));
    }
}
