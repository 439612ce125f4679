//! The inputs of the setup: typed, from a file or from a folder. Each of the three keeps its own while another is shown.

use std::sync::Arc;
use std::time::Instant;

use egui::Context;

use super::loading::{Loading, Origin};
use super::typed::Typed;
use crate::error::{Error, Result};
use crate::function::Takes;
use crate::input::CellTypes;
use crate::lessons::file::SourceKind;
use crate::value::Column;

/// Where inputs come from, and those of each of the three kinds.
#[derive(Debug)]
pub struct InputsSetup {
    pub kind: SourceKind,
    pub typed: Typed,
    pub file: Loading,
    pub folder: Loading,
    /// How often a function without input is called where nothing is typed.
    pub calls: usize,
}

impl Default for InputsSetup {
    fn default() -> Self {
        Self {
            kind: SourceKind::default(),
            typed: Typed::default(),
            file: Loading::default(),
            folder: Loading::default(),
            calls: 1,
        }
    }
}

impl InputsSetup {
    /// Takes results of the background; once a frame.
    pub fn poll(&mut self, now: Instant, ctx: &Context) {
        self.typed.poll(now, ctx);
        self.file.poll();
        self.folder.poll();
    }

    /// Has the inputs that are shown read as what a function takes; once a frame.
    pub fn want(&mut self, wants: &CellTypes, ctx: &Context) {
        match self.kind {
            SourceKind::Typed => self.typed.want(wants, Instant::now(), ctx),
            SourceKind::File => self.file.want(wants, ctx),
            // Paths are texts.
            SourceKind::Folder => {}
        }
    }

    /// Whether those that are shown are, or are being, read as that.
    pub fn are_wanted(&self, wants: &CellTypes) -> bool {
        match self.kind {
            SourceKind::Typed => self.typed.is_wanted(wants),
            SourceKind::File => self.file.is_wanted(wants),
            SourceKind::Folder => true,
        }
    }

    /// Types a text and shows it.
    pub fn type_text(&mut self, text: &str, now: Instant, ctx: &Context) {
        self.kind = SourceKind::Typed;
        self.typed.set(text, now, ctx);
    }

    /// Reads a file, a folder or a sample and shows it.
    pub fn load(&mut self, origin: Origin, is_folder: bool, ctx: &Context) {
        self.kind = if is_folder { SourceKind::Folder } else { SourceKind::File };
        if let Some(loading) = self.loading_mut() {
            loading.begin(origin, ctx);
        }
    }

    /// What is read from a path, where such inputs are shown.
    pub fn loading(&self) -> Option<&Loading> {
        match self.kind {
            SourceKind::Typed => None,
            SourceKind::File => Some(&self.file),
            SourceKind::Folder => Some(&self.folder),
        }
    }

    /// The same, to be changed.
    pub fn loading_mut(&mut self) -> Option<&mut Loading> {
        match self.kind {
            SourceKind::Typed => None,
            SourceKind::File => Some(&mut self.file),
            SourceKind::Folder => Some(&mut self.folder),
        }
    }

    /// Whether the inputs that are shown are still being read.
    pub fn are_being_read(&self) -> bool {
        match self.loading() {
            None => self.typed.is_reading(),
            Some(loading) => loading.progress().is_some(),
        }
    }

    /// The inputs for a function that takes these; the error says why there are none.
    pub fn column(&self, takes: Takes) -> Result<Arc<Column>> {
        match self.kind {
            SourceKind::File => self.file.column("file"),
            SourceKind::Folder => self.folder.column("folder"),
            SourceKind::Typed => match self.typed.column() {
                Some(column) => column,
                None if takes == Takes::Nothing => Ok(Arc::new(Column::None(self.calls))),
                None => Err(Error::input("start the pool", "there are no inputs yet")),
            },
        }
    }

    /// The name of the inputs for titles.
    pub fn name(&self) -> &str {
        match (self.kind, self.loading().and_then(|loading| loading.loaded.as_ref())) {
            (SourceKind::Typed, _) => "typed inputs",
            (_, Some(loaded)) => &loaded.name,
            (_, None) => "no inputs",
        }
    }
}
