//! How inputs are read: what was found of a file, and each of it chosen otherwise.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use poolscope::app::command::Situation;
use poolscope::app::state::{FunctionKind, Origin, Phase};
use poolscope::function::command::CommandSpec;
use poolscope::value::Value;
use tempfile::TempDir;

use crate::setup::{COLUMN, Shared, stage};
use crate::stage::Stage;

struct Shown {
    setup: Shared,
    harness: Harness<'static, Stage>,
    /// Goes with the test.
    #[allow(dead_code, reason = "it is held, not read")]
    folder: TempDir,
}

impl Shown {
    /// The column with a file of these bytes.
    fn file(name: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (setup, stage) = stage(Phase::Ready, Situation::default());
        let mut harness = stage.open_with(Harness::builder().with_size(COLUMN));
        // A byte that is no character is shown by a sign that the system's fonts have, and tests do without them.
        harness.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        setup.borrow_mut().inputs.load(Origin::Path(path), false, &harness.ctx);
        harness.step();
        let mut shown = Self { setup, harness, folder };
        shown.settle();
        shown
    }

    fn settle(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            self.harness.run_steps(2);
            let setup = self.setup.borrow();
            if !setup.inputs.are_being_read() && !setup.function.is_being_looked_at() {
                break;
            }
            assert!(Instant::now() < deadline, "the file is still being read");
        }
        self.harness.run_steps(2);
    }

    /// What a choice shows.
    fn word(&self, choice: &str) -> Option<String> {
        self.harness.query_by_role_and_label(Role::ComboBox, choice)?.value()
    }

    fn choose(&mut self, choice: &str, word: &str) {
        self.harness.get_by_role_and_label(Role::ComboBox, choice).click();
        self.harness.run_steps(2);
        self.harness.get_by_role_and_label(Role::Button, word).click();
        self.harness.run_steps(2);
        self.settle();
    }

    fn inputs(&self) -> Vec<Value> {
        let setup = self.setup.borrow();
        let column = setup.inputs.column(setup.function.takes()).unwrap();
        column.iter().map(|cell| cell.to_value()).collect()
    }

    fn command(&mut self, template: &str) {
        {
            let setup = &mut *self.setup.borrow_mut();
            setup.function.command.spec =
                CommandSpec { template: template.to_owned(), ..CommandSpec::default() };
            setup.function.command.edited(&self.harness.ctx);
            setup.function.show(FunctionKind::Command, &self.harness.ctx);
        }
        self.settle();
    }
}

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| Value::Text((*text).into())).collect()
}

#[test]
fn lines_above_a_table_that_are_no_part_of_it_are_told() {
    let shown = Shown::file("towns.csv", b"Towns of the north\n\nname,people\nOslo,709037\nBergen,291940\n");
    let _ = shown.harness.get_by_label("without the 2 lines above the table");
    let shown = Shown::file("towns.csv", b"name,people\nOslo,709037\nBergen,291940\n");
    assert!(shown.harness.query_by_label_contains("above the table").is_none());
}

#[test]
fn what_was_found_of_a_table_is_shown_and_can_be_chosen_otherwise() {
    let mut shown = Shown::file("towns.csv", b"town;code\nUlm;007\nAix;12\n");
    let words = ["Format", "Delimiter", "Header", "Encoding"].map(|choice| shown.word(choice).unwrap());
    assert_eq!(words, ["CSV", "semicolon", "header", "UTF-8"]);
    assert_eq!(
        (shown.word("Column").unwrap(), shown.word("Type").unwrap()),
        ("code".into(), "integers".into())
    );
    shown.harness.get_by_label("0 · 007");
    shown.choose("Column", "town");
    assert_eq!(shown.inputs(), texts(&["Ulm", "Aix"]));
    shown.choose("Header", "no header");
    assert_eq!(shown.inputs().len(), 3);
    shown.choose("Delimiter", "comma");
    assert_eq!(shown.inputs(), texts(&["town;code", "Ulm;007", "Aix;12"]));
    shown.choose("Format", "lines");
    assert_eq!((shown.word("Delimiter"), shown.inputs().len()), (None, 3));
}

#[test]
fn a_type_is_chosen_for_a_column_and_kept_while_others_are_looked_at() {
    let mut shown = Shown::file("codes.csv", b"code,size\n007,1\n012,2\n");
    shown.choose("Column", "code");
    shown.choose("Type", "text");
    assert_eq!(shown.inputs(), texts(&["007", "012"]));
    shown.choose("Column", "size");
    assert_eq!(shown.inputs(), [Value::Int(1), Value::Int(2)]);
    shown.choose("Column", "code");
    assert_eq!(shown.inputs(), texts(&["007", "012"]));
    shown.choose("Type", "find out");
    assert_eq!(shown.inputs(), [Value::Int(7), Value::Int(12)]);
}

#[test]
fn what_the_function_takes_decides_until_a_person_does() {
    let mut shown = Shown::file("codes.txt", b"007\n1e3\n");
    shown.command("echo {}");
    assert_eq!(shown.inputs(), texts(&["007", "1e3"]));
    assert!(shown.setup.borrow_mut().job().is_ok());
    shown.choose("Type", "floats");
    assert_eq!(shown.inputs(), [Value::Float(7.0), Value::Float(1000.0)]);
    shown.setup.borrow_mut().function.choose_builtin("double").unwrap();
    shown.settle();
    assert_eq!(shown.inputs(), [Value::Float(7.0), Value::Float(1000.0)]);
}

#[test]
fn nothing_starts_with_inputs_that_were_read_for_another_function() {
    let mut shown = Shown::file("codes.txt", b"007\n12\n");
    assert_eq!(shown.inputs(), [Value::Int(7), Value::Int(12)]);
    shown.command("echo {}");
    shown.setup.borrow_mut().function.kind = FunctionKind::Builtin;
    let error = shown.setup.borrow_mut().job().unwrap_err().to_string();
    assert!(error.contains("the inputs are still being read"), "{error}");
    shown.settle();
    assert!(shown.setup.borrow_mut().job().is_ok());
}

#[test]
fn a_choice_that_cannot_be_is_told_and_taken_back() {
    let mut shown = Shown::file("towns.csv", b"town,size\nUlm,1\n");
    shown.choose("Format", "JSON");
    assert!(shown.setup.borrow_mut().job().is_err());
    shown.harness.get_by_label_contains("Could not read");
    shown.harness.get_by_role_and_label(Role::Button, "Dismiss").click();
    shown.harness.step();
    shown.settle();
    assert_eq!((shown.word("Format").unwrap(), shown.inputs()), ("CSV".into(), vec![Value::Int(1)]));
}

#[test]
fn lines_of_another_encoding_are_read_with_one_click() {
    let mut shown = Shown::file("towns.txt", b"M\xfcnchen\nK\xf6ln\nUlm\nD\xfcsseldorf\n");
    shown.command("echo {}");
    let link = |shown: &Shown| shown.harness.query_by_label_contains("Read it as windows-125").is_some();
    assert!(link(&shown), "{:?}", shown.harness.root());
    shown.harness.get_by_label_contains("Read it as windows-125").click();
    shown.harness.step();
    shown.settle();
    assert_eq!(shown.inputs()[..2], texts(&["München", "Köln"]));
    assert!(!link(&shown));
}

#[test]
fn rows_are_counted_as_rows() {
    let mut shown = Shown::file("codes.csv", b"code,size\n007,1\n012,2\n");
    shown.choose("Column", "all, row by row");
    shown.harness.get_by_label("2 rows");
}

#[test]
fn typed_inputs_have_a_type_as_well() {
    let (setup, stage) = stage(Phase::Ready, Situation::default());
    let mut harness = stage.open_with(Harness::builder().with_size(COLUMN));
    setup.borrow_mut().inputs.type_text("007, 12", Instant::now(), &harness.ctx);
    harness.run_steps(2);
    let mut shown = Shown { setup, harness, folder: tempfile::tempdir().unwrap() };
    shown.choose("Type", "text");
    assert_eq!(shown.inputs(), texts(&["007", "12"]));
    shown.harness.get_by_label("007 … 12");
}
