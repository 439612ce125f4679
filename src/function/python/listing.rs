//! What a Python file holds, told by an interpreter from its syntax tree; nothing of the file is run.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::job::DRIVER;
use super::source::Source;
use crate::error::{Error, Result};
use crate::function::{Listed, Parameter};
use crate::value::shortened;

const PROGRAM: &str = include_str!("../../../assets/python/functions.py");

/// An interpreter that has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// Its own program, past what only stands in for it.
    pub path: PathBuf,
    /// "3.11.2".
    pub version: String,
    /// Whether its threads run one at a time.
    pub has_gil: bool,
    /// What it made of the host driver.
    pub compiled: Compiled,
}

/// The host driver as an interpreter compiles it, so that not each of its hosts has to; empty where that is unknown.
/// Cheap to clone: the window makes a job of what is set up in each frame.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Code", into = "Code")]
pub struct Compiled(Arc<Code>);

#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Code {
    /// The build of the interpreter, which alone can read it.
    pub(super) build: String,
    pub(super) driver: Vec<u8>,
    pub(super) parts: Vec<u8>,
}

impl Compiled {
    pub(super) fn code(&self) -> &Code {
        &self.0
    }
}

impl From<Code> for Compiled {
    fn from(code: Code) -> Self {
        Self(Arc::new(code))
    }
}

impl From<Compiled> for Code {
    fn from(compiled: Compiled) -> Self {
        Arc::unwrap_or_clone(compiled.0)
    }
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Compiled").field(&self.0.build).finish()
    }
}

impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lock = if self.has_gil { "with the GIL" } else { "without a GIL" };
        write!(f, "Python {} {lock} ({})", self.version, self.path.display())
    }
}

/// What a file holds, and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub interpreter: Interpreter,
    pub functions: Vec<Listed>,
}

#[derive(Serialize)]
struct Question<'a> {
    source: &'a str,
    driver: &'a [(&'a str, &'a str)],
}

#[derive(Deserialize)]
struct Answer {
    executable: PathBuf,
    version: String,
    /// Interpreters that cannot do without it do not tell.
    gil: Option<bool>,
    build: String,
    /// A letter a byte.
    driver: String,
    parts: String,
    functions: Vec<Function>,
    error: Option<Trouble>,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    line: usize,
    doc: Option<String>,
    params: Vec<Param>,
    is_decorated: bool,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    default: Option<String>,
    hint: Option<String>,
    kind: String,
}

#[derive(Deserialize)]
struct Trouble {
    line: Option<usize>,
    text: String,
    message: String,
}

/// Asks the interpreter what the file holds; the error names the line that is not Python.
pub fn list(source: &Source, interpreter: &Path) -> Result<Listing> {
    let answer = ask(source, interpreter).map_err(|reason| {
        Error::usage(format!("ask {} about {}", interpreter.display(), source.name()), reason)
    })?;
    if let Some(Trouble { line, text, message }) = answer.error {
        let place = line.map_or_else(String::new, |line| format!("{}: ", source.place(line)));
        let text = if text.is_empty() { text } else { format!(": `{}`", shortened(&text, 60)) };
        return Err(Error::usage(format!("read {}", source.name()), format!("{place}{message}{text}")));
    }
    let interpreter = Interpreter {
        path: if answer.executable.as_os_str().is_empty() { interpreter.into() } else { answer.executable },
        version: answer.version,
        has_gil: answer.gil.unwrap_or(true),
        compiled: Compiled::from(Code {
            build: answer.build,
            driver: bytes_of(&answer.driver),
            parts: bytes_of(&answer.parts),
        }),
    };
    Ok(Listing { interpreter, functions: answer.functions.into_iter().map(listed).collect() })
}

fn bytes_of(letters: &str) -> Vec<u8> {
    letters.chars().map(|letter| letter as u8).collect()
}

fn listed(function: Function) -> Listed {
    let Function { name, line, doc, params, is_decorated } = function;
    let params = params.into_iter().map(|Param { name, default, hint, kind }| {
        let stars = match kind.as_str() {
            "var_positional" => "*",
            "var_keyword" => "**",
            _ => "",
        };
        Parameter { name: format!("{stars}{name}"), default, hint }
    });
    Listed { name, line, doc, params: params.collect(), is_decorated }
}

fn ask(source: &Source, interpreter: &Path) -> std::result::Result<Answer, String> {
    let mut command = Command::new(interpreter);
    // Isolated, so that a file such as `json.py` beside the person's own does not stand in for the library's.
    command.args(["-I", "-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let question = Question { source: &source.text, driver: &DRIVER };
    let question = serde_json::to_vec(&question).map_err(|error| error.to_string())?;
    let mut child = command.spawn().map_err(|error| format!("it cannot be started: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // It reads all before it answers; where it ended early its own words say why.
        let _ = stdin.write_all(&question);
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.trim().lines().last().unwrap_or("it said nothing");
        // A program that is no Python may quote all that it was given.
        let last = if said.contains("Lists the functions of") { "it is something else" } else { last };
        format!("it is not a Python 3.8 or newer: {}", shortened(last, 200))
    })
}
