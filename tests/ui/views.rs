//! The views of a run, looked at as a screen reader would.

use std::sync::Arc;

use egui::{Key, Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use poolscope::app::command::Command;
use poolscope::app::layout::Layout;
use poolscope::app::panels::{MessagesPanel, PicturePanel, ResultsPanel, TimelinePanel, has_picture};
use poolscope::app::widgets;
use poolscope::function::OutputStream;
use poolscope::monitor::ProcessSample;
use poolscope::pool::examples::Example;
use poolscope::pool::{Job, LifeEnd, Mode};
use poolscope::value::{Column, Value};

use crate::fixture::{Fixture, monitor, tile};
use crate::stage::{Stage, wait_for};

fn doubled(mode: Mode) -> Fixture {
    let mut fixture =
        Fixture::new(mode, 2, vec![1_i64, 2, 3, 4, 5]).ready(1, 4711, 0.0, 30.0).ready(2, 4712, 0.0, 40.0);
    for index in 0..5 {
        let output = Value::Int((index as i64 + 1) * 2);
        fixture = fixture.ok(1 + index as usize % 2, index, 50.0 + 20.0 * index as f64, 15.0, output);
    }
    fixture
}

fn results() -> Stage {
    let mut panel = ResultsPanel::default();
    Stage::new(move |ui, cx| panel.ui(ui, cx))
}

fn messages() -> Stage {
    let mut panel = MessagesPanel::default();
    Stage::new(move |ui, cx| panel.ui(ui, cx))
}

fn timeline() -> Stage {
    let mut panel = TimelinePanel::default();
    Stage::new(move |ui, cx| panel.ui(ui, cx))
}

#[test]
fn empty_views_say_what_will_be_there() {
    results().open().get_by_label_contains("Results appear here");
    messages().open().get_by_label_contains("What workers print");
    timeline().open().get_by_label_contains("Start a pool");
}

#[test]
fn results_are_in_input_order() {
    let harness = results().with_run(doubled(Mode::Process).finished().snapshot()).open();
    let tops: Vec<f32> = ["6", "8", "10"].map(|output| harness.get_by_label(output).rect().top()).to_vec();
    assert!(tops.is_sorted(), "{tops:?}");
    // 2 and 4 are inputs or numbers of workers as well.
    assert!(harness.query_all_by_label("2").count() >= 2 && harness.query_all_by_label("4").count() >= 2);
    assert_eq!(harness.query_all_by_label("ok").count(), 5);
}

#[test]
fn a_failed_row_shows_its_cause() {
    let run = Fixture::new(Mode::Process, 1, vec![4_i64, -7])
        .ready(1, 4711, 0.0, 10.0)
        .ok(1, 0, 20.0, 1.0, Value::Bool(false))
        .failed(1, 1, 22.0, 1.0, "negative input")
        .finished();
    let harness = results().with_run(run.snapshot()).open();
    harness.get_by_label("failed: negative input");
    harness.get_by_label("-7");
}

#[test]
fn a_cause_that_all_rows_share_stands_in_full_above_them() {
    let cause = "ModuleNotFoundError: No module named 'numpy'; it can be installed with `python3 -m pip install numpy`";
    let run = Fixture::new(Mode::Process, 1, vec![4_i64, 5])
        .ready(1, 4711, 0.0, 10.0)
        .failed(1, 0, 20.0, 1.0, cause)
        .failed(1, 1, 22.0, 1.0, cause);
    let mut harness = results().with_run(run.clone().snapshot()).open();
    let whole = format!("All 2 rows failed: {cause}");
    wait_for(&mut harness, |harness| harness.query_by_label(&whole).is_some());
}

#[test]
fn failures_are_grouped_by_cause_and_a_group_can_be_looked_at() {
    let causes = ["no 7", "no 12", "no 'x'", "KeyError: 'a'", "no 13"];
    let mut run = Fixture::new(Mode::Process, 1, (0..6).collect::<Vec<i64>>()).ready(1, 4711, 0.0, 10.0);
    for (index, cause) in (0..).zip(causes) {
        run = run.failed(1, index, 20.0 + index as f64, 0.5, cause);
    }
    let run = run.ok(1, 5, 30.0, 1.0, Value::Int(1)).finished();
    let mut harness = results().with_run(run.snapshot()).open();
    wait_for(&mut harness, |harness| harness.query_by_label("3 failed: no …").is_some());
    harness.get_by_label("1 failed: KeyError: 'a'");
    harness.get_by_label("3 failed: no …").click();
    // "no 'x'" is of another group, and has these letters, too.
    wait_for(&mut harness, |harness| harness.query_by_label("4 of 6").is_some());
}

#[test]
fn a_filter_that_nothing_fits_says_so_and_is_cleared_with_a_click() {
    let mut harness = results().with_run(doubled(Mode::Process).finished().snapshot()).open();
    harness.get_by_label("Filter results").focus();
    harness.step();
    harness.get_by_label("Filter results").type_text("> 1000");
    wait_for(&mut harness, |harness| harness.query_by_label("No row fits the filter.").is_some());
    harness.get_by_role_and_label(Role::Button, "Clear filter").click();
    harness.run_steps(3);
    assert_eq!(harness.query_all_by_label("ok").count(), 5);
}

/// Many rows, whose inputs are from 1000 on.
fn many() -> Fixture {
    let inputs: Vec<i64> = (1000..1200).collect();
    let mut run = Fixture::new(Mode::Process, 1, inputs).ready(1, 4711, 0.0, 10.0);
    for index in 0..200 {
        run = run.ok(1, index, 20.0 + index as f64, 0.5, Value::Int(7));
    }
    run.finished()
}

#[test]
fn the_last_row_is_in_sight_when_a_run_is_over_and_its_causes_are_told() {
    let inputs: Vec<i64> = (1000..1060).collect();
    let mut run = Fixture::new(Mode::Process, 1, inputs).ready(1, 4711, 0.0, 10.0);
    for index in 0..58 {
        run = run.ok(1, index, 20.0 + index as f64, 0.5, Value::Int(7));
    }
    let over = run.clone().failed(1, 58, 90.0, 0.5, "odd").ok(1, 59, 91.0, 0.5, Value::Int(7)).finished();
    // A card as low as at 1280 x 800.
    let mut harness =
        results().with_run(run.snapshot()).open_with(Harness::builder().with_size(Vec2::new(560.0, 240.0)));
    harness.state_mut().run = Some(over.snapshot());
    wait_for(&mut harness, |harness| harness.query_by_label_contains("1 row failed").is_some());
    harness.run_steps(4);
    let last = harness.query_all_by_label("1059").map(|cell| cell.rect().bottom()).next();
    assert!(last.is_some_and(|bottom| bottom <= 240.0), "{last:?}");
}

/// Chooses what was asked for, as the window does.
fn obey(harness: &mut Harness<'_, Stage>) -> Option<u64> {
    harness.run_steps(2);
    let state = harness.state_mut();
    for command in state.sent.drain(..) {
        if let Command::SelectRow(index) = command {
            state.selected_row = Some(index);
        }
    }
    harness.run_steps(4);
    harness.state().selected_row
}

/// Whether the whole row of an item is in sight, above the details of the chosen one.
fn is_in_sight(harness: &Harness<'_, Stage>, index: u64) -> bool {
    let details = harness.get_by_label(&format!("Item {index} · ok")).rect();
    let row = harness.query_all_by_label(&(1000 + index).to_string()).map(|node| node.rect()).next();
    row.is_some_and(|row| row.bottom() <= details.top() && row.top() > 40.0)
}

#[test]
fn a_row_that_is_clicked_stays_in_sight_above_its_details() {
    let mut harness = results().with_run(many().snapshot()).open();
    let lowest = (0..200).rev().find(|index| {
        let input = (1000 + index).to_string();
        harness.query_all_by_label(&input).any(|cell| cell.rect().bottom() < 415.0)
    });
    let lowest: u64 = lowest.unwrap();
    harness.query_all_by_label(&(1000 + lowest).to_string()).next().unwrap().click();
    assert_eq!(obey(&mut harness), Some(lowest));
    assert!(is_in_sight(&harness, lowest), "{lowest}");
}

#[test]
fn keys_go_from_row_to_row() {
    let mut stage = results().with_run(many().snapshot());
    stage.selected_row = Some(10);
    let mut harness = stage.open();
    for (key, expected) in [
        (Key::ArrowDown, 11),
        (Key::ArrowDown, 12),
        (Key::ArrowUp, 11),
        (Key::End, 199),
        (Key::ArrowDown, 199),
        (Key::Home, 0),
    ] {
        harness.key_press(key);
        assert_eq!(obey(&mut harness), Some(expected), "{key:?}");
        assert!(is_in_sight(&harness, expected), "{expected}");
    }
    // What is typed into the filter is not for the table.
    harness.get_by_label("Filter results").focus();
    harness.step();
    harness.key_press(Key::ArrowDown);
    assert_eq!(obey(&mut harness), Some(0));
}

#[test]
fn the_menu_of_a_row_copies() {
    for (item, expected) in [
        ("Copy output", "10"),
        ("Copy 5 outputs as a Python list", "[2, 4, 6, 8, 10]"),
        ("Copy row", "item 4\nstate ok\ninput 5\noutput 10\n"),
    ] {
        let mut harness = results().with_run(doubled(Mode::Process).finished().snapshot()).open();
        harness.get_by_label("10").click_secondary();
        harness.run_steps(2);
        harness.get_by_role_and_label(Role::Button, item).click();
        harness.run_steps(2);
        let copied = harness.state().sent.iter().find_map(|command| match command {
            Command::CopyText(text) => Some(text.as_str()),
            _ => None,
        });
        assert!(copied.is_some_and(|text| text.starts_with(expected)), "{item}: {copied:?}");
    }
}

#[test]
fn the_order_of_one_run_is_not_that_of_the_next() {
    let mut harness = results().with_run(doubled(Mode::Process).finished().snapshot()).open();
    let tops = |harness: &Harness<'_, Stage>| {
        ["6", "8", "10"].map(|label| harness.query_by_label(label).map(|node| node.rect().top()))
    };
    harness.get_by_label("Sort by took").click();
    harness.run_steps(2);
    harness.get_by_label("Sort by item").click();
    harness.run_steps(2);
    harness.get_by_label("Sort by item").click();
    wait_for(&mut harness, |harness| tops(harness)[0] > tops(harness)[2]);
    harness.state_mut().run = Some(doubled(Mode::Process).finished().snapshot());
    harness.run_steps(3);
    assert!(tops(&harness).is_sorted() && tops(&harness)[0].is_some());
}

#[test]
fn an_average_is_told_from_a_time() {
    let run = Fixture::new(Mode::Process, 1, vec![1_i64, 2, 3])
        .ready(1, 4711, 0.0, 10.0)
        .together(1, 0, vec![2, 4], (20.0, 4.0))
        .ok(1, 2, 30.0, 3.0, Value::Int(6))
        .finished();
    let harness = results().with_run(run.snapshot()).open();
    assert_eq!(harness.query_all_by_label("≈ 2.00 ms").count(), 2);
    harness.get_by_label("3.00 ms");
}

fn all_views() -> Stage {
    let mut layout = Layout::default();
    Stage::new(move |ui, cx| {
        widgets::follow_enlarged(ui.ctx(), true);
        layout.views_ui(ui, cx);
    })
}

fn all_views_of(run: &Fixture) -> Harness<'static, Stage> {
    all_views().with_run(run.snapshot()).open_with(Harness::builder().with_size(Vec2::new(980.0, 720.0)))
}

#[test]
fn what_a_stop_cut_off_has_not_gone_through() {
    let mut run = Fixture::new(Mode::Thread, 2, vec![1_i64, 2, 3, 4]).ready(1, 4711, 0.0, 10.0);
    run = run.ready(2, 4711, 0.0, 10.0).cut_off(1, 0, 20.0, 3000.0).cut_off(2, 1, 20.0, 3000.0).stopped();
    let harness = all_views_of(&run);
    harness.get_by_label("items: 0");
    harness.get_by_label("rate: –");
    assert!(harness.get_all_by_label("0 % of 4 · 2 stopped · 2 not run").next().is_some());
    harness.get_by_label("Worker 1, 0 items");
    harness.get_by_role_and_label(Role::Button, "Run the rest");
}

#[test]
fn what_was_kept_from_an_earlier_run_makes_no_rate() {
    let inputs: Vec<i64> = (0..100).collect();
    let kept: Vec<Value> = (0..98).map(|index| Value::Int(2 * index)).collect();
    let run = Fixture::new(Mode::Process, 1, inputs)
        .keeping(&kept)
        .ready(1, 4711, 0.0, 10.0)
        .ok(1, 98, 400.0, 50.0, Value::Int(196))
        .ok(1, 99, 450.0, 50.0, Value::Int(198))
        .finished();
    let harness = all_views_of(&run);
    harness.get_by_label("items: 100");
    harness.get_by_label("rate: 4 /s");
    assert!(harness.query_all_by_label("ok, kept").count() > 3);
}

#[test]
fn a_suspended_worker_is_waited_for_and_no_time_is_left() {
    let left = |run: &Fixture| all_views_of(run).query_by_label_contains(" left").is_some();
    let run = Fixture::new(Mode::Process, 2, vec![1_i64, 2])
        .ready(1, 4711, 0.0, 10.0)
        .ready(2, 4712, 0.0, 10.0)
        .ok(1, 0, 20.0, 100.0, Value::Int(2))
        .executing(2, 1, 30.0, 1)
        .until(300.0);
    assert!(left(&run));
    let run = run.lane(2, |lane| lane.is_suspended = true);
    assert!(!left(&run));
    all_views_of(&run).get_by_label("worker 2 is suspended");
}

#[test]
fn the_memory_of_a_process_that_is_ending_is_what_it_was() {
    let run = doubled(Mode::Process).until(200.0);
    let mut machine = monitor(run.snapshot().log.plan.started, 2, 1.0, |_, _| 0.5);
    machine.hosts.insert(4711, ProcessSample::default());
    let harness = timeline().with_run(run.snapshot()).with_monitor(machine).open();
    harness.get_by_label("Worker 1, pid 4711 · 6.10 MB");
}

#[test]
fn merged_items_are_named_without_those_of_others() {
    let mut run = Fixture::new(Mode::Process, 2, vec![1_i64, 2, 3, 4, 5])
        .ready(1, 4711, 0.0, 1.0)
        .ready(2, 4712, 0.0, 1.0);
    for (worker, index, start_ms) in [(1, 1, 2.0), (2, 2, 2.0), (1, 3, 2.31), (1, 4, 40.0)] {
        run = run.ok(worker, index, start_ms, 0.3, Value::Int(1));
    }
    let mut harness = timeline().with_run(run.finished().snapshot()).open();
    let plot = harness.get_by_role(Role::Canvas).rect();
    let lane = harness.get_by_label_contains("Worker 1").rect();
    let x = plot.left() + plot.width() * (2.3 / (40.3 * 1.02));
    harness.hover_at(egui::pos2(x, lane.center().y));
    wait_for(&mut harness, |harness| harness.query_by_label("items 1, 3").is_some());
}

#[test]
fn an_example_says_what_to_watch_until_it_is_changed() {
    let job = Example::find("The GIL, threads").unwrap().job().unwrap();
    let watch = Example::find("The GIL, threads").unwrap().watch;
    let harness = all_views_of(&Fixture::of_job(job.clone()));
    harness.get_by_label(&format!("Watch: {watch}"));
    let inputs = Arc::new(vec![1_i64].into());
    let harness = all_views_of(&Fixture::of_job(Job { inputs, ..job }));
    assert!(harness.query_by_label_contains("Watch: ").is_none());
}

#[test]
fn a_process_that_died_is_told_in_few_words() {
    let run = Fixture::new(Mode::Process, 1, vec![7_i64]).ready(1, 4711, 0.0, 10.0).ended_with(
        1,
        0,
        20.0,
        1.0,
        LifeEnd::Signal(11),
    );
    results().with_run(run.finished().snapshot()).open().get_by_label("failed: ended by SIGSEGV");
}

#[test]
fn a_short_run_ends_with_its_results_in_one_line() {
    let mut harness = results().with_run(doubled(Mode::Process).finished().snapshot()).open();
    harness.get_by_label("[2, 4, 6, 8, 10]");
    assert_eq!(harness.query_all_by_label("ok").count(), 5);
    harness.get_by_label("Copy results").click();
    harness.run_steps(2);
    assert!(harness.state().sent.contains(&Command::CopyText("[2, 4, 6, 8, 10]".to_owned())));
    // Before the end it would not be all of them.
    let harness = results().with_run(doubled(Mode::Process).snapshot()).open();
    assert!(harness.query_by_label("Results:").is_none());
}

#[test]
fn rows_can_be_filtered_and_sorted() {
    let mut harness = results().with_run(doubled(Mode::Process).finished().snapshot()).open();
    harness.get_by_label("Filter results").focus();
    harness.step();
    harness.get_by_label("Filter results").type_text(">");
    harness.run_steps(2);
    harness.get_by_label("Filter results").type_text("7");
    wait_for(&mut harness, |harness| harness.query_by_label("2 of 5").is_some());
    // What is found is told beside the field, which stays in hand.
    assert!(harness.get_by_label("Filter results").is_focused());
    assert_eq!(harness.query_all_by_label("ok").count(), 2);
    harness.get_by_label("Sort by output").click();
    wait_for(&mut harness, |harness| {
        let top = |label| harness.query_by_label(label).map(|node| node.rect().top());
        top("10") < top("8") && top("10").is_some()
    });
}

#[test]
fn a_filter_that_makes_no_sense_says_so() {
    let mut harness = results().with_run(doubled(Mode::Process).finished().snapshot()).open();
    harness.get_by_label("Filter results").focus();
    harness.step();
    harness.get_by_label("Filter results").type_text("worker x");
    harness.run_steps(3);
    harness.get_by_label_contains("worker needs its number");
    assert_eq!(harness.query_all_by_label("ok").count(), 5);
}

#[test]
fn a_chosen_row_tells_all_it_knows() {
    let mut stage = results().with_run(doubled(Mode::Process).finished().snapshot());
    stage.selected_row = Some(2);
    let mut harness = stage.open();
    harness.get_by_label("Item 2 · ok");
    harness.get_by_label("4711");
    harness.get_by_label("Copy row").click();
    harness.run_steps(2);
    let copied = harness.state().sent.iter().find_map(|command| match command {
        Command::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert!(copied.is_some_and(|text| text.contains("input 3\noutput 6\n")));
}

#[test]
fn a_row_is_chosen_with_a_click() {
    let mut harness = results().with_run(doubled(Mode::Process).finished().snapshot()).open();
    harness.get_by_label("10").click();
    harness.run_steps(2);
    assert!(harness.state().sent.contains(&Command::SelectRow(4)), "{:?}", harness.state().sent);
}

fn talk() -> Fixture {
    doubled(Mode::Process)
        .pool_says(0.0, "pool of 2 processes started")
        .says(1, 60.0, OutputStream::Stdout, "Process 1: 1")
        .says(2, 80.0, OutputStream::Stderr, "careful")
        .trouble(90.0, "worker 2 killed (SIGKILL)")
}

#[test]
fn messages_say_who_wrote_them() {
    let harness = messages().with_run(talk().snapshot()).open();
    harness.get_by_label("0.000 pool pool of 2 processes started");
    harness.get_by_label("0.060 W1 Process 1: 1");
    harness.get_by_label("0.080 W2 stderr careful");
    harness.get_by_label("0.090 pool worker 2 killed (SIGKILL)");
}

#[test]
fn messages_can_be_those_of_one_worker() {
    let mut harness = messages().with_run(talk().snapshot()).open();
    harness.get_by_label("Messages of").click();
    harness.run_steps(2);
    harness.get_by_label("worker 2").click();
    harness.run_steps(3);
    harness.get_by_label("0.080 W2 stderr careful");
    assert!(harness.query_by_label_contains("Process 1").is_none());
    harness.get_by_label("Copy these lines").click();
    harness.run_steps(2);
    assert!(harness.state().sent.contains(&Command::CopyText("0.080 W2 stderr careful\n".to_owned())));
}

#[test]
fn dropped_messages_are_counted() {
    let mut fixture = Fixture::new(Mode::Process, 1, vec![1_i64]).ready(1, 4711, 0.0, 1.0);
    for number in 0..110_000 {
        fixture = fixture.says(1, 2.0, OutputStream::Stdout, &number.to_string());
    }
    let mut harness = messages().with_run(fixture.snapshot()).open();
    wait_for(&mut harness, |harness| harness.query_by_label("0.002 W1 109999").is_some());
    harness.get_by_label_contains("older lines dropped");
}

#[test]
fn each_process_has_its_lane() {
    let run =
        doubled(Mode::Process).died(2, 160.0, LifeEnd::Signal(9)).executing(1, 4, 140.0, 0).until(200.0);
    let cores = monitor(run.snapshot().log.plan.started, 2, 1.0, |_, _| 0.97);
    let harness = timeline().with_run(run.snapshot()).with_monitor(cores).open();
    harness.get_by_label("Worker 1, pid 4711 · 6.10 MB");
    harness.get_by_label("Worker 2, pid 4712 · 6.10 MB");
    harness.get_by_label("Core 0, 97 % · W1");
    harness.get_by_label("Core 1, 97 %");
    // Of what keeps all busy, others have 15 % and the window 5 %: see the fixture.
    harness.get_by_label("cores busy 1.55 of 2");
    harness.get_by_label("All cores, 1.94 of 2 busy");
    harness.get_by_label("this pool 1.55");
    harness.get_by_label("this window 0.10");
    harness.get_by_label("other programs 0.29");
}

#[test]
fn whose_the_cores_were_is_not_told_of_a_run_shorter_than_the_steps_of_their_clock() {
    let run = Fixture::new(Mode::Process, 1, vec![1_i64])
        .ready(1, 4711, 0.0, 10.0)
        .ok(1, 0, 20.0, 6.0, Value::Int(2))
        .beside_others(1.0, 1.5)
        .finished();
    let cores = monitor(run.snapshot().log.plan.started, 2, 1.0, |_, _| 0.97);
    let harness = timeline().with_run(run.snapshot()).with_monitor(cores).open();
    harness.get_by_label("All cores, –");
    harness.get_by_label("other programs");
}

#[test]
fn all_threads_are_in_one_process() {
    let harness = timeline().with_run(doubled(Mode::Thread).snapshot()).open();
    harness.get_by_label("one process, pid 4711, 6.10 MB");
    harness.get_by_label("Worker 2, 2 items");
}

#[test]
fn the_slowest_row_is_found_and_chosen() {
    let run = doubled(Mode::Process).ok(1, 4, 300.0, 90.0, Value::Int(10)).finished();
    let mut harness = timeline().with_run(run.snapshot()).open();
    harness.get_by_label("slowest").click();
    harness.run_steps(4);
    assert_eq!(harness.state().sent, [Command::SelectRow(4)]);
}

#[test]
fn an_item_is_chosen_on_the_timeline() {
    let run = doubled(Mode::Process).ok(2, 4, 200.0, 800.0, Value::Int(10)).finished();
    let mut harness = timeline().with_run(run.snapshot()).open();
    let plot = harness.get_by_role(Role::Canvas).rect();
    let lane = harness.get_by_label_contains("Worker 2").rect();
    let at = egui::pos2(plot.center().x, lane.center().y);
    harness.hover_at(at);
    harness.run_steps(2);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::SelectRow(4)]);
}

#[test]
fn a_picture_appears_tile_by_tile() {
    let mut panel = PicturePanel::default();
    let half = Fixture::with_function("mandelbrot_tile", Mode::Process, 2, vec![0_i64, 1])
        .ready(1, 4711, 0.0, 1.0)
        .ok(1, 0, 2.0, 3.0, tile(0));
    assert!(has_picture(&half.snapshot()));
    assert!(!has_picture(&doubled(Mode::Process).snapshot()));
    let mut harness = Stage::new(move |ui, cx| panel.ui(ui, cx, "Picture")).with_run(half.snapshot()).open();
    harness.get_by_label("Picture, 1 of 2 tiles");
    harness.state_mut().run = Some(half.ok(2, 1, 2.0, 4.0, tile(8)).finished().snapshot());
    harness.run_steps(2);
    harness.get_by_label("Picture, 2 of 2 tiles");
    harness.get_by_label("tint by worker").click();
    harness.run_steps(2);
    harness.get_by_label("Picture, 2 of 2 tiles");
}

#[test]
fn inputs_of_any_type_are_shown() {
    let inputs: Column = ["a text", "another\nline"].into_iter().collect();
    let run = Fixture::new(Mode::Process, 1, inputs).ready(1, 4711, 0.0, 1.0).executing(1, 0, 2.0, 0);
    let harness = results().with_run(run.snapshot()).open();
    harness.get_by_label("a text");
    harness.get_by_label("another line");
    harness.get_by_label("running");
    harness.get_by_label("waiting");
}

#[test]
fn the_menu_of_a_title_has_its_card_fill_the_views_until_escape() {
    let mut harness = all_views_of(&doubled(Mode::Process).finished());
    let height = harness.get_by_label("Timeline").rect().top();
    harness.get_by_label("Results").click_secondary();
    harness.run_steps(2);
    harness.get_by_label("Fill the window").click();
    // The click, the pass that measures, and the one that is seen.
    harness.run_steps(3);
    assert!(harness.query_by_label("Timeline").is_none() && harness.query_by_label("Messages").is_none());
    assert!(harness.get_by_label("Results").rect().top() < height);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.get_by_label("Timeline").rect().top(), height);
}

#[test]
fn first_steps_stand_where_nothing_has_run() {
    for size in [Vec2::new(980.0, 720.0), Vec2::new(620.0, 500.0)] {
        let mut harness = all_views().open_with(Harness::builder().with_size(size));
        harness.get_by_label("First steps");
        harness.get_by_label("Predict and measure").click();
        harness.run_steps(2);
        let gallery = Command::Lesson(poolscope::app::lesson_command::LessonCommand::Gallery);
        assert!(harness.state().sent.contains(&gallery), "{:?}", harness.state().sent);
    }
}
