//! Programs of Python that jobs stand for, run beside the jobs themselves.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use poolscope::export::equivalent_python;
use poolscope::function::FunctionSpec;
use poolscope::function::command::CommandSpec;
use poolscope::function::python::{PythonSource, PythonSpec};
use poolscope::function::script::ScriptSpec;
use poolscope::input::parse_words;
use poolscope::pool::{ChunkRule, Job, Mode, Settings};
use poolscope::value::Value;
use tempfile::TempDir;

use crate::interpreters::{interpreters, run};

/// One job as it is written for the command line: what names the function, and inputs as they are typed.
struct Case {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    args: &'static [&'static str],
    inputs: &'static [&'static str],
    mode: Mode,
}

const TASKS: &str = "import helper\n\nLIMIT = 10\n\n\ndef area(width, height=2, *, unit=1):\n    \
    \"\"\"The area.\"\"\"\n    print('computing', width)\n    return helper.product(width, height) * unit + LIMIT\n\n\n\
    def kinds(n):\n    if n == 4:\n        raise ValueError('four is not allowed')\n    \
    return [None, {'a': (1, 2.5), 'é': b'x'}, 'two\\nlines', '\"a\\\\nb\"', -1, range(n), {n}, float('nan'), True][n]\n\n\n\
    size = 1\n\n\ndef setup(n, word):\n    global size\n    size = n + len(word)\n\n\ndef sized(n):\n    return n * size\n\n\n\
    if __name__ == '__main__':\n    raise SystemExit('the file was run')\n";
const HELPER: &str = "def product(a, b):\n    return a * b\n";

fn cases() -> Vec<Case> {
    [of_builtins(), of_python(), of_others()].into_iter().flatten().collect()
}

fn case(name: &'static str, args: &'static [&str], inputs: &'static [&str], mode: Mode) -> Case {
    Case { name, files: &[], args, inputs, mode }
}

fn with_files(files: &'static [(&str, &str)], case: Case) -> Case {
    Case { files, ..case }
}

fn of_builtins() -> Vec<Case> {
    vec![
        case(
            "a built-in function",
            &["-f", "double"],
            &["1", "2.5", "9223372036854775807", "-3"],
            Mode::Process,
        ),
        case("primes in threads", &["-f", "is_prime"], &["1..60"], Mode::Thread),
        case("random points", &["-f", "estimate_pi", "-p", "seed=7"], &["10", "200", "3000"], Mode::Process),
        case(
            "hashes",
            &["-f", "sha256_rounds", "-p", "rounds=3"],
            &["alpha", "[1, 2.50]", "true", "1.5"],
            Mode::Process,
        ),
        case(
            "powers",
            &["-f", "power"],
            &["[2, 10]", "[10, 19]", "[2, -2]", "[9, 0.5]", "[-8, 0.5]"],
            Mode::Process,
        ),
        case("failures", &["-f", "fail", "-p", "every=2"], &["5", "6", "7", "8"], Mode::Process),
    ]
}

fn of_python() -> Vec<Case> {
    let tasks: &[(&str, &str)] = &[("tasks.py", TASKS), ("helper.py", HELPER)];
    let notebook: &[(&str, &str)] = &[("notes.ipynb", NOTEBOOK)];
    vec![
        with_files(
            tasks,
            case(
                "a file",
                &["--python", "tasks.py:area"],
                &["[2, 5]", "3", "{\"width\": 4, \"unit\": 3, \"x\": 1}"],
                Mode::Process,
            ),
        ),
        with_files(
            tasks,
            case("kinds of results", &["--python", "tasks.py:kinds"], &["0..8"], Mode::Process),
        ),
        with_files(
            tasks,
            case("threads of a file", &["--python", "tasks.py:kinds"], &["0..8"], Mode::Thread),
        ),
        with_files(
            tasks,
            case(
                "an initializer",
                &["--python", "tasks.py:sized", "--initializer", "setup:10,abc"],
                &["1", "2", "3"],
                Mode::Process,
            ),
        ),
        with_files(
            notebook,
            case("a notebook", &["--python", "notes.ipynb:task"], &["1", "2", "3"], Mode::Process),
        ),
    ]
}

/// A script, and commands.
fn of_others() -> Vec<Case> {
    let rows: &[(&str, &str)] =
        &[("rows.jsonl", "{\"name\":\"it's\",\"n\":1.10}\n{\"name\":\"b\",\"n\":2}\n")];
    vec![
        case(
            "a script",
            &[
                "--script-text",
                "table = {1: 'one'}\ndef call(value):\n    print('x')\n    if value > 5:\n        fail('large')\n    return [table.get(value, 'none'), sqrt(value), random(value), '%3d|%s' % (value, value / 3)]\n",
            ],
            &["1", "2", "4", "9"],
            Mode::Process,
        ),
        case(
            "a command",
            &["--command", "printf '%s|%s|%s|%s' {/.} {//} {.} 'a {#} \"'"],
            &["a/b.c/d.tar.gz", "x y", "/top"],
            Mode::Process,
        ),
        case("a command that fails", &["--command", "expr {} / 2"], &["4", "x", "9"], Mode::Thread),
        with_files(
            rows,
            case(
                "columns of rows",
                &["-i", "rows.jsonl", "--column", "*", "--command", "printf '%s-%s' {name} {n}"],
                &[],
                Mode::Process,
            ),
        ),
        case(
            "a line for the shell",
            &["--shell", "--command", "printf '%s' {} | tr a-z A-Z"],
            &["ab'c", "$(d)", "e f"],
            Mode::Process,
        ),
        case(
            "standard input",
            &["--stdin", "--env", "X=1 2", "--shell", "--command", "read a; echo \"$a$X\""],
            &["p q", "r"],
            Mode::Process,
        ),
    ]
}

const NOTEBOOK: &str = r##"{"cells": [
{"cell_type": "code", "source": "%matplotlib inline\n%env POOLSCOPE_WORD=seven\nimport math\nimport no_such_module_at_all", "metadata": {}, "outputs": []},
{"cell_type": "code", "source": "raise SystemExit('this cell must not run')", "metadata": {}, "outputs": []},
{"cell_type": "code", "source": "table = {}\nfor n in range(5):\n    table[n] = n * n\ninputs = input('never asked')", "metadata": {}, "outputs": []},
{"cell_type": "code", "source": "@staticmethod\ndef unused(x):\n    return x\n\ndef task(n):\n    display(n)\n    import os\n    return f'{math.sqrt(table[n])} {helper(n)} {os.environ.get(\"POOLSCOPE_WORD\")}'", "metadata": {}, "outputs": []},
{"cell_type": "code", "source": "def helper(n):\n    return [n] * n\nprint(task(3))\nif __name__ == '__main__':\n    table = {n: 0 for n in range(5)}", "metadata": {}, "outputs": []}],
"metadata": {}, "nbformat": 4, "nbformat_minor": 5}"##;

impl Case {
    fn folder(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in self.files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    /// The value of an option of the command line.
    fn option(&self, name: &str) -> Option<&'static str> {
        let at = self.args.iter().position(|arg| *arg == name)?;
        self.args.get(at + 1).copied()
    }

    fn function(&self, folder: &Path, interpreter: &Path) -> FunctionSpec {
        if let Some(name) = self.option("-f") {
            let params = self.option("-p").map(|param| param.split_once('=').unwrap());
            return FunctionSpec::builtin(name, params).unwrap();
        }
        if let Some(text) = self.option("--script-text") {
            return FunctionSpec::Script(ScriptSpec::new("script", text, None).unwrap());
        }
        if let Some(template) = self.option("--command") {
            let env = self.option("--env").map(|set| set.split_once('=').unwrap());
            return FunctionSpec::Command(CommandSpec {
                template: template.to_owned(),
                shell: self.args.contains(&"--shell"),
                stdin: self.args.contains(&"--stdin"),
                env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect(),
                folder: None,
            });
        }
        let (file, name) = self.option("--python").unwrap().split_once(':').unwrap();
        let source = PythonSource::read(&folder.join(file)).unwrap();
        FunctionSpec::Python(match self.option("--initializer") {
            None => PythonSpec::new(&source, interpreter, Some(name), false).unwrap(),
            Some(call) => {
                PythonSpec::with_initializer(&source, interpreter, Some(name), false, call).unwrap()
            }
        })
    }

    fn job(&self, folder: &Path, interpreter: &Path) -> Job {
        let function = self.function(folder, interpreter);
        let inputs = match self.option("-i") {
            None => parse_words(self.inputs, &function.wants()).unwrap(),
            // Rows as they stand in the file.
            Some(_) => self.files[0].1.lines().map(|row| Value::Json(row.to_owned())).collect(),
        };
        let settings =
            Settings { mode: self.mode, workers: 2, chunk: ChunkRule::Fixed(2), ..Settings::default() };
        Job {
            inputs_name: "numbers, encoding: latin-1.txt".to_owned(),
            inputs: Arc::new(inputs),
            function,
            settings,
        }
    }

    /// Standard output and exit code of the program itself.
    fn expected(&self, folder: &Path, interpreter: &Path) -> (String, Option<i32>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_poolscope"));
        command.arg("run").args(self.args).args(["-w", "2", "--chunk", "2", "-m", &self.mode.to_string()]);
        if self.args.contains(&"--python") {
            command.arg("--interpreter").arg(interpreter);
        }
        if !self.inputs.is_empty() {
            command.arg("--").args(self.inputs);
        }
        command.current_dir(folder).env_remove("VIRTUAL_ENV").stdin(Stdio::null());
        let output = command.output().unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
    }
}

/// Runs a job's program in one way; what is wrong with it, if anything.
fn failure(
    case: &Case,
    folder: &Path,
    program: &Path,
    (interpreter, method): (&Path, &str),
    right: &(String, Option<i32>),
) -> Option<String> {
    let args = if method.is_empty() { vec![] } else { vec!["--start-method", method] };
    // Programs of files go to their folder by themselves.
    let away = tempfile::tempdir().unwrap();
    let place = if case.files.is_empty() { folder } else { away.path() };
    let head = format!("{} ({}, {method})", case.name, interpreter.display());
    let output = match run(interpreter, program, &args, place) {
        Ok(output) => output,
        Err(reason) => return Some(format!("{head}: {reason}")),
    };
    let printed = (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code());
    (printed != *right).then(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        let said: String = said.chars().rev().take(1500).collect::<Vec<_>>().into_iter().rev().collect();
        format!("{head}\n  printed  {printed:?}\n  expected {right:?}\n  stderr: {said}")
    })
}

/// Keeps the program where a person wants to look at it.
fn keep(case: &Case, program: &str) {
    if let Some(folder) = std::env::var_os("EXPORTS_FOLDER") {
        let name = format!("{}.py", case.name.replace(' ', "_"));
        std::fs::write(PathBuf::from(folder).join(name), program).unwrap();
    }
}

#[test]
fn programs_give_what_runs_gave_with_each_interpreter_and_each_way_of_starting() {
    let found = interpreters();
    let Some(newest) = found.values().next_back().cloned() else {
        panic!("these tests need a python3 on the PATH")
    };
    let wrong = std::sync::Mutex::new(Vec::new());
    let (cases, next) = (cases(), std::sync::atomic::AtomicUsize::new(0));
    let check = |nth: usize, case: &Case| {
        let folder = case.folder();
        let job = case.job(folder.path(), &newest);
        let text = equivalent_python(&job).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        keep(case, &text);
        let program = folder.path().join("equivalent.py");
        std::fs::write(&program, text).unwrap();
        let right = case.expected(folder.path(), &newest);
        assert!(right.0.lines().any(|line| !line.is_empty()), "{}: the run gave nothing", case.name);
        let methods: &[&str] =
            if case.mode == Mode::Process { &["fork", "spawn", "forkserver"] } else { &[""] };
        // Each interpreter with each case, and ways of starting in turn; the first case in all ways.
        for (place, interpreter) in found.values().enumerate() {
            let all = if nth == 0 { methods } else { &methods[(place + nth) % methods.len()..][..1] };
            for method in all {
                let failed = failure(case, folder.path(), &program, (interpreter, method), &right);
                wrong.lock().unwrap().extend(failed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((nth, case)) =
                    cases.iter().enumerate().nth(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    check(nth, case);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_python_cannot_do_is_told() {
    let job = |function: &str| Job {
        inputs_name: "typed inputs".to_owned(),
        inputs: Arc::new(vec![1_i64, 2].into()),
        function: FunctionSpec::builtin(function, []).unwrap(),
        settings: Settings::default(),
    };
    for (function, part) in
        [("segfault", "waits for ever"), ("mandelbrot_tile", "pieces of a picture"), ("leak", "to do harm")]
    {
        let reason = equivalent_python(&job(function)).unwrap_err().to_string();
        assert!(
            reason.starts_with("could not write the run as Python: ") && reason.contains(part),
            "{reason}"
        );
    }
}
