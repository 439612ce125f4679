//! Left of each lane: who it is, how it stands, and the menu of what can be done to it.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Button, Color32, CornerRadius, CursorIcon, FontId, Painter, Popup, Rect, Response, RichText,
    Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::ICON_MORE_HORIZ;

use super::FrameContext;
use super::density::{Density, has_box};
use crate::app::command::Command;
use crate::app::format;
use crate::app::theme::{STEP, strong};
use crate::pool::Lane;

/// What the button of the menu takes at the end of the name.
const MENU_WIDTH: f32 = 24.0;

/// How a worker stands, where there is something to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Well,
    /// A person suspended it.
    Suspended,
    /// No sign of life for so long.
    Silent(u64),
    /// It finishes what it has in hand, and then leaves.
    Leaving,
    /// It left, because the pool was made smaller.
    Retired,
}

impl Standing {
    /// How the worker of lane `place` stands now.
    pub fn of(frame: &FrameContext<'_>, place: usize) -> Self {
        let Some(lane) = frame.run.log.lanes.get(place) else { return Self::Well };
        let silent_for_ns = frame.run.live.get(place).and_then(|live| live.silent_for_ns);
        match (lane.is_alive() && frame.cx.is_live(), silent_for_ns) {
            (true, _) if lane.is_suspended => Self::Suspended,
            (true, Some(silent_for_ns)) => Self::Silent(silent_for_ns),
            (true, None) if lane.is_retired => Self::Leaving,
            (false, _) if lane.is_retired => Self::Retired,
            _ => Self::Well,
        }
    }

    /// Whether it goes on only when somebody does something.
    pub fn needs_help(self) -> bool {
        matches!(self, Self::Suspended | Self::Silent(_))
    }

    /// The word or two beside the lane.
    fn short(self) -> Option<String> {
        Some(match self {
            Self::Well => return None,
            Self::Suspended => "suspended".to_owned(),
            Self::Silent(ns) => format!("silent for {}", format::duration_ns(ns)),
            Self::Leaving => "leaving".to_owned(),
            Self::Retired => "retired".to_owned(),
        })
    }

    /// All of it, and what to do.
    fn sentence(self) -> Option<String> {
        Some(match self {
            Self::Well => return None,
            Self::Suspended => "Suspended: it goes on where it is when it is woken up.".to_owned(),
            Self::Silent(ns) => {
                format!("No sign of life for {}; it may be suspended.", format::duration_ns(ns))
            }
            Self::Leaving => "The pool was made smaller: it leaves when its item is finished.".to_owned(),
            Self::Retired => "It left because the pool was made smaller.".to_owned(),
        })
    }
}

/// Draws the name of lane `place`, whose whole rectangle is `rect`.
pub fn ui(
    ui: &mut Ui,
    frame: &FrameContext<'_>,
    rect: Rect,
    density: Density,
    place: usize,
    standing: Standing,
) {
    let Some(lane) = frame.run.log.lanes.get(place) else { return };
    let names = rect.with_max_x(frame.scale.x.min - STEP);
    let process = process_text(frame, lane);
    let response = ui.interact(names, ui.scope_id().with(("lane", place)), Sense::hover());
    let is_lit = frame.lit.is_some_and(|bar| bar.place == place);
    if is_lit {
        let ground = frame.cx.theme.soft(frame.color(place), 0.35);
        ui.painter().rect_filled(names.shrink(1.0), CornerRadius::same(4), ground);
    }
    response.widget_info(|| {
        let standing = standing.short().map_or(String::new(), |standing| format!(", {standing}"));
        let lit = if is_lit { ", had the item under the pointer" } else { "" };
        let label = format!("{}, {process}{standing}{lit}", frame.worker_name(place));
        WidgetInfo::labeled(Role::Label, true, label)
    });
    draw(ui, frame, names, density, place, (&process, standing));
    if frame.cx.is_live() && lane.is_alive() {
        menu_ui(ui, frame, names, density, place, standing);
    }
    response.on_hover_ui(|ui| {
        ui.label(format!("{} · {process}", frame.worker_name(place)));
        let items = format::counted(lane.items, "item", "items");
        ui.label(format!("{items}, {} failed, busy {}", lane.failed, format::duration_ns(lane.busy_ns)));
        if !lane.core_stays.stays.is_empty() {
            let (cores, moves) = (lane.core_stays.cores_text(), lane.core_stays.moves_text());
            ui.label(format!("on {cores}, {moves}"));
        }
        if let Some(sentence) = standing.sentence() {
            ui.colored_label(frame.cx.theme.warn, sentence);
        }
    });
}

fn draw(
    ui: &Ui,
    frame: &FrameContext<'_>,
    names: Rect,
    density: Density,
    place: usize,
    (process, standing): (&str, Standing),
) {
    let theme = frame.cx.theme;
    let painter = ui.painter().with_clip_rect(names.intersect(ui.clip_rect()));
    let side = if density == Density::Tiny { 8.0 } else { 10.0 };
    let swatch = Rect::from_center_size(pos2(names.left() + 12.0, names.center().y), vec2(side, side));
    painter.rect_filled(swatch, CornerRadius::same(2), frame.color(place));
    let (x, y) = (names.left() + 23.0, names.center().y);
    let short = standing.short();
    // Where both stand in one line, the name gives way.
    let name = match (density, &short) {
        (Density::Roomy, _) | (_, None) => frame.worker_name(place),
        (_, Some(_)) => frame.short_name(place),
    };
    let bold = FontId { size: 11.5, ..frame.strong_font.clone() };
    let small = frame.small_font.clone();
    let color = if standing.needs_help() { theme.warn } else { theme.weak };
    match density {
        Density::Roomy => {
            painter.text(pos2(x, y - 6.5), Align2::LEFT_CENTER, name, bold, theme.text);
            let text = short.as_deref().unwrap_or(process);
            painter.text(pos2(x, y + 6.5), Align2::LEFT_CENTER, text, small, color);
        }
        Density::Compact | Density::Tiny => {
            let (font, ink) =
                if density == Density::Tiny { (small.clone(), theme.weak) } else { (bold, theme.text) };
            let written = painter.text(pos2(x, y), Align2::LEFT_CENTER, name, font, ink);
            if let Some(short) = short {
                let room = names.with_min_x(written.right() + 5.0).with_max_x(names.right() - MENU_WIDTH);
                elided(&painter, room, short, small, color);
            }
        }
    }
}

/// A text that ends in "…" where it has no room.
fn elided(painter: &Painter, room: Rect, text: String, font: FontId, color: Color32) {
    let mut job = LayoutJob::simple_singleline(text, font, color);
    job.wrap = TextWrapping::truncate_at_width(room.width().max(0.0));
    let galley = painter.layout_job(job);
    painter.galley(pos2(room.left(), room.center().y - galley.size().y / 2.0), galley, color);
}

/// The button at the end of the name, and what opens under it.
fn menu_ui(
    ui: &mut Ui,
    frame: &FrameContext<'_>,
    names: Rect,
    density: Density,
    place: usize,
    standing: Standing,
) {
    let Some(lane) = frame.run.log.lanes.get(place) else { return };
    let height = if density == Density::Tiny { names.height() } else { 16.0 };
    let top = if density == Density::Roomy { names.top() + 1.0 } else { names.center().y - height / 2.0 };
    let rect = Rect::from_min_size(pos2(names.right() - MENU_WIDTH, top), vec2(22.0, height));
    let response = ui.interact(rect, ui.scope_id().with(("menu", place)), Sense::click());
    let label = format!("Menu of {}", frame.worker_name(place).to_lowercase());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    draw_button(ui, frame, rect, &response);
    let stack = frame
        .run
        .log
        .plan
        .job
        .function
        .has_stack()
        .then(|| ("Show where it is in the code", Command::ShowStack(place + 1)));
    let commands = [
        // Who is silent may have been suspended by somebody else.
        match standing.needs_help() {
            true => ("Wake up", Command::WakeWorker(place + 1)),
            false => ("Suspend", Command::SuspendWorker(place + 1)),
        },
        ("Kill this worker", Command::KillWorker(place + 1)),
    ];
    let commands = commands.into_iter().chain(stack);
    let menu_id = response.id;
    Popup::menu(&response).width(220.0).show(|ui| {
        ui.set_width(220.0);
        let title = format!("{} · {}", frame.worker_name(place), process_text(frame, lane));
        ui.label(RichText::new(title).text_style(strong()));
        for (nth, (label, command)) in commands.enumerate() {
            let item = ui.add(Button::new(label));
            // Who opened it with a key goes on with keys.
            if nth == 0 && ui.memory(|memory| memory.has_focus(menu_id)) {
                item.request_focus();
            }
            if item.on_hover_text(tooltip(&command, frame, place)).clicked() {
                frame.cx.commands.send(command);
                ui.close();
            }
        }
    });
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text("Suspend, wake up or kill this worker.");
}

fn draw_button(ui: &Ui, frame: &FrameContext<'_>, rect: Rect, response: &Response) {
    let theme = frame.cx.theme;
    let painter = ui.painter();
    let is_near = response.hovered() || response.has_focus();
    if is_near {
        painter.rect_filled(rect, CornerRadius::same(4), theme.soft(theme.text, 0.10));
    }
    if response.has_focus() {
        painter.rect_stroke(rect, CornerRadius::same(4), Stroke::new(1.5, theme.text), StrokeKind::Inside);
    }
    let font = FontId::new(rect.height().min(15.0), ICON_MORE_HORIZ.font_family());
    let color = if is_near { theme.text } else { theme.weak };
    painter.text(rect.center(), Align2::CENTER_CENTER, ICON_MORE_HORIZ.codepoint, font, color);
}

/// What it does to the process, and to whom else.
fn tooltip(command: &Command, frame: &FrameContext<'_>, place: usize) -> String {
    let what = match command {
        Command::SuspendWorker(_) => {
            "Has the system stop its process where it is (SIGSTOP), as a debugger would. Nobody else takes its items."
        }
        Command::WakeWorker(_) => "Has its process go on where it was stopped (SIGCONT).",
        Command::ShowStack(_) => {
            return "Its calls, with files and lines, come as a message; the run is not disturbed. A worker that is in code \
                    written in C answers when that is over."
                .to_owned();
        }
        _ => {
            "Ends its process at once (SIGKILL). The item it has in hand is blamed, and a new worker takes its place."
        }
    };
    let log = &frame.run.log;
    let beside = log.shape().lanes_with(place);
    let hit = match beside.len() {
        1 => return what.to_owned(),
        all if all == log.workers => "all workers".to_owned(),
        _ => format!("the workers {} to {}", beside.start + 1, beside.end),
    };
    format!("{what}\nIt hits {hit}: they are threads of this one process.")
}

/// "pid 4711 · 6.1 MB"; of a thread what it did, because process and memory are those of all.
fn process_text(frame: &FrameContext<'_>, lane: &Lane) -> String {
    if has_box(&frame.run.log) && !lane.is_for_suspects {
        return format::counted(lane.items, "item", "items");
    }
    let Some(pid) = lane.pid() else { return "not started".to_owned() };
    let memory = frame.memory_bytes(pid, lane.peak_rss_bytes()).map(format::bytes);
    memory.map_or(format!("pid {pid}"), |memory| format!("pid {pid} · {memory}"))
}
