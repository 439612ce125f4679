//! The job that a setup in a file makes, without a window: it reads what the setup names, and asks an interpreter for code of
//! Python.

use std::sync::Arc;

use super::file_lesson::ChooseInterpreter;
use super::reading::{bad_lines_reason, merged_types, read_as, variables};
use super::saved_setup::{
    FIRST_FUNCTION, FunctionKind, SavedFunction, SavedInputs, SavedSetup, SavedSource, SourceKind,
};
use crate::error::{Error, Result};
use crate::function::command::CommandSpec;
use crate::function::python::{self, PythonSource, PythonSpec, UNTITLED};
use crate::function::script::{self, ScriptSpec};
use crate::function::{FunctionSpec, Listed, ListedKind, Takes, find};
use crate::input::{self, CellTypes, LoadOptions, LoadProgress, Loaded};
use crate::pool::examples::EXAMPLES;
use crate::pool::{Job, MAX_WORKERS, Mode};
use crate::value::{Column, ColumnType};

impl SavedSetup {
    /// The job that it is; in another mode where one is named.
    pub fn job(&self, mode: Option<Mode>, choose_interpreter: ChooseInterpreter) -> Result<Job> {
        // Of a pipe that nobody writes to, the first look would never end.
        if let Some(file) = self.files_read().iter().find(|file| file.exists() && !file.is_file()) {
            let reason = "it is no file but a folder, a pipe or a device";
            return Err(Error::usage(format!("read {}", file.display()), reason));
        }
        let function = self.function.spec(choose_interpreter)?;
        let (inputs_name, inputs) = self.inputs.column(&function)?;
        function.check_inputs(&inputs)?;
        let mut settings = self.rules.in_settings(self.settings)?;
        settings.workers = settings.workers.clamp(1, MAX_WORKERS);
        if let Some(mode) = mode {
            (settings.mode, settings.processes) = (mode, 1);
        }
        settings.processes = settings.shape().hosts().min(settings.processes.max(1));
        if settings.mode == Mode::Process {
            settings.processes = settings.shape().hosts();
        }
        Ok(Job { inputs_name, inputs, function, settings })
    }
}

impl SavedFunction {
    fn spec(&self, choose_interpreter: ChooseInterpreter) -> Result<FunctionSpec> {
        match self.kind {
            FunctionKind::Builtin => {
                let name = if self.builtin.is_empty() { FIRST_FUNCTION } else { &self.builtin };
                let own = find(name)?;
                let is_known = |name: &String| own.params.iter().any(|param| param.name == *name);
                // What was set for other functions is kept in a setup.
                let params = self.params.iter().filter(|(name, _)| is_known(name));
                FunctionSpec::builtin(name, params.map(|(name, text)| (name.as_str(), text.as_str())))
            }
            FunctionKind::Script => self.script(&self.source()?).map(FunctionSpec::Script),
            FunctionKind::Python => self.python(self.source()?, choose_interpreter).map(FunctionSpec::Python),
            FunctionKind::Command => {
                let spec = CommandSpec { env: variables(&self.env_text)?, ..self.command.clone() };
                spec.check()?;
                Ok(FunctionSpec::Command(spec))
            }
        }
    }

    /// The code of its file, or that which it holds itself: where there is no file, or the code was changed since.
    fn source(&self) -> Result<PythonSource> {
        match (self.code_file.as_ref().filter(|_| self.changed_from.is_none()), &self.code) {
            (Some(file), _) => PythonSource::read(file),
            (None, Some(code)) => Ok(code.clone()),
            (None, None) => Err(Error::usage("start the pool", "the setup holds no code")),
        }
    }

    fn script(&self, source: &PythonSource) -> Result<ScriptSpec> {
        let is_typed = source.file.file_name().is_some_and(|name| name == UNTITLED);
        let name = if is_typed { "script".to_owned() } else { source.name() };
        let function = self.chosen(&script::functions(&name, &source.text)?)?;
        Ok(ScriptSpec { name, source: source.text.clone(), function })
    }

    fn python(&self, source: PythonSource, choose_interpreter: ChooseInterpreter) -> Result<PythonSpec> {
        let (interpreter, listing) = python::list(&source, &choose_interpreter(&source.file)?, None)?;
        let initializer = self.initializer.trim();
        let spec = PythonSpec {
            interpreter: interpreter.path,
            compiled: interpreter.compiled,
            function: self.chosen(&listing.functions)?,
            source,
            is_whole: self.is_whole,
            initializer: Some(initializer.to_owned()).filter(|text| !text.is_empty()),
        };
        Ok(spec.lean())
    }

    /// The function that was chosen, or else the first that the code defines itself.
    fn chosen(&self, functions: &[Listed]) -> Result<Listed> {
        let named = functions.iter().find(|function| Some(&function.name) == self.name.as_ref());
        let first = || functions.iter().find(|function| function.kind != ListedKind::Imported);
        let found = named.or_else(first).cloned();
        found.ok_or_else(|| Error::usage("start the pool", "the code has no function"))
    }
}

impl SavedInputs {
    /// The inputs for a function, and their name.
    fn column(&self, function: &FunctionSpec) -> Result<(String, Arc<Column>)> {
        let (source, what) = match self.kind {
            SourceKind::Typed => return self.typed(function),
            SourceKind::File => (&self.file, "file"),
            SourceKind::Folder => (&self.folder, "folder"),
        };
        let cannot = |reason: String| Error::input("start the pool", reason);
        let source = source.as_ref().ok_or_else(|| cannot(format!("no {what} is chosen")))?;
        let loaded = source.read(&function.wants())?;
        if !loaded.bad.is_empty() && !source.skips_bad_lines {
            return Err(cannot(bad_lines_reason(&loaded.bad)));
        }
        Ok((loaded.name, loaded.column))
    }

    fn typed(&self, function: &FunctionSpec) -> Result<(String, Arc<Column>)> {
        let column = if !self.typed.trim().is_empty() {
            let types = CellTypes { is_hint: true, ..function.wants() };
            input::parse_typed_as(&self.typed, &types)?
        } else if function.takes()? == Takes::Nothing {
            Column::None(self.calls.max(1))
        } else {
            return Err(Error::input("start the pool", "there are no inputs yet"));
        };
        let is_none = column.column_type() == ColumnType::None;
        let name = if is_none { "no inputs" } else { "typed inputs" };
        Ok((name.to_owned(), Arc::new(column)))
    }
}

impl SavedSource {
    fn read(&self, wants: &CellTypes) -> Result<Loaded> {
        let is_chosen = self.options.types.of(None).is_some();
        let types = merged_types(wants, &self.options.types, is_chosen);
        let (options, progress) = (LoadOptions { types, ..self.options.clone() }, LoadProgress::new());
        let sample =
            |name: &String| EXAMPLES.iter().find(|example| example.sample_file == Some(name.as_str()));
        let sample = self.sample.as_ref().and_then(sample);
        let read = |options: &LoadOptions| match (&self.path, sample) {
            (Some(path), _) => input::load_path(path, options, &progress),
            (None, Some(example)) => {
                let (name, text) =
                    (example.sample_file.unwrap_or_default(), example.sample_text().unwrap_or_default());
                input::load_reader(text.as_bytes(), name, options, &progress)
            }
            (None, None) => Err(Error::input("start the pool", "the setup names no file")),
        };
        read_as(read, options, is_chosen, &progress)
    }
}
