//! A setup as it is kept from one window to the next: what a person decided, and neither inputs nor results. What stands in
//! files is read again from there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use egui::Context;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::function::{FunctionChoice, FunctionKind};
use super::inputs::{InputsSetup, SourceKind};
use super::loading::{Loading, Origin};
use super::rules::Rules;
use super::setup::Setup;
use crate::error::Result;
use crate::function::command::CommandSpec;
use crate::function::python::PythonSource;
use crate::input::LoadOptions;
use crate::pool::examples::EXAMPLES;
use crate::pool::{MAX_WORKERS, Settings};
use crate::value::shortened;

/// Longer texts are not kept: they belong into files.
const LONGEST_TEXT_BYTES: usize = 256 << 10;

/// What a person decided. Fields that an older or newer version has not written have their defaults.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedSetup {
    inputs: SavedInputs,
    function: SavedFunction,
    settings: Settings,
    rules: Rules,
    chunk_items: u32,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct SavedInputs {
    kind: SourceKind,
    typed: String,
    calls: usize,
    file: Option<SavedSource>,
    folder: Option<SavedSource>,
}

/// Where inputs are read from, and how.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct SavedSource {
    path: Option<PathBuf>,
    /// The name of a file that comes with the program, in the place of a path.
    sample: Option<String>,
    options: LoadOptions,
    skips_bad_lines: bool,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct SavedFunction {
    kind: FunctionKind,
    builtin: String,
    params: BTreeMap<String, String>,
    command: CommandSpec,
    env_text: String,
    /// The file that code was read from.
    code_file: Option<PathBuf>,
    /// Code that was typed, or came with an example.
    code: Option<PythonSource>,
    name: Option<String>,
    interpreter: String,
    is_whole: bool,
    initializer: String,
}

impl SavedSetup {
    /// Of this setup as it is now.
    pub fn of(setup: &Setup) -> Self {
        Self {
            inputs: SavedInputs::of(&setup.inputs),
            function: SavedFunction::of(&setup.function),
            settings: setup.settings,
            rules: setup.rules.clone(),
            chunk_items: setup.chunk_items,
        }
    }

    /// The same, with the code of a file beside the name of that, for a machine which does not have the file.
    pub fn with_code(setup: &Setup) -> Self {
        let mut saved = Self::of(setup);
        let source = &setup.function.code.source;
        saved.function.code = (source.text.len() <= LONGEST_TEXT_BYTES).then(|| source.clone());
        saved
    }

    /// Changes all paths in it.
    pub fn map_paths(&mut self, change: impl Fn(PathBuf) -> PathBuf) {
        let sources = [&mut self.inputs.file, &mut self.inputs.folder];
        let inputs = sources.into_iter().flatten().filter_map(|source| source.path.as_mut());
        let code = self.function.code.as_mut().map(|code| &mut code.file);
        for path in inputs.chain(self.function.code_file.as_mut()).chain(code) {
            *path = change(std::mem::take(path));
        }
    }

    /// Takes the code that it holds itself where the file of that is not there, and gives the name of the file then. It looks
    /// at the disk.
    pub fn take_own_code(&mut self) -> Option<String> {
        self.function.code.as_ref()?;
        let missing = self.function.code_file.take_if(|file| !file.is_file())?;
        Some(missing.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }

    /// Leaves open which interpreter runs its code.
    pub fn forget_interpreter(&mut self) {
        self.function.interpreter.clear();
    }

    /// Whether its function is one that can do anything: code of Python, or a command.
    pub fn is_powerful(&self) -> bool {
        matches!(self.function.kind, FunctionKind::Python | FunctionKind::Command)
    }

    /// What its function is, in words: "the command `gzip {}`".
    pub fn shown_function(&self) -> String {
        let SavedFunction { kind, builtin, command, name, code, code_file, .. } = &self.function;
        let file =
            code_file.as_ref().or(code.as_ref().map(|code| &code.file)).and_then(|path| path.file_name());
        match (kind, file) {
            (FunctionKind::Command, _) => format!("the command `{}`", shortened(&command.template, 200)),
            (FunctionKind::Builtin, _) => format!("the built-in function {builtin}"),
            (_, file) => {
                let function = name.as_deref().map_or("a function".to_owned(), |name| format!("`{name}`"));
                format!("{function} of {}", file.unwrap_or_default().to_string_lossy())
            }
        }
    }

    /// Stands for the function with its code: another one has another mark.
    pub fn mark(&self) -> String {
        let SavedFunction {
            kind, command, env_text, code, code_file, name, interpreter, initializer, ..
        } = &self.function;
        let parts = (kind, command, env_text, code, code_file, name, interpreter, initializer);
        // It is made of texts and numbers alone, which can be written.
        let text = serde_json::to_vec(&parts).unwrap_or_default();
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Makes a setup what it was; nothing is run. The error names what there is no more of it.
    pub fn restore(self, setup: &mut Setup, now: Instant, ctx: &Context) -> Result<()> {
        setup.settings = self.settings;
        setup.settings.workers = self.settings.workers.clamp(1, MAX_WORKERS);
        setup.settings.processes = setup.settings.shape().hosts().min(self.settings.processes.max(1));
        setup.rules = self.rules;
        setup.chunk_items = self.chunk_items.max(1);
        self.inputs.restore(&mut setup.inputs, now, ctx);
        self.function.restore(&mut setup.function, ctx)
    }
}

impl SavedInputs {
    fn of(inputs: &InputsSetup) -> Self {
        let InputsSetup { kind, typed, file, folder, calls } = inputs;
        let typed = if typed.text.len() > LONGEST_TEXT_BYTES { String::new() } else { typed.text.clone() };
        Self {
            kind: *kind,
            typed,
            calls: *calls,
            file: SavedSource::of(file),
            folder: SavedSource::of(folder),
        }
    }

    fn restore(self, inputs: &mut InputsSetup, now: Instant, ctx: &Context) {
        inputs.calls = self.calls.max(1);
        inputs.type_text(&self.typed, now, ctx);
        self.file.into_iter().for_each(|saved| saved.restore(&mut inputs.file, ctx));
        self.folder.into_iter().for_each(|saved| saved.restore(&mut inputs.folder, ctx));
        inputs.kind = self.kind;
    }
}

impl SavedSource {
    fn of(loading: &Loading) -> Option<Self> {
        let (path, sample) = match loading.origin.as_ref()? {
            Origin::Path(path) => (Some(path.clone()), None),
            Origin::Sample { name, .. } => (None, Some((*name).to_owned())),
        };
        let skips_bad_lines = loading.skips_bad_lines;
        Some(Self { path, sample, options: loading.options.clone(), skips_bad_lines })
    }

    fn restore(self, loading: &mut Loading, ctx: &Context) {
        let sample = |name: String| {
            let example = EXAMPLES.iter().find(|example| example.sample_file == Some(&*name))?;
            Some(Origin::Sample { name: example.sample_file?, text: example.sample_text()? })
        };
        let Some(origin) = self.path.map(Origin::Path).or_else(|| self.sample.and_then(sample)) else {
            return;
        };
        loading.begin_with(origin, self.options, self.skips_bad_lines, ctx);
    }
}

impl SavedFunction {
    fn of(function: &FunctionChoice) -> Self {
        let FunctionChoice { kind, builtin, code, command } = function;
        let code_file = Some(code.path_text.trim()).filter(|path| !path.is_empty()).map(PathBuf::from);
        let is_typed = code_file.is_none() && code.source.text.len() <= LONGEST_TEXT_BYTES;
        Self {
            kind: *kind,
            builtin: builtin.builtin.name.to_owned(),
            params: builtin.params.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect(),
            command: command.spec.clone(),
            env_text: command.env_text.clone(),
            code_file,
            code: is_typed.then(|| code.source.clone()),
            name: code.function.clone(),
            interpreter: code.interpreter_text.clone(),
            is_whole: code.is_whole,
            initializer: code.initializer_text.clone(),
        }
    }

    fn restore(self, function: &mut FunctionChoice, ctx: &Context) -> Result<()> {
        let FunctionChoice { builtin, code, command, .. } = function;
        (command.spec, command.env_text) = (self.command, self.env_text);
        if !command.is_empty() {
            command.edited(ctx);
        }
        if let Some(source) = self.code {
            code.replace(source, self.name.as_deref().unwrap_or_default());
        }
        code.interpreter_text = self.interpreter;
        if let Some(path) = self.code_file {
            code.open(path, ctx);
        }
        (code.function, code.is_whole, code.initializer_text) = (self.name, self.is_whole, self.initializer);
        let known = if self.builtin.is_empty() { Ok(()) } else { builtin.choose_named(&self.builtin) };
        for param in builtin.builtin.params {
            if let Some(text) = self.params.get(param.name) {
                builtin.params.insert(param.name, text.clone());
            }
        }
        // Code is looked at only where it is shown: an interpreter is started for that.
        function.show(self.kind, ctx);
        known
    }
}

#[cfg(test)]
mod tests {
    use super::super::setup::job_of;
    use super::*;
    use crate::input::ColumnChoice;
    use crate::pool::Mode;

    fn again(setup: &Setup) -> Setup {
        let text = serde_json::to_string(&SavedSetup::of(setup)).unwrap();
        let mut other = Setup::new(2).unwrap();
        let saved: SavedSetup = serde_json::from_str(&text).unwrap();
        saved.restore(&mut other, Instant::now(), &Context::default()).unwrap();
        other
    }

    #[test]
    fn every_example_comes_back_as_the_same_job() {
        let ctx = Context::default();
        for example in &EXAMPLES {
            let mut setup = Setup::new(2).unwrap();
            setup.load_example(example, Instant::now(), &ctx).unwrap();
            setup.settings.processes = setup.settings.workers.min(2);
            let (before, after) = (job_of(&mut setup), job_of(&mut again(&setup)));
            assert_eq!(after.function, before.function, "{}", example.name);
            assert_eq!((after.settings, &after.inputs_name), (before.settings, &before.inputs_name));
            assert!(after.inputs == before.inputs, "{}", example.name);
        }
    }

    #[test]
    fn files_are_read_again_as_a_person_had_them_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, "a;b\n1;10\n2;20\n").unwrap();
        let (mut setup, ctx) = (Setup::new(2).unwrap(), Context::default());
        setup.function.choose_builtin("double").unwrap();
        setup.inputs.load(Origin::Path(path), false, &ctx);
        setup.inputs.file.options.column = Some(ColumnChoice::Name("b".to_owned()));
        setup.inputs.file.again(&ctx);
        setup.rules.retries = 2;
        setup.settings.mode = Mode::Thread;
        let (before, after) = (job_of(&mut setup), job_of(&mut again(&setup)));
        assert_eq!((&*after.inputs, after.settings), (&vec![10_i64, 20].into(), before.settings));
        assert_eq!(after.settings.item.retries, 2);
    }

    #[test]
    fn what_is_not_there_any_more_is_told_and_the_rest_comes_back() {
        let text = r#"{"function":{"builtin":"gone"},"settings":{"workers":100000,"mode":"Thread","processes":9},
                       "inputs":{"typed":"1, 2","of_a_newer_version":1},"chunk_items":0}"#;
        let saved: SavedSetup = serde_json::from_str(text).unwrap();
        let mut setup = Setup::new(2).unwrap();
        let error = saved.restore(&mut setup, Instant::now(), &Context::default()).unwrap_err();
        assert!(error.to_string().contains("gone"), "{error}");
        assert_eq!(
            (setup.settings.workers, setup.settings.processes, setup.chunk_items),
            (MAX_WORKERS, 9, 1)
        );
        assert_eq!(setup.inputs.typed.text, "1, 2");
    }
}
