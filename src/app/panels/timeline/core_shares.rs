//! Whose time the cores were, all of them together: the pool's, this window's and that of other programs, one on top of the
//! other, on the axis of the lanes.

use std::time::{Duration, Instant};

use egui::{Align2, Color32, FontId, Mesh, Rect, Role, Sense, Shape, TextStyle, Ui, WidgetInfo, pos2, vec2};

use super::stretches::{self, Place, add_quad};
use super::window::Scale;
use crate::app::context::ViewContext;
use crate::app::theme::{STEP, Theme, strong};
use crate::monitor::{CoreShares, MonitorSnapshot, Point, Series};
use crate::pool::MachineLoad;

/// The row's height where there is room, and where there is little.
pub const HEIGHT: f32 = 44.0;
pub const LEAST_HEIGHT: f32 = 24.0;

/// Whose it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Share {
    Pool,
    Own,
    Others,
}

impl Share {
    /// From the lowest to the highest.
    const ALL: [Self; 3] = [Self::Pool, Self::Own, Self::Others];

    /// `has_run` says whether there is a pool: before, what this window has started only looks at code.
    fn name(self, has_run: bool) -> &'static str {
        match self {
            Self::Pool if !has_run => "started by this window",
            Self::Pool => "this pool",
            Self::Own => "this window",
            Self::Others => "other programs",
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::Pool => "The pool's processes, with all that they have started.",
            Self::Own => {
                "This window itself, of which drawing takes most where there is no graphics processor."
            }
            Self::Others => {
                "Everything else on this machine. Where it is much, runs are slower than they could be."
            }
        }
    }

    fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Pool => theme.soft(theme.accent, 0.75),
            Self::Own => theme.soft(theme.workers[3], 0.55),
            Self::Others => theme.soft(theme.warn, 0.7),
        }
    }
}

/// The row in one frame.
pub struct SharesRow<'a> {
    pub cx: &'a ViewContext<'a>,
    pub scale: Scale,
    /// The zero of the axis.
    pub zero: Instant,
    pub monitor: &'a MonitorSnapshot,
}

impl SharesRow<'_> {
    /// Draws the name and the areas into `rect`.
    pub fn ui(&self, ui: &Ui, rect: Rect) {
        let theme = self.cx.theme;
        let names = rect.with_max_x(self.scale.x.min - STEP);
        let cores = self.monitor.cores.len();
        let remark = self.figures().map_or("–".to_owned(), |figures| {
            format!("{:.2} of {cores} busy", figures.iter().sum::<f32>())
        });
        let response = ui.interact(names, ui.scope_id().with("all cores"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("All cores, {remark}")));
        response.on_hover_text(
            "All cores together, and whose time it was. Below, each core with all that runs on it.",
        );
        let font = FontId { size: 11.5, ..strong().resolve(ui.style()) };
        let small = FontId { size: 10.5, ..TextStyle::Small.resolve(ui.style()) };
        let (x, y) = (names.left() + 12.0, names.center().y);
        let painter = ui.painter();
        if rect.height() < 30.0 {
            let text = format!("All cores · {remark}");
            painter.text(pos2(x, y), Align2::LEFT_CENTER, text, small, theme.weak);
        } else {
            painter.text(pos2(x, y - 6.5), Align2::LEFT_CENTER, "All cores", font, theme.text);
            painter.text(pos2(x, y + 6.5), Align2::LEFT_CENTER, remark, small, theme.weak);
        }
        let plot = Rect::from_x_y_ranges(self.scale.x, rect.top() + 3.0..=rect.bottom() - 3.0);
        self.draw(ui, plot, cores.max(1) as f32);
    }

    fn draw(&self, ui: &Ui, plot: Rect, cores: f32) {
        let theme = self.cx.theme;
        let painter = ui.painter().with_clip_rect(plot.intersect(ui.clip_rect()));
        let y = |busy: f32| plot.bottom() - (busy / cores).clamp(0.0, 1.0) * plot.height();
        let mut mesh = Mesh::default();
        for places in stacked(&self.monitor.shares) {
            let places = places.into_iter().map(|(at, values)| Place { x: self.x_of(at), values });
            stretches::for_each(places, stretches::join_means, self.scale.x, &mut |one, other| {
                let mut bottom = [plot.bottom(); 2];
                for (nth, share) in Share::ALL.into_iter().enumerate() {
                    let top = [y(one.values[nth]), y(other.values[nth])];
                    add_quad(&mut mesh, [one.x, other.x], top, bottom, share.color(theme));
                    bottom = top;
                }
            });
        }
        painter.add(Shape::mesh(mesh));
        painter.hline(plot.x_range(), plot.bottom(), theme.hairline());
    }

    fn x_of(&self, at: Instant) -> f32 {
        let after = at.saturating_duration_since(self.zero).as_nanos() as f64;
        let before = self.zero.saturating_duration_since(at).as_nanos() as f64;
        self.scale.x_of(after - before)
    }

    /// What the colours mean, with the number of cores each: from the left of `rect` on, as far as there is room.
    pub fn legend_ui(&self, ui: &Ui, rect: Rect) {
        let theme = self.cx.theme;
        let figures = self.figures();
        let font = FontId { size: 10.5, ..TextStyle::Small.resolve(ui.style()) };
        let mut x = rect.left();
        for (nth, share) in Share::ALL.into_iter().enumerate() {
            let text = match figures {
                Some(figures) => format!("{} {:.2}", share.name(self.cx.run.is_some()), figures[nth]),
                None => share.name(self.cx.run.is_some()).to_owned(),
            };
            let galley = ui.painter().layout_no_wrap(text.clone(), font.clone(), theme.weak);
            let width = 14.0 + galley.size().x;
            if x + width > rect.right() {
                return;
            }
            let place = Rect::from_x_y_ranges(x..=x + width, rect.y_range());
            let swatch = Rect::from_center_size(pos2(x + 4.5, rect.center().y), vec2(9.0, 9.0));
            ui.painter().rect_filled(swatch, 2.0, share.color(theme));
            ui.painter().galley(pos2(x + 14.0, rect.center().y - galley.size().y / 2.0), galley, theme.weak);
            let response = ui.interact(place, ui.scope_id().with(("share", nth)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
            response.on_hover_text(share.explanation());
            x += width + 14.0;
        }
    }

    /// How many cores each keeps busy now; where a run is over and shown, how many it did in it.
    fn figures(&self) -> Option<[f32; 3]> {
        let shares = &self.monitor.shares;
        let of_each = |figure: &dyn Fn(&Series) -> Option<f32>| {
            Some([figure(&shares.pool)?, figure(&shares.own)?, figure(&shares.others)?])
        };
        let Some(run) = self.cx.run.filter(|_| !self.cx.is_live()) else {
            return of_each(&|series| series.last().map(|point| point.mean));
        };
        // Of a run that is shorter than the steps of the system's clock, the three can be more than all cores.
        if let Some(load) = run.log.machine.filter(MachineLoad::tells_of_others) {
            let figures = [load.pool_busy_cores(), load.own_busy_cores(), load.others_busy_cores()];
            return Some(figures.map(|cores| cores as f32));
        }
        let end = self.zero + Duration::from_nanos(self.cx.elapsed_ns());
        of_each(&|series| mean_within(series, self.zero, end))
    }
}

/// The mean of the samples from and to a time.
fn mean_within(series: &Series, from: Instant, upto: Instant) -> Option<f32> {
    let within = series.points().filter(|point| (from..=upto).contains(&point.at));
    let (sum, samples) = within.fold((0.0, 0), |(sum, samples), point| {
        (sum + point.mean * point.samples as f32, samples + point.samples)
    });
    (samples > 0).then(|| sum / samples as f32)
}

/// The stretches without a gap, each point with how high the pool, this window on top of it and others on top of both reach,
/// in cores.
fn stacked(shares: &CoreShares) -> Vec<Vec<(Instant, [f32; 3])>> {
    let (pool, own, others) = (shares.pool.runs(), shares.own.runs(), shares.others.runs());
    let runs = pool.iter().zip(&own).zip(&others);
    runs.map(|((pool, own), others)| {
        let points = pool.points().zip(own.points()).zip(others.points());
        let stack = |((pool, own), others): ((&Point, &Point), &Point)| {
            let below = pool.mean + own.mean;
            (pool.at, [pool.mean, below, below + others.mean])
        };
        points.map(stack).collect()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_share_stands_on_the_one_below() {
        let interval = Duration::from_millis(200);
        let mut shares = CoreShares::new(interval);
        let begun = Instant::now();
        for (nth, all) in [1.0, 1.5, 2.0].into_iter().enumerate() {
            shares.push(begun + interval * nth as u32, all, 0.5, 0.25);
        }
        shares.push(begun + interval * 40, 0.5, 0.5, 0.25);
        let stacks = stacked(&shares);
        assert_eq!(stacks.len(), 2);
        assert_eq!(stacks[0][2], (begun + interval * 2, [0.5, 0.75, 2.0]));
        assert_eq!(stacks[1], [(begun + interval * 40, [0.5, 0.75, 0.75])]);
        assert_eq!(mean_within(&shares.others, begun, begun + interval * 3), Some(0.75));
        assert_eq!(mean_within(&shares.others, begun + interval * 3, begun + interval * 9), None);
    }
}
