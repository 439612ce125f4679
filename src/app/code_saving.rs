//! Code of the editor to its file, or to a new one.

use std::path::PathBuf;

use egui::Context;

use super::PoolscopeApp;
use super::background::{Task, TaskFor, finished_for};
use super::command::Command;
use super::dialogs::{self, Choose, Chosen};
use super::saved_runs::name_of;
use super::setup;
use super::setup_command::SetupCommand;
use super::state::{CodeChoice, NewContent, OnDisk, bytes_of, new_content};
use crate::error::{Error, Result};
use crate::export;

/// What is being saved.
#[derive(Default)]
pub struct CodeSaving {
    choosing_place: Option<(Text, Task<Chosen>)>,
    writing: Option<TaskFor<(PathBuf, Text), Written>>,
}

/// What came of it.
enum Written {
    /// The file is read as this text from now on.
    As(String),
    /// The file is another one than was read: see [`NewContent::Closed`].
    Closed(Error),
}

/// A text of the editor, and which of its texts that is.
struct Text {
    text: String,
    number: u64,
}

impl Text {
    fn of(code: &CodeChoice) -> Self {
        Self { text: code.source.text.clone(), number: code.texts_read }
    }
}

impl PoolscopeApp {
    /// In the code, the keys that save are for the code.
    pub(super) fn hear_keys_for_code(&self, ctx: &Context) {
        let function = &self.setup.function;
        let keys = Command::SaveResults.shortcut();
        let keys = keys.filter(|_| function.has_code_to_save() && setup::is_in_code(ctx, &function.code));
        if keys.is_some_and(|keys| ctx.input_mut(|input| input.consume_shortcut(&keys))) {
            self.commands.send(Command::Setup(SetupCommand::SaveCode));
        }
    }

    /// Writes the code to its file; of code without one that it may be written to, its place is asked for.
    pub(super) fn save_code(&mut self, ctx: &Context) {
        let code = &self.setup.function.code;
        if self.code_saving.choosing_place.is_some()
            || self.code_saving.writing.is_some()
            || !code.can_be_saved()
        {
            return;
        }
        let new = Text::of(code);
        match &code.on_disk {
            OnDisk::Nowhere | OnDisk::Closed => {
                let name = code.source.name();
                self.code_saving.choosing_place = Some((new, dialogs::choose(Choose::SavedCode(name), ctx)));
            }
            OnDisk::Text(_) | OnDisk::Digest(_) => {
                let (file, before, text) = (code.source.file.clone(), code.on_disk.clone(), new.text.clone());
                let place = file.clone();
                let write = move || match new_content(&file, &before.digest(), &text)? {
                    NewContent::Closed(error) => Ok(Written::Closed(error)),
                    NewContent::Bytes(bytes, text) => {
                        export::write_whole(&file, |out| out.write_all(&bytes)).map(|()| Written::As(text))
                    }
                };
                self.code_saving.writing = Some(((place, new), Task::spawn("save the code", ctx, write)));
            }
        }
    }

    /// Reads other code into the editor. What was changed there and is in no file is kept with its setup.
    pub(super) fn open_code(&mut self, path: PathBuf, ctx: &Context) {
        self.layout.leave_runs();
        let open = |app: &mut Self| {
            app.foreign.file = None;
            app.setup.function.open(path, ctx);
        };
        if !self.setup.function.code.is_changed() {
            return open(self);
        }
        self.saving.say("The changed code is kept: File, Back to the setup before.".to_owned());
        self.replace_setup(open);
    }

    /// Takes what came of it; once a frame.
    pub(super) fn follow_code_saving(&mut self, ctx: &Context) {
        if let Err(error) = self.take_saved_code(ctx) {
            self.complain(error);
        }
    }

    fn take_saved_code(&mut self, ctx: &Context) -> Result<()> {
        if let Some((new, chosen)) = finished_for(&mut self.code_saving.choosing_place)
            && let Some(path) = chosen?
        {
            let path = if path.extension().is_none() { path.with_extension("py") } else { path };
            let (place, text) = (path.clone(), new.text.clone());
            let write = move || {
                let bytes = bytes_of(b"", &text)?;
                export::write_whole(&path, |out| out.write_all(&bytes)).map(|()| Written::As(text))
            };
            self.code_saving.writing = Some(((place, new), Task::spawn("save the code", ctx, write)));
        }
        if let Some(((path, Text { number, .. }), written)) = finished_for(&mut self.code_saving.writing) {
            let code = &mut self.setup.function.code;
            // Another one may have been opened meanwhile.
            let is_there = code.texts_read == number;
            match written? {
                Written::As(text) if is_there => code.is_saved(path.clone(), text, ctx),
                Written::As(_) => {}
                Written::Closed(error) => {
                    if is_there {
                        code.on_disk = OnDisk::Closed;
                    }
                    return Err(error);
                }
            }
            self.saving.say(format!("{} is written", name_of(&path)));
            self.recent.add(path);
        }
        Ok(())
    }
}
