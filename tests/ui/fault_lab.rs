//! The fault lab: a worker is chosen in the timeline, keys and its menu act on it, and a line says who else goes.

use egui::{Key, Modifiers, Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use poolscope::app::command::Command;
use poolscope::app::fault_lab::{ACTS, key_commands};
use poolscope::app::panels::TimelinePanel;
use poolscope::function::Fault;
use poolscope::pool::{HostName, Injection, Mode, Notice, When};

use crate::fixture::Fixture;
use crate::stage::Stage;

fn four(mode: Mode) -> Fixture {
    let mut fixture = Fixture::new(mode, 4, (1..=12).collect::<Vec<i64>>());
    for worker in 1..=4 {
        let pid = if mode == Mode::Thread { 4711 } else { 4710 + worker as u32 };
        fixture = fixture.ready(worker, pid, 0.0, 30.0);
    }
    fixture.executing(2, 7, 150.0, 0).until(400.0)
}

/// The timeline of a run, and the keys of the fault lab; the worker that is asked for is chosen.
fn lab(run: &Fixture, size: Vec2) -> Harness<'static, Stage> {
    let mut panel = TimelinePanel::default();
    let stage = Stage::new(move |ui, cx| {
        for command in key_commands(ui.ctx(), cx.chosen_worker) {
            cx.commands.send(command);
        }
        panel.ui(ui, cx);
    });
    stage.with_run(run.snapshot()).open_with(Harness::builder().with_size(size))
}

/// What was sent since; what was chosen is so from now on, as in the window.
fn sent(harness: &mut Harness<'_, Stage>) -> Vec<Command> {
    harness.run_steps(3);
    let sent = std::mem::take(&mut harness.state_mut().sent);
    for command in &sent {
        if let Command::ChooseWorker(worker) = command {
            harness.state_mut().chosen_worker = *worker;
        }
    }
    harness.run_steps(3);
    sent
}

fn press(harness: &mut Harness<'_, Stage>, key: Key) -> Vec<Command> {
    harness.key_press(key);
    sent(harness)
}

const USUAL: Vec2 = Vec2::new(1000.0, 420.0);

#[test]
fn a_click_chooses_a_worker_and_keys_act_on_it() {
    let mut harness = lab(&four(Mode::Process), USUAL);
    assert_eq!(press(&mut harness, Key::G), [], "nobody is chosen");
    harness.get_by_label_contains("Worker 2, pid 4712").click();
    assert_eq!(sent(&mut harness), [Command::ChooseWorker(Some(2))]);
    for act in ACTS {
        assert_eq!(press(&mut harness, act.key()), [act.command(2)]);
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    assert_eq!(sent(&mut harness), [], "that is another key");
    assert_eq!(press(&mut harness, Key::Escape), [Command::ChooseWorker(None)]);
    assert_eq!(press(&mut harness, Key::K), []);
}

#[test]
fn up_and_down_choose_the_next_one_that_lives() {
    let run = four(Mode::Process).ended(3, 390.0, poolscope::pool::LifeEnd::Signal(9));
    let mut harness = lab(&run, USUAL);
    harness.get_by_label_contains("Worker 2, pid 4712").click();
    sent(&mut harness);
    let chosen = |worker| vec![Command::ChooseWorker(Some(worker))];
    assert_eq!(press(&mut harness, Key::ArrowDown), chosen(4));
    assert_eq!(press(&mut harness, Key::ArrowDown), [], "it is the last one");
    assert_eq!(press(&mut harness, Key::ArrowUp), chosen(2));
    assert_eq!(press(&mut harness, Key::ArrowUp), chosen(1));
    assert_eq!(press(&mut harness, Key::G), [Command::InjectFault(1, Fault::Segfault)]);
}

#[test]
fn a_second_click_chooses_nobody() {
    let mut harness = lab(&four(Mode::Process), USUAL);
    for expected in [Some(2), None] {
        harness.get_by_label_contains("Worker 2, pid 4712").click();
        assert_eq!(sent(&mut harness), [Command::ChooseWorker(expected)]);
    }
}

#[test]
fn the_menu_has_each_fault_with_its_key() {
    let mut harness = lab(&four(Mode::Thread), USUAL);
    harness.get_by_role_and_label(Role::Button, "Menu of worker 3").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, "Crash it: segmentation fault G").click();
    let both = |command| vec![command, Command::ChooseWorker(Some(3))];
    assert_eq!(sent(&mut harness), both(Command::InjectFault(3, Fault::Segfault)));
    harness.get_by_role_and_label(Role::Button, "Menu of worker 3").click();
    harness.run_steps(3);
    assert_eq!(press(&mut harness, Key::L), both(Command::InjectFault(3, Fault::Leak)));
    assert!(harness.query_by_label("Have it leak memory L").is_none(), "the menu is closed");
}

#[test]
fn who_ends_is_told_before_and_at_once_after() {
    for (mode, size) in
        [(Mode::Thread, USUAL), (Mode::Process, USUAL), (Mode::Thread, Vec2::new(650.0, 200.0))]
    {
        let run = four(mode);
        let mut harness = lab(&run, size);
        harness.state_mut().chosen_worker = Some(3);
        harness.run_steps(2);
        let (host, goes) = match mode {
            Mode::Thread => (HostName::AllThreads(4), "its process holds all 4 workers, so all 4 end."),
            Mode::Process => (HostName::Worker(3), "no other worker is affected."),
        };
        harness.get_by_label(&format!("If worker 3 dies: {goes}"));
        let is_narrow = size.x < 700.0;
        assert_eq!(harness.query_by_role_and_label(Role::Button, "G segfault").is_none(), is_narrow);
        let injection = Injection {
            worker: 3,
            fault: Fault::Segfault,
            host,
            when: When::Now,
            is_apart: false,
            most_bytes: 0,
        };
        let run = run.noticed(410.0, Notice::Injected(injection));
        let run = (0..200).fold(run, |run, nth| run.pool_says(411.0, &format!("line {nth}")));
        harness.state_mut().run = Some(run.snapshot());
        harness.run_steps(2);
        harness.get_by_label(&format!("Worker 3 is made to crash (segmentation fault) by hand; {goes}"));
    }
}

#[test]
fn a_run_that_is_over_has_no_lab() {
    let mut harness = lab(&four(Mode::Process).finished(), USUAL);
    harness.state_mut().chosen_worker = Some(3);
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("If worker 3 dies").is_none());
}
