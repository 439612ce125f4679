//! The setup that an example, a lesson or a file took the place of, so that what a person has set up is not lost.

use std::time::Instant;

use egui::Context;

use super::PoolscopeApp;
use super::state::SavedSetup;
use crate::error::Result;
use crate::pool::examples::Example;

/// What was set up before, and what took its place.
#[derive(Default)]
pub struct ReplacedSetup {
    before: Option<Before>,
    /// As it was given: where it was not changed since, it is nobody's work.
    given: Option<SavedSetup>,
}

#[derive(Debug, PartialEq)]
struct Before {
    setup: SavedSetup,
    foreign: Option<String>,
}

impl ReplacedSetup {
    /// Whether there is a setup to go back to.
    pub fn is_there(&self) -> bool {
        self.before.is_some()
    }

    /// Notes that one setup took the place of another.
    fn note(&mut self, before: Before, given: SavedSetup) {
        if self.given.as_ref() != Some(&before.setup) {
            self.before = Some(before);
        }
        self.given = Some(given);
    }
}

impl PoolscopeApp {
    /// Puts another setup in the place of the one that is there, which is kept.
    pub(super) fn replace_setup<T>(&mut self, replace: impl FnOnce(&mut Self) -> T) -> T {
        let own = SavedSetup::with_code(&self.setup);
        let before = Before { foreign: self.foreign.file.clone(), setup: own };
        // One that fails may have changed a part.
        let replaced = replace(self);
        let given = SavedSetup::with_code(&self.setup);
        self.setup_files.replaced.note(before, given);
        replaced
    }

    /// Sets an example up, or the run of a lesson, in the place of what was set up.
    pub(super) fn set_up_example(&mut self, example: &Example, ctx: &Context, now: Instant) -> Result<()> {
        self.replace_setup(|app| {
            app.foreign.file = None;
            app.setup.load_example(example, now, ctx)
        })
    }

    /// Makes the setup what it was before another took its place.
    pub(super) fn set_up_as_before(&mut self, ctx: &Context, now: Instant) -> Result<()> {
        let Some(before) = self.setup_files.replaced.before.take() else { return Ok(()) };
        self.setup_files.replaced = ReplacedSetup::default();
        self.foreign.file = before.foreign;
        self.setup.error = None;
        self.show_page(None);
        self.layout.show_setup();
        before.setup.restore(&mut self.setup, now, ctx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_set_up_is_kept_through_several_examples() {
        let of = |chunk_items: u32| SavedSetup { chunk_items, ..SavedSetup::default() };
        let before = |setup: SavedSetup| Before { setup, foreign: None };
        let mut replaced = ReplacedSetup::default();
        replaced.note(before(of(1)), of(2));
        replaced.note(before(of(2)), of(3));
        assert_eq!(replaced.before, Some(before(of(1))), "nobody worked on the first example");
        replaced.note(before(of(4)), of(5));
        assert_eq!(replaced.before, Some(before(of(4))), "the second one was changed");
    }
}
