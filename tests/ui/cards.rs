//! The cards of the window together: the lines between them, notes in the margin, and tiles that light up with their bars.

use std::cell::RefCell;
use std::rc::Rc;

use egui::{Key, Modifiers, Pos2, Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use poolscope::app::command::Command;
use poolscope::app::layout::Layout;
use poolscope::app::note_command::{NoteCommand, NoteOn};
use poolscope::app::notes::NoteEditor;
use poolscope::app::widgets;
use poolscope::pool::{Event, Mode, NotePlace, RunSnapshot};
use poolscope::value::Value;

use crate::fixture::{Fixture, tile};
use crate::stage::Stage;

fn run() -> Fixture {
    let mut fixture = Fixture::new(Mode::Process, 2, vec![1_i64, 2, 3, 4])
        .ready(1, 4711, 0.0, 10.0)
        .ready(2, 4712, 0.0, 10.0);
    for index in 0..4 {
        let (worker, start_ms) = (1 + index as usize % 2, 20.0 + 200.0 * (index / 2) as f64);
        fixture = fixture.ok(worker, index, start_ms, 190.0, Value::Int(index as i64));
    }
    fixture
}

fn noted(run: &Fixture, notes: &[(NotePlace, &str)]) -> RunSnapshot {
    let mut run = run.snapshot();
    for (place, text) in notes {
        run.log.apply(run.now_ns, &Event::NoteWritten { place: *place, text: (*text).into() });
    }
    run
}

fn views_of(run: RunSnapshot, size: Vec2) -> Harness<'static, Stage> {
    let mut layout = Layout::default();
    let stage = Stage::new(move |ui, cx| layout.views_ui(ui, cx)).with_run(run);
    // Both clicks of a double one are within a moment.
    stage.open_with(Harness::builder().with_size(size).with_step_dt(1.0 / 60.0))
}

fn drag(harness: &mut Harness<'_, Stage>, name: &str, by: Vec2) {
    let from = harness.get_by_role_and_label(Role::Splitter, name).rect().center();
    harness.hover_at(from);
    harness.run_steps(1);
    harness.drag_at(from);
    harness.run_steps(1);
    harness.hover_at(from + by);
    harness.run_steps(2);
    harness.drop_at(from + by);
    harness.run_steps(2);
}

fn double_click(harness: &mut Harness<'_, Stage>, at: Pos2) {
    harness.hover_at(at);
    for pressed in [true, false, true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
        harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
    }
    harness.run_steps(3);
}

fn top(harness: &Harness<'_, Stage>, title: &str) -> f32 {
    harness.get_by_label(title).rect().top()
}

fn left(harness: &Harness<'_, Stage>, title: &str) -> f32 {
    harness.get_by_label(title).rect().left()
}

#[test]
fn a_line_between_cards_is_dragged_and_stays_when_the_run_is_over() {
    let mut harness = views_of(run().snapshot(), Vec2::new(980.0, 720.0));
    let (before, messages) = (top(&harness, "Results"), left(&harness, "Messages"));
    drag(&mut harness, "Height of the timeline", Vec2::new(0.0, 60.0));
    drag(&mut harness, "Width of the results", Vec2::new(-80.0, 0.0));
    let dragged = top(&harness, "Results");
    assert!((dragged - before - 60.0).abs() < 6.0, "{before} {dragged}");
    assert!((messages - left(&harness, "Messages") - 80.0).abs() < 6.0);
    // The verdict comes, and takes its height from the timeline.
    harness.state_mut().run = Some(run().finished().snapshot());
    harness.run_steps(3);
    assert_eq!(top(&harness, "Results"), dragged);
    let splitter = harness.get_by_role_and_label(Role::Splitter, "Height of the timeline").rect().center();
    double_click(&mut harness, splitter);
    assert_eq!(top(&harness, "Results"), before);
}

#[test]
fn a_card_fills_the_views_after_a_double_click_and_until_escape() {
    let mut layout = Layout::default();
    let stage = Stage::new(move |ui, cx| {
        widgets::follow_enlarged(ui.ctx(), true);
        layout.views_ui(ui, cx);
    });
    let stage = stage.with_run(run().finished().snapshot());
    let mut harness =
        stage.open_with(Harness::builder().with_size(Vec2::new(980.0, 720.0)).with_step_dt(1.0 / 60.0));
    let (before, title) = (top(&harness, "Results"), harness.get_by_label("Results").rect().center());
    assert!(before > 300.0);
    double_click(&mut harness, title);
    assert!(top(&harness, "Results") < 40.0, "{}", top(&harness, "Results"));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(top(&harness, "Results"), before);
    widgets::enlarge(&harness.ctx, widgets::Card::Messages);
    harness.run_steps(4);
    assert!(top(&harness, "Messages") < 40.0 && harness.query_by_label("Results").is_none());
}

#[test]
fn no_card_is_dragged_out_of_sight_in_any_window() {
    for size in [Vec2::new(640.0, 430.0), Vec2::new(980.0, 720.0), Vec2::new(3840.0, 2160.0)] {
        for by in [-5000.0, 5000.0] {
            let mut harness = views_of(run().finished().snapshot(), size);
            drag(&mut harness, "Height of the timeline", Vec2::new(0.0, by));
            let line = harness.get_by_role_and_label(Role::Splitter, "Height of the timeline").rect();
            assert!(line.top() - top(&harness, "Timeline") >= 170.0, "{size} {by}: {line}");
            // Where the window is too low for both, the views scroll.
            assert!(size.y < 500.0 || size.y - line.bottom() >= 170.0, "{size} {by}: {line}");
        }
    }
}

#[test]
fn a_line_between_cards_is_moved_by_keys() {
    let mut harness = views_of(run().snapshot(), Vec2::new(980.0, 720.0));
    let before = left(&harness, "Messages");
    harness.get_by_role_and_label(Role::Splitter, "Width of the results").focus();
    harness.run_steps(3);
    for _ in 0..3 {
        harness.key_press(Key::ArrowLeft);
        harness.run_steps(1);
    }
    harness.run_steps(1);
    assert!((before - left(&harness, "Messages") - 48.0).abs() < 3.0);
    harness.key_press(Key::Home);
    harness.run_steps(2);
    assert_eq!(left(&harness, "Messages"), before);
}

/// The editor of a note over an empty window, and whether it is still open.
fn editor(run: RunSnapshot, place: NotePlace) -> (Rc<RefCell<bool>>, Harness<'static, Stage>) {
    let is_open = Rc::new(RefCell::new(true));
    let (shown, mut editor) = (Rc::clone(&is_open), NoteEditor::new(&run.log, place));
    let stage = Stage::new(move |ui, cx| {
        if *shown.borrow() {
            let stays = editor.ui(ui.ctx(), cx);
            *shown.borrow_mut() = stays;
        }
    });
    (is_open, stage.with_run(run).open())
}

fn kept(harness: &Harness<'_, Stage>) -> Option<(NoteOn, String)> {
    harness.state().sent.iter().find_map(|command| match command {
        Command::Note(NoteCommand::Keep(on, text)) => Some((*on, text.clone())),
        _ => None,
    })
}

#[test]
fn a_note_is_typed_and_kept_with_enter() {
    let run = run().finished().snapshot();
    let on = NoteOn { run: run.log.plan.started, place: NotePlace::Item(2) };
    let (is_open, mut harness) = editor(run, NotePlace::Item(2));
    harness.get_by_label("Note on item 2 (3)");
    harness.get_by_label("Note").type_text("look here");
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    harness.run_steps(1);
    assert!(*is_open.borrow(), "a line was begun");
    harness.get_by_label("Note").type_text("and here");
    harness.run_steps(1);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!((kept(&harness), *is_open.borrow()), (Some((on, "look here\nand here".to_owned())), false));
}

#[test]
fn a_note_is_left_as_it_was_with_escape_and_taken_away_with_a_button() {
    let run = noted(&run().finished(), &[(NotePlace::Run, "before")]);
    let (is_open, mut harness) = editor(run.clone(), NotePlace::Run);
    harness.get_by_label("Note").type_text(" and after");
    harness.run_steps(1);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!((kept(&harness), *is_open.borrow()), (None, false));
    let (_, mut harness) = editor(run, NotePlace::Run);
    harness.get_by_role_and_label(Role::Button, "Remove").click();
    harness.run_steps(2);
    assert_eq!(kept(&harness).map(|(_, text)| text), Some(String::new()));
}

#[test]
fn a_note_that_is_too_long_is_not_kept_and_says_so() {
    let (is_open, mut harness) = editor(run().finished().snapshot(), NotePlace::Run);
    harness.get_by_label("Note").type_text(&"x".repeat(501));
    harness.run_steps(2);
    harness.get_by_label("A note has at most 500 characters; this one has 501.");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!((kept(&harness), *is_open.borrow()), (None, true));
}

#[test]
fn notes_are_seen_on_bar_row_and_strip_of_runs_that_are_on_and_over() {
    let notes = [(NotePlace::Run, "both cores"), (NotePlace::Item(1), "this one waits")];
    for fixture in [run(), run().finished()] {
        let mut harness = views_of(noted(&fixture, &notes), Vec2::new(980.0, 720.0));
        harness.get_by_label("Note on item 1: this one waits");
        harness.get_by_label("Note on row 1: this one waits");
        harness.get_by_label("Note on the run: both cores");
        harness.get_by_label("2 notes").click();
        harness.run_steps(3);
        harness.get_by_role_and_label(Role::Button, "this one waits").click();
        harness.run_steps(2);
        assert!(harness.state().sent.contains(&Command::SelectRow(1)), "{:?}", harness.state().sent);
    }
}

#[test]
fn a_note_is_asked_for_in_the_menu_of_a_bar() {
    let run = run().finished().snapshot();
    let on = NoteOn { run: run.log.plan.started, place: NotePlace::Item(3) };
    let mut harness = views_of(run, Vec2::new(980.0, 720.0));
    let (plot, lane) =
        (harness.get_by_role(Role::Canvas).rect(), harness.get_by_label_contains("Worker 2").rect());
    let at = Pos2::new(plot.left() + plot.width() * 0.75, lane.center().y);
    harness.hover_at(at);
    harness.run_steps(2);
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Secondary, Modifiers::NONE);
        harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        harness.run_steps(2);
    }
    harness.get_by_label("Note on the run…");
    harness.get_by_label("Note on item 3…").click();
    harness.run_steps(2);
    assert!(
        harness.state().sent.contains(&Command::Note(NoteCommand::Edit(on))),
        "{:?}",
        harness.state().sent
    );
}

#[test]
fn a_tile_and_the_bar_of_its_item_light_up_together() {
    let run = Fixture::with_function("mandelbrot_tile", Mode::Process, 2, vec![0_i64, 1])
        .ready(1, 4711, 0.0, 1.0)
        .ready(2, 4712, 0.0, 1.0)
        .ok(1, 0, 2.0, 90.0, tile(0))
        .executing(2, 1, 2.0, 0)
        .until(95.0);
    for run in [run.clone().snapshot(), run.ok(2, 1, 2.0, 93.0, tile(8)).finished().snapshot()] {
        let mut harness = views_of(run, Vec2::new(980.0, 720.0));
        let picture = harness.get_by_label_contains("Picture, ").rect();
        // The right tile is that of item 1, also before it is there.
        harness.hover_at(picture.center() + Vec2::new(picture.width() / 4.0, 0.0));
        harness.run_steps(3);
        harness.get_by_label_contains("Worker 2, pid 4712 · 6.10 MB, had the item under the pointer");
        assert_eq!(harness.query_all_by_label_contains("the item under the pointer").count(), 1);
        let (plot, lane) =
            (harness.get_by_role(Role::Canvas).rect(), harness.get_by_label_contains("Worker 1").rect());
        harness.hover_at(Pos2::new(plot.left() + plot.width() * 0.4, lane.center().y));
        harness.run_steps(3);
        harness.get_by_label_contains("tiles, item 0 is lit");
        // Where there is nothing under the pointer, nothing is lit.
        harness.hover_at(harness.get_by_label("Timeline").rect().center());
        harness.run_steps(3);
        assert!(harness.query_by_label_contains("is lit").is_none());
        assert!(harness.query_by_label_contains("the item under the pointer").is_none());
    }
}

#[test]
fn a_bar_that_was_cut_off_is_told_from_the_one_in_which_its_item_ran_again() {
    let run = Fixture::new(Mode::Process, 2, vec![1_i64, 2])
        .ready(1, 4711, 0.0, 10.0)
        .ready(2, 4712, 0.0, 10.0)
        .attempt(1, 0, 20.0, 40.0)
        .ok(2, 0, 70.0, 30.0, Value::Int(2))
        .ok(1, 1, 70.0, 30.0, Value::Int(4))
        .finished();
    let mut harness = views_of(run.snapshot(), Vec2::new(980.0, 720.0));
    let plot = harness.get_by_role(Role::Canvas).rect();
    for (worker, share, told) in [
        ("Worker 1", 0.4, "Worker 1 · item 0, cut off"),
        ("Worker 1", 0.4, "Worker 2, from 70.0 ms on: ok"),
        ("Worker 1", 0.85, "Worker 1 · item 1, ok"),
        ("Worker 2", 0.85, "Worker 2 · item 0, ok"),
    ] {
        let lane = harness.get_by_label_contains(&format!("{worker}, pid")).rect();
        harness.hover_at(Pos2::new(plot.left() + plot.width() * share, lane.center().y));
        harness.run_steps(60);
        assert!(harness.query_by_label_contains(told).is_some(), "{told}");
    }
}
