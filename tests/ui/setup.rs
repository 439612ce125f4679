//! The setup: the rules of the pool, and what can be done while a run is on.

use egui::{Key, Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use poolscope::app::command::{Command, Situation};
use poolscope::app::setup::{self, SetupView};
use poolscope::app::state::{FunctionKind, Phase, Rules, Setup};
use poolscope::pool::{HaltRule, Mode, Settings};
use std::cell::RefCell;
use std::rc::Rc;

use crate::fixture::Fixture;
use crate::stage::Stage;

pub type Shared = Rc<RefCell<Setup>>;

/// The column of a setup for two workers, in a phase.
pub fn stage(phase: Phase, situation: Situation) -> (Shared, Stage) {
    let setup: Shared = Rc::new(RefCell::new(Setup::new(2).unwrap()));
    let shown = Rc::clone(&setup);
    let (mut path, mut typed, mut more, mut code, mut large) = (false, false, false, false, false);
    let stage = Stage::new(move |ui, cx| {
        let setup = &mut *shown.borrow_mut();
        setup.poll(std::time::Instant::now(), ui.ctx());
        let mut view = SetupView {
            cx,
            why_not: None,
            phase,
            situation,
            is_more_open: &mut more,
            focus_path_field: &mut path,
            focus_typed_field: &mut typed,
            focus_code_path: &mut code,
            is_editor_large: &mut large,
            trial: None,
            is_trying: false,
        };
        setup::ui(ui, setup, &mut view);
    });
    (setup, stage)
}

/// The size of the column in a high window.
pub const COLUMN: Vec2 = Vec2::new(292.0, 1100.0);

/// The same beside a run that is on.
fn column(phase: Phase, situation: Situation) -> (Shared, Harness<'static, Stage>) {
    let (setup, stage) = stage(phase, situation);
    let run = Fixture::new(Mode::Process, 2, vec![1_i64]).ready(1, 4711, 0.0, 1.0);
    let harness = stage.with_run(run.snapshot()).open_with(Harness::builder().with_size(COLUMN));
    (setup, harness)
}

fn at_rest() -> (Shared, Harness<'static, Stage>) {
    let (setup, mut harness) = column(Phase::Ready, Situation::default());
    harness.get_by_role_and_label(Role::Button, "More").click();
    harness.run_steps(2);
    (setup, harness)
}

fn live() -> Situation {
    Situation { is_live: true, ..Situation::default() }
}

fn settings(setup: &Shared) -> Settings {
    setup.borrow().rules.in_settings(Settings::default()).unwrap()
}

fn write(harness: &mut Harness<'_, Stage>, field: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, field).focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    harness.run_steps(2);
}

fn choose(harness: &mut Harness<'_, Stage>, list: &str, kind: &str) {
    harness.get_by_role_and_label(Role::ComboBox, list).click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::Button, kind).click();
    harness.run_steps(3);
}

#[test]
fn the_rules_are_folded_and_tell_what_differs() {
    let (setup, mut harness) = column(Phase::Ready, Situation::default());
    assert!(harness.query_by_label("Timeout").is_none());
    harness.get_by_label("timeout, retries, limits");
    setup.borrow_mut().rules = Rules { retries: 3, recycle_items: "50".into(), ..Rules::default() };
    harness.run_steps(2);
    harness.get_by_label("3 retries · recycle after 50");
}

#[test]
fn a_timeout_is_chosen_and_written() {
    let (setup, mut harness) = at_rest();
    choose(&mut harness, "Timeout", "seconds");
    assert_eq!(settings(&setup).item.timeout.unwrap().to_string(), "10");
    write(&mut harness, "Timeout in seconds", ".5");
    assert_eq!(settings(&setup).item.timeout.unwrap().to_string(), "10.5");
    choose(&mut harness, "Timeout", "% of median");
    assert_eq!(settings(&setup).item.timeout.unwrap().to_string(), "300%");
}

#[test]
fn limits_are_written_and_rubbish_is_refused_in_a_sentence() {
    let (setup, mut harness) = at_rest();
    write(&mut harness, "Recycle after items", "100");
    write(&mut harness, "Recycle above memory", "500M");
    write(&mut harness, "Memory limit", "2G");
    let worker = settings(&setup).worker;
    assert_eq!((worker.recycle_items, worker.recycle_bytes), (Some(100), Some(500 << 20)));
    assert_eq!(worker.memory_limit_bytes, Some(2 << 30));
    write(&mut harness, "Memory limit", " apples");
    harness.get_by_label("`2G apples` is not a size like 500M or 2G.");
    assert!(setup.borrow().rules.in_settings(Settings::default()).is_err());
}

#[test]
fn the_rule_to_stop_is_chosen() {
    let (setup, mut harness) = at_rest();
    assert!(harness.query_by_label("Running items").is_none());
    choose(&mut harness, "Stop at", "% failed");
    choose(&mut harness, "Running items", "are finished");
    assert_eq!(settings(&setup).halt.to_string(), "soon,fail=10%");
    choose(&mut harness, "Stop at", "never");
    assert_eq!(settings(&setup).halt, HaltRule::Never);
}

#[test]
fn cores_and_threads_are_checked() {
    let (setup, mut harness) = at_rest();
    harness.get_by_role_and_label(Role::CheckBox, "Pin workers to cores").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::CheckBox, "Nested threads").click();
    harness.run_steps(2);
    let worker = settings(&setup).worker;
    assert!(worker.pins && worker.nested_threads);
}

#[test]
fn while_a_run_is_on_only_the_workers_can_be_changed() {
    let (setup, mut harness) = column(Phase::Running, live());
    for mode in ["Processes", "Threads"] {
        assert!(harness.get_by_label(mode).accesskit_node().is_disabled(), "{mode}");
    }
    harness.get_by_role(Role::Slider).focus();
    harness.step();
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    let workers = setup.borrow().settings.workers;
    assert!(workers > 2);
    assert_eq!(harness.state().sent, [Command::SetWorkers(workers)]);
}

#[test]
fn at_rest_the_workers_are_nobodys_business() {
    let (_, mut harness) = column(Phase::Ready, Situation::default());
    harness.get_by_role(Role::Slider).focus();
    harness.step();
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    assert_eq!(harness.state().sent, []);
}

#[test]
fn a_live_run_can_be_paused_and_ended_gently() {
    let (_, mut harness) = column(Phase::Running, live());
    for (label, command) in
        [("Pause", Command::Pause), ("Finish current items", Command::StopSoon), ("Stop", Command::Stop)]
    {
        harness.get_by_role_and_label(Role::Button, label).click();
        harness.run_steps(2);
        assert_eq!(harness.state_mut().sent.pop(), Some(command));
    }
}

#[test]
fn a_paused_run_says_so_and_can_be_resumed() {
    let (_, mut harness) = column(Phase::Paused, Situation { is_paused: true, ..live() });
    harness.get_by_label_contains("Paused: no more items are started until Resume");
    harness.get_by_role_and_label(Role::Button, "Resume").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::Resume]);
}

#[test]
fn a_run_that_finishes_what_runs_can_still_be_stopped() {
    let (_, harness) = column(Phase::Finishing, Situation { is_ending: true, ..live() });
    harness.get_by_label_contains("Ends when the current items are finished");
    assert!(harness.get_by_label("Finish current items").accesskit_node().is_disabled());
    assert!(!harness.get_by_role_and_label(Role::Button, "Stop").accesskit_node().is_disabled());
}

#[test]
fn the_pool_is_in_sight_above_start_whatever_the_function() {
    for (height, size) in [(740.0, "usual"), (430.0, "low")] {
        let (setup, stage) = stage(Phase::Ready, Situation::default());
        let mut harness = stage.open_with(Harness::builder().with_size(Vec2::new(292.0, height)));
        setup.borrow_mut().function.show(FunctionKind::Python, &harness.ctx);
        harness.run_steps(4);
        let bottom = |label: &str| harness.get_by_label(label).rect().bottom();
        let start = harness.get_by_role_and_label(Role::Button, "Start").rect();
        for label in ["Processes", "Threads", "Workers"] {
            assert!(bottom(label) > 100.0 && bottom(label) < start.top(), "{size}: {label}");
        }
        assert!(start.bottom() <= height, "{size}");
    }
}
