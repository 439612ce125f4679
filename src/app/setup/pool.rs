//! Part 3 of the setup: processes or threads, and how many, which is always in sight above Start; and the rules of the
//! pool, which scroll with the parts before it.

use egui::{
    Align, Align2, ComboBox, CornerRadius, DragValue, Layout, Rect, Response, RichText, Role, Sense, Slider,
    StrokeKind, TextStyle, Ui, WidgetInfo, lerp, pos2, vec2,
};

use super::{SetupView, more, settled};
use crate::app::command::Command;
use crate::app::state::Setup;
use crate::app::theme::{FIELD_RADIUS, GAP, Theme, figure};
use crate::app::widgets;
use crate::monitor::usable_cores;
use crate::pool::{ChunkRule, Lane, MAX_WORKERS, Mode, Settings};

const LIVE_WORKERS: &str = "Changes the pool while it runs: new workers start at once, those that are too many finish \
                            what they have in hand.";
/// Workers that the little picture draws; the rest are a number.
const DRAWN_WORKERS: usize = 16;

/// Lower windows have no room for the picture, and the slider gives way to the number.
const LOW: f32 = 620.0;

/// What workers are, as it is chosen: both are threads in several processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spread {
    Processes,
    Threads,
    Both,
}

impl Spread {
    fn of(settings: Settings) -> Self {
        match (settings.mode, settings.processes) {
            (Mode::Process, _) => Self::Processes,
            (Mode::Thread, ..=1) => Self::Threads,
            (Mode::Thread, _) => Self::Both,
        }
    }

    fn set(self, settings: &mut Settings) {
        settings.mode = if self == Self::Processes { Mode::Process } else { Mode::Thread };
        settings.processes = if self == Self::Both { 2 } else { 1 };
        settings.workers = settings.workers.max(settings.processes);
    }
}

/// Draws what decides how a run goes: the mode and the workers.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let is_low = ui.ctx().content_rect().height() < LOW;
    if !is_low {
        widgets::section_title(ui, theme, "3 Pool");
    }
    settled(ui, view.phase.is_live(), |ui| {
        let spreads =
            [(Spread::Processes, "Processes"), (Spread::Threads, "Threads"), (Spread::Both, "Both")];
        if let Some(spread) = widgets::segmented(ui, theme, Spread::of(setup.settings), &spreads) {
            spread.set(&mut setup.settings);
        }
        if !is_low {
            ui.add_space(GAP / 2.0);
            picture_ui(ui, view, setup.settings);
        }
    });
    ui.add_space(GAP / 2.0);
    // New workers make no sense where nothing new begins.
    settled(ui, view.situation.is_ending, |ui| workers_ui(ui, view, &mut setup.settings, !is_low));
    if Spread::of(setup.settings) == Spread::Both {
        settled(ui, view.phase.is_live(), |ui| processes_ui(ui, theme, &mut setup.settings));
    }
}

/// In how many processes the threads are.
fn processes_ui(ui: &mut Ui, theme: &Theme, settings: &mut Settings) {
    ui.horizontal(|ui| {
        let label = ui.label("in processes");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let most = settings.workers.max(2);
            let field = DragValue::new(&mut settings.processes).range(2..=most).speed(0.05);
            let field = ui.add(field.update_while_editing(false)).labelled_by(label.id);
            field.on_hover_text(
                "Each process has a share of the workers as its threads, and a lock of its own.",
            );
            let lanes = settings.shape().lanes_of(0).len();
            widgets::weak(ui, theme, format!("{} each", Mode::Thread.counted(lanes)));
        });
    });
}

/// Draws the rules that most runs leave alone.
pub fn rules_ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    let (theme, is_live) = (view.cx.theme, view.phase.is_live());
    widgets::section_title(ui, theme, "Rules of the pool");
    settled(ui, is_live, |ui| chunk_ui(ui, theme, setup));
    more::ui(ui, &mut setup.rules, view);
}

/// What the mode means before it is read: a box is a process, a bar is a worker.
fn picture_ui(ui: &mut Ui, view: &SetupView<'_, '_>, settings: Settings) {
    let theme = view.cx.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::hover());
    let drawn = settings.workers.min(DRAWN_WORKERS);
    let more = settings.workers - drawn;
    let room = if more > 0 { rect.with_max_x(rect.right() - 44.0) } else { rect };
    let gap = if drawn > 8 { 3.0 } else { 6.0 };
    let width = (room.width() - gap * (drawn - 1) as f32) / drawn as f32;
    let boxes: Vec<Rect> = (0..drawn)
        .map(|place| {
            Rect::from_min_size(room.min + vec2((width + gap) * place as f32, 0.0), vec2(width, 44.0))
        })
        .collect();
    let processes = process_rects(settings, rect, &boxes, gap);
    processes.iter().for_each(|one| process_box(ui, theme, *one));
    let numbers = worker_numbers(view);
    for (place, one) in boxes.iter().enumerate() {
        let inset = (width * 0.16).min(6.0);
        let bar = Rect::from_min_max(
            pos2(one.left() + inset, one.bottom() - 17.0),
            pos2(one.right() - inset, one.bottom() - 11.0),
        );
        let number = numbers.get(place).copied().unwrap_or(place + 1);
        ui.painter().rect_filled(bar, CornerRadius::same(3), theme.worker(number));
    }
    captions_ui(ui, view, settings, &processes);
    if more > 0 {
        let font = TextStyle::Small.resolve(ui.style());
        ui.painter().text(
            rect.right_center() - vec2(8.0, 0.0),
            Align2::RIGHT_CENTER,
            format!("+ {more}"),
            font,
            theme.weak,
        );
    }
    let sentence = sentence(settings);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &sentence));
    response.on_hover_text(sentence);
}

/// The places of the processes around those of their workers, as far as these are drawn.
fn process_rects(settings: Settings, all: Rect, workers: &[Rect], gap: f32) -> Vec<Rect> {
    let shape = settings.shape();
    let lanes = (0..shape.hosts()).map(|host| shape.lanes_of(host));
    let drawn = lanes.filter_map(|lanes| workers.get(lanes.start..lanes.end.min(workers.len())));
    let rects = drawn.filter_map(|those| Some(those.first()?.union(*those.last()?)));
    match shape.hosts() {
        // It holds what has no room, too.
        1 => vec![all],
        _ if shape.mode == Mode::Thread => rects.map(|one| one.expand2(vec2(gap / 2.0 - 1.0, 0.0))).collect(),
        _ => rects.collect(),
    }
}

fn process_box(ui: &Ui, theme: &Theme, rect: Rect) {
    ui.painter().rect(
        rect,
        CornerRadius::same(FIELD_RADIUS),
        theme.panel,
        theme.hairline(),
        StrokeKind::Inside,
    );
}

/// The numbers of the workers that the pool has now, while there is one at work.
fn worker_numbers(view: &SetupView<'_, '_>) -> Vec<usize> {
    let Some(run) = view.cx.run.filter(|run| !run.log.is_finished()) else { return Vec::new() };
    let lanes = run.log.lanes.iter().enumerate();
    let workers = lanes.filter(|(_, lane)| !lane.is_for_suspects && !lane.is_retired);
    workers.map(|(place, _)| place + 1).collect()
}

/// The process ids while there are some, and "process" or "thread" before.
fn captions_ui(ui: &Ui, view: &SetupView<'_, '_>, settings: Settings, processes: &[Rect]) {
    let font = TextStyle::Small.resolve(ui.style());
    let lanes = view.cx.run.map_or(&[][..], |run| &run.log.lanes);
    let pids: Vec<Option<u32>> = worker_numbers(view)
        .into_iter()
        .map(|number| lanes.get(number - 1).filter(|lane| lane.is_alive()).and_then(Lane::pid))
        .collect();
    let pid = |host: usize| pids.get(settings.shape().lanes_of(host).start).copied().flatten();
    let put = |rect: Rect, text: String| {
        let painter = ui.painter().with_clip_rect(rect);
        painter.text(
            rect.left_top() + vec2(7.0, 6.0),
            Align2::LEFT_TOP,
            text,
            font.clone(),
            view.cx.theme.weak,
        );
    };
    match processes {
        [one] if settings.mode == Mode::Thread => {
            put(*one, pid(0).map_or("one process".into(), |pid| format!("one process, pid {pid}")));
        }
        several if several.first().is_some_and(|one| one.width() >= 58.0) => {
            for (host, one) in several.iter().enumerate() {
                put(*one, pid(host).map_or("process".to_owned(), |pid| format!("pid {pid}")));
            }
        }
        _ => {}
    }
}

fn sentence(settings: Settings) -> String {
    match Spread::of(settings) {
        Spread::Processes => "Each worker is a process of its own: own memory, own fate.".to_owned(),
        Spread::Threads => "All workers are threads of one process: shared memory, shared fate.".to_owned(),
        Spread::Both => {
            let shape = settings.shape();
            format!(
                "{shape}: those of one process share memory and fate, and each process has a lock of its own."
            )
        }
    }
}

/// How many workers; while a run is on, a change is sent when it is made, not on the way there.
fn workers_ui(ui: &mut Ui, view: &SetupView<'_, '_>, settings: &mut Settings, has_slider: bool) {
    let theme = view.cx.theme;
    let cores = usable_cores();
    let is_live = view.phase.is_live();
    let mut is_decided = false;
    ui.horizontal(|ui| {
        let label = ui.label("Workers");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.style_mut().drag_value_text_style = figure();
            let field = DragValue::new(&mut settings.workers)
                .range(1..=MAX_WORKERS)
                .speed(0.1)
                .update_while_editing(false);
            let tooltip = match is_live {
                false => format!("From 1 to {MAX_WORKERS}: drag, or click and type."),
                true => LIVE_WORKERS.to_owned(),
            };
            let response = ui.add(field).labelled_by(label.id).on_hover_text(tooltip);
            is_decided |= is_decision(&response);
        });
    });
    if has_slider {
        is_decided |= slider_ui(ui, theme, settings, cores);
    }
    if is_live && is_decided {
        view.cx.commands.send(Command::SetWorkers(settings.workers));
    }
}

/// The same as a slider; whether it was set by it.
fn slider_ui(ui: &mut Ui, theme: &Theme, settings: &mut Settings, cores: usize) -> bool {
    ui.spacing_mut().slider_width = ui.available_width();
    ui.spacing_mut().slider_rail_height = 4.0;
    let slider = Slider::new(&mut settings.workers, 1..=MAX_WORKERS).logarithmic(true).show_value(false);
    let response = ui.add(slider).accessible_name("Number of workers");
    let handle = along_slider(response.rect, settings.workers);
    let ring = egui::Stroke::new(2.0, theme.panel);
    let color = if ui.is_enabled() { theme.accent } else { theme.faint };
    ui.painter().circle(
        handle,
        if response.hovered() || response.has_focus() { 9.0 } else { 8.0 },
        color,
        ring,
    );
    cores_mark(ui, theme, response.rect, cores, settings.workers);
    is_decision(&response)
}

/// Whether a number was set, and not only passed on the way to another one.
fn is_decision(response: &Response) -> bool {
    response.drag_stopped() || (response.changed() && !response.dragged())
}

/// Where a number of workers stands on the slider. Its handle keeps its own radius from both ends of the rail.
fn along_slider(slider: Rect, workers: usize) -> egui::Pos2 {
    let along = (workers.clamp(1, MAX_WORKERS) as f32).ln() / (MAX_WORKERS as f32).ln();
    let radius = slider.height() / 2.5;
    pos2(lerp(slider.left() + radius..=slider.right() - radius, along), slider.center().y)
}

/// A mark under the slider where there are as many workers as cores.
fn cores_mark(ui: &mut Ui, theme: &Theme, slider: Rect, cores: usize, workers: usize) {
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 16.0), Sense::hover());
    let x = along_slider(slider, cores).x;
    let tick = egui::Stroke::new(1.0, theme.faint);
    ui.painter().vline(x, slider.center().y + 10.0..=row.top() + 3.0, tick);
    let font = TextStyle::Small.resolve(ui.style());
    let here = format!("{cores} core{} here", if cores == 1 { "" } else { "s" });
    let galley = ui.painter().layout_no_wrap(here, font.clone(), theme.weak);
    let left = (x - galley.size().x / 2.0).clamp(row.left(), row.right() - galley.size().x);
    let end = left + galley.size().x;
    ui.painter().galley(pos2(left, row.top() + 2.0), galley, theme.weak);
    if workers > cores {
        let text = match cores {
            1 => format!("{workers} workers share 1 core"),
            cores => format!("{workers} workers share {cores} cores"),
        };
        let galley = ui.painter().layout_no_wrap(text, font, theme.weak);
        let at = pos2(row.right() - galley.size().x, row.top() + 2.0);
        let rect = Rect::from_min_size(at, galley.size());
        let response = ui.interact(rect, ui.scope_id().with("shared cores"), Sense::hover());
        let label = "More workers than cores help functions that wait, not functions that compute.";
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, galley.text()));
        response.on_hover_text(label);
        if at.x > end + 8.0 {
            ui.painter().galley(at, galley, theme.warn);
        }
    }
}

/// The chunk rule, with a number where it is one.
fn chunk_ui(ui: &mut Ui, theme: &Theme, setup: &mut Setup) {
    ui.horizontal(|ui| {
        widgets::weak(ui, theme, "Chunk").on_hover_text("How many items go to a worker at a time.");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let rule = setup.settings.chunk;
            let fixed = ChunkRule::Fixed(setup.chunk_items);
            let mut chosen = rule;
            let list = ComboBox::from_id_salt("chunk").width(130.0).selected_text(chunk_label(rule));
            let list = list.show_ui(ui, |ui| {
                for option in [ChunkRule::Auto, ChunkRule::Even, fixed] {
                    ui.selectable_value(&mut chosen, option, chunk_label(option))
                        .on_hover_text(chunk_tooltip(option));
                }
            });
            list.response.accessible_name("Chunk");
            if matches!(chosen, ChunkRule::Fixed(_)) {
                let items = DragValue::new(&mut setup.chunk_items).range(1..=10_000_000).speed(1.0);
                ui.add(items).accessible_name("Items of a chunk");
                chosen = ChunkRule::Fixed(setup.chunk_items);
            }
            setup.settings.chunk = chosen;
        });
    });
}

fn chunk_label(rule: ChunkRule) -> RichText {
    RichText::new(match rule {
        ChunkRule::Auto => "auto (about 10 ms)",
        ChunkRule::Even => "even, as Pool.map",
        ChunkRule::Fixed(_) => "a number of items",
    })
}

fn chunk_tooltip(rule: ChunkRule) -> &'static str {
    match rule {
        ChunkRule::Auto => "Grown from the measured time of an item toward chunks of about 10 ms.",
        ChunkRule::Even => {
            "The items divided by four times the workers, rounded up, as Python's Pool.map does."
        }
        ChunkRule::Fixed(_) => "Always this many.",
    }
}
