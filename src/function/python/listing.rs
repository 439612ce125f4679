//! What a Python file holds, told by an interpreter from its syntax tree; nothing of the file is run. And what an
//! interpreter is, told by itself.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::asking::{self, Answer, LONGEST_ANSWER};
use super::compiled::{Compiled, CompiledDriver, LoadPlan};
use super::interpreter::readers;
use super::job::{ANALYSIS, DRIVER};
use super::source::PythonSource;
use crate::error::{Error, Result};
use crate::function::{Listed, ListedKind, Parameter};
use crate::value::shortened;

const PROGRAM: &str = include_str!("../../../assets/python/functions.py");

/// An interpreter that has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// Its own program, past what only chooses it; or the script that starts it.
    pub path: PathBuf,
    /// "3.11.2".
    pub version: String,
    /// Whether its threads run one at a time.
    pub has_gil: bool,
    /// What it made of the host driver.
    pub compiled: Compiled,
}

impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lock = if self.has_gil { "with the GIL" } else { "without a GIL" };
        write!(f, "Python {} {lock} ({})", self.version, self.path.display())
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What can be called, functions first.
    pub functions: Vec<Listed>,
    /// All names that the file binds, `*` among them where it imports all of a module: whether others than those listed
    /// can be called is seen only when the file is loaded.
    pub names: Vec<String>,
    pub reader: Reader,
}

/// Which interpreter has read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub version: String,
    /// As it was asked for.
    pub path: PathBuf,
}

/// "Python 3.11.2 (/usr/bin/python3)".
impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python {} ({})", self.version, self.path.display())
    }
}

#[derive(Serialize)]
struct ListingRequest<'a> {
    source: Option<&'a str>,
    cells: &'a [(usize, usize)],
    driver: &'a [(&'a str, &'a str)],
    analysis: &'a [(&'a str, &'a str)],
    /// What is to be planned: the file, and the function, else the first.
    file: Option<&'a str>,
    function: Option<&'a str>,
}

#[derive(Deserialize)]
struct ListingAnswer {
    executable: PathBuf,
    version: String,
    /// Interpreters that cannot do without it do not tell.
    gil: Option<bool>,
    build: String,
    /// A letter a byte.
    #[serde(default)]
    driver: String,
    #[serde(default)]
    parts: String,
    #[serde(default)]
    analysis: String,
    #[serde(default)]
    planned: String,
    #[serde(default)]
    plan: String,
    #[serde(default)]
    functions: Vec<FunctionEntry>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    error: Option<SyntaxTrouble>,
}

#[derive(Deserialize)]
struct FunctionEntry {
    name: String,
    kind: ListedKind,
    line: usize,
    doc: Option<String>,
    params: Vec<ParamEntry>,
    is_decorated: bool,
}

#[derive(Deserialize)]
struct ParamEntry {
    name: String,
    default: Option<String>,
    hint: Option<String>,
    kind: String,
}

#[derive(Deserialize)]
struct SyntaxTrouble {
    line: Option<usize>,
    text: String,
    message: String,
}

/// Asks an interpreter, which must be one that may be started, what it is and what the file holds; the error names the
/// line that is not Python. It is made ready to run `function`, or else the first.
pub fn list(
    source: &PythonSource,
    interpreter: &Path,
    function: Option<&str>,
) -> Result<(Interpreter, Listing)> {
    let file = source.file.to_str();
    let question =
        ListingRequest { driver: &DRIVER, analysis: &ANALYSIS, file, function, ..question_of(source) };
    let answer = ask(&question, interpreter, None).map_err(|reason| {
        Error::usage(format!("ask {} about {}", interpreter.display(), source.name()), reason)
    })?;
    if let Some(trouble) = &answer.error {
        return Err(trouble.error(source, ""));
    }
    Ok((answer.interpreter(interpreter, source), answer.listing(interpreter)))
}

/// What the file holds, told by an interpreter of the system and by no program of the file's folder. Where that one does
/// not know the file's syntax, newer ones are asked.
pub fn list_unasked(source: &PythonSource) -> Result<Listing> {
    let (mut silent, mut unread, mut minor) = (None, None, 0);
    for reader in readers(&source.file)? {
        if reader.minor.is_some_and(|other| other <= minor) {
            continue;
        }
        let path = &reader.path;
        // Nor is anything looked for in the folder.
        match ask(&question_of(source), path, path.parent()) {
            Err(reason) => silent = silent.or(Some((path.clone(), reason))),
            Ok(answer) => match &answer.error {
                None => return Ok(answer.listing(path)),
                Some(trouble) => {
                    let read_by =
                        format!(" (read by Python {}; `--interpreter` names another)", answer.version);
                    minor = minor.max(answer.minor());
                    unread = unread.or(Some(trouble.error(source, &read_by)));
                }
            },
        }
    }
    Err(unread.unwrap_or_else(|| {
        let (path, reason) = silent.unwrap_or_else(|| ("a Python".into(), "there is none".to_owned()));
        Error::usage(format!("ask {} about {}", path.display(), source.name()), reason)
    }))
}

fn question_of(source: &PythonSource) -> ListingRequest<'_> {
    ListingRequest {
        source: Some(&source.text),
        cells: &source.cells,
        driver: &[],
        analysis: &[],
        file: None,
        function: None,
    }
}

impl SyntaxTrouble {
    fn error(&self, source: &PythonSource, read_by: &str) -> Error {
        let Self { line, text, message } = self;
        let place = line.map_or_else(String::new, |line| format!("{}: ", source.place(line)));
        let text = if text.is_empty() { String::new() } else { format!(": `{}`", shortened(text, 60)) };
        let old =
            if self.is_of_python_2() { "; that is Python 2: convert the file to Python 3 first" } else { "" };
        Error::usage(format!("load {}", source.name()), format!("{place}{message}{text}{old}{read_by}"))
    }

    /// Whether it is a statement that Python 3 has as a function.
    fn is_of_python_2(&self) -> bool {
        self.message.starts_with("Missing parentheses in call to")
    }
}

impl ListingAnswer {
    /// 11 of 3.11.2.
    fn minor(&self) -> u32 {
        self.version.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or_default()
    }

    fn interpreter(&self, asked: &Path, source: &PythonSource) -> Interpreter {
        let plan = LoadPlan::of(source, self.planned.clone(), bytes_of(&self.plan));
        Interpreter {
            path: if self.executable.as_os_str().is_empty() || sets_something_up(asked) {
                std::path::absolute(asked).unwrap_or_else(|_| asked.into())
            } else {
                self.executable.clone()
            },
            version: self.version.clone(),
            has_gil: self.gil.unwrap_or(true),
            compiled: Compiled::from(CompiledDriver {
                build: self.build.clone(),
                driver: bytes_of(&self.driver),
                parts: bytes_of(&self.parts),
                analysis: bytes_of(&self.analysis),
                plan: (!self.plan.is_empty()).then_some(plan),
            }),
        }
    }

    fn listing(self, asked: &Path) -> Listing {
        Listing {
            functions: self.functions.into_iter().map(listed).collect(),
            names: self.names,
            reader: Reader { version: self.version, path: asked.to_owned() },
        }
    }
}

/// Whether it is a person's script that starts an interpreter, with variables, options or limits that the function is to
/// have. That of a version manager only chooses one, which takes long.
fn sets_something_up(asked: &Path) -> bool {
    const OF_MANAGERS: &str = "shims";
    let mut start = [0; 2];
    let is_read = File::open(asked).and_then(|mut file| file.read_exact(&mut start)).is_ok();
    let is_chooser = asked.parent().is_some_and(|folder| folder.ends_with(OF_MANAGERS));
    is_read && &start == b"#!" && !is_chooser
}

fn bytes_of(letters: &str) -> Vec<u8> {
    letters.chars().map(|letter| letter as u8).collect()
}

fn listed(function: FunctionEntry) -> Listed {
    let FunctionEntry { name, kind, line, doc, params, is_decorated } = function;
    let params = params.into_iter().map(|ParamEntry { name, default, hint, kind }| {
        let stars = match kind.as_str() {
            "var_positional" => "*",
            "var_keyword" => "**",
            _ => "",
        };
        Parameter { name: format!("{stars}{name}"), default, hint }
    });
    Listed { name, kind, line, doc, params: params.collect(), is_decorated }
}

fn ask(
    question: &ListingRequest<'_>,
    interpreter: &Path,
    folder: Option<&Path>,
) -> std::result::Result<ListingAnswer, String> {
    let mut command = Command::new(interpreter);
    // Isolated, so that neither a file such as `json.py` beside the person's own nor what an environment runs at each
    // start takes part.
    command.args(["-I", "-S", "-E", "-c", PROGRAM]);
    // It would be taken for the interpreter's own place.
    command.env_remove("PYTHONEXECUTABLE");
    if let Some(folder) = folder {
        command.current_dir(folder);
    }
    let question = serde_json::to_vec(question).map_err(|error| error.to_string())?;
    let Answer { output, errors, status } = asking::ask(&mut command, question, LONGEST_ANSWER)?;
    serde_json::from_slice(&output).map_err(|_| {
        let said = String::from_utf8_lossy(&errors);
        let last = match said.trim().lines().last() {
            // A program that is no Python may quote all that it was given.
            _ if PROGRAM.lines().next().is_some_and(|first| said.contains(first)) => "it is something else",
            Some(last) => last,
            None if status.code().is_none() => "it was ended by a signal before it answered",
            None => "it said nothing",
        };
        format!("it is not a Python 3.8 or newer, or cannot work: {}", shortened(last, 200))
    })
}
