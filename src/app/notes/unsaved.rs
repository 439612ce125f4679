//! The question before a window closes with notes on runs that are not saved.

use egui::{Context, CornerRadius, Frame, Id, Label, Margin, Modal, RichText};

use super::super::command::Command;
use super::super::context::ViewContext;
use super::super::note_command::NoteCommand;
use super::super::theme::{CARD_RADIUS, GAP, strong};

/// What would be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsavedNotes {
    /// One of the runs, to be saved first; nothing where that goes on, or is a lesson's.
    pub number: Option<u32>,
    /// How many runs have such notes.
    pub runs: usize,
}

impl UnsavedNotes {
    /// Draws the question; whether it stays open.
    pub fn ui(self, ctx: &Context, cx: &ViewContext<'_>) -> bool {
        let frame = Frame::new().fill(cx.theme.panel).stroke(cx.theme.hairline());
        let frame = frame.corner_radius(CornerRadius::same(CARD_RADIUS)).inner_margin(Margin::same(16));
        let modal = Modal::new(Id::unique("unsaved notes")).frame(frame).show(ctx, |ui| {
            ui.set_width(420.0);
            ui.label(RichText::new("Close without your notes?").text_style(strong()));
            ui.add_space(GAP / 2.0);
            let what = match self.runs {
                1 => "A run has notes that are in no file yet".to_owned(),
                runs => format!("{runs} runs have notes that are in no file yet"),
            };
            ui.add(
                Label::new(format!("{what}: they are gone with this window, unless the run is saved."))
                    .wrap(),
            );
            ui.add_space(GAP);
            ui.horizontal(|ui| {
                let saves = self.number.filter(|_| ui.button("Save the run…").clicked());
                let closes = ui.button("Close without").clicked();
                (saves, closes, ui.button("Stay").clicked())
            })
            .inner
        });
        let (saves, closes, stays) = modal.inner;
        if let Some(number) = saves {
            cx.commands.send(Command::SaveRun(number));
        }
        if closes {
            cx.commands.send(Command::Note(NoteCommand::CloseWithout));
        }
        saves.is_none() && !closes && !stays && !modal.should_close()
    }
}
