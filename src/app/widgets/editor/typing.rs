//! What keys do in code beside what they do in any text: a new line is indented as the one before, and Tab gives spaces.

use eframe::egui::{Event, Id, Key, Modifiers, TextEdit, Ui};

const INDENTATION: &str = "    ";

/// Turns Enter and Tab of this frame into the text that they stand for, where the field has the keyboard.
pub(super) fn keep_indentation(ui: &Ui, id: Id, text: &str) {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return;
    }
    let state = TextEdit::load_state(ui.ctx(), id);
    let Some(range) = state.and_then(|state| state.cursor.char_range()) else { return };
    let cursor = range.primary.index.0.min(range.secondary.index.0);
    ui.input_mut(|input| {
        for event in &mut input.events {
            let Event::Key { key, pressed: true, modifiers: Modifiers::NONE, .. } = event else { continue };
            match key {
                // Without an indentation the key does what is wanted.
                Key::Enter => match indentation_after(text, cursor) {
                    own if own.is_empty() => {}
                    own => *event = Event::Text(format!("\n{own}")),
                },
                Key::Tab => *event = Event::Text(INDENTATION.to_owned()),
                _ => {}
            }
        }
    });
}

/// What a line begins with that follows on the letter `cursor` of the text.
fn indentation_after(text: &str, cursor: usize) -> String {
    let before: String = text.chars().take(cursor).collect();
    let line = before.rsplit('\n').next().unwrap_or_default();
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
        let after = |part: &str| indentation_after(text, text.find(part).unwrap() + part.len()).len();
        assert_eq!((after("def f(n):"), after("if n:"), after("return 1"), after("def")), (4, 8, 8, 0));
        assert_eq!(indentation_after("é\n  x", 5), "  ");
    }
}
