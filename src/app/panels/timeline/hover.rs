//! What is under the pointer, and what is said about it.

use egui::{Grid, Pos2, RichText, Ui};

use super::FrameContext;
use super::detail::Block;
use super::end_markers::{self, EndKind, end_kind};
use super::lane_spans::APART_ROWS;
use super::lanes::LanesPlace;
use super::note_marks;
use crate::app::command::Command;
use crate::app::death;
use crate::app::format;
use crate::app::theme::strong;
use crate::app::{items, notes};
use crate::pool::{CoreTime, Executing, Life, NotePlace, Row, RunLog, Segment};
use crate::value::{grouped, shortened};

/// Characters of a cell shown in a tooltip.
const CELL_CHARACTERS: usize = 120;

/// Items that are named one by one.
const LISTED_ITEMS: u64 = 6;

/// Cores that are named one by one.
const LISTED_CORES: usize = 8;

/// Something of a worker's history.
#[derive(Debug)]
pub enum HoverTarget<'a> {
    Item(Row<'a>),
    /// An item that did not end here: it runs again, or has ended elsewhere.
    Attempt(&'a Segment),
    /// Several items that cannot be told apart here.
    Items(&'a Segment),
    Executing(Executing),
    Launch(&'a Life),
    /// The end of a process that is worth a mark.
    End(&'a Life, EndKind),
}

/// What of a run is under the pointer.
pub struct UnderPointer<'a> {
    /// The place of its lane, counted from 0.
    pub lane: usize,
    pub target: HoverTarget<'a>,
    /// Also where several items are drawn as one.
    pub item: Option<u64>,
}

impl<'a> UnderPointer<'a> {
    /// What is at a point of the lanes.
    pub fn at(frame: &FrameContext<'a>, lanes: &LanesPlace, at: Pos2) -> Option<Self> {
        let lane = lanes.place_at(at)?;
        let (at_ns, slack_ns) = (frame.scale.ns_at(at.x), 1.5 * frame.scale.ns_per_px());
        let target = target(frame, lane, at_ns, slack_ns)?;
        let item = item_at(frame, lane, &target, at_ns);
        Some(Self { lane, target, item })
    }
}

/// What worker `place` did at `at_ns`, with `slack_ns` to both sides.
fn target<'a>(frame: &FrameContext<'a>, place: usize, at_ns: f64, slack_ns: f64) -> Option<HoverTarget<'a>> {
    let lane = frame.run.log.lanes.get(place)?;
    let from_ns = (at_ns - slack_ns).max(0.0) as u64;
    let to_ns = (at_ns + slack_ns).max(0.0) as u64;
    let pointer_x = frame.scale.x_of(at_ns);
    let is_marked = |life: &Life, kind: EndKind| {
        let (Some(at_ns), Some(end)) = (life.ended_ns, &life.end) else { return false };
        let x = frame.scale.x_of(at_ns as f64);
        frame.is_in_view(at_ns, at_ns)
            && end_markers::extent(kind, end, x, frame.scale.x.max).contains(pointer_x)
    };
    let ends = lane.lives.iter().filter_map(|life| Some((life, end_kind(life)?)));
    if let Some((life, kind)) = ends.into_iter().rev().find(|(life, kind)| is_marked(life, *kind)) {
        return Some(HoverTarget::End(life, kind));
    }
    if let Some(index) = note_marks::near(frame, place, pointer_x) {
        let in_hand = frame.executing(place).filter(|executing| executing.index == index);
        let item = || frame.run.log.row(index).map(HoverTarget::Item);
        return in_hand.map(HoverTarget::Executing).or_else(item);
    }
    if let Some(executing) = frame.executing(place).filter(|executing| executing.since_ns <= to_ns)
        && from_ns <= frame.elapsed_ns
    {
        return Some(HoverTarget::Executing(executing));
    }
    if let Some(segment) = lane.segments_between(from_ns, to_ns).next() {
        return Some(segment_target(frame, place, segment, at_ns));
    }
    let is_launch = |life: &&Life| {
        let ready_ns = life.ready_ns.or(life.ended_ns).unwrap_or(frame.elapsed_ns);
        life.launched_ns <= to_ns && from_ns <= ready_ns
    };
    lane.lives.iter().find(is_launch).map(HoverTarget::Launch)
}

fn segment_target<'a>(
    frame: &FrameContext<'a>,
    place: usize,
    segment: &'a Segment,
    at_ns: f64,
) -> HoverTarget<'a> {
    if segment.items == 1 {
        return single_target(frame, place, segment);
    }
    // Only what is drawn apart can be pointed at.
    let width_px = (segment.end_ns - segment.start_ns) as f64 / frame.scale.ns_per_px();
    if width_px < 40.0 || segment.last - segment.first >= APART_ROWS {
        return HoverTarget::Items(segment);
    }
    row_within(frame, place, segment, at_ns).map_or(HoverTarget::Items(segment), HoverTarget::Item)
}

/// The item of a segment that has only one, which may have ended somewhere else.
fn single_target<'a>(frame: &FrameContext<'a>, place: usize, segment: &'a Segment) -> HoverTarget<'a> {
    let Some(row) = frame.run.log.row(segment.first) else { return HoverTarget::Items(segment) };
    let ended_here = row.worker == place + 1
        && row.state.is_final()
        && (segment.start_ns..=segment.end_ns).contains(&row.start_ns);
    if ended_here { HoverTarget::Item(row) } else { HoverTarget::Attempt(segment) }
}

/// The row of a merged segment that was in hand then.
fn row_within<'a>(frame: &FrameContext<'a>, place: usize, segment: &Segment, at_ns: f64) -> Option<Row<'a>> {
    let block = Block { number: 0, segment: *segment };
    let rows = (segment.first..=segment.last).filter_map(|index| frame.run.log.row(index));
    let mut within = rows.filter(|row| frame.is_within(row, place, &block));
    within.find(|row| {
        let end_ns = row.start_ns as f64 + f64::from(row.duration_s) * 1e9;
        (row.start_ns as f64..=end_ns).contains(&at_ns)
    })
}

/// The item that worker `place` had in hand at `at_ns`, also where several are drawn as one.
fn item_at(frame: &FrameContext<'_>, place: usize, target: &HoverTarget<'_>, at_ns: f64) -> Option<u64> {
    match target {
        HoverTarget::Item(row) => Some(row.index),
        HoverTarget::Executing(executing) => Some(executing.index),
        HoverTarget::Attempt(segment) => Some(segment.first),
        HoverTarget::Items(segment) if segment.last - segment.first < APART_ROWS => {
            row_within(frame, place, segment, at_ns).map(|row| row.index)
        }
        HoverTarget::Items(_) | HoverTarget::Launch(_) | HoverTarget::End(..) => None,
    }
}

impl HoverTarget<'_> {
    /// What a click on the lane in this place asks for.
    pub fn commands(&self, log: &RunLog, place: usize) -> Vec<Command> {
        match self {
            Self::Item(row) => vec![Command::SelectRow(row.index)],
            Self::Attempt(segment) => vec![Command::SelectRow(segment.first)],
            Self::Executing(executing) => {
                let stack = log.plan.job.function.has_stack().then_some(Command::ShowStack(place + 1));
                [Command::SelectRow(executing.index)].into_iter().chain(stack).collect()
            }
            Self::End(life, _) => {
                death::of_process(log, life.pid).map(Command::ShowDeath).into_iter().collect()
            }
            Self::Items(_) | Self::Launch(_) => Vec::new(),
        }
    }

    /// What a click shows, where that is not to be expected.
    pub fn told_of_click(&self, log: &RunLog) -> Option<&'static str> {
        let is_death = matches!(self, Self::End(life, _) if death::of_process(log, life.pid).is_some());
        is_death.then_some("A click shows all about it.")
    }

    /// The tooltip.
    pub fn ui(&self, ui: &mut Ui, frame: &FrameContext<'_>, place: usize) {
        let title = format!("{} · {}", frame.worker_name(place), self.title());
        ui.spacing_mut().interact_size.y = 0.0;
        if let Some(note) = self.note(&frame.run.log) {
            notes::note_ui(ui, note);
        }
        ui.label(RichText::new(title).text_style(strong()));
        Grid::new("timeline tooltip").num_columns(2).min_row_height(16.0).spacing([12.0, 2.0]).show(
            ui,
            |ui| {
                for (name, text) in self.lines(frame, place) {
                    ui.label(RichText::new(name).color(frame.cx.theme.weak));
                    ui.label(text);
                    ui.end_row();
                }
            },
        );
    }

    fn note<'a>(&self, log: &'a RunLog) -> Option<&'a str> {
        let index = match self {
            Self::Item(row) => row.index,
            Self::Attempt(segment) => segment.first,
            Self::Executing(executing) => executing.index,
            Self::Items(_) | Self::Launch(_) | Self::End(..) => return None,
        };
        log.margin.on(NotePlace::Item(index))
    }

    fn title(&self) -> String {
        match self {
            Self::Item(row) => format!("{}, {}", items::name(row.index), row.state.label()),
            Self::Attempt(segment) if segment.failed > 0 => {
                format!("{}, failed in this attempt", items::name(segment.first))
            }
            Self::Attempt(segment) => format!("{}, cut off", items::name(segment.first)),
            Self::Items(segment) => {
                let failed =
                    if segment.failed == 0 { "ok".to_owned() } else { format!("{} failed", segment.failed) };
                format!("{}, {failed}", format::counted(segment.items, "item", "items"))
            }
            Self::Executing(executing) => format!("{}, running", items::name(executing.index)),
            Self::Launch(_) => "being started".to_owned(),
            Self::End(_, kind) => kind.title().to_owned(),
        }
    }

    fn lines(&self, frame: &FrameContext<'_>, place: usize) -> Vec<(&'static str, String)> {
        match self {
            Self::Item(row) => {
                let end_ns = row.start_ns + (f64::from(row.duration_s) * 1e9) as u64;
                let mut lines = item_lines(row);
                lines.extend(core_lines(frame, place, row.start_ns, end_ns));
                lines
            }
            Self::Attempt(segment) => attempt_lines(frame, segment),
            Self::Items(segment) => vec![
                ("which", which_items(frame, place, segment)),
                ("start", format::duration_ns(segment.start_ns)),
                ("took", format::duration_ns(segment.end_ns - segment.start_ns)),
                ("in items", format::duration_ns(segment.busy_ns)),
            ],
            Self::Executing(executing) => {
                let input =
                    frame.run.log.row(executing.index).map(|row| row.input_text()).unwrap_or_default();
                let mut lines = vec![
                    ("input", shortened(&input, CELL_CHARACTERS).into_owned()),
                    ("start", format::duration_ns(executing.since_ns)),
                    ("so far", format::duration_ns(frame.elapsed_ns.saturating_sub(executing.since_ns))),
                ];
                lines.extend(core_lines(frame, place, executing.since_ns, frame.elapsed_ns));
                lines
            }
            Self::Launch(life) => {
                let ready =
                    life.ready_ns.map(|at_ns| format::duration_ns(at_ns.saturating_sub(life.launched_ns)));
                vec![
                    ("pid", life.pid.to_string()),
                    ("start", format::duration_ns(life.launched_ns)),
                    ("ready after", ready.unwrap_or_else(|| "not yet".to_owned())),
                ]
            }
            Self::End(life, _) => end_lines(life),
        }
    }
}

/// "items 1 to 3", "items 1, 3": other workers may have had some of those between.
fn which_items(frame: &FrameContext<'_>, place: usize, segment: &Segment) -> String {
    let (first, last) = (segment.first, segment.last);
    if segment.items == last - first + 1 {
        return format!("items {} to {}", grouped(first), grouped(last));
    }
    if segment.items > LISTED_ITEMS || last - first >= APART_ROWS {
        return format!("some of the items {} to {}", grouped(first), grouped(last));
    }
    let block = Block { number: 0, segment: *segment };
    let rows = (first..=last).filter_map(|index| frame.run.log.row(index));
    let own = rows.filter(|row| frame.is_within(row, place, &block)).map(|row| grouped(row.index));
    format!("items {}", own.collect::<Vec<_>>().join(", "))
}

/// What the worker did in this time, where its thread was looked at for most of it: what is shorter than a look says nothing.
fn core_lines(
    frame: &FrameContext<'_>,
    place: usize,
    from_ns: u64,
    upto_ns: u64,
) -> Vec<(&'static str, String)> {
    let times = frame.run.log.lanes.get(place).and_then(|lane| lane.core_times.sum(from_ns, upto_ns));
    let is_covered = |times: &CoreTime| times.length_ns() * 2 > upto_ns.saturating_sub(from_ns);
    let Some(times) = times.filter(is_covered) else { return Vec::new() };
    let share = |ns: u64| format::percent(ns.min(times.length_ns()), times.length_ns());
    let waiting_ns = times.length_ns().saturating_sub(times.on_core_ns + times.ready_ns);
    let mut lines = vec![
        ("on a core", share(times.on_core_ns)),
        ("ready, no core", share(times.ready_ns)),
        ("waiting", share(waiting_ns)),
    ];
    lines.extend(cores_between(frame, place, from_ns, upto_ns).map(|cores| ("which core", cores)));
    lines
}

/// "0, 1, 0": the cores that the worker was on in this time, one after the other, where the system tells.
fn cores_between(frame: &FrameContext<'_>, place: usize, from_ns: u64, upto_ns: u64) -> Option<String> {
    let stays = frame.run.log.lanes.get(place)?.core_stays.between(from_ns, upto_ns);
    let mut cores: Vec<u32> = stays.map(|stay| stay.core).take(LISTED_CORES + 1).collect();
    cores.dedup();
    let more = if cores.len() > LISTED_CORES { ", …" } else { "" };
    let named: Vec<String> = cores.iter().take(LISTED_CORES).map(u32::to_string).collect();
    (!named.is_empty()).then(|| named.join(", ") + more)
}

fn end_lines(life: &Life) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("cause", life.end.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("pid", life.pid.to_string()),
        ("at", life.ended_ns.map(format::duration_ns).unwrap_or_default()),
    ];
    lines.extend((life.peak_rss_bytes > 0).then(|| ("most memory", format::bytes(life.peak_rss_bytes))));
    lines
}

/// When an attempt was made, and what came of the item in the end.
fn attempt_lines(frame: &FrameContext<'_>, segment: &Segment) -> Vec<(&'static str, String)> {
    let log = &frame.run.log;
    let mut lines = Vec::new();
    if let Some(row) = log.row(segment.first) {
        lines.push(("input", shortened(&row.input_text(), CELL_CHARACTERS).into_owned()));
    }
    lines.push(("start", format::duration_ns(segment.start_ns)));
    lines.push(("took", format::duration_ns(segment.end_ns - segment.start_ns)));
    let again = match log.row(segment.first).filter(|row| row.state.is_final() && row.worker > 0) {
        Some(row) => {
            let worker = frame.worker_name(row.worker - 1);
            format!("{worker}, from {} on: {}", format::duration_ns(row.start_ns), row.state.label())
        }
        None => "not yet".to_owned(),
    };
    lines.push(("again", again));
    lines
}

fn item_lines(row: &Row<'_>) -> Vec<(&'static str, String)> {
    let cell = |text: String| shortened(&text, CELL_CHARACTERS).into_owned();
    let mut lines = vec![("input", cell(row.input_text().into_owned()))];
    lines.extend(row.output.map(|output| ("output", cell(output.to_string()))));
    lines.extend(row.error().map(|error| ("cause", cell(error.into_owned()))));
    lines.push(("start", format::duration_ns(row.start_ns)));
    let share = if row.is_chunk_timed { " (average of its chunk)" } else { "" };
    lines.push(("took", format!("{}{share}", format::duration(row.duration_s.into()))));
    lines
}
