//! What rules and people do to a run, and how the views tell it: deaths, timeouts, suspended and retired workers.

use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use poolscope::app::command::Command;
use poolscope::app::death;
use poolscope::app::panels::{MessagesPanel, ResultsPanel, TimelinePanel};
use poolscope::pool::examples::Example;
use poolscope::pool::{LifeEnd, Mode};
use poolscope::value::Value;

use crate::fixture::Fixture;
use crate::stage::{Stage, wait_for};

fn three_workers() -> Fixture {
    let mut fixture = Fixture::new(Mode::Process, 3, (1..=12).collect::<Vec<i64>>());
    for worker in 1..=3 {
        fixture = fixture.ready(worker, 4710 + worker as u32, 0.0, 30.0);
        fixture = fixture.ok(worker, worker as u64, 40.0, 100.0, Value::Int(2));
    }
    fixture.executing(2, 7, 150.0, 0).until(400.0)
}

/// Worker 2 died over item 7, whose row failed.
fn with_death() -> Fixture {
    three_workers()
        .died(2, 300.0, LifeEnd::Signal(11))
        .ended_with(2, 7, 150.0, 150.0, LifeEnd::Signal(11))
        .last_words(&["about to read", "reading at 0x0"], 31.0)
        .ready(2, 4799, 300.0, 331.0)
}

fn timeline() -> Stage {
    let mut panel = TimelinePanel::default();
    Stage::new(move |ui, cx| panel.ui(ui, cx))
}

fn sent(harness: &mut Harness<'_, Stage>) -> Vec<Command> {
    harness.run_steps(2);
    std::mem::take(&mut harness.state_mut().sent)
}

fn choose_in_menu(harness: &mut Harness<'_, Stage>, worker: &str, label: &str) -> Vec<Command> {
    harness.get_by_role_and_label(Role::Button, worker).click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::Button, label).click();
    sent(harness)
}

#[test]
fn a_worker_can_be_suspended_woken_and_killed() {
    let run = three_workers().lane(3, |lane| lane.is_suspended = true);
    let mut harness = timeline().with_run(run.snapshot()).open();
    let suspended = choose_in_menu(&mut harness, "Menu of worker 2", "Suspend S");
    assert_eq!(suspended, [Command::SuspendWorker(2), Command::ChooseWorker(Some(2))]);
    let woken = choose_in_menu(&mut harness, "Menu of worker 3", "Wake up W");
    assert_eq!(woken, [Command::WakeWorker(3), Command::ChooseWorker(Some(3))]);
    let killed = choose_in_menu(&mut harness, "Menu of worker 1", "Kill this worker K");
    assert_eq!(killed, [Command::KillWorker(1), Command::ChooseWorker(Some(1))]);
}

#[test]
fn a_silent_worker_can_be_woken() {
    let mut harness = timeline().with_run(three_workers().silent(2, 2300.0).snapshot()).open();
    assert_eq!(
        choose_in_menu(&mut harness, "Menu of worker 2", "Wake up W"),
        [Command::WakeWorker(2), Command::ChooseWorker(Some(2))]
    );
}

#[test]
fn the_menu_of_a_worker_is_for_keys_too() {
    let mut harness = timeline().with_run(three_workers().snapshot()).open();
    harness.get_by_label("Menu of worker 2").focus();
    harness.step();
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(harness.get_by_label("Suspend S").is_focused());
    harness.key_press(Key::Enter);
    assert_eq!(sent(&mut harness), [Command::SuspendWorker(2), Command::ChooseWorker(Some(2))]);
}

#[test]
fn a_run_that_is_over_has_no_menus() {
    let harness = timeline().with_run(three_workers().finished().snapshot()).open();
    assert!(harness.query_by_label_contains("Menu of").is_none());
}

#[test]
fn workers_that_stand_still_or_leave_say_so() {
    let run = three_workers()
        .lane(1, |lane| lane.is_suspended = true)
        .silent(2, 2300.0)
        .lane(3, |lane| lane.is_retired = true);
    let harness = timeline().with_run(run.snapshot()).open();
    harness.get_by_label("Worker 1, pid 4711 · 6.10 MB, suspended");
    harness.get_by_label("Worker 2, pid 4712 · 6.10 MB, silent for 2.30 s");
    harness.get_by_label("Worker 3, pid 4713 · 6.10 MB, leaving");
    let gone = run.ended(3, 420.0, LifeEnd::Closed);
    timeline().with_run(gone.snapshot()).open().get_by_label("Worker 3, pid 4713 · 6.10 MB, retired");
}

#[test]
fn the_lane_of_suspects_is_known_wherever_it_is() {
    let run = three_workers().lane(2, |lane| lane.is_for_suspects = true);
    let harness = timeline().with_run(run.snapshot()).open();
    harness.get_by_label_contains("Suspects, pid 4712");
    harness.get_by_label_contains("Worker 3, pid 4713");
    harness.get_by_label("Menu of suspects");
}

#[test]
fn a_click_on_the_mark_of_a_death_shows_it() {
    let run = with_death().finished().snapshot();
    let mut harness = timeline().with_run(run).open();
    let plot = harness.get_by_role(Role::Canvas).rect();
    let lane = harness.get_by_label_contains("Worker 2").rect();
    // The run is 300 ms long and shown with 2 % to spare, too little for the mark to stand right of it.
    let x = plot.left() + plot.width() * (300.0 / 306.0) - 20.0;
    let at = egui::pos2(x, lane.center().y);
    harness.hover_at(at);
    harness.run_steps(2);
    harness.drag_at(at);
    harness.drop_at(at);
    assert_eq!(sent(&mut harness), [Command::ShowDeath(0)]);
}

#[test]
fn a_line_about_a_death_is_whole_and_shows_it() {
    let mut panel = MessagesPanel::default();
    let stage = Stage::new(move |ui, cx| panel.ui(ui, cx)).with_run(with_death().snapshot());
    let builder = Harness::builder().with_size(egui::Vec2::new(320.0, 300.0));
    let mut harness = stage.open_with(builder);
    harness
        .get_by_role_and_label(
            Role::Button,
            "0.300 pool worker 2 (pid 4712) died: SIGSEGV while on item 7 (8)",
        )
        .click();
    assert_eq!(sent(&mut harness), [Command::ShowDeath(0)]);
}

#[test]
fn a_row_whose_process_died_leads_to_the_death() {
    let mut panel = ResultsPanel::default();
    let mut stage = Stage::new(move |ui, cx| panel.ui(ui, cx)).with_run(with_death().snapshot());
    stage.selected_row = Some(7);
    let mut harness = stage.open();
    harness.get_by_label("Item 7 · failed");
    harness.get_by_role_and_label(Role::Button, "How its process died").click();
    assert_eq!(sent(&mut harness), [Command::ShowDeath(0)]);
    harness.state_mut().selected_row = Some(2);
    harness.run_steps(2);
    assert!(harness.query_by_label("How its process died").is_none());
}

fn card(number: u64) -> Stage {
    Stage::new(move |ui, cx| death::ui(ui.ctx(), cx, number, true))
}

#[test]
fn the_card_of_a_death_tells_all_about_it() {
    let mut harness = card(0).with_run(with_death().snapshot()).open();
    harness.get_by_label("Worker 2 died: SIGSEGV");
    harness.get_by_label("A fault in native code: a bad memory access, or recursion without an end.");
    for fact in ["8", "pid 4712", "0.300 s", "6.10 MB at most", "after 31.0 ms", "reading at 0x0"] {
        harness.get_by_label(fact);
    }
    harness.get_by_role_and_label(Role::Button, "item 7").click();
    assert_eq!(sent(&mut harness), [Command::SelectRow(7)]);
    harness.key_press(Key::Escape);
    assert_eq!(sent(&mut harness), [Command::HideDeath]);
}

#[test]
fn what_is_not_known_of_a_death_is_left_out() {
    let run = three_workers().died(1, 300.0, LifeEnd::Exit(3)).snapshot();
    let harness = card(0).with_run(run).open();
    harness.get_by_label("Worker 1 died: exit code 3");
    harness.get_by_label("The code called exit with 3 in the middle of its work.");
    harness.get_by_label("nothing");
    harness.get_by_label("not yet");
    assert!(harness.query_by_label("Its last lines:").is_none());
    assert!(harness.query_by_label("Later death").is_none(), "it is the only one");
}

#[test]
fn deaths_are_looked_through_one_after_the_other() {
    let run = with_death().died(3, 390.0, LifeEnd::Signal(9)).snapshot();
    let mut harness = card(0).with_run(run).open();
    harness.get_by_label("1 of 2");
    harness.get_by_label("Later death").click();
    assert_eq!(sent(&mut harness), [Command::ShowDeath(1)]);
}

#[test]
fn failed_rows_can_be_run_again_when_the_run_is_over() {
    let results = || {
        let mut panel = ResultsPanel::default();
        Stage::new(move |ui, cx| panel.ui(ui, cx))
    };
    let run = three_workers().timed_out(1, 5, 150.0, 200.0);
    let live = results().with_run(run.snapshot()).open();
    live.get_by_label("timed out");
    assert!(live.query_by_label("Rerun failed").is_none());
    let mut harness = results().with_run(run.finished().snapshot()).open();
    harness.get_by_label("Rerun failed").click();
    assert_eq!(sent(&mut harness), [Command::RerunFailed]);
    let well = Fixture::new(Mode::Process, 1, vec![1_i64]).ready(1, 4711, 0.0, 30.0);
    let well = well.ok(1, 0, 40.0, 100.0, Value::Int(2)).finished().snapshot();
    assert!(results().with_run(well).open().query_by_label("Rerun failed").is_none());
}

#[test]
fn a_running_item_of_python_says_where_it_is() {
    let job = Example::find("Pool.map (Python file)").unwrap().job().unwrap();
    let run =
        Fixture::of_job(job).ready(1, 4711, 0.0, 30.0).ready(2, 4712, 0.0, 30.0).executing(2, 1, 40.0, 0);
    let stack = "now at line 6: `time.sleep(n)`\n  File \"a.py\", line 6, in slow\n    time.sleep(n)";
    let results = |run: &Fixture| {
        let mut panel = ResultsPanel::default();
        let mut stage = Stage::new(move |ui, cx| panel.ui(ui, cx)).with_run(run.snapshot());
        stage.selected_row = Some(1);
        stage.open()
    };
    let mut harness = results(&run);
    harness.get_by_label("Item 1 · running");
    harness.get_by_role_and_label(Role::Button, "Where is it now?").click();
    assert_eq!(sent(&mut harness), [Command::ShowStack(2)]);
    let told = run
        .clone()
        .stack(2, 1, 90.0, "now at line 5")
        .stack(1, 0, 95.0, "elsewhere")
        .stack(2, 1, 99.0, stack);
    let harness = results(&told);
    harness.get_by_label_contains("now at line 6: `time.sleep(n)`");
    assert!(harness.query_by_label_contains("now at line 5").is_none());
    let mut panel = MessagesPanel::default();
    let harness = Stage::new(move |ui, cx| panel.ui(ui, cx)).with_run(told.snapshot()).open();
    harness.get_by_label_contains("0.099 W2 where now at line 6");
    let stopped = results(&told.stopped());
    assert!(
        stopped.query_by_label_contains("now at line").is_none(),
        "of an item that is over it is not told"
    );
}

#[test]
fn what_timed_out_is_found_by_its_words() {
    let mut panel = ResultsPanel::default();
    let run = three_workers().timed_out(1, 5, 150.0, 200.0).snapshot();
    let mut harness = Stage::new(move |ui, cx| panel.ui(ui, cx)).with_run(run).open();
    harness.get_by_label("Filter results").focus();
    harness.step();
    harness.get_by_label("Filter results").type_text("timed out");
    wait_for(&mut harness, |harness| harness.query_by_label("1 of 12").is_some());
}
