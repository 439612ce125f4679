//! The runs that are kept: their list, and two of them beside each other.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use egui::accesskit::Toggled;
use egui::{Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use poolscope::app::command::{Command, Situation};
use poolscope::app::compare::CompareView;
use poolscope::app::runs::RunsView;
use poolscope::app::splits::Splits;
use poolscope::app::state::KeptRuns;
use poolscope::pool::{Mode, RunSnapshot};
use poolscope::value::Value;

use crate::fixture::Fixture;
use crate::stage::{Stage, wait_for};

/// Two items of which each took so long.
fn run(mode: Mode, took_ms: f64, outputs: [i64; 2]) -> RunSnapshot {
    Fixture::new(mode, 2, vec![1_i64, 2])
        .ready(1, 4711, 0.0, 1.0)
        .ready(2, 4711 + u32::from(mode == Mode::Process), 0.0, 1.0)
        .ok(1, 0, 2.0, took_ms, Value::Int(outputs[0]))
        .ok(2, 1, 2.0, took_ms, Value::Int(outputs[1]))
        .finished()
        .snapshot()
}

fn kept(runs: impl IntoIterator<Item = RunSnapshot>) -> KeptRuns {
    let mut kept = KeptRuns::default();
    runs.into_iter().for_each(|run| kept.follow(Some(&Arc::new(run)), None));
    kept
}

fn list(kept: KeptRuns) -> (Rc<RefCell<KeptRuns>>, Harness<'static, Stage>) {
    let kept = Rc::new(RefCell::new(kept));
    let (shown, mut view) = (Rc::clone(&kept), RunsView::default());
    let stage = Stage::new(move |ui, cx| view.ui(ui, cx, &shown.borrow(), Situation::default()));
    (kept, stage.open_with(Harness::builder().with_size(Vec2::new(292.0, 700.0))))
}

#[test]
fn a_run_is_shown_by_a_click_and_laid_beside_another_by_its_arrows() {
    let (_, mut harness) =
        list(kept([run(Mode::Thread, 2000.0, [1, 2]), run(Mode::Process, 1000.0, [1, 2])]));
    // The newest is shown; the other took twice as long.
    let newest = harness.get_by_label("Run 2: 2 processes");
    assert_eq!(newest.accesskit_node().toggled(), Some(Toggled::True));
    harness.get_by_label("0.50×");
    harness.get_by_label("Run 1: 2 threads").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::ShowRun(1)]);
    harness.get_by_role_and_label(Role::Button, "Lay this run beside the one that is shown").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent.last(), Some(&Command::CompareRun(1)));
}

#[test]
fn what_can_be_done_with_a_run_is_in_its_menu() {
    let (kept, mut harness) = list(kept([run(Mode::Process, 1000.0, [1, 2])]));
    harness.get_by_role_and_label(Role::Button, "More").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, "Save the run…").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent.last(), Some(&Command::SaveRun(1)));
    kept.borrow_mut().rename(1, "before the change");
    harness.run_steps(2);
    harness.get_by_label("Run 1: before the change");
}

#[test]
fn a_run_on_the_disk_is_listed_and_read_again_by_a_click() {
    let mut kept = kept((0..41).map(|_| run(Mode::Thread, 2000.0, [1, 2])));
    assert_eq!(kept.leaving().map(|run| run.number), Some(1));
    kept.set_stored(1, Some(Path::new("1.poolrun")));
    let (_, mut harness) = list(kept);
    harness.get_by_label_contains("2 threads · double · 2.00 s · on the disk").scroll_to_me();
    harness.run_steps(3);
    harness.get_by_label_contains("on the disk").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::ShowRun(1)]);
}

#[test]
fn an_empty_list_says_what_comes_there() {
    let (_, mut harness) = list(KeptRuns::default());
    harness.run_steps(2);
    harness.get_by_label_contains("Each run is kept here when it is over.");
    harness.get_by_role_and_label(Role::Button, "Run in both modes").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::RunBoth]);
}

fn both(kept: KeptRuns) -> Harness<'static, Stage> {
    let (mut view, mut splits) = (CompareView::default(), Splits::default());
    let stage = Stage::new(move |ui, cx| {
        let runs = [kept.shown().unwrap(), kept.beside().unwrap()];
        view.follow(Some(runs), ui.ctx());
        view.ui(ui, cx, runs, kept.measured(), &mut splits);
    });
    stage.open_with(Harness::builder().with_size(Vec2::new(980.0, 700.0)))
}

#[test]
fn two_runs_stand_on_one_clock_with_their_ratio_and_their_values() {
    let mut kept = kept([run(Mode::Thread, 2000.0, [1, 2]), run(Mode::Process, 1000.0, [1, 3])]);
    kept.show_both(2, 1);
    let mut harness = both(kept);
    harness.get_by_label("2 processes: 2.00× as fast as 2 threads");
    harness.get_by_label_contains("each ran once");
    harness.get_by_label("Both on one clock");
    wait_for(&mut harness, |harness| {
        harness.query_by_label("1 value differs, the first is that of item 1").is_some()
    });
    harness.get_by_label("show one alone").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::EndComparison]);
}

#[test]
fn other_work_is_not_compared() {
    let other = Fixture::new(Mode::Process, 2, vec![1_i64, 2, 3])
        .ready(1, 9, 0.0, 1.0)
        .ok(1, 0, 2.0, 5.0, Value::Int(1))
        .finished()
        .snapshot();
    let mut kept = kept([run(Mode::Thread, 2000.0, [1, 2]), other]);
    kept.show_both(1, 2);
    both(kept).get_by_label("Not the same work");
}
