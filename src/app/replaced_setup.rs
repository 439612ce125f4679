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

struct Before {
    setup: SavedSetup,
    foreign: Option<String>,
}

impl ReplacedSetup {
    /// Whether there is a setup to go back to.
    pub fn is_there(&self) -> bool {
        self.before.is_some()
    }
}

impl PoolscopeApp {
    /// Puts another setup in the place of the one that is there, which is kept.
    pub(super) fn replace_setup(&mut self, replace: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let own = SavedSetup::with_code(&self.setup);
        let before = Before { foreign: self.setup_files.foreign.clone(), setup: own };
        replace(self)?;
        let replaced = &mut self.setup_files.replaced;
        if replaced.given.as_ref() != Some(&before.setup) {
            replaced.before = Some(before);
        }
        replaced.given = Some(SavedSetup::with_code(&self.setup));
        Ok(())
    }

    /// Sets an example up, or the run of a lesson, in the place of what was set up.
    pub(super) fn set_up_example(&mut self, example: &Example, ctx: &Context, now: Instant) -> Result<()> {
        self.replace_setup(|app| {
            app.setup_files.foreign = None;
            app.setup.load_example(example, now, ctx)
        })
    }

    /// Makes the setup what it was before another took its place.
    pub(super) fn set_up_as_before(&mut self, ctx: &Context, now: Instant) -> Result<()> {
        let Some(before) = self.setup_files.replaced.before.take() else { return Ok(()) };
        self.setup_files.replaced = ReplacedSetup::default();
        self.setup_files.foreign = before.foreign;
        self.setup.error = None;
        self.show_page(None);
        self.layout.show_setup();
        before.setup.restore(&mut self.setup, now, ctx)
    }
}
