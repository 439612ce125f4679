//! What the looks of the timeline mean: as a list under the pointer, and as a line below runs that are shown together.

use egui::{Context, CornerRadius, Id, Mesh, Popup, PopupCloseBehavior, Rect, Sense, Shape, Ui, vec2};

use super::core_parts::{CorePart, draw, ground};
use super::end_markers::{EndKind, cross, end_kind};
use crate::app::theme::Theme;
use crate::app::widgets;
use crate::pool::RunLog;

/// With less width than this, the signs stand close together.
const NARROW_PX: f32 = 520.0;
const SWATCH_PX: f32 = 36.0;
const NARROW_SWATCH_PX: f32 = 18.0;

/// What is drawn, and what it means: a word for it, and a sentence.
type Sign = (Swatch, &'static str, &'static str);

/// What stands beside a word of the legend.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Swatch {
    /// A bar with these parts on a core and ready.
    Parts(f64, f64),
    /// What was before the worker was there.
    Before,
    Failed,
    Died,
    /// The lane in which suspects run alone.
    Suspects,
}

const SIGNS: [Sign; 7] = [
    (Swatch::Parts(1.0, 0.0), "on a core", "on a core"),
    (Swatch::Parts(0.0, 1.0), "ready, no core", "ready to go on, and other threads have the cores"),
    (Swatch::Parts(0.0, 0.0), "waiting", "waiting: for a clock, a file, a network, a lock"),
    (Swatch::Before, "starting", "its process is being started"),
    (Swatch::Failed, "failed", "an item without a result"),
    (Swatch::Died, "process ended", "its process ended, and what it had in hand with it"),
    (
        Swatch::Suspects,
        "suspects, alone",
        "what was in hand when a process ended runs again here, one item at a time",
    ),
];

/// Whether a sign is needed for what these runs did.
fn is_needed(swatch: Swatch, logs: &[&RunLog]) -> bool {
    let mut lanes = logs.iter().flat_map(|log| log.lanes.iter());
    match swatch {
        Swatch::Parts(..) | Swatch::Before => true,
        Swatch::Failed => lanes.any(|lane| lane.failed > 0),
        Swatch::Died => {
            lanes.any(|lane| lane.lives.iter().any(|life| end_kind(life) == Some(EndKind::Death)))
        }
        Swatch::Suspects => lanes.any(|lane| lane.is_for_suspects),
    }
}

/// The word that leads to the legend: under the pointer it is shown for a moment, after a click it stays.
pub fn link_ui(ui: &mut Ui, theme: &Theme) {
    let link = widgets::link(ui, theme, "legend");
    let kept = Popup::menu(&link).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    ui.ctx().data_mut(|data| data.insert_temp(Id::unique("the legend"), kept.get_id()));
    if !kept.is_open() {
        link.clone().on_hover_ui(|ui| legend_ui(ui, theme));
    }
    kept.show(|ui| legend_ui(ui, theme));
}

/// Whether a click keeps the legend open: it hears no keys but Escape.
pub fn is_kept_open(ctx: &Context) -> bool {
    let popup: Option<Id> = ctx.data(|data| data.get_temp(Id::unique("the legend")));
    popup.is_some_and(|popup| Popup::is_id_open(ctx, popup))
}

/// What the parts of bars mean.
fn legend_ui(ui: &mut Ui, theme: &Theme) {
    ui.spacing_mut().interact_size.y = 0.0;
    for (swatch, _, text) in SIGNS {
        line_ui(ui, text, |ui, rect| swatch_ui(ui, theme, rect, swatch));
    }
    ui.label("Two shades of a colour tell items that follow each other apart.");
    ui.label("Bars of short items are plain: what they did is in no single look.");
}

/// The same in a line, in a word each, of what these runs need.
pub fn signs_ui(ui: &mut Ui, theme: &Theme, logs: &[&RunLog]) {
    ui.spacing_mut().interact_size.y = 0.0;
    // All of them shall be seen where a plot stands beside the runs.
    let is_narrow = ui.available_width() < NARROW_PX;
    let (gap, swatch_px) = if is_narrow { (2.0, NARROW_SWATCH_PX) } else { (20.0, SWATCH_PX) };
    if is_narrow {
        ui.spacing_mut().item_spacing.x = 4.0;
    }
    ui.horizontal_centered(|ui| {
        ui.style_mut().override_text_style = Some(egui::TextStyle::Small);
        ui.visuals_mut().override_text_color = Some(theme.weak);
        let needed = SIGNS.into_iter().filter(|(swatch, ..)| is_needed(*swatch, logs));
        for (place, (swatch, word, _)) in needed.enumerate() {
            if place > 0 {
                ui.add_space(gap);
            }
            sign_ui(ui, word, swatch_px, |ui, rect| swatch_ui(ui, theme, rect, swatch));
        }
    });
}

fn swatch_ui(ui: &Ui, theme: &Theme, rect: Rect, swatch: Swatch) {
    let color = theme.worker(1);
    let (on_core, ready) = match swatch {
        Swatch::Parts(on_core, ready) => (on_core, ready),
        Swatch::Before => {
            let thin = rect.shrink2(vec2(0.0, 2.0));
            ui.painter().rect_filled(thin, CornerRadius::same(2), theme.soft(theme.faint, 0.45));
            return;
        }
        Swatch::Failed => {
            ui.painter().add(ground(rect, theme.bad, theme));
            return;
        }
        Swatch::Suspects => {
            ui.painter().add(ground(rect, theme.warn, theme));
            return;
        }
        Swatch::Died => return cross(ui.painter(), rect.center(), theme.bad),
    };
    ui.painter().add(ground(rect, color, theme));
    let part = CorePart { from_ns: 0.0, upto_ns: 1.0, on_core, ready };
    let (mut quads, mut lines) = (Mesh::default(), Vec::new());
    draw(&part, rect, color, &mut quads, &mut lines);
    ui.painter().add(Shape::mesh(quads));
    ui.painter().extend(lines);
}

fn line_ui(ui: &mut Ui, text: &str, swatch: impl FnOnce(&Ui, Rect)) {
    ui.horizontal(|ui| sign_ui(ui, text, SWATCH_PX, swatch));
}

fn sign_ui(ui: &mut Ui, text: &str, width_px: f32, swatch: impl FnOnce(&Ui, Rect)) {
    let (rect, _) = ui.allocate_exact_size(vec2(width_px, 14.0), Sense::hover());
    swatch(ui, rect);
    ui.label(text);
}
