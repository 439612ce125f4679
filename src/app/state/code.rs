//! Code that a person brings: its text, the functions found in it, and the one that is to run. What it holds is found
//! out a moment after the typing has paused, in the background.

mod spec;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Context;

use super::OnDisk;
use super::consent::{CodeRunner, Consent, ConsentAnswer, ConsentQuestion, Found, Trouble, found_by_python};
use crate::app::background::{Pause, Task, finished};
use crate::error::{Error, Result};
use crate::function::python::{Interpreter, PythonSource, UNTITLED, found_interpreters};
use crate::function::script;
use crate::function::{FunctionSpec, Listed};

/// The text is looked at after the typing has paused for this long.
const PAUSE: Duration = Duration::from_millis(200);
/// What an empty editor begins with.
const FIRST: &str = "def task(n):\n    return n * 2\n";

/// Who runs the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Script,
    Python,
}

/// What a look at code has found.
struct Looked {
    found: Result<Found, Trouble>,
    interpreters: Vec<PathBuf>,
}

/// A text of code with what is known of it.
pub struct CodeChoice {
    pub source: PythonSource,
    /// The path as it stands in its field.
    pub path_text: String,
    /// The interpreter's path, where a person named one.
    pub interpreter_text: String,
    /// Whether the path of one is to be written, and not chosen from a list.
    pub writes_interpreter: bool,
    pub is_whole: bool,
    /// What each worker calls first, as it stands in its field.
    pub initializer_text: String,
    /// The function that a person chose.
    pub function: Option<String>,
    /// A line that the editor is to show next.
    pub wanted_line: Option<usize>,
    /// How many texts the editor has had.
    pub texts_read: u64,
    /// What stands in the file of the code.
    pub on_disk: OnDisk,
    language: Language,
    /// What a person has said of the interpreters of folders.
    pub consent: Consent,
    found: Option<Result<Found, Trouble>>,
    /// Interpreters that could run it.
    interpreters: Vec<PathBuf>,
    spec: Option<Arc<FunctionSpec>>,
    pause: Pause,
    looking: Option<Task<Looked>>,
    reading: Option<Task<Result<PythonSource>>>,
}

impl Default for CodeChoice {
    fn default() -> Self {
        Self {
            source: PythonSource { file: untitled(), text: FIRST.to_owned(), cells: Vec::new() },
            path_text: String::new(),
            interpreter_text: String::new(),
            writes_interpreter: false,
            is_whole: false,
            initializer_text: String::new(),
            function: None,
            wanted_line: None,
            texts_read: 0,
            on_disk: OnDisk::default(),
            language: Language::default(),
            consent: Consent::default(),
            found: None,
            interpreters: Vec::new(),
            spec: None,
            pause: Pause::default(),
            looking: None,
            reading: None,
        }
    }
}

/// Where code that was typed is taken to stand.
fn untitled() -> PathBuf {
    std::env::current_dir().unwrap_or_default().join(UNTITLED)
}

impl CodeChoice {
    /// Has the code looked at as this language.
    pub fn look_as(&mut self, language: Language, ctx: &Context) {
        self.language = language;
        self.look(ctx);
    }

    /// Must be called after each change of the text, the interpreter or what is loaded.
    pub fn edited(&mut self, ctx: &Context) {
        self.pause.restart(Instant::now(), PAUSE, ctx);
        self.source.find_cells();
        self.looking = None;
        self.spec = None;
    }

    /// Reads a file into the editor.
    pub fn open(&mut self, path: PathBuf, ctx: &Context) {
        self.path_text = path.display().to_string();
        self.function = None;
        self.initializer_text.clear();
        self.reading = Some(Task::spawn("read the file", ctx, move || PythonSource::read(&path)));
    }

    /// Takes code of a file that was changed in an earlier window from a text with this digest, as it was left.
    pub fn take_changed(&mut self, source: PythonSource, path: &Path, digest: String) {
        self.replace(source, "");
        (self.path_text, self.on_disk) = (path.display().to_string(), OnDisk::Digest(digest));
    }

    /// Whether the text is another one than that of its file.
    pub fn is_changed(&self) -> bool {
        self.on_disk.differs_from(&self.source.text)
    }

    /// Whether there is something to write to a file: of a notebook, the text is only a part.
    pub fn can_be_saved(&self) -> bool {
        let is_new = self.on_disk == OnDisk::Nowhere && !self.source.text.trim().is_empty();
        !self.source.is_of_notebook() && (is_new || self.is_changed())
    }

    /// It was saved to a file, which is read as this text from now on.
    pub fn is_saved(&mut self, file: PathBuf, written: String, ctx: &Context) {
        self.path_text = file.display().to_string();
        self.source.file = file;
        self.on_disk = OnDisk::Text(written);
        self.look(ctx);
    }

    /// Takes other code, and this function of it. It has to be looked at then.
    pub fn replace(&mut self, source: PythonSource, function: &str) {
        let interpreter_text = std::mem::take(&mut self.interpreter_text);
        let consent = std::mem::take(&mut self.consent);
        let (function, texts_read) = (Some(function.to_owned()), self.texts_read + 1);
        *self = Self { source, interpreter_text, function, texts_read, consent, ..Self::default() };
    }

    /// Whether what it holds is not known yet.
    pub fn is_being_looked_at(&self) -> bool {
        self.looking.is_some() || self.pause.is_on() || self.reading.is_some() || self.consent.is_writing()
    }

    /// Takes results of the background and begins what is due; once a frame.
    pub fn poll(&mut self, ctx: &Context) {
        match finished(&mut self.reading).map(|done| done.and_then(|read| read)) {
            Some(Ok(source)) => {
                self.on_disk = OnDisk::Text(source.text.clone());
                self.source = source;
                self.texts_read += 1;
                self.look(ctx);
            }
            Some(Err(error)) => self.found = Some(Err(Trouble::of_code(error))),
            None => {}
        }
        match self.consent.poll() {
            Some(Ok(())) => self.look(ctx),
            Some(Err(error)) => self.found = Some(Err(Trouble::of_code(error))),
            None => {}
        }
        if self.pause.is_over(Instant::now(), ctx) {
            self.look(ctx);
        }
        match finished(&mut self.looking) {
            None => return,
            Some(Err(error)) => self.found = Some(Err(Trouble::of_code(error))),
            Some(Ok(Looked { found, interpreters })) => {
                (self.found, self.interpreters) = (Some(found), interpreters);
            }
        }
        self.choose();
    }

    fn look(&mut self, ctx: &Context) {
        self.pause.cancel();
        self.spec = None;
        let (source, language, file_name) = (self.source.clone(), self.language, self.file_name());
        let named = Some(self.interpreter_text.trim()).filter(|text| !text.is_empty()).map(PathBuf::from);
        let (trust, declined) = (self.consent.trust.clone(), self.consent.declined.clone());
        self.looking = Some(Task::spawn("look at the code", ctx, move || match language {
            Language::Script => {
                let functions = script::functions(&file_name, &source.text);
                let found = functions.map(|functions| Found { functions, runner: CodeRunner::ThisProgram });
                Looked { found: found.map_err(Trouble::of_code), interpreters: Vec::new() }
            }
            Language::Python => Looked {
                found: found_by_python(&source, named.as_deref(), &trust, &declined),
                interpreters: found_interpreters(&source.file),
            },
        }));
    }

    /// Lets the interpreter of the code's folder run it.
    pub fn allow(&mut self, folder: PathBuf, ctx: &Context) {
        self.consent.allow(folder, ctx);
    }

    /// Has the code run by an interpreter that lies elsewhere.
    pub fn decline(&mut self, folder: PathBuf, ctx: &Context) {
        self.consent.decline(folder);
        self.look(ctx);
    }

    /// Asks again what was answered.
    pub fn take_back(&mut self, answer: &ConsentAnswer, ctx: &Context) {
        self.spec = None;
        if self.consent.take_back(answer, ctx) {
            self.look(ctx);
        }
    }

    /// The functions that were found last.
    pub fn functions(&self) -> &[Listed] {
        match &self.found {
            Some(Ok(found)) => &found.functions,
            _ => &[],
        }
    }

    /// The function that is to run.
    pub fn chosen(&self) -> Option<&Listed> {
        let name = self.function.as_ref()?;
        self.functions().iter().find(|function| function.name == *name)
    }

    /// Who runs it, where that is an interpreter that was asked.
    pub fn interpreter(&self) -> Option<&Interpreter> {
        match self.runner()? {
            CodeRunner::Python(interpreter, _) => Some(interpreter),
            _ => None,
        }
    }

    /// Interpreters that could run it, as far as it was looked for them.
    pub fn interpreters(&self) -> &[PathBuf] {
        &self.interpreters
    }

    /// What a person has to be asked before it can be run.
    pub fn question(&self) -> Option<&ConsentQuestion> {
        match self.runner()? {
            CodeRunner::Undecided(question) => Some(question),
            _ => None,
        }
    }

    /// What a person has answered, where that decided who runs it.
    pub fn answer(&self) -> Option<&ConsentAnswer> {
        match self.runner()? {
            CodeRunner::Python(_, answer) => answer.as_ref(),
            _ => None,
        }
    }

    fn runner(&self) -> Option<&CodeRunner> {
        match &self.found {
            Some(Ok(found)) => Some(&found.runner),
            _ => None,
        }
    }

    /// Why the code cannot be run as it is.
    pub fn error(&self) -> Option<&Error> {
        self.found.as_ref()?.as_ref().err().map(|trouble| &trouble.error)
    }

    /// The line that the error names; where there is none, that which `failure` names, the error of an item.
    pub fn marked_line(&self, failure: Option<&str>) -> Option<usize> {
        let sentence = self.error().map(Error::reason).or(failure)?;
        self.source.line_of(sentence.lines().next()?)
    }

    /// The name of the file, or what code is called that was typed: a script is no file of Python.
    pub fn file_name(&self) -> String {
        let is_typed = self.source.file.file_name().is_some_and(|name| name == UNTITLED);
        match self.language {
            Language::Script if is_typed => "script".to_owned(),
            _ => self.source.name(),
        }
    }

    /// For titles.
    pub fn name(&self) -> String {
        self.function.clone().unwrap_or_else(|| "no function".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(code: &mut CodeChoice, ctx: &Context) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while code.is_being_looked_at() {
            assert!(Instant::now() < deadline, "the code is still being looked at");
            code.poll(ctx);
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_new_editor_holds_a_function_that_can_run() {
        let (mut code, ctx) = (CodeChoice::default(), Context::default());
        code.look_as(Language::Script, &ctx);
        assert!(code.spec().unwrap_err().to_string().contains("still being looked at"));
        settled(&mut code, &ctx);
        assert_eq!((code.name().as_str(), code.spec().unwrap().name()), ("task", "task"));
    }

    #[test]
    fn the_error_of_an_item_marks_its_line() {
        let mut code = CodeChoice::default();
        assert_eq!(code.marked_line(Some("ValueError: no (line 7)\nTraceback ...")), Some(7));
        code.source.cells = vec![(1, 2), (5, 4)];
        assert_eq!(code.marked_line(Some("ValueError: no (cell 4, line 3)")), Some(7));
        assert_eq!((code.marked_line(Some("ended by signal 9")), code.marked_line(None)), (None, None));
    }

    #[test]
    fn what_is_wrong_names_its_line_until_it_is_mended() {
        let (mut code, ctx) = (CodeChoice::default(), Context::default());
        code.source.text = "import math\n\ndef f(n):\n    return math.sqrt(n)\n".to_owned();
        code.look_as(Language::Script, &ctx);
        settled(&mut code, &ctx);
        assert_eq!(code.marked_line(None), Some(1));
        assert!(code.spec().unwrap_err().reason().contains("line 1"), "{}", code.spec().unwrap_err());
        code.look_as(Language::Python, &ctx);
        settled(&mut code, &ctx);
        assert_eq!((code.error(), code.chosen().map(Listed::signature)), (None, Some("f(n)".into())));
        assert!(matches!(&*code.spec().unwrap(), FunctionSpec::Python(_)));
    }
}
