//! Reads a file of rows back: what went well in it need not be run again.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::iter;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value as Json;

use super::RowFormat;
use super::os;
use super::saved_rows::{SavedCell, SavedRow, read_rows};
use super::target::{self, OutputPlace};
use crate::error::{Error, Result};
use crate::pool::ResumedRows;
use crate::value::{Column, ValueRef, shortened};

/// The outputs in a file that [`super::write_rows`] has written, which has to be of a run over the same inputs. Each comes
/// back as what it was, but for pictures, which are made again: a file of rows does not hold their pixels.
///
/// A run that ended early has left files beside that place (see [`super::RowsFile`]). Of the runs that have left something,
/// the file at the place itself counted as one, the newest that has rows is read, with those that it went on from, and no
/// other: what an older one made may have been of another function. `files` of the result names what was read, `passed_over`
/// what was not.
///
/// ```
/// use poolscope::export::read_kept;
/// use poolscope::value::Column;
///
/// # let io = |error| poolscope::error::Error::io("use a folder", error);
/// # let folder = tempfile::tempdir().map_err(io)?;
/// let path = folder.path().join("doubled.jsonl");
/// let kept = r#"{"index":1,"input":2,"output":4,"state":"ok","worker":1}"#;
/// std::fs::write(&path, format!("{kept}\n")).map_err(io)?;
/// let resumed = read_kept(&path, &Column::Int(vec![1, 2, 3]))?;
/// assert_eq!(resumed.files, [path]);
/// # Ok::<(), poolscope::error::Error>(())
/// ```
pub fn read_kept(path: &Path, inputs: &Column) -> Result<Resumed> {
    let failed =
        |path: &Path, reason: String| Error::input(format!("resume from {}", path.display()), reason);
    let is_table = RowFormat::of(path)? == RowFormat::Csv;
    let target = OutputPlace::find(path).map_err(|error| failed(path, error.to_string()))?;
    let mut found = Found::default();
    for left in runs_left(path, &target) {
        found.take(left);
    }
    let Found { rows, files, passed_over, refused, .. } = found;
    if let (true, Some((file, reason))) = (rows.is_empty(), refused) {
        return Err(failed(&file, reason));
    }
    let mut kept = ResumedRows::default();
    for SavedRow { index, input, output } in rows {
        if let Some(output) = output {
            check_input(index, &input, inputs, is_table).map_err(|reason| failed(path, reason))?;
            kept.push(index, output);
        }
    }
    Ok(Resumed { kept, files, passed_over })
}

/// What one run has left.
struct RunLeft {
    files: Vec<PathBuf>,
    /// When something was last written to one of them.
    modified: Option<SystemTime>,
}

impl RunLeft {
    fn new(files: Vec<PathBuf>) -> Self {
        let modified = |file: &PathBuf| std::fs::metadata(file).and_then(|about| about.modified()).ok();
        let modified = files.iter().filter_map(modified).max();
        Self { files, modified }
    }
}

/// What runs to a place have left, the newest first. What a run writes now is not among it.
fn runs_left(path: &Path, target: &OutputPlace) -> Vec<RunLeft> {
    if target::is_more(path) {
        // It is of use together with what was there before it.
        let place = target::place_of(path);
        let Ok(whole) = OutputPlace::find(&place) else { return Vec::new() };
        let left = runs_left(&place, &whole).into_iter();
        return left.skip_while(|left| !left.files.iter().any(|file| os::are_same(file, path))).collect();
    }
    if target::is_part(path) {
        let files = iter::once(path.to_owned()).chain(target::late_of(path)).collect();
        return vec![RunLeft::new(files)];
    }
    let parts: Vec<PathBuf> = target.parts().into_iter().filter(|part| !target::is_in_use(part)).collect();
    let mut by_run: BTreeMap<Option<String>, Vec<PathBuf>> = BTreeMap::new();
    parts.into_iter().for_each(|part| by_run.entry(target::mark_of(&part)).or_default().push(part));
    let mut left: Vec<RunLeft> = by_run.into_values().map(RunLeft::new).collect();
    if target.before.is_some() || left.is_empty() {
        // Of two that were written in one moment, the whole file is what became of the other.
        left.insert(0, RunLeft::new(vec![path.to_owned()]));
    }
    left.sort_by_key(|left| Reverse(left.modified));
    left
}

/// What was found so far, from the newest run on.
#[derive(Default)]
struct Found {
    rows: Vec<SavedRow>,
    files: Vec<PathBuf>,
    passed_over: Vec<String>,
    /// No older run is needed.
    is_whole: bool,
    /// The first file that could not be read, and why.
    refused: Option<(PathBuf, String)>,
}

impl Found {
    fn take(&mut self, left: RunLeft) {
        if self.is_whole {
            let older = |file: &PathBuf| format!("{} is older and was not used", file.display());
            self.passed_over.extend(left.files.iter().map(older));
            return;
        }
        let mut rows = Vec::new();
        for file in &left.files {
            match read_rows(file) {
                Ok(read) => rows.extend(read),
                Err(reason) => {
                    self.passed_over.push(format!("{} was not used: {reason}", file.display()));
                    self.refused.get_or_insert((file.clone(), reason));
                    return;
                }
            }
        }
        // A run that went on from another needs that, too.
        self.is_whole = !rows.is_empty() && !left.files.iter().any(|file| target::is_more(file));
        self.rows.append(&mut rows);
        // Of rows that stand in several files the newest counts.
        self.rows.sort_by_key(|row| row.index);
        self.rows.dedup_by_key(|row| row.index);
        self.files.extend(left.files);
    }
}

/// What earlier runs have made.
#[derive(Default)]
pub struct Resumed {
    pub kept: ResumedRows,
    /// Where it was read from.
    pub files: Vec<PathBuf>,
    /// What of other runs was not used, and why: a sentence a file.
    pub passed_over: Vec<String>,
}

impl Resumed {
    /// The first of the files whose rows another function than this has made, and that one. Nothing where the files do not
    /// tell: what [`super::RowsFile::note_function`] notes is lost where a file is copied without it.
    pub fn made_by_another(&self, function: &str) -> Option<(&Path, String)> {
        let made_by = |file: &PathBuf| os::attached(file).filter(|other| other != os::attachable(function));
        self.files.iter().find_map(|file| Some((file.as_path(), made_by(file)?)))
    }
}

/// Whether the input of a saved row is that of this run: written the same, or the same JSON.
fn check_input(
    index: u64,
    saved: &SavedCell,
    inputs: &Column,
    is_table: bool,
) -> std::result::Result<(), String> {
    let place = usize::try_from(index).unwrap_or(usize::MAX);
    if !is_table && inputs.get(place).is_some_and(|cell| is_other_type(cell, inputs.written(place), saved)) {
        let text = short(saved.text());
        let reason =
            "it is a number in one of them and a text in the other; name the type of both runs with --type";
        return Err(format!("its item {index} is {text} as here, but {reason}"));
    }
    let given = inputs.get(place).map(|cell| match (inputs.written(place), cell) {
        (Some(written), _) => written.to_owned(),
        (None, ValueRef::None) => String::new(),
        (None, cell) => cell.to_string(),
    });
    // Formats that have types write a value as itself, however it was written.
    let as_value = || inputs.get(place).is_some_and(|cell| is_same_json(&json_of(cell), saved));
    let is_same = given.as_deref().is_some_and(|given| {
        let is_nothing = given.is_empty() && *saved == SavedCell::Json("null".to_owned());
        is_nothing || given == saved.text() || is_same_json(given, saved) || as_value()
    });
    if is_same {
        return Ok(());
    }
    let now = given.map_or("not there".to_owned(), |given| short(&given));
    Err(format!("its item {index} is {}, but here item {index} is {now}", short(saved.text())))
}

/// An input that is no text as JSON.
fn json_of(cell: ValueRef<'_>) -> String {
    match cell {
        ValueRef::None => "null".to_owned(),
        cell => cell.to_string(),
    }
}

/// Whether an input is a number where the saved one was a text, or the other way round; a table does not tell.
fn is_other_type(cell: ValueRef<'_>, written: Option<&str>, saved: &SavedCell) -> bool {
    match (cell, saved) {
        (ValueRef::Text(text), SavedCell::Json(json)) => !text.is_empty() && json != "null",
        // How it was written may be no number of JSON, and is a text there.
        (ValueRef::Int(_) | ValueRef::Bool(_), SavedCell::Text(_)) => written.is_none(),
        (ValueRef::Float(number), SavedCell::Text(_)) => written.is_none() && number.is_finite(),
        _ => false,
    }
}

/// Whether two texts are the same document but for blanks, or the same number but for how it is written.
fn is_same_json(given: &str, saved: &SavedCell) -> bool {
    let SavedCell::Json(saved) = saved else { return false };
    let parsed = |text: &str| serde_json::from_str::<Json>(text).ok();
    parsed(given).is_some_and(|given| parsed(saved) == Some(given))
}

fn short(text: &str) -> String {
    shortened(text, 60).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(name: &str, text: &str, inputs: &Column) -> Result<ResumedRows> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read_kept(&path, inputs).map(|resumed| resumed.kept)
    }

    #[test]
    fn what_went_well_is_kept_in_each_format() {
        let inputs: Column = ["7", "a b", "c"].into_iter().collect();
        let lines = "{\"index\":0,\"input\":\"7\",\"output\":14,\"state\":\"ok\"}\n\
            {\"index\":2,\"input\":\"c\",\"output\":null,\"state\":\"failed\"}\n";
        assert_eq!(kept("rows.jsonl", lines, &inputs).unwrap().len(), 1);
        let array = "[{\"index\":1,\"input\":\"a b\",\"output\":[1],\"state\":\"ok\"}]";
        assert_eq!(kept("rows.json", array, &inputs).unwrap().len(), 1);
        let table = "index,input,output,state,output_type\n0,7,14,ok,int\n1,a b,x,ok,text\n2,c,,failed,\n";
        assert_eq!(kept("rows.csv", table, &inputs).unwrap().len(), 2);
        // As some editors and spreadsheets save them again.
        for (name, text, count) in [("rows.jsonl", lines, 1), ("rows.json", array, 1), ("rows.csv", table, 2)]
        {
            assert_eq!(kept(name, &format!("\u{feff}{text}"), &inputs).unwrap().len(), count, "{name}");
        }
    }

    #[test]
    fn a_part_that_was_only_begun_has_no_rows() {
        let inputs: Column = vec![9_i64].into();
        for begun in ["", "index,inp"] {
            assert_eq!(kept("rows.part-00af12.csv", begun, &inputs).unwrap().len(), 0);
        }
    }

    #[test]
    fn a_text_is_no_number_where_the_file_tells() {
        let texts: Column = ["7"].into_iter().collect();
        let numbers: Column = vec![7_i64].into();
        let row = |input: &str| format!("{{\"index\":0,\"input\":{input},\"output\":14,\"state\":\"ok\"}}\n");
        for (input, same, other) in [("7", &numbers, &texts), ("\"7\"", &texts, &numbers)] {
            assert_eq!(kept("rows.jsonl", &row(input), same).unwrap().len(), 1, "{input}");
            let error = kept("rows.jsonl", &row(input), other).unwrap_err().to_string();
            assert!(error.contains("a number in one of them and a text in the other"), "{error}");
            // A table has no types of inputs.
            let table = "index,input,output,state,output_type\n0,7,14,ok,int\n";
            assert_eq!(kept("rows.csv", table, other).unwrap().len(), 1);
        }
    }

    #[test]
    fn a_table_without_the_types_of_its_outputs_is_refused() {
        let inputs: Column = vec![7_i64].into();
        let error = kept("rows.csv", "index,input,output,state\n0,7,14,ok\n", &inputs).unwrap_err();
        assert!(error.to_string().contains("it has no column `output_type`"), "{error}");
    }

    #[test]
    fn other_inputs_are_refused() {
        let inputs: Column = vec![9_i64].into();
        let error =
            kept("rows.csv", "index,input,output,state,output_type\n0,7,14,ok,int\n", &inputs).unwrap_err();
        assert!(error.to_string().contains("its item 0 is 7, but here item 0 is 9"), "{error}");
        let error = kept("rows.jsonl", "{\"index\":0}\n", &inputs).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
