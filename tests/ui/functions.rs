//! Functions that a person brings: the editor, the command, and a try with one input.

use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use poolscope::app::command::{Command, Situation};
use poolscope::app::state::{FunctionKind, Phase};
use poolscope::app::widgets;
use poolscope::function::FunctionSpec;
use poolscope::function::script::ScriptSpec;

use crate::setup::{COLUMN, Shared, stage};
use crate::stage::Stage;

/// The column at rest, with five typed inputs and this kind of function.
fn column(kind: FunctionKind) -> (Shared, Harness<'static, Stage>) {
    let (setup, stage) = stage(Phase::Ready, Situation::default());
    let mut harness = stage.open_with(Harness::builder().with_size(COLUMN));
    {
        let setup = &mut *setup.borrow_mut();
        setup.inputs.type_text("1, 2, 3, 4, 5", Instant::now(), &harness.ctx);
        setup.function.show(kind, &harness.ctx);
    }
    harness.run_steps(2);
    (setup, harness)
}

/// Draws until it is so.
fn wait_until(harness: &mut Harness<'_, Stage>, what: &str, is_so: impl Fn(&Harness<'_, Stage>) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so(harness) {
        assert!(Instant::now() < deadline, "no {what}: {:?}", harness.root());
        harness.step();
    }
}

fn wait_for_function(harness: &mut Harness<'_, Stage>, signature: &str) {
    wait_until(harness, signature, |harness| {
        let list = harness.query_by_role_and_label(Role::ComboBox, "function");
        list.is_some_and(|list| list.value().as_deref() == Some(signature))
    });
}

fn rewrite(harness: &mut Harness<'_, Stage>, setup: &Shared, text: &str) {
    text.clone_into(&mut setup.borrow_mut().function.code.source.text);
    setup.borrow_mut().function.code.edited(&harness.ctx);
    harness.run_steps(2);
}

#[test]
fn a_new_script_can_be_tried_and_started_at_once() {
    let (setup, mut harness) = column(FunctionKind::Script);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Code");
    wait_for_function(&mut harness, "task(n)");
    let job = setup.borrow_mut().job().unwrap();
    assert!(matches!(job.function, FunctionSpec::Script(_)));
    harness.get_by_role_and_label(Role::Button, "Try on one").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::TryOne]);
    let trial = setup.borrow().trial(None).unwrap();
    assert_eq!((trial.inputs.len(), trial.settings.workers), (1, 1));
}

#[test]
fn an_initializer_is_named_beside_a_python_function() {
    let (setup, mut harness) = column(FunctionKind::Python);
    wait_for_function(&mut harness, "task(n)");
    harness.get_by_label_contains("Runs definitions, what the function depends on");
    harness.get_by_role_and_label(Role::TextInput, "Initializer").focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Initializer").type_text("start:10");
    harness.run_steps(2);
    let job = setup.borrow_mut().job().unwrap();
    let FunctionSpec::Python(python) = job.function else { panic!("{:?}", job.function) };
    assert_eq!(python.initializer.as_deref(), Some("start:10"));
    harness.get_by_role_and_label(Role::CheckBox, "Whole file").click();
    harness.run_steps(2);
    harness.get_by_label("Runs the whole file when it is loaded.");
}

#[test]
fn what_a_script_cannot_do_goes_to_python_with_one_click() {
    let (setup, mut harness) = column(FunctionKind::Script);
    rewrite(&mut harness, &setup, "import math\n\ndef root(n):\n    return math.sqrt(n)\n");
    wait_until(&mut harness, "sentence", |harness| {
        harness.query_by_label_contains("a script cannot use `import`").is_some()
    });
    harness.get_by_role_and_label(Role::Button, "Run it with Python instead").click();
    harness.run_steps(2);
    wait_for_function(&mut harness, "root(n)");
    assert_eq!(setup.borrow().function.kind, FunctionKind::Python);
    assert!(matches!(setup.borrow_mut().job().unwrap().function, FunctionSpec::Python(_)));
}

#[test]
fn a_command_shows_what_it_would_run_or_what_is_wrong() {
    let (setup, mut harness) = column(FunctionKind::Command);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Command").focus();
    harness.step();
    harness.get_by_role_and_label(Role::MultilineTextInput, "Command").type_text("echo {} {#}");
    // The program is looked for in the background.
    wait_until(&mut harness, "program", |_| setup.borrow().function.command.check().is_ok());
    harness.get_by_label("echo 3 3");
    assert!(setup.borrow_mut().job().is_ok());
    harness.get_by_role_and_label(Role::MultilineTextInput, "Variables").focus();
    harness.step();
    harness.get_by_role_and_label(Role::MultilineTextInput, "Variables").type_text("rubbish");
    harness.run_steps(2);
    harness.get_by_label("`rubbish` is not written NAME=VALUE");
    assert!(setup.borrow_mut().job().is_err());
}

#[test]
fn lines_of_an_error_lead_to_the_code() {
    let half = ScriptSpec::new("half.py", "def half(n):\n    return 1 / n\n", None).unwrap();
    let function = FunctionSpec::Script(half);
    let error = "no division (line 2)\nTraceback:\n  * half.py:2, in half\n      return 1 / n";
    let stage = Stage::new(move |ui, cx| widgets::cause(ui, cx.theme, cx.commands, &function, error));
    let mut harness = stage.open();
    harness.get_by_role_and_label(Role::Link, "no division (line 2)");
    harness.get_by_role_and_label(Role::Link, "  * half.py:2, in half").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::ShowCodeLine(2)]);
}

#[test]
fn a_line_of_the_code_is_shown_and_a_new_one_indented_as_it_is() {
    let (setup, mut harness) = column(FunctionKind::Script);
    setup.borrow_mut().function.show_line(2, None, &harness.ctx);
    harness.run_steps(3);
    for key in [Key::End, Key::Enter, Key::Tab] {
        harness.key_press(key);
        harness.run_steps(2);
    }
    let text = setup.borrow().function.code.source.text.clone();
    assert_eq!(text, "def task(n):\n    return n * 2\n        \n");
}

#[test]
fn a_script_says_what_it_is() {
    let (setup, mut harness) = column(FunctionKind::Script);
    harness.get_by_label_contains("Python's syntax, run by this program itself: no imports");
    harness.get_by_label("script");
    rewrite(&mut harness, &setup, "def task(n):\n    return n +\n");
    wait_until(&mut harness, "sentence", |harness| harness.query_by_label_contains("Could not").is_some());
    assert!(harness.query_by_label_contains("untitled").is_none());
    setup.borrow_mut().function.show(FunctionKind::Python, &harness.ctx);
    harness.run_steps(3);
    harness.get_by_label("untitled.py");
}

#[test]
fn an_interpreter_is_chosen_from_those_found_or_from_disk() {
    let (setup, mut harness) = column(FunctionKind::Python);
    wait_for_function(&mut harness, "task(n)");
    let found = setup.borrow().function.code.interpreters().to_vec();
    let open = |harness: &mut Harness<'_, Stage>| {
        harness.get_by_role_and_label(Role::ComboBox, "Interpreter").click();
        harness.run_steps(3);
    };
    open(&mut harness);
    let first = found[0].display().to_string();
    harness.get_by_role_and_label(Role::Button, &first).click();
    harness.run_steps(3);
    assert_eq!(setup.borrow().function.code.interpreter_text, first);
    open(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Browse…").click();
    harness.run_steps(3);
    assert_eq!(harness.state().sent, [Command::BrowseInterpreter]);
}

#[test]
fn lines_that_are_typed_within_one_frame_are_all_there() {
    let (setup, mut harness) = column(FunctionKind::Script);
    setup.borrow_mut().function.show_line(1, None, &harness.ctx);
    harness.run_steps(3);
    let enter = |pressed| Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    for line in ["def twice(n):", "m = n", "return m * 2"] {
        line.chars().for_each(|letter| harness.event(Event::Text(letter.into())));
        harness.event(enter(true));
        harness.event(enter(false));
    }
    harness.run_steps(2);
    let text = setup.borrow().function.code.source.text.clone();
    assert!(text.starts_with("def twice(n):\n    m = n\n    return m * 2\n    def task"), "{text}");
}
