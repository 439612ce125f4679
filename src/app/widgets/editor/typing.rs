//! What keys do in code beside what they do in any text: a new line is indented as the one before, and Tab gives spaces.

use egui::{Event, Id, Key, Modifiers, TextEdit, Ui};

const INDENTATION: &str = "    ";

/// Turns Enter and Tab of this frame into the text that they stand for, where the field has the keyboard.
pub(super) fn keep_indentation(ui: &Ui, id: Id, text: &str) {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return;
    }
    let state = TextEdit::load_state(ui.ctx(), id);
    let Some(range) = state.and_then(|state| state.cursor.char_range()) else { return };
    let cursor = range.primary.index.0.min(range.secondary.index.0);
    let mut line = line_before(text, cursor);
    ui.input_mut(|input| input.events.iter_mut().for_each(|event| take(event, &mut line)));
}

/// Changes an event where it stands for other text, and keeps the line before the cursor up to date: in a slow frame
/// several come together.
fn take(event: &mut Event, line: &mut String) {
    match event {
        Event::Text(text) | Event::Paste(text) => {
            line.push_str(text);
            *line = line_before(line, usize::MAX);
        }
        Event::Key { key: Key::Enter, pressed: true, modifiers: Modifiers::NONE, .. } => {
            *line = indentation_after(line);
            // Without an indentation the key does what is wanted.
            if !line.is_empty() {
                *event = Event::Text(format!("\n{line}"));
            }
        }
        Event::Key { key: Key::Tab, pressed: true, modifiers: Modifiers::NONE, .. } => {
            line.push_str(INDENTATION);
            *event = Event::Text(INDENTATION.to_owned());
        }
        Event::Key { key: Key::Backspace, pressed: true, .. } => {
            line.pop();
        }
        _ => {}
    }
}

/// What stands before the letter `cursor` in its line.
fn line_before(text: &str, cursor: usize) -> String {
    let before: String = text.chars().take(cursor).collect();
    before.rsplit('\n').next().unwrap_or_default().to_owned()
}

/// What a line begins with that follows on this one.
fn indentation_after(line: &str) -> String {
    let own: String = line.chars().take_while(|letter| *letter == ' ' || *letter == '\t').collect();
    let opens = line.trim_end().ends_with([':', '(', '[', '{']);
    if opens { own + INDENTATION } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_indented_as_the_one_before() {
        let text = "def f(n):\n    if n:\n        return 1";
        let end_of = |part: &str| text.find(part).unwrap() + part.len();
        let after = |part: &str| indentation_after(&line_before(text, end_of(part))).len();
        assert_eq!((after("def f(n):"), after("if n:"), after("return 1"), after("def")), (4, 8, 8, 0));
        assert_eq!(indentation_after(&line_before("é\n  x", 5)), "  ");
    }

    #[test]
    fn what_is_typed_in_one_frame_counts() {
        let mut line = String::new();
        let enter = Event::Key {
            key: Key::Enter,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let mut events = [Event::Text("def f(n):".to_owned()), enter];
        events.iter_mut().for_each(|event| take(event, &mut line));
        assert_eq!(events[1], Event::Text("\n    ".to_owned()));
    }
}
