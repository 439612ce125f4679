//! While a worker is chosen: what the keys do to it, in the title row, and above the lanes in one line whom that hits.

use egui::{Align, Layout, Rect, RichText, Ui, UiBuilder};

use crate::app::context::ViewContext;
use crate::app::fault_lab::ACTS;
use crate::app::setup::capitalised;
use crate::app::theme::{STEP, strong};
use crate::app::widgets;
use crate::pool::{HostName, Notice, RunLog};

const LINE_HEIGHT: f32 = 24.0;
/// The keys need so much of the title row; where there is less, only the menu of the worker has them.
const KEYS_WIDTH: f32 = 680.0;
/// What was told stays for so long.
const TOLD_NS: u64 = 15_000_000_000;

/// What the pool has told last of what a person did to a worker.
#[derive(Debug, Default)]
pub struct FaultStrip {
    /// Messages that were looked at.
    seen: u64,
    /// When it was, and what.
    told: Option<(u64, String)>,
}

impl FaultStrip {
    /// What the line takes of the card; nothing where no worker is chosen.
    pub fn height(cx: &ViewContext<'_>) -> f32 {
        chosen(cx).map_or(0.0, |_| LINE_HEIGHT)
    }

    /// Looks at what was told since the last frame.
    pub fn follow(&mut self, log: &RunLog) {
        let first = self.seen.max(log.messages.dropped());
        for message in log.messages.iter_from(first) {
            if message.notice().is_some_and(is_by_hand) {
                self.told = Some((message.at_ns, message.text().into_owned()));
            }
        }
        self.seen = log.messages.len();
    }

    /// Draws the line into `rect`.
    pub fn ui(&self, ui: &mut Ui, rect: Rect, cx: &ViewContext<'_>) {
        let (Some(worker), Some(run)) = (chosen(cx), cx.run) else { return };
        let elapsed_ns = cx.elapsed_ns();
        let told = self.told.as_ref().filter(|(at_ns, _)| elapsed_ns.saturating_sub(*at_ns) < TOLD_NS);
        let (text, color) = match told {
            Some((_, told)) => (format!("{}.", capitalised(told)), cx.theme.warn),
            None => (if_it_dies(&run.log, worker), cx.theme.weak),
        };
        let layout = Layout::left_to_right(Align::Center);
        let inside = rect.shrink2(egui::vec2(12.0, 0.0));
        let mut line_ui = ui.new_child(UiBuilder::new().id_salt("told").max_rect(inside).layout(layout));
        widgets::elided(&mut line_ui, RichText::new(&text).color(color)).on_hover_text(text);
    }
}

/// The worker (from 1) that is chosen, where something can be done to it.
fn chosen(cx: &ViewContext<'_>) -> Option<usize> {
    cx.chosen_worker.filter(|_| cx.is_live())
}

fn is_by_hand(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::Killing { .. }
            | Notice::Injected(_)
            | Notice::NotInjected { .. }
            | Notice::Suspended { .. }
            | Notice::SuspendRefused { .. }
    )
}

fn if_it_dies(log: &RunLog, worker: usize) -> String {
    format!("If worker {worker} dies: {}.", HostName::of(log, worker).who_ends())
}

/// What the keys do to the worker that is chosen, each to be clicked, too.
pub fn keys_ui(ui: &mut Ui, cx: &ViewContext<'_>) {
    let (Some(worker), Some(run)) = (chosen(cx), cx.run) else { return };
    if ui.available_width() < KEYS_WIDTH {
        return;
    }
    let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, STEP);
    ui.label(RichText::new(format!("Worker {worker}")).text_style(strong()).color(cx.theme.accent));
    for act in ACTS {
        let text = format!("{} {}", act.key().name(), act.word());
        let chip = widgets::chip_button(ui, cx.theme, &text, false);
        if chip.on_hover_text(act.told(&run.log, worker)).clicked() {
            cx.commands.send(act.command(worker));
        }
    }
    ui.spacing_mut().item_spacing.x = gap;
}
