//! Which worker was on which core, in the colours of the workers, as far as the system tells: see `CoreStays`.

use egui::{Align2, FontId, Mesh, Painter, Rangef, Rect, Role, Sense, TextStyle, Ui, WidgetInfo, pos2};

use super::window::Scale;
use crate::app::theme::{STEP, Theme};
use crate::pool::{Lane, RunLog};

/// What is drawn is made of columns so wide.
const COLUMN_PX: f32 = 3.0;
/// So many looks at threads are taken in one frame, over all lanes; of more, only some.
const MOST_LOOKS: usize = 40_000;
/// The colour of a worker stands out from what else runs on a core.
const STRENGTH: f32 = 0.9;
/// A core below the lanes of a run.
const STRIP_HEIGHT: f32 = 16.0;

/// The shares of one core over time: in each column the workers that were on it, each with its share of the column.
type Columns = Vec<Vec<(usize, f32)>>;

/// All cores that workers were seen on, in view.
#[derive(Debug, Default)]
pub struct WorkerCores {
    /// Without columns where none was.
    cores: Vec<Columns>,
}

impl WorkerCores {
    /// Whether it is known of any worker where it was.
    pub fn are_known(log: &RunLog) -> bool {
        log.lanes.iter().any(|lane| !lane.core_stays.stays.is_empty())
    }

    /// What is in view of the first `cores` cores.
    pub fn of(log: &RunLog, cores: usize, scale: &Scale) -> Self {
        let (from_ns, upto_ns) = (scale.from_ns.max(0.0) as u64, scale.to_ns.max(0.0) as u64);
        let columns = (scale.x.span() / COLUMN_PX).ceil().max(1.0) as usize;
        let column_ns = ((scale.to_ns - scale.from_ns) / columns as f64).max(1.0);
        let mut shares = Self { cores: vec![Columns::new(); cores] };
        let looks = |lane: &Lane| lane.core_times.between(from_ns, upto_ns).count();
        let every = log.lanes.iter().map(looks).sum::<usize>() / MOST_LOOKS + 1;
        for (place, lane) in log.lanes.iter().enumerate() {
            let mut stays = lane.core_stays.between(from_ns, upto_ns).peekable();
            for look in lane.core_times.between(from_ns, upto_ns).step_by(every) {
                let middle_ns = look.from_ns.midpoint(look.upto_ns);
                while stays.next_if(|stay| stay.upto_ns <= middle_ns).is_some() {}
                let Some(stay) = stays.peek().filter(|stay| stay.from_ns <= middle_ns) else { continue };
                let Some(core) = shares.cores.get_mut(stay.core as usize) else { continue };
                core.resize_with(columns, Vec::new);
                // Of those that were left out, the one that is taken speaks.
                let length_ns = (look.length_ns() * every as u64) as f64;
                let share = (look.on_core_ns as f64 / look.length_ns().max(1) as f64).min(1.0);
                let begin = (look.from_ns as f64 - scale.from_ns) / column_ns;
                add(core, place, (begin, begin + length_ns / column_ns), share as f32);
            }
        }
        shares
    }

    /// Draws one core into its place: from the bottom, worker on worker.
    pub fn draw(&self, painter: &Painter, theme: &Theme, core: usize, rect: Rect) {
        let Some(columns) = self.cores.get(core) else { return };
        let mut mesh = Mesh::default();
        for (nth, workers) in columns.iter().enumerate() {
            let left = rect.left() + nth as f32 * COLUMN_PX;
            let mut bottom = rect.bottom();
            for (place, share) in workers {
                let top = (bottom - share * rect.height()).max(rect.top());
                let column = Rect::from_x_y_ranges(left..=left + COLUMN_PX, top..=bottom);
                mesh.add_colored_rect(column, theme.soft(theme.worker(place + 1), STRENGTH));
                bottom = top;
            }
        }
        painter.add(mesh);
    }
}

/// The height of so many cores as strips below lanes.
pub fn strips_height(cores: usize) -> f32 {
    if cores == 0 { 0.0 } else { cores as f32 * STRIP_HEIGHT + STEP }
}

/// Draws the first `cores` cores as strips, one below the other, from the top of `rect` on.
pub fn strips_ui(ui: &Ui, theme: &Theme, log: &RunLog, cores: usize, (rect, scale): (Rect, &Scale)) {
    let workers = WorkerCores::of(log, cores, scale);
    let font = FontId { size: 10.5, ..TextStyle::Small.resolve(ui.style()) };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    for core in 0..cores {
        let top = rect.top() + core as f32 * STRIP_HEIGHT;
        let y = Rangef::new(top + 1.0, top + STRIP_HEIGHT - 1.0);
        let name = Rect::from_x_y_ranges(rect.left()..=scale.x.min - STEP, y);
        let text = format!("core {core}");
        let response = ui.interact(name, ui.scope_id().with(("core strip", core)), Sense::hover());
        let spoken = format!("{text}: {}", seen_on(log, core as u32));
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
        response.on_hover_text(&spoken);
        let at = pos2(name.left() + 23.0, name.center().y);
        painter.text(at, Align2::LEFT_CENTER, text, font.clone(), theme.weak);
        let strip = Rect::from_x_y_ranges(scale.x, y);
        painter.rect_filled(strip, 0.0, theme.soft(theme.raised, 0.8));
        workers.draw(&painter, theme, core, strip);
    }
}

/// "worker 1, worker 3": who was seen on a core.
fn seen_on(log: &RunLog, core: u32) -> String {
    let was_here = |lane: &Lane| lane.core_stays.cores().contains(&core);
    let lanes = log.lanes.iter().enumerate().filter(|(_, lane)| was_here(lane));
    let names: Vec<String> = lanes.map(|(place, _)| format!("worker {}", place + 1)).collect();
    if names.is_empty() { "no worker".to_owned() } else { names.join(", ") }
}

/// Adds a share of the time between two places, in columns.
fn add(columns: &mut Columns, lane: usize, (begin, end): (f64, f64), share: f32) {
    for (nth, column) in
        columns.iter_mut().enumerate().take(end.ceil().max(0.0) as usize).skip(begin.max(0.0) as usize)
    {
        let within = (end.min(nth as f64 + 1.0) - begin.max(nth as f64)).max(0.0) as f32;
        match column.iter_mut().find(|(known, _)| *known == lane) {
            Some((_, sum)) => *sum += share * within,
            None => column.push((lane, share * within)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Instant, SystemTime};

    use egui::Rangef;

    use super::*;
    use crate::function::FunctionSpec;
    use crate::pool::{CoreStay, CoreTime, Event, Job, Plan, Settings};
    use crate::value::Column;

    const MS: u64 = 1_000_000;

    #[test]
    fn a_core_is_shared_by_those_that_were_on_it() {
        let function = FunctionSpec::builtin("double", []).unwrap();
        let settings = Settings { workers: 2, ..Settings::default() };
        let inputs = Arc::new(Column::Int(vec![1]));
        let job = Job { inputs_name: String::new(), inputs, function, settings };
        let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
        // Worker 1 is on core 0 all the time, for half of it; worker 2 joins it there after being on core 1.
        for (lane, at_ms, core) in [(0, 0, 0), (0, 10, 0), (1, 0, 1), (1, 10, 0)] {
            let (from_ns, upto_ns) = (at_ms * MS, (at_ms + 10) * MS);
            let core_time = CoreTime { from_ns, upto_ns, on_core_ns: 5 * MS, ready_ns: 0 };
            log.apply(upto_ns, &Event::CoreTimeSeen { lane, core_time });
            log.apply(upto_ns, &Event::CoreSeen { lane, stay: CoreStay { from_ns, upto_ns, core } });
        }
        assert!(WorkerCores::are_known(&log));
        let scale = Scale { from_ns: 0.0, to_ns: 40e6, x: Rangef::new(0.0, 4.0 * COLUMN_PX) };
        let seen = WorkerCores::of(&log, 2, &scale);
        let half = |lane: usize| (lane, 0.5);
        assert_eq!(seen.cores[0], [vec![half(0)], vec![half(0), half(1)], vec![], vec![]]);
        assert_eq!(seen.cores[1], [vec![half(1)], vec![], vec![], vec![]]);
        let far = Scale { from_ns: 0.0, to_ns: 40e6, x: Rangef::new(0.0, COLUMN_PX) };
        assert_eq!(WorkerCores::of(&log, 2, &far).cores[0], [vec![(0, 0.25), (1, 0.125)]]);
    }
}
