//! What is kept from one window to the next: colours, answers, sizes, the setup, and what was opened last. Nothing of it runs
//! anything: a person presses Start.

use std::path::PathBuf;
use std::time::Instant;

use egui::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::PoolscopeApp;
use super::state::{RecentPaths, SavedSetup};
use super::theme_choice::{THEME_KEY, theme_word};

/// Where the folders are stored that a person did not allow.
const DECLINED_KEY: &str = "folders whose Python is not used";
/// Where the name of the file is stored that brought the setup.
const FOREIGN_KEY: &str = "the file that brought the setup";
/// Where marks of what was brought by files and may be run are stored.
const ALLOWED_KEY: &str = "what files have brought and may be run";
const SETUP_KEY: &str = "setup";
const SPLITS_KEY: &str = "where the lines between cards are";
const RECENT_KEY: &str = "files opened last";

impl PoolscopeApp {
    /// Takes up what was kept when the window was last closed; the setup only where the window is not opened for a file.
    pub fn restore(&mut self, storage: Option<&dyn eframe::Storage>, has_file: bool, ctx: &Context) {
        // The size of a window is kept by eframe, also that of one that was closed while it presented.
        ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(false));
        if let Some(declined) = kept(storage, DECLINED_KEY) {
            self.setup.function.code.consent.declined = declined;
        }
        self.foreign.allowed = kept(storage, ALLOWED_KEY).unwrap_or_default();
        self.foreign.file = kept(storage, FOREIGN_KEY).unwrap_or_default();
        self.layout.splits = kept(storage, SPLITS_KEY).unwrap_or_default();
        self.recent = RecentPaths::of(kept::<Vec<PathBuf>>(storage, RECENT_KEY).unwrap_or_default());
        if let Some(setup) = kept::<SavedSetup>(storage, SETUP_KEY).filter(|_| !has_file)
            && let Err(error) = setup.restore(&mut self.setup, Instant::now(), ctx)
        {
            self.complain(error);
        }
    }

    /// Keeps what the next window takes up.
    pub(super) fn keep(&self, storage: &mut dyn eframe::Storage) {
        storage.set_string(THEME_KEY, theme_word(self.theme_preference).to_owned());
        keep(storage, DECLINED_KEY, &self.setup.function.code.consent.declined);
        keep(storage, RECENT_KEY, &self.recent.as_slice());
        keep(storage, SPLITS_KEY, &self.layout.splits);
        keep(storage, ALLOWED_KEY, &self.foreign.allowed);
        keep(storage, FOREIGN_KEY, &self.foreign.file);
        keep(storage, SETUP_KEY, &SavedSetup::of(&self.setup));
    }
}

/// What another version has written and this one cannot read is as if it was not there.
fn kept<T: DeserializeOwned>(storage: Option<&dyn eframe::Storage>, key: &str) -> Option<T> {
    serde_json::from_str(&storage?.get_string(key)?).ok()
}

fn keep(storage: &mut dyn eframe::Storage, key: &str, what: &impl Serialize) {
    match serde_json::to_string(what) {
        Ok(text) => storage.set_string(key, text),
        Err(error) => tracing::warn!("{key} could not be kept: {error}"),
    }
}
