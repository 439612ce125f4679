//! Programs and notebooks as people write them, in `scripts/`: each function must give what CPython gives.
//!
//! A file says in lines that begin with `#:` what is called with which inputs (`#: area [1, 2]`), which Python it needs,
//! and which of its statements no loader may run (`#: skip input(`). Notebooks are written as cells between `# %%`
//! lines: a line behind `#!` stands in the notebook alone, one behind `#=` is what Python runs instead.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::case::{MODES, in_parallel, notebook, poolscope, words};
use crate::reference::{answers, folder, lines};

const FEWEST: usize = 60;

/// One file with what is called of it.
struct Script {
    path: PathBuf,
    calls: Vec<(String, Value)>,
    skip: Vec<String>,
    needs: Vec<u32>,
    format: String,
    text: String,
}

/// One run: a function, its inputs, a mode and the lines that are right.
struct Run<'a> {
    script: &'a Script,
    function: &'a str,
    inputs: &'a Value,
    mode: &'static str,
    right: String,
}

#[test]
fn every_function_gives_what_cpython_gives() {
    let scripts: Vec<Script> = scripts();
    let asked: Vec<Value> = scripts.iter().map(Script::request).collect();
    let right = answers(&asked);
    let all: Vec<Run> = scripts.iter().zip(&right).flat_map(|(script, right)| script.runs(right)).collect();
    let wrong = in_parallel(&all, Run::failure);
    assert!(wrong.is_empty(), "{} of {} runs:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

/// All of the folder, or those whose name holds `FIELD_ONLY`.
fn scripts() -> Vec<Script> {
    let only = std::env::var("FIELD_ONLY").unwrap_or_default();
    let entries = fs::read_dir(folder().join("scripts")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.is_file() && path.to_string_lossy().contains(&only)).collect();
    paths.sort();
    assert!(paths.len() >= FEWEST || !only.is_empty(), "only {} scripts", paths.len());
    paths.iter().map(|path| Script::read(path)).collect()
}

impl Script {
    fn read(path: &Path) -> Self {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let mut script = Self {
            path: path.to_owned(),
            calls: Vec::new(),
            skip: Vec::new(),
            needs: vec![3, 0],
            format: String::new(),
            text,
        };
        let told: Vec<String> = script.text.lines().filter_map(directive).map(str::to_owned).collect();
        for line in told {
            let (word, rest) = line.split_once(' ').unwrap();
            match word {
                "skip" => script.skip.push(rest.to_owned()),
                "needs" => script.needs = rest.split('.').map(|part| part.parse().unwrap()).collect(),
                "nbformat" => script.format = rest.to_owned(),
                _ => script.calls.push((word.to_owned(), serde_json::from_str(rest).unwrap())),
            }
        }
        assert!(!script.calls.is_empty(), "{} says no calls", path.display());
        script
    }

    fn request(&self) -> Value {
        json!({"ask": "calls", "folder": self.path.parent(), "file": self.path, "calls": self.calls,
            "skip": self.skip, "needs": self.needs})
    }

    /// Each file in both modes: its functions take turns, since each run starts three interpreters.
    fn runs<'a>(&'a self, right: &Value) -> Vec<Run<'a>> {
        // Nothing for a Python that is too old for the file.
        let right = right.as_array().map(Vec::as_slice).unwrap_or_default();
        let runs = right.len().max(MODES.len()) * usize::from(!right.is_empty());
        let run = |place: usize| {
            let (function, inputs) = &self.calls[place % right.len()];
            let right = lines(&right[place % right.len()]).join("\n") + "\n";
            Run { script: self, function, inputs, mode: MODES[place % 2], right }
        };
        (0..runs).map(run).collect()
    }

    /// The file as a person would bring it, in a folder of its own.
    fn brought(&self) -> (TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let name = self.path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".cells") else {
            fs::copy(&self.path, folder.path().join(&name)).unwrap();
            return (folder, name);
        };
        let name = format!("{stem}.ipynb");
        fs::write(folder.path().join(&name), self.notebook()).unwrap();
        (folder, name)
    }

    fn notebook(&self) -> String {
        let cells: Vec<String> = self.text.split("# %%\n").skip(1).map(cell).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        match self.format.as_str() {
            "3" => notebook_of_format_3(&cells),
            "4 text" => {
                let code = |source: &&str| json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source});
                json!({"cells": cells.iter().map(code).collect::<Vec<_>>(), "metadata": {}, "nbformat": 4})
                    .to_string()
            }
            _ => notebook(&cells),
        }
    }
}

fn directive(line: &str) -> Option<&str> {
    line.trim_start_matches('\u{feff}').strip_prefix("#: ")
}

/// A cell's text as it stands in the notebook.
fn cell(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("#=") && directive(line).is_none());
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix("#!").unwrap_or(line)).collect();
    lines.join("\n").trim_end().to_owned()
}

fn notebook_of_format_3(cells: &[&str]) -> String {
    let code = |source: &&str| {
        json!({"cell_type": "code", "collapsed": false, "language": "python", "metadata": {}, "outputs": [],
            "input": source.split_inclusive('\n').collect::<Vec<_>>()})
    };
    let cells: Vec<Value> = cells.iter().map(code).collect();
    json!({"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]})
        .to_string()
}

impl Run<'_> {
    fn failure(&self) -> Option<String> {
        let (folder, name) = self.script.brought();
        fs::write(folder.path().join("inputs.json"), self.inputs.to_string()).unwrap();
        let rows = if self.inputs[0].is_object() { "--column *" } else { "" };
        let args = format!(
            "run -w 2 --chunk 1 -m {} -i inputs.json --input-format json {rows} --python {name}:{}",
            self.mode, self.function
        );
        let output = poolscope(folder.path(), &words(&args), None);
        let (printed, said) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let said: String = said.trim_end().chars().take(700).collect();
        (printed != self.right).then(|| {
            let head = format!("{name}:{} ({}) {}", self.function, self.mode, self.inputs);
            format!("{head}\n  printed  {printed:?}\n  expected {:?}\n  stderr: {said}\n", self.right)
        })
    }
}
