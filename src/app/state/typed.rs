//! The inputs that a person types: small ones are read at every key, large ones on a thread after a pause.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Context;

use crate::app::background::{Pause, Task, finished};
use crate::error::{Error, Result};
use crate::input::{CellType, CellTypes, parse_typed_as};
use crate::value::Column;

/// Texts up to this length are read within a frame.
const AT_ONCE_BYTES: usize = 8_000;
/// Longer ones after the typing has paused for this long.
const PAUSE: Duration = Duration::from_millis(150);

/// Typed inputs and what became of them.
#[derive(Debug, Default)]
pub struct Typed {
    pub text: String,
    /// What the text was last read as; nothing for an empty text.
    pub result: Option<Result<Arc<Column>>>,
    /// The type that a person chose.
    pub cells: Option<CellType>,
    wants: CellTypes,
    pause: Pause,
    reading: Option<Task<Result<Column>>>,
}

impl Typed {
    /// Replaces the text. Nobody types, so that no pause is waited for.
    pub fn set(&mut self, text: &str, now: Instant, ctx: &Context) {
        text.clone_into(&mut self.text);
        self.cells = None;
        self.again(now, ctx);
    }

    /// Reads the same again, after the type was changed.
    pub fn again(&mut self, now: Instant, ctx: &Context) {
        self.edited(now, ctx);
        if self.pause.is_on() {
            self.read(ctx);
        }
    }

    /// Must be called after each change of the text.
    pub fn edited(&mut self, now: Instant, ctx: &Context) {
        self.reading = None;
        self.pause.cancel();
        if self.text.trim().is_empty() {
            self.result = None;
        } else if is_quickly_read(&self.text) {
            self.result = Some(parse_typed_as(&self.text, &self.types()).map(Arc::new));
        } else {
            self.pause.restart(now, PAUSE, ctx);
        }
    }

    fn read(&mut self, ctx: &Context) {
        self.pause.cancel();
        let (text, types) = (self.text.clone(), self.types());
        self.reading = Some(Task::spawn("read the inputs", ctx, move || parse_typed_as(&text, &types)));
    }

    /// Has the inputs read as what a function takes.
    pub fn want(&mut self, wants: &CellTypes, now: Instant, ctx: &Context) {
        if self.is_wanted(wants) {
            return;
        }
        let before = self.types();
        self.wants = wants.clone();
        if self.types() != before {
            self.again(now, ctx);
        }
    }

    /// Whether the inputs are, or are being, read as what a function takes.
    pub fn is_wanted(&self, wants: &CellTypes) -> bool {
        self.wants == *wants
    }

    /// What they are read as: what a person chose, else what the function takes. What is something else is told with
    /// what the function takes, before anything runs.
    fn types(&self) -> CellTypes {
        match self.cells {
            Some(cells) => CellTypes::all(cells),
            None => CellTypes { is_hint: true, ..self.wants.clone() },
        }
    }

    /// The type that the function wants the inputs to be.
    pub fn wanted_type(&self) -> Option<CellType> {
        self.wants.all
    }

    /// Begins and ends the reading of large texts; once a frame.
    pub fn poll(&mut self, now: Instant, ctx: &Context) {
        if self.pause.is_over(now, ctx) {
            self.read(ctx);
        }
        if let Some(done) = finished(&mut self.reading) {
            self.result = Some(done.and_then(|result| result).map(Arc::new));
        }
    }

    /// Whether the result is that of an older text.
    pub fn is_reading(&self) -> bool {
        self.pause.is_on() || self.reading.is_some()
    }

    /// The inputs; nothing where nothing was typed.
    pub fn column(&self) -> Option<Result<Arc<Column>>> {
        if self.is_reading() {
            return Some(Err(Error::input("start the pool", "the inputs are still being read")));
        }
        // Why they cannot be read stands under the field.
        let told = |_| Error::input("start the pool", "the typed inputs cannot be read");
        self.result.clone().map(|result| result.map_err(told))
    }
}

/// A short text can stand for many inputs where it holds a range or repeats a list.
fn is_quickly_read(text: &str) -> bool {
    text.len() <= AT_ONCE_BYTES && !["..", "range", "*"].iter().any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(typed: &mut Typed, ctx: &Context) {
        let later = Instant::now() + PAUSE * 2;
        while typed.is_reading() {
            typed.poll(later, ctx);
            std::thread::yield_now();
        }
    }

    #[test]
    fn short_texts_are_read_at_once() {
        let (mut typed, ctx) = (Typed::default(), Context::default());
        typed.set("1, 2, 3", Instant::now(), &ctx);
        assert!(!typed.is_reading());
        assert_eq!(typed.column().unwrap().unwrap().len(), 3);
        typed.set("  ", Instant::now(), &ctx);
        assert_eq!(typed.column(), None);
    }

    #[test]
    fn ranges_are_read_in_the_background() {
        let (mut typed, ctx) = (Typed::default(), Context::default());
        "1..1000".clone_into(&mut typed.text);
        typed.edited(Instant::now(), &ctx);
        let reason = typed.column().unwrap().unwrap_err();
        assert!(reason.to_string().contains("still being read"), "{reason}");
        settle(&mut typed, &ctx);
        assert_eq!(typed.column().unwrap().unwrap().len(), 1000);
    }
}
