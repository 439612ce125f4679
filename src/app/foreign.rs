//! The question before something runs that a file has brought: whoever made the file decides what it does.

use egui::{Context, CornerRadius, Frame, Id, Label, Margin, Modal, RichText};

use super::command::Command;
use super::context::ViewContext;
use super::setup_command::SetupCommand;
use super::theme::{CARD_RADIUS, GAP, strong};

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignQuestion {
    /// The name of the file.
    pub file: String,
    /// What would run: "the command `gzip {}`".
    pub what: String,
    /// Stands for it among what was allowed.
    pub fingerprint: String,
    /// What was wanted.
    pub then: Command,
}

/// Draws the question; whether it stays open.
pub fn ui(ctx: &Context, cx: &ViewContext<'_>, question: &ForeignQuestion) -> bool {
    let theme = cx.theme;
    let frame = Frame::new().fill(theme.panel).stroke(theme.hairline());
    let frame = frame.corner_radius(CornerRadius::same(CARD_RADIUS)).inner_margin(Margin::same(16));
    let modal = Modal::new(Id::unique("foreign")).frame(frame).show(ctx, |ui| {
        ui.set_width(420.0);
        ui.label(RichText::new(format!("Run what {} has brought?", question.file)).text_style(strong()));
        ui.add_space(GAP / 2.0);
        let text = format!(
            "It would run {}, which can do everything that you can. Run it only if you trust whoever made the file, or \
             have read it. You are asked again when it changes, but not when something that it imports or starts does.",
            question.what
        );
        ui.add(Label::new(RichText::new(text).color(theme.text)).wrap());
        ui.add_space(GAP);
        ui.horizontal(|ui| {
            let allows = ui.button("Run it").clicked();
            (allows, ui.button("Not now").clicked())
        })
        .inner
    });
    let (allows, declines) = modal.inner;
    if allows {
        cx.commands.send(Command::Setup(SetupCommand::Allow(question.fingerprint.clone())));
        cx.commands.send(question.then.clone());
    }
    !allows && !declines && !modal.should_close()
}
