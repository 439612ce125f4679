//! Code in the editor and its file: what is changed is marked, saved with the keys, and kept aside where other code is opened.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::program::Program;

fn wait_until(harness: &mut Harness<'_, Program>, what: &str, is_so: impl Fn(&Harness<'_, Program>) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so(harness) {
        assert!(Instant::now() < deadline, "no {what}: {:?}", harness.root());
        harness.step();
    }
}

fn text_of(harness: &Harness<'_, Program>) -> String {
    let code = harness.query_by_role_and_label(Role::MultilineTextInput, "Code");
    code.and_then(|code| code.accesskit_node().value()).unwrap_or_default()
}

/// The program with this code of a file in its editor, and the cursor at its end.
fn editing(file: &Path, text: &str) -> Harness<'static, Program> {
    fs::write(file, text).unwrap();
    let mut harness = Program::open(Vec2::new(1280.0, 800.0), Some(file.to_owned()));
    wait_until(&mut harness, "code", |harness| text_of(harness) == text);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Code").focus();
    harness.run_steps(2);
    harness
}

fn press(harness: &mut Harness<'_, Program>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run_steps(2);
}

#[test]
fn the_keys_that_save_write_changed_code_to_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().canonicalize().unwrap().join("task.star");
    let mut harness = editing(&file, "def task(n):\r\n    return n\r\n");
    assert!(harness.query_by_label("changed").is_none());
    for (typed, written) in [("# One\n", "# One\r\n"), ("# Two\n", "# One\r\n# Two\r\n")] {
        press(&mut harness, typed);
        harness.get_by_label("changed");
        harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
        wait_until(&mut harness, "mark that is gone", |harness| harness.query_by_label("changed").is_none());
        // With the ends of lines that the file has.
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text, format!("def task(n):\r\n    return n\r\n{written}"));
    }
}

#[test]
fn a_file_that_another_program_has_changed_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().canonicalize().unwrap().join("task.star");
    let mut harness = editing(&file, "def task(n):\n    return n\n");
    press(&mut harness, "# Mine\n");
    fs::write(&file, "# Theirs\n").unwrap();
    harness.get_by_role_and_label(Role::Button, "Save the code").click();
    let says = |harness: &Harness<'_, Program>| {
        harness.query_all_by_label_contains("another program has changed it").next().is_some()
    };
    wait_until(&mut harness, "reason", says);
    assert_eq!(fs::read_to_string(&file).unwrap(), "# Theirs\n");
    harness.get_by_label("changed");
}
