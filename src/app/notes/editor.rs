//! The small card in which a note is written: Enter keeps it, Shift and Enter begin a line, Escape leaves it as it was.

use egui::{
    Context, CornerRadius, Event, Frame, Id, Key, KeyboardShortcut, Label, Margin, Modal, Modifiers,
    RichText, TextEdit, TextStyle, Ui,
};

use super::super::command::Command;
use super::super::context::ViewContext;
use super::super::items;
use super::super::note_command::{NoteCommand, NoteOn};
use super::super::theme::{CARD_RADIUS, GAP, strong};
use crate::pool::{MOST_NOTE_CHARACTERS, MOST_NOTES, Margin as Notes, NoteFault, NotePlace, RunLog};

const WIDTH: f32 = 440.0;

/// A note that is being written.
pub struct NoteEditor {
    on: NoteOn,
    title: String,
    text: String,
    before: String,
    /// The other notes, which decide whether there is room.
    others: Notes,
    has_focus: bool,
}

impl NoteEditor {
    /// The editor for a note on this run.
    pub fn new(log: &RunLog, place: NotePlace) -> Self {
        let before = log.margin.on(place).unwrap_or_default().to_owned();
        let title = match place {
            NotePlace::Run => "Note on the run".to_owned(),
            NotePlace::Item(index) => format!("Note on {}", items::with_value(log, index)),
        };
        let on = NoteOn { run: log.plan.started, place };
        Self { on, title, text: before.clone(), before, others: log.margin.clone(), has_focus: false }
    }

    /// Draws it over the window; whether it stays open.
    pub fn ui(&mut self, ctx: &Context, cx: &ViewContext<'_>) -> bool {
        let frame = Frame::new().fill(cx.theme.panel).stroke(cx.theme.hairline());
        let frame = frame.corner_radius(CornerRadius::same(CARD_RADIUS)).inner_margin(Margin::same(16));
        let modal = Modal::new(Id::unique("note")).frame(frame).show(ctx, |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 80.0));
            self.body_ui(ui, cx)
        });
        let is_decided = modal.inner;
        // A click beside it shall not cost a person what they have written.
        let is_beside = modal.backdrop_response.clicked() && self.text != self.before;
        !is_decided && (is_beside || !modal.should_close())
    }

    /// Whether the person has decided.
    fn body_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) -> bool {
        ui.label(RichText::new(&self.title).text_style(strong()));
        ui.add_space(GAP / 2.0);
        let enters = take_enter(ui);
        let field = TextEdit::multiline(&mut self.text)
            .hint_text("A sentence on what is to be seen here")
            .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
            .desired_rows(3)
            .desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name("Note");
        if !std::mem::replace(&mut self.has_focus, true) {
            field.request_focus();
        }
        let fault = self.others.check(self.on.place, &self.text).err();
        let (told, color) = match fault {
            Some(fault) => (words(fault), cx.theme.bad),
            None => (
                "Enter keeps it, Shift+Enter begins a line, Esc leaves it as it was.".to_owned(),
                cx.theme.weak,
            ),
        };
        ui.add(Label::new(RichText::new(told).text_style(TextStyle::Small).color(color)).wrap());
        ui.add_space(GAP);
        ui.horizontal(|ui| {
            let keep = ui.add_enabled(fault.is_none(), egui::Button::new("Keep"));
            if fault.is_none() && (keep.clicked() || enters) {
                self.keep(cx, self.text.clone());
                return true;
            }
            if !self.before.is_empty() && ui.button("Remove").clicked() {
                self.keep(cx, String::new());
                return true;
            }
            ui.button("Cancel").clicked()
        })
        .inner
    }

    fn keep(&self, cx: &ViewContext<'_>, text: String) {
        cx.commands.send(Command::Note(NoteCommand::Keep(self.on, text)));
    }
}

/// Takes an Enter that was pressed alone, before the field makes a line of it.
fn take_enter(ui: &Ui) -> bool {
    let is_enter = |event: &Event| matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if !modifiers.shift);
    ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| !is_enter(event));
        input.events.len() < before
    })
}

/// Why it cannot be kept.
fn words(fault: NoteFault) -> String {
    match fault {
        NoteFault::TooLong(characters) => {
            format!("A note has at most {MOST_NOTE_CHARACTERS} characters; this one has {characters}.")
        }
        NoteFault::TooMany => {
            format!(
                "This run has {MOST_NOTES} notes already: remove one first, or write into one that is there."
            )
        }
    }
}
