//! Keys reach what was clicked or opened before them, also where a frame takes long and all of it comes in one.
//!
//! Who has the keyboard is decided within a frame, and a shortcut is carried out at the beginning of the next one. What was
//! typed after that in the same frame would go to whoever had the keyboard before, or to nobody.

use std::collections::VecDeque;

use egui::{Event, Key};

/// Frames that are drawn without keys after what gives the keyboard to another: one to carry it out, one to take it.
const FRAMES_BETWEEN: u8 = 1;

/// Events that wait for a later frame.
#[derive(Debug, Default)]
pub struct EventOrder {
    waiting: VecDeque<Event>,
    frames_to_wait: u8,
}

impl EventOrder {
    /// Leaves in `events` those for this frame; says whether others wait for the next.
    pub fn arrange(&mut self, events: &mut Vec<Event>) -> bool {
        if self.waiting.is_empty() && first_too_early(events).is_none() {
            // The usual case: nothing is copied.
            self.frames_to_wait = 0;
            return false;
        }
        self.waiting.extend(events.drain(..));
        if self.frames_to_wait > 0 {
            self.frames_to_wait -= 1;
            return true;
        }
        let upto = first_too_early(self.waiting.make_contiguous());
        events.extend(self.waiting.drain(..upto.unwrap_or(self.waiting.len())));
        self.frames_to_wait = if upto.is_some() { FRAMES_BETWEEN } else { 0 };
        !self.waiting.is_empty()
    }
}

/// The place of the first thing typed after what may give the keyboard to another.
fn first_too_early(events: &[Event]) -> Option<usize> {
    let moved = events.iter().position(moves_keyboard)?;
    let after = events[moved + 1..].iter().position(is_typed)?;
    Some(moved + 1 + after)
}

/// Whether it may give the keyboard to another: the end of a click, Tab, a shortcut.
fn moves_keyboard(event: &Event) -> bool {
    match event {
        Event::PointerButton { pressed, .. } => !pressed,
        Event::Key { key, pressed, modifiers, .. } => {
            *pressed && (modifiers.command || matches!(key, Key::Tab | Key::F1))
        }
        _ => false,
    }
}

fn is_typed(event: &Event) -> bool {
    match event {
        Event::Text(_) | Event::Paste(_) | Event::Copy | Event::Cut | Event::Ime(_) => true,
        Event::Key { pressed, .. } => *pressed,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use egui::{Context, Modifiers, PointerButton, Pos2, RawInput, TextEdit};

    use super::*;

    fn key(key: Key, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    fn click(pos: Pos2) -> [Event; 3] {
        let button = |pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        [Event::PointerMoved(pos), button(true), button(false)]
    }

    fn typed(text: &str) -> impl Iterator<Item = Event> {
        text.chars().map(|letter| Event::Text(letter.into()))
    }

    #[test]
    fn what_is_typed_after_a_click_waits_and_all_else_goes_through() {
        let mut order = EventOrder::default();
        let mut events: Vec<Event> = typed("ab").chain(click(Pos2::ZERO)).collect();
        let before = events.clone();
        assert!(!order.arrange(&mut events) && events == before);
        events.extend(typed("c"));
        assert!(order.arrange(&mut events) && events == before);
        // One frame in between, and what comes meanwhile comes after it.
        let mut between: Vec<Event> = typed("d").collect();
        assert!(order.arrange(&mut between) && between.is_empty());
        let mut after = Vec::new();
        assert!(!order.arrange(&mut after));
        assert_eq!(after, typed("cd").collect::<Vec<_>>());
    }

    #[test]
    fn each_of_several_fields_gets_its_own_text() {
        let mut order = EventOrder::default();
        let mut events: Vec<Event> = typed("a").collect();
        events.push(key(Key::Tab, Modifiers::NONE));
        events.extend(typed("b"));
        events.push(key(Key::I, Modifiers::COMMAND));
        events.extend(typed("c"));
        let mut frames = Vec::new();
        loop {
            let goes_on = order.arrange(&mut events);
            frames.push(std::mem::take(&mut events).len());
            if !goes_on {
                break;
            }
        }
        assert_eq!(frames, [2, 0, 2, 0, 1]);
    }

    /// What two texts hold after all of this came in one slow frame.
    fn after(events: Vec<Event>) -> [String; 2] {
        let (ctx, mut order) = (Context::default(), EventOrder::default());
        let mut texts = [String::new(), String::new()];
        let mut given = vec![Vec::new(), Vec::new(), events];
        given.extend((0..10).map(|_| Vec::new()));
        for mut events in given {
            order.arrange(&mut events);
            let input = RawInput { events, focused: true, ..RawInput::default() };
            let output = ctx.run_ui(input, |ui| {
                for (text, y) in texts.iter_mut().zip([10.0, 50.0]) {
                    let place = egui::Rect::from_min_size(Pos2::new(10.0, y), egui::vec2(100.0, 20.0));
                    ui.put(place, TextEdit::singleline(text));
                }
            });
            output.drop_without_applying_deltas();
        }
        texts
    }

    #[test]
    fn a_click_and_what_is_typed_then_may_come_in_one_frame() {
        for (y, expected) in [(20.0, ["1..40", ""]), (60.0, ["", "1..40"])] {
            let mut events: Vec<Event> = click(Pos2::new(60.0, y)).into();
            events.extend(typed("1..40"));
            assert_eq!(after(events), expected);
        }
    }
}
