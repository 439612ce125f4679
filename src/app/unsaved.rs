//! The question before a window closes with work that is in no file: notes on runs, and the rows of a run that took long.

use egui::{Context, CornerRadius, Frame, Id, Label, Margin, Modal, RichText};

use super::command::Command;
use super::context::ViewContext;
use super::format;
use super::note_command::NoteCommand;
use super::theme::{CARD_RADIUS, GAP, strong};

/// What would be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsavedWork {
    /// One of the runs, to be saved first; nothing where that goes on, or is a lesson's.
    pub number: Option<u32>,
    /// How many runs have notes that are in no file.
    pub noted_runs: usize,
    /// How long the longest run took whose rows are in no file, and whether it goes on.
    pub long_run: Option<(u64, bool)>,
}

impl UnsavedWork {
    /// Draws the question; whether it stays open.
    pub fn ui(self, ctx: &Context, cx: &ViewContext<'_>) -> bool {
        let frame = Frame::new().fill(cx.theme.panel).stroke(cx.theme.hairline());
        let frame = frame.corner_radius(CornerRadius::same(CARD_RADIUS)).inner_margin(Margin::same(16));
        let modal = Modal::new(Id::unique("unsaved work")).frame(frame).show(ctx, |ui| {
            ui.set_width(420.0);
            let what = if self.noted_runs > 0 { "notes" } else { "results" };
            ui.label(RichText::new(format!("Close without your {what}?")).text_style(strong()));
            ui.add_space(GAP / 2.0);
            self.sentences().into_iter().for_each(|sentence| _ = ui.add(Label::new(sentence).wrap()));
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

    fn sentences(self) -> Vec<String> {
        let noted = match self.noted_runs {
            0 => None,
            1 => Some("A run has notes that are in no file yet".to_owned()),
            runs => Some(format!("{runs} runs have notes that are in no file yet")),
        };
        let noted =
            noted.map(|what| format!("{what}: they are gone with this window, unless the run is saved."));
        let long = self.long_run.map(|(elapsed_ns, is_live)| {
            let took = format::duration_ns(elapsed_ns);
            match is_live {
                true => {
                    format!("A run has been going on for {took}. Closing ends it, and its rows are gone.")
                }
                false => {
                    format!(
                        "A run of {took} has rows that are in no file yet: they are gone with this window."
                    )
                }
            }
        });
        noted.into_iter().chain(long).collect()
    }
}
