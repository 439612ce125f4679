//! What a run showed, in a sentence, and where the time of its workers went, as a bar whose parts explain themselves.

use egui::{Align2, Color32, CornerRadius, Rect, Role, Sense, StrokeKind, TextStyle, Ui, WidgetInfo};
use egui::{RichText, pos2, vec2};

use super::context::ViewContext;
use super::state::RunVerdict;
use super::theme::{CARD_RADIUS, Theme};
use super::{format, widgets};
use crate::analysis::{Ledger, Part};
use crate::pool::ns_to_s;

/// The height of the card, without the line about other programs.
const HEIGHT: f32 = 52.0;
const OTHERS_HEIGHT: f32 = 18.0;
const BAR_HEIGHT: f32 = 14.0;
/// Narrower parts have no number in them.
const NUMBERED_PX: f32 = 34.0;

/// The height of the card.
pub fn height(verdict: &RunVerdict) -> f32 {
    HEIGHT + if verdict.others.is_some() { OTHERS_HEIGHT } else { 0.0 }
}

/// Draws the card into all of `ui`.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, verdict: &RunVerdict) {
    let theme = cx.theme;
    let rect = ui.available_rect_before_wrap();
    ui.painter().rect(
        rect,
        CornerRadius::same(CARD_RADIUS),
        theme.panel,
        theme.hairline(),
        StrokeKind::Inside,
    );
    let inside = rect.shrink2(vec2(12.0, 8.0));
    let (inside, others) = inside.split_top_bottom_at_y(inside.bottom() - (height(verdict) - HEIGHT));
    let (top, bottom) = inside.split_top_bottom_at_y(inside.bottom() - BAR_HEIGHT);
    let whole = whole_text(cx, verdict);
    let font = TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(whole.clone(), font.clone(), theme.weak);
    let width = galley.size().x;
    let at = pos2(top.right(), top.top() + 7.0);
    let place = Rect::from_min_max(pos2(top.right() - width, top.top()), top.right_bottom());
    let response = ui.interact(place, ui.scope_id().with("whole"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &whole));
    ui.painter().text(at, Align2::RIGHT_CENTER, &whole, font, theme.weak);
    let text = verdict.finding.as_ref().map_or_else(|| NOTHING_STANDS_OUT.to_owned(), ToString::to_string);
    let mut left =
        ui.new_child(egui::UiBuilder::new().id_salt("finding").max_rect(top.with_max_x(place.left() - 12.0)));
    widgets::elided(&mut left, RichText::new(&text).color(theme.text)).on_hover_text(&text);
    bar_ui(ui, theme, bottom, &verdict.ledger);
    if let Some(said) = verdict.others.map(|others| others.to_string()) {
        let below = others.with_min_y(others.top() + 3.0);
        let mut line = ui.new_child(egui::UiBuilder::new().id_salt("others").max_rect(below));
        widgets::elided(&mut line, RichText::new(&said).color(theme.warn)).on_hover_text(&said);
    }
}

const NOTHING_STANDS_OUT: &str = "No part of the workers' time stands out.";

/// "4 workers x 3.17 s".
fn whole_text(cx: &ViewContext<'_>, verdict: &RunVerdict) -> String {
    let workers = verdict.ledger.workers.len() as u64;
    let elapsed_s = cx.run.map_or(0.0, |run| ns_to_s(run.log.last_row_ns));
    format!("{} × {}", format::counted(workers, "worker", "workers"), format::duration(elapsed_s))
}

/// Draws the parts of a ledger into `rect`, each with its share and what it is.
pub fn bar_ui(ui: &mut Ui, theme: &Theme, rect: Rect, ledger: &Ledger) {
    let mut x = rect.left();
    for part in Part::ALL {
        let share = ledger.total.share(part);
        let place = Rect::from_x_y_ranges(x..=x + rect.width() * share as f32, rect.y_range());
        x = place.right();
        if place.width() < 0.5 {
            continue;
        }
        let shown = place.with_max_x((place.right() - 1.0).max(place.left() + 0.5));
        ui.painter().rect_filled(shown, CornerRadius::same(2), color(theme, part));
        let text = format!("{} {}", percent(share), part.label());
        let response = ui.interact(place, ui.scope_id().with(part as usize), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        let font = TextStyle::Small.resolve(ui.style());
        for label in [&text, &percent(share)] {
            let galley = ui.painter().layout_no_wrap(label.clone(), font.clone(), on_color(theme, part));
            if place.width() >= (galley.size().x + 10.0).max(NUMBERED_PX) {
                let at = pos2(place.left() + 5.0, place.center().y - galley.size().y / 2.0);
                ui.painter().galley(at, galley, on_color(theme, part));
                break;
            }
        }
        response.on_hover_ui(|ui| legend_ui(ui, theme, ledger, part));
    }
}

/// All parts with their shares, and what the one under the pointer is.
fn legend_ui(ui: &mut Ui, theme: &Theme, ledger: &Ledger, pointed: Part) {
    ui.spacing_mut().interact_size.y = 0.0;
    for part in Part::ALL.into_iter().filter(|part| ledger.total[*part] > 0) {
        ui.horizontal(|ui| {
            let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().rect_filled(swatch, CornerRadius::same(2), color(theme, part));
            let text = format!("{} {}", percent(ledger.total.share(part)), part.label());
            ui.label(RichText::new(text).color(if part == pointed { theme.text } else { theme.weak }));
        });
    }
    ui.add_space(4.0);
    ui.set_max_width(360.0);
    ui.label(explanation(pointed));
    if pointed == Part::Blocked && !ledger.is_ready_measured {
        ui.label(
            "How long items were ready without a core could not be measured here: it is a part of this.",
        );
    }
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 1.0 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

fn explanation(part: Part) -> &'static str {
    match part {
        Part::OnCore => "Items computed. A faster function makes this smaller.",
        Part::Ready => {
            "Workers could have gone on, in an item or between two, and other threads had the cores. Fewer workers, or fewer other programs, make \
             this smaller."
        }
        Part::Blocked => {
            "Items waited: for a clock, a file, a network. More workers let others go on meanwhile."
        }
        Part::Lock => {
            "Items waited while other threads of their Python ran, which has one lock for all. What they wait for by \
             themselves is in it, too. Processes have a lock each."
        }
        Part::Starting => "Processes were started. More items make this a smaller share.",
        Part::SettingUp => {
            "The function was loaded, with what it imports. More items make this a smaller share."
        }
        Part::Engine => {
            "Between two items: inputs and results on their way. Larger chunks and smaller values make this smaller."
        }
        Part::Idle => "There was nothing left for a worker. Smaller items at the end make this smaller.",
    }
}

/// The colour of a part.
pub fn color(theme: &Theme, part: Part) -> Color32 {
    match part {
        Part::OnCore => theme.accent,
        Part::Ready => theme.soft(theme.accent, 0.5),
        Part::Blocked => theme.soft(theme.workers[3], 0.75),
        Part::Lock => theme.bad,
        Part::Starting => theme.faint,
        Part::SettingUp => theme.soft(theme.faint, 0.6),
        Part::Engine => theme.warn,
        Part::Idle => theme.line,
    }
}

fn on_color(theme: &Theme, part: Part) -> Color32 {
    match part {
        Part::Idle | Part::SettingUp | Part::Ready => theme.text,
        _ => theme.on_accent,
    }
}
