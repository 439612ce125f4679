//! What every part of the timeline needs to know in a frame.

use egui::{Color32, Context, FontId, TextStyle, Ui};

use super::detail::Block;
use super::window::Scale;
use crate::app::context::ViewContext;
use crate::app::{theme, widgets};
use crate::pool::{Executing, Row, RunSnapshot};

/// The bar of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// The place of its lane, counted from 0.
    pub place: usize,
    pub start_ns: u64,
    pub end_ns: u64,
}

/// One frame's view of a run on a scale of time.
pub struct FrameContext<'a> {
    pub cx: ViewContext<'a>,
    pub run: &'a RunSnapshot,
    pub scale: Scale,
    /// Time since Start at this frame.
    pub elapsed_ns: u64,
    /// The bar that lights up, because the pointer is on its item in some card.
    pub lit: Option<Bar>,
    pub strong_font: FontId,
    pub small_font: FontId,
}

impl<'a> FrameContext<'a> {
    /// The view of `run` in the style of `ui`.
    pub fn new(ui: &Ui, cx: ViewContext<'a>, run: &'a RunSnapshot, scale: Scale, elapsed_ns: u64) -> Self {
        let strong_font = theme::strong().resolve(ui.style());
        let small_font = FontId { size: 10.5, ..TextStyle::Small.resolve(ui.style()) };
        Self { cx, run, scale, elapsed_ns, lit: None, strong_font, small_font }
    }

    /// Lights the bar of the item that the pointer is on, in whichever card.
    pub fn light_pointed(&mut self, ctx: &Context) {
        self.lit = widgets::pointed(ctx, &self.run.log).and_then(|index| self.bar_of(index));
    }

    /// Whether any of this time is shown.
    pub fn is_in_view(&self, start_ns: u64, end_ns: u64) -> bool {
        end_ns as f64 >= self.scale.from_ns && start_ns as f64 <= self.scale.to_ns
    }

    /// Whether the row is one of the block's: run by this worker, within its time.
    pub fn is_within(&self, row: &Row<'_>, place: usize, block: &Block) -> bool {
        let segment = &block.segment;
        row.worker == place + 1
            && row.state.is_final()
            && (segment.start_ns..segment.end_ns).contains(&row.start_ns)
    }

    /// The item that worker `place` has in hand now.
    pub fn executing(&self, place: usize) -> Option<Executing> {
        self.run.live.get(place)?.executing.filter(|_| !self.run.log.is_finished())
    }

    /// Where the bar of an item is; nothing where no worker has had it.
    pub fn bar_of(&self, index: u64) -> Option<Bar> {
        let is_it = |executing: &Executing| executing.index == index;
        let mut places = 0..self.run.live.len();
        if let Some(place) = places.find(|place| self.executing(*place).is_some_and(|now| is_it(&now))) {
            let start_ns = self.executing(place)?.since_ns;
            return Some(Bar { place, start_ns, end_ns: self.elapsed_ns.max(start_ns) });
        }
        let row = self.run.log.row(index).filter(|row| row.state.is_final())?;
        let end_ns = row.start_ns + (f64::from(row.duration_s) * 1e9) as u64;
        Some(Bar { place: row.worker.checked_sub(1)?, start_ns: row.start_ns, end_ns })
    }

    /// A colour for what still grows.
    pub fn lighter(&self, color: Color32) -> Color32 {
        let theme = self.cx.theme;
        color.lerp_to_gamma(if theme.is_dark { theme.text } else { theme.panel }, 0.3)
    }

    /// "Worker 1", or "Suspects" for the lane in which these run alone.
    pub fn worker_name(&self, place: usize) -> String {
        if self.is_alone(place) { "Suspects".to_owned() } else { format!("Worker {}", place + 1) }
    }

    /// "W1", for where there is little room.
    pub fn short_name(&self, place: usize) -> String {
        if self.is_alone(place) { "Suspects".to_owned() } else { format!("W{}", place + 1) }
    }

    /// Whether this lane is the one in which suspects run alone.
    pub fn is_alone(&self, place: usize) -> bool {
        self.run.log.lanes.get(place).is_some_and(|lane| lane.is_for_suspects)
    }

    /// The colour of a lane.
    pub fn color(&self, place: usize) -> Color32 {
        if self.is_alone(place) { self.cx.theme.warn } else { self.cx.theme.worker(place + 1) }
    }

    /// The memory of a process: as measured last while it lives, the most it held where it is gone.
    pub fn memory_bytes(&self, pid: u32, peak_rss_bytes: u64) -> Option<u64> {
        let live = self.cx.monitor.and_then(|monitor| monitor.hosts.get(&pid)).map(|host| host.rss_bytes);
        // The system tells nothing of the memory of a process that is just ending.
        live.filter(|bytes| *bytes > 0).or((peak_rss_bytes > 0).then_some(peak_rss_bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::app::command;
    use crate::app::theme::Theme;
    use crate::function::FunctionSpec;
    use crate::pool::{Job, LiveLane, Plan, RunLog, Settings};
    use crate::value::Column;

    fn in_progress() -> RunSnapshot {
        let job = Job {
            inputs_name: "one number".to_owned(),
            inputs: Arc::new(Column::Int(vec![1])),
            function: FunctionSpec::builtin("echo", []).unwrap(),
            settings: Settings { workers: 1, ..Settings::default() },
        };
        let log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
        let live = LiveLane { executing: Some(Executing { index: 0, since_ns: 5 }), ..LiveLane::default() };
        RunSnapshot { log, now_ns: 10, live: vec![live], host_pids: Vec::new() }
    }

    #[test]
    fn a_run_in_progress_shows_the_item_in_hand_beside_another_that_is_the_windows_own() {
        let (run, theme) = (in_progress(), Theme::dark());
        let ctx = egui::Context::default();
        theme::apply(&ctx);
        let (commands, _received) = command::channel(&ctx);
        let cx = ViewContext::before_runs(&theme, &commands);
        let output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let scale = Scale { from_ns: 0.0, to_ns: 10.0, x: egui::Rangef::new(0.0, 100.0) };
            let frame = FrameContext::new(ui, cx, &run, scale, run.elapsed_ns());
            assert_eq!(frame.bar_of(0), Some(Bar { place: 0, start_ns: 5, end_ns: 10 }));
        });
        output.drop_without_applying_deltas();
    }
}
