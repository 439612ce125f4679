//! The setup of the window, to and from what is kept of it: see [`SavedSetup`].

use std::path::PathBuf;
use std::time::Instant;

use egui::Context;

use super::function::FunctionChoice;
use super::inputs::InputsSetup;
use super::loading::{Loading, Origin};
use super::setup::Setup;
use crate::error::Result;
use crate::lessons::file::{LONGEST_TEXT_BYTES, SavedFunction, SavedInputs, SavedSetup, SavedSource};
use crate::pool::MAX_WORKERS;
use crate::pool::examples::EXAMPLES;

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
        let is_short = code.source.text.len() <= LONGEST_TEXT_BYTES;
        let is_changed = code_file.is_some() && code.is_changed() && is_short;
        let is_own = (code_file.is_none() && is_short) || is_changed;
        Self {
            kind: *kind,
            builtin: builtin.builtin.name.to_owned(),
            params: builtin.params.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect(),
            command: command.spec.clone(),
            env_text: command.env_text.clone(),
            code_file,
            code: is_own.then(|| code.source.clone()),
            changed_from: is_changed.then(|| code.on_disk.digest()),
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
        match (self.code, self.code_file, self.changed_from) {
            (Some(source), Some(path), Some(from)) => code.take_changed(source, &path, from),
            (source, path, _) => {
                source.into_iter().for_each(|source| code.replace(source, ""));
                path.into_iter().for_each(|path| code.open(path, ctx));
            }
        }
        code.interpreter_text = self.interpreter;
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
    use std::fs;
    use std::path::Path;

    use super::super::setup::job_of;
    use super::*;
    use crate::function::python::installed_interpreter;
    use crate::input::ColumnChoice;
    use crate::lessons::file::PoolFile;
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

    #[test]
    fn code_that_was_changed_and_not_saved_comes_back_as_it_was_left_and_is_what_runs() {
        let (folder, ctx) = (tempfile::tempdir().unwrap(), Context::default());
        let file = folder.path().join("task.star");
        fs::write(&file, "def task(n):\n    return n\n").unwrap();
        let mut setup = Setup::new(2).unwrap();
        setup.inputs.type_text("1, 2", Instant::now(), &ctx);
        setup.function.open(file.clone(), &ctx);
        job_of(&mut setup);
        assert!(!setup.function.code.is_changed() && SavedSetup::of(&setup).function.changed_from.is_none());
        setup.function.code.source.text = "def task(n):\n    return 2 * n\n".to_owned();
        setup.function.code.edited(&ctx);
        assert!(setup.function.code.is_changed() && setup.function.has_code_to_save());
        let before = job_of(&mut setup);
        let mut kept = again(&setup);
        assert_eq!(job_of(&mut kept).function, before.function);
        assert!(kept.function.code.is_changed() && kept.function.has_code_to_save());
        assert_eq!(
            SavedSetup::of(&kept).function,
            SavedSetup::of(&setup).function,
            "also in the window after the next"
        );
        // Saved as a file, too, with or without a window.
        let path = folder.path().join("setup.pool");
        PoolFile::new(SavedSetup::with_code(&setup), None).write(&path).unwrap();
        assert_eq!(job_of(&mut opened(&path).0).function, before.function);
        let without_window = PoolFile::read(&path).unwrap().0.setup.job(None, |_| installed_interpreter());
        assert_eq!(without_window.unwrap().function, before.function);
        // Where the file is gone, the code is like one that was typed.
        fs::remove_file(&file).unwrap();
        let mut without_file = again(&setup);
        assert_eq!(job_of(&mut without_file).function, before.function);
    }

    fn opened(path: &Path) -> (Setup, Vec<String>) {
        let (file, said) = PoolFile::read(path).unwrap();
        let mut setup = Setup::new(2).unwrap();
        file.setup.restore(&mut setup, Instant::now(), &Context::default()).unwrap();
        (setup, said)
    }

    #[test]
    fn every_example_comes_back_from_a_file_as_the_same_job() {
        let (folder, ctx) = (tempfile::tempdir().unwrap(), Context::default());
        let path = folder.path().join("setup.pool");
        for example in &EXAMPLES {
            let mut setup = Setup::new(2).unwrap();
            setup.load_example(example, Instant::now(), &ctx).unwrap();
            PoolFile::new(SavedSetup::with_code(&setup), None).write(&path).unwrap();
            let (before, after) = (job_of(&mut setup), job_of(&mut opened(&path).0));
            let without_window =
                PoolFile::read(&path).unwrap().0.setup.job(None, |_| installed_interpreter()).unwrap();
            assert_eq!(without_window.function, before.function, "{}", example.name);
            assert_eq!(without_window.settings, before.settings, "{}", example.name);
            assert_eq!(without_window.inputs_name, before.inputs_name, "{}", example.name);
            assert!(without_window.inputs == before.inputs, "{}", example.name);
            assert_eq!(after.function, before.function, "{}", example.name);
            assert_eq!(after.settings, before.settings, "{}", example.name);
            assert!(after.inputs == before.inputs, "{}", example.name);
        }
    }

    #[test]
    fn a_file_goes_with_what_lies_beside_it_and_has_its_code_where_that_is_missing() {
        let (here, there, ctx) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), Context::default());
        fs::write(here.path().join("task.star"), "def triple(n):\n    return 3 * n\n").unwrap();
        fs::write(here.path().join("in.csv"), "n\n1\n2\n").unwrap();
        let mut setup = Setup::new(2).unwrap();
        setup.function.open(here.path().join("task.star"), &ctx);
        setup.inputs.load(Origin::Path(here.path().join("in.csv")), false, &ctx);
        let before = job_of(&mut setup);
        let path = here.path().join("setup.pool");
        PoolFile::new(SavedSetup::with_code(&setup), None).write(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let named = here.path().canonicalize().unwrap().display().to_string();
        assert!(!text.contains(&named) || text.matches(&named).count() == 1, "{text}");
        for name in ["setup.pool", "in.csv"] {
            fs::copy(here.path().join(name), there.path().join(name)).unwrap();
        }
        let (mut copy, said) = opened(&there.path().join("setup.pool"));
        assert!(said.concat().contains("task.star is not there"));
        let after = job_of(&mut copy);
        assert!(after.inputs == before.inputs);
        assert_eq!(after.function.description(), before.function.description());
        let (mut same, said) = opened(&path);
        assert_eq!((said, job_of(&mut same).function), (Vec::new(), before.function));
    }
}
