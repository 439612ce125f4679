//! Left of each lane: who it is, how it stands, and whether it is chosen.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, EventFilter, FontId, Id, Key, Painter, Rect, Response, Role, Sense, Ui,
    WidgetInfo, pos2, vec2,
};

use super::FrameContext;
use super::density::{Density, has_box};
use super::lane_menu::{self, MENU_WIDTH};
use super::standing::Standing;
use crate::app::command::Command;
use crate::app::format;
use crate::app::theme::STEP;
use crate::pool::Lane;

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
    let can_be_chosen = frame.cx.is_live() && lane.is_alive();
    let sense = if can_be_chosen { Sense::click() } else { Sense::hover() };
    let scope = ui.scope_id();
    let response = ui.interact(names, label_id(scope, place), sense);
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
    if can_be_chosen {
        choose(ui, frame, scope, &response, place);
    }
    draw(ui, frame, names, density, place, (&process, standing));
    if can_be_chosen {
        let title = format!("{} · {process}", frame.worker_name(place));
        lane_menu::ui(ui, frame, names, density, place, (&title, standing));
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
        if can_be_chosen {
            ui.colored_label(frame.cx.theme.weak, "A click chooses it for the keys of the fault lab.");
        }
    });
}

fn label_id(scope: Id, place: usize) -> Id {
    scope.with(("lane", place))
}

/// A click chooses the worker, or no more; up and down go on to the next one that can be.
fn choose(ui: &Ui, frame: &FrameContext<'_>, scope: Id, response: &Response, place: usize) {
    let is_chosen = frame.cx.chosen_worker == Some(place + 1);
    if response.clicked() {
        response.request_focus();
        frame.cx.commands.send(Command::ChooseWorker((!is_chosen).then_some(place + 1)));
    }
    if !is_chosen || !response.has_focus() {
        return;
    }
    let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let lanes = &frame.run.log.lanes;
    let can_be = |other: &usize| lanes.get(*other).is_some_and(Lane::is_alive);
    let (up, down) = ui.input(|input| (input.key_pressed(Key::ArrowUp), input.key_pressed(Key::ArrowDown)));
    let next = match (up, down) {
        (true, false) => (0..place).rev().find(can_be),
        (false, true) => (place + 1..lanes.len()).find(can_be),
        _ => None,
    };
    if let Some(next) = next {
        ui.memory_mut(|memory| memory.request_focus(label_id(scope, next)));
        frame.cx.commands.send(Command::ChooseWorker(Some(next + 1)));
    }
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
    // A name is higher than a lane of the lowest kind, of which not each has one.
    let painter = ui.painter().with_clip_rect(names.expand2(vec2(0.0, 4.0)).intersect(ui.clip_rect()));
    let side = if let Density::Tiny(pitch) = density { (pitch - 3.0).min(8.0) } else { 10.0 };
    let swatch = Rect::from_center_size(pos2(names.left() + 12.0, names.center().y), vec2(side, side));
    painter.rect_filled(swatch, CornerRadius::same(2), frame.color(place));
    let (x, y) = (names.left() + 23.0, names.center().y);
    let short = standing.short();
    // Where both stand in one line, the name gives way.
    let name = match (density, &short) {
        (Density::Roomy(_), _) | (_, None) => frame.worker_name(place),
        (_, Some(_)) => frame.short_name(place),
    };
    let bold = FontId { size: 11.5, ..frame.strong_font.clone() };
    let small = frame.small_font.clone();
    let color = if standing.needs_help() { theme.warn } else { theme.weak };
    match density {
        Density::Roomy(_) => {
            painter.text(pos2(x, y - 6.5), Align2::LEFT_CENTER, name, bold, theme.text);
            let text = short.as_deref().unwrap_or(process);
            painter.text(pos2(x, y + 6.5), Align2::LEFT_CENTER, text, small, color);
        }
        Density::Tiny(_) if !place.is_multiple_of(density.named()) => {}
        Density::Compact | Density::Tiny(_) => {
            let (font, ink) =
                if let Density::Tiny(_) = density { (small.clone(), theme.weak) } else { (bold, theme.text) };
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

/// "pid 4711 · 6.1 MB"; of a thread what it did, because process and memory are those of all.
fn process_text(frame: &FrameContext<'_>, lane: &Lane) -> String {
    if has_box(&frame.run.log) && !lane.is_for_suspects {
        return format::counted(lane.items, "item", "items");
    }
    let Some(pid) = lane.pid() else { return "not started".to_owned() };
    let memory = frame.memory_bytes(pid, lane.peak_rss_bytes()).map(format::bytes);
    memory.map_or(format!("pid {pid}"), |memory| format!("pid {pid} · {memory}"))
}
