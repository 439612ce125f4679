//! The lessons: the gallery, and one with its prediction, its runs and what they showed.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use egui::{Key, Pos2, Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use poolscope::analysis::{Axis, Plot, PlotSeries, Unit};
use poolscope::app::command::Command;
use poolscope::app::lesson::{LessonView, key_commands};
use poolscope::app::lesson_command::LessonCommand;
use poolscope::app::state::{
    FileLesson, LessonCard, LessonPage, LessonSource, LessonStep, PoolFile, SavedSetup,
};
use poolscope::lessons::{Figure, Lesson, Reveal, Verdict};
use poolscope::pool::Mode;
use poolscope::value::Value;

use crate::fixture::{Fixture, tile};
use crate::stage::Stage;

/// The page in a window, whose keys are heard.
fn open(
    page: LessonPage,
    why_not: Option<&'static str>,
) -> (Rc<RefCell<LessonPage>>, Harness<'static, Stage>) {
    let page = Rc::new(RefCell::new(page));
    let (shown, mut view) = (Rc::clone(&page), LessonView::default());
    let stage = Stage::new(move |ui, cx| {
        for command in key_commands(ui.ctx(), &shown.borrow()) {
            cx.commands.send(Command::Lesson(command));
        }
        view.ui(ui, cx, &shown.borrow(), None, why_not);
    });
    (page, stage.open_with(Harness::builder().with_size(Vec2::new(1280.0, 700.0))))
}

/// The lesson on the lock.
fn card() -> LessonCard {
    LessonCard::at(5).unwrap()
}

#[test]
fn the_gallery_shows_each_claim_and_a_click_opens_it() {
    let (_, mut harness) = open(LessonPage::Gallery, None);
    harness.get_by_label("Fourteen claims");
    harness.get_by_label("Beyond them");
    harness.get_by_label("Lesson 22: A pool in each worker multiplies the processes, and is not faster.");
    for own in ["Begin a function of your own", "Predict what is set up"] {
        let own = harness.get_by_role_and_label(Role::Button, own);
        assert!(own.rect().bottom() < 700.0, "it is to be seen without scrolling");
        own.click();
        harness.run_steps(2);
    }
    harness.get_by_label("Lesson 14: Threads need little memory: they share one interpreter.");
    harness
        .get_by_role_and_label(Role::Button, "Lesson 6: Threads of Python take turns at computing.")
        .click();
    harness.run_steps(2);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    use LessonCommand::{Leave, Own, Show, Template};
    assert_eq!(harness.state().sent_to_lessons(), [Template, Own, Show(5), Leave]);
}

#[test]
fn a_number_opens_its_lesson_from_the_gallery() {
    let (_, mut harness) = open(LessonPage::Gallery, None);
    for keys in [&[Key::Num6][..], &[Key::Num1, Key::Num4], &[Key::Num9, Key::Num9], &[Key::Num2, Key::Num5]]
    {
        for key in keys {
            harness.key_press(*key);
            harness.run_steps(1);
        }
    }
    // A digit that may go on waits for a moment.
    harness.key_press(Key::Num1);
    harness.run_steps(1);
    let opened = [5, 13, 8, 8, 24].map(LessonCommand::Show);
    assert_eq!(harness.state().sent_to_lessons(), opened);
    harness.run_steps(200);
    assert_eq!(harness.state().sent_to_lessons()[5..], [LessonCommand::Show(0)]);
}

#[test]
fn answers_are_chosen_by_clicks_and_keys_before_it_is_run() {
    let (page, mut harness) = open(LessonPage::Lesson(card()), None);
    harness.get_by_label_contains("What do you expect?");
    harness.get_by_role_and_label(Role::Button, "Answer 3: not at all").click();
    harness.run_steps(2);
    for key in [Key::Num1, Key::Num1, Key::Num0, Key::Space] {
        harness.key_press(key);
        harness.run_steps(1);
    }
    use LessonCommand::{ForgetVotes, Run, Vote};
    assert_eq!(harness.state().sent_to_lessons(), [Vote(2), Vote(0), Vote(0), ForgetVotes, Run]);
    if let LessonPage::Lesson(card) = &mut *page.borrow_mut() {
        card.vote(2);
        card.begin();
    }
    harness.run_steps(2);
    harness.get_by_label("1 vote");
    harness.get_by_label_contains("Run 1 of 3: one worker…");
    harness.key_press(Key::Num1);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().sent_to_lessons()[5..], [Vote(0), LessonCommand::Stop]);
}

#[test]
fn what_came_of_it_stands_below_its_runs() {
    let mut card = card();
    card.vote(2);
    card.vote(0);
    card.begin();
    for mode in [Mode::Process, Mode::Thread, Mode::Process] {
        let run = Fixture::new(mode, 2, vec![1_i64, 2]).ready(1, 4711, 0.0, 1.0).ready(2, 4712, 0.0, 1.0);
        card.runs.push(Arc::new(run.finished().snapshot()));
    }
    let figures =
        vec![Figure { value: "0.98×".to_owned(), meaning: "four threads, compared with one".to_owned() }];
    let why = "The others wait.".to_owned();
    card.show(Reveal { right: Some(2), figures, why, ..Reveal::of(Verdict::Holds) });
    let (_, mut harness) = open(LessonPage::Lesson(card), None);
    for text in [
        "0.98×",
        "four threads, compared with one",
        "It holds here.",
        "2 votes",
        "1 of 2 was right",
        "four processes",
    ] {
        harness.get_by_label(text);
    }
    harness.get_by_role_and_label(Role::Button, "Next: lesson 7   Space").click();
    harness.run_steps(2);
    harness.key_press(Key::R);
    harness.run_steps(2);
    assert_eq!(harness.state().sent_to_lessons(), [LessonCommand::Show(6), LessonCommand::Run]);
}

/// A lesson that was run, each of its runs by two workers.
fn revealed(name: &str, plot: Option<Plot>) -> LessonCard {
    let mut card = LessonCard::at(Lesson::find(name).unwrap().number() - 1).unwrap();
    card.begin();
    while card.next_run().is_some() {
        let run =
            Fixture::new(Mode::Process, 2, vec![1_i64, 2]).ready(1, 4711, 0.0, 1.0).ready(2, 4712, 0.0, 1.0);
        let run = run.computed(1, 0, (5.0, 40.0), 40.0, Value::Int(1)).looked(1, (5.0, 45.0), 1.0, 0.0);
        let run = run.on_core(1, (5.0, 25.0), 1).on_core(1, (25.0, 45.0), 0);
        card.runs.push(Arc::new(run.finished().snapshot()));
    }
    let figures = vec![Figure { value: "4.0×".to_owned(), meaning: "as much".to_owned() }];
    card.show(Reveal {
        right: Some(0),
        figures,
        why: "So it is.".to_owned(),
        plot: plot.map(Box::new),
        ..Reveal::of(Verdict::Holds)
    });
    card
}

fn sizes() -> Plot {
    let axes = [Axis::log("size", Unit::Bytes), Axis::log("time", Unit::Seconds)];
    let series = vec![
        PlotSeries::measured("by a pipe", vec![(1.0, 20e-6), (65536.0, 70e-6), (67108864.0, 0.0381)]),
        PlotSeries::measured("by a queue", vec![(1.0, 10e-6), (65536.0, 10e-6), (67108864.0, 11e-6)]),
    ];
    Plot::new("Time to hand over", axes, series).unwrap()
}

#[test]
fn a_plot_stands_beside_the_runs_and_tells_the_point_under_the_pointer() {
    let (_, mut harness) = open(LessonPage::Lesson(revealed("sending-costs", Some(sizes()))), None);
    harness.get_by_label("by a pipe");
    let spoken = "Time to hand over. by a pipe: 1 B: 20.0 µs, 50.0 kB/s; 64 KiB: 70.0 µs, 936 MB/s; 64 MiB: 38.1 ms, \
                  1.76 GB/s. by a queue: 1 B: ";
    let points = harness.get_by_label_contains(spoken).rect();
    assert!(points.left() > 640.0, "{points:?}");
    // The last point of the pipe is at the right, at 38 ms of an axis from 10 µs to 100 ms.
    let at = egui::pos2(points.right() - 8.0, points.top() + 8.0 + 0.1 * (points.height() - 16.0));
    harness.hover_at(at);
    harness.run_steps(4);
    harness.get_by_label("64 MiB: 38.1 ms, 1.76 GB/s");
}

#[test]
fn in_a_narrow_window_a_plot_stands_below_the_runs() {
    let page = Rc::new(RefCell::new(LessonPage::Lesson(revealed("sending-costs", Some(sizes())))));
    let mut view = LessonView::default();
    let stage = Stage::new(move |ui, cx| view.ui(ui, cx, &page.borrow(), None, None));
    let harness = stage.open_with(Harness::builder().with_size(Vec2::new(700.0, 1500.0)));
    let (runs, points) = (
        harness.get_by_label("On one clock").rect(),
        harness.get_by_label_contains("Time to hand over. by").rect(),
    );
    assert!(points.top() > runs.bottom() + 100.0 && points.width() > 400.0, "{runs:?}, {points:?}");
}

#[test]
fn lessons_on_cores_show_which_worker_was_on_which() {
    let (_, harness) = open(LessonPage::Lesson(revealed("all-cores", None)), None);
    assert_eq!(harness.get_all_by_label("core 0: worker 1").count(), 2);
    assert_eq!(harness.get_all_by_label("core 1: worker 1").count(), 2);
    let (_, harness) = open(LessonPage::Lesson(revealed("the-lock", None)), None);
    assert!(harness.query_by_label_contains("core 0:").is_none());
}

/// The lesson called `name` after these runs.
fn revealed_after(name: &str, runs: Vec<Fixture>) -> Harness<'static, Stage> {
    let mut card = LessonCard::at(Lesson::find(name).unwrap().number() - 1).unwrap();
    card.begin();
    card.runs.extend(runs.into_iter().map(|run| Arc::new(run.finished().snapshot())));
    card.show(Reveal::not_measured("this is a test".to_owned()));
    open(LessonPage::Lesson(card), None).1
}

#[test]
fn the_table_of_the_philosophers_stands_beside_its_run() {
    let dinner = |outputs: [&str; 5]| {
        let run = Fixture::new(Mode::Thread, 5, vec![1_i64, 2, 3, 4, 5]).ready(1, 4711, 0.0, 1.0);
        (0_u64..).zip(outputs).fold(run, |run, (index, told)| {
            run.ok(index as usize + 1, index, 1.0, 9.0, Value::Json(told.to_owned()))
        })
    };
    let stuck = [1, 2, 3, 4, 5].map(|n| format!("{{\"meals\":0,\"holds\":{n},\"waits_for\":{}}}", n % 5 + 1));
    let eaten = "{\"meals\":3,\"holds\":null,\"waits_for\":null}";
    let harness = revealed_after(
        "dining-philosophers",
        vec![dinner(stuck.each_ref().map(String::as_str)), dinner([eaten; 5])],
    );
    for seat in [
        "Philosopher 1: no meal, holds fork 1, waits for fork 2",
        "Philosopher 5: no meal, holds fork 5, waits for fork 1",
        "Philosopher 5: 3 meals",
    ] {
        harness.get_by_role_and_label(Role::Image, seat);
    }
}

#[test]
fn a_tree_of_work_shows_who_made_which_node() {
    let nodes = Fixture::new(Mode::Thread, 2, (0_i64..15).collect::<Vec<_>>()).ready(1, 4711, 0.0, 1.0);
    let made = (0_u64..14).fold(nodes, |run, index| {
        let start_ms = 1.0 + index as f64 * 10.0;
        run.computed(index as usize % 2 + 1, index, (start_ms, 9.0), 4.0, Value::Text("a piece".to_owned()))
    });
    let at_once = Fixture::new(Mode::Thread, 1, vec![-1_i64]).ready(1, 4711, 0.0, 1.0);
    let harness = revealed_after("merge-sort-tree", vec![at_once, made]);
    for node in [
        "Node 0: a part, by worker 1, 4.00 ms on a core",
        "Node 13: a pair, by worker 2, 4.00 ms on a core",
        "Node 14: a pair, not made yet",
    ] {
        harness.get_by_role_and_label(Role::Image, node);
    }
}

#[test]
fn while_a_pool_is_at_work_a_lesson_says_why_it_waits() {
    let why_not = "A pool is at work: stop it first, or wait.";
    let (_, harness) = open(LessonPage::Lesson(card()), Some(why_not));
    harness.get_by_label(why_not);
    assert!(harness.get_by_role_and_label(Role::Button, "Run it   Space").accesskit_node().is_disabled());
}

#[test]
fn a_run_that_could_not_be_made_is_told() {
    let mut card = card();
    card.begin();
    card.show(Reveal::not_measured("no Python was found".to_owned()));
    assert_eq!(card.step, LessonStep::Revealed);
    let (_, harness) = open(LessonPage::Lesson(card), None);
    harness.get_by_label("Nothing was measured: no Python was found");
    assert!(harness.query_by_label_contains("It is otherwise").is_none());
}

#[test]
fn a_lesson_of_a_file_is_asked_run_and_saved_as_the_others_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.pool");
    let text = "format = 1\n[lesson]\nclaim = \"Sleep is free.\"\nquestion = \"How long?\"\n\
                choices = [\"1 s\", \"2 s\", \"3 s\"]\nanswer = \"second\"\nwhy = \"So it is.\"\n";
    std::fs::write(&path, text).unwrap();
    let (file, said) = PoolFile::read(&path).unwrap();
    assert!(said.is_empty(), "{said:?}");
    let lesson = FileLesson::of(file, "mine.pool".to_owned()).unwrap();
    let mut card = LessonCard::of(LessonSource::File(lesson.into()));
    let (_, mut harness) = open(LessonPage::Lesson(LessonCard::of(card.lesson.clone())), None);
    for text in ["LESSON OF MINE.POOL", "Sleep is free.", "How long?"] {
        harness.get_by_label(text);
    }
    harness.get_by_role_and_label(Role::Button, "Answer 2: 2 s").click();
    harness.run_steps(2);
    harness.key_press(Key::S);
    harness.run_steps(2);
    assert_eq!(harness.state().sent_to_lessons(), [LessonCommand::Vote(1), LessonCommand::Save]);
    card.vote(1);
    card.begin();
    let run = Fixture::new(Mode::Process, 1, vec![1_i64, 2]).ready(1, 4711, 0.0, 1.0);
    card.await_run();
    card.take(Arc::new(run.finished().snapshot()), false, 2);
    assert_eq!((card.step, card.right_votes()), (LessonStep::Revealed, Some(1)));
    let (_, harness) = open(LessonPage::Lesson(card), None);
    for text in ["Answer 2 is right.", "So it is.", "You were right."] {
        harness.get_by_label(text);
    }
    harness.get_by_role_and_label(Role::Button, "All lessons   Space");
}

#[cfg(unix)]
#[test]
fn folders_whose_names_are_no_text_have_marks_of_their_own() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use std::path::PathBuf;

    let mark = |name: &[u8]| {
        let mut setup = SavedSetup::default();
        setup.function.code_file = Some(PathBuf::from(OsString::from_vec(name.to_vec())).join("task.py"));
        setup.fingerprint()
    };
    assert_ne!(mark(b"/a\xff"), mark(b"/b\xff"));
    assert_ne!(mark(b"/a\xff"), mark(b"/a\xfe"));
}

#[test]
fn an_item_lights_up_in_the_bars_and_in_the_picture_of_its_own_run() {
    let run = || {
        Fixture::with_function("mandelbrot_tile", Mode::Process, 2, vec![0_i64, 1])
            .ready(1, 4711, 0.0, 1.0)
            .ready(2, 4712, 0.0, 1.0)
            .ok(1, 0, 2.0, 90.0, tile(0))
            .ok(2, 1, 2.0, 90.0, tile(8))
    };
    let mut harness = revealed_after("mandelbrot", vec![run(), run()]);
    let lit = |harness: &Harness<'_, Stage>| {
        let [pictures, lanes] = ["is lit", "the item under the pointer"].map(|label| {
            harness.query_all_by_label_contains(label).map(|node| node.rect()).collect::<Vec<_>>()
        });
        (pictures, lanes)
    };
    let pictures: Vec<_> = harness.get_all_by_label_contains("Picture, ").map(|node| node.rect()).collect();
    assert!(pictures[0].right() < pictures[1].left());
    // From a picture to the bars.
    harness.hover_at(pictures[1].center() + Vec2::new(pictures[1].width() / 4.0, 0.0));
    harness.run_steps(3);
    let (of_pictures, of_lanes) = lit(&harness);
    assert_eq!(of_pictures, [pictures[1]]);
    let lanes: Vec<_> = harness.get_all_by_label_contains("Worker 2, ").map(|node| node.rect()).collect();
    assert_eq!(of_lanes, [lanes[1]], "worker 2 of the second run had it");
    // And from a bar to the picture.
    let lane = harness.get_all_by_label_contains("Worker 1, ").next().unwrap().rect();
    harness.hover_at(Pos2::new(pictures[0].left() - 100.0, lane.center().y));
    harness.run_steps(3);
    assert_eq!(lit(&harness).0, [pictures[0]], "of the first run");
    harness.get_by_label_contains("tiles, item 0 is lit");
}

#[test]
fn a_node_of_a_tree_and_its_bar_light_up_together() {
    let nodes = Fixture::new(Mode::Thread, 2, vec![0_i64, 1, 2]).ready(1, 4711, 0.0, 1.0);
    let made = (0_u64..3).fold(nodes, |run, index| {
        let start_ms = 1.0 + index as f64 * 10.0;
        run.computed(index as usize % 2 + 1, index, (start_ms, 9.0), 4.0, Value::Text("a piece".to_owned()))
    });
    let at_once = Fixture::new(Mode::Thread, 1, vec![-1_i64]).ready(1, 4711, 0.0, 1.0);
    let mut harness = revealed_after("merge-sort-tree", vec![at_once, made]);
    harness.hover_at(harness.get_by_label_contains("Node 1: a part").rect().center());
    harness.run_steps(3);
    let lit = harness.get_by_label_contains("the item under the pointer").rect();
    assert_eq!(lit, harness.get_by_label_contains("Worker 2, ").rect());
}

#[test]
fn a_click_keeps_the_legend_until_the_next_one_elsewhere() {
    let (_, mut harness) = open(LessonPage::Lesson(revealed("all-cores", None)), None);
    let sentence = "ready to go on, and other threads have the cores";
    assert!(harness.query_by_label(sentence).is_none());
    harness.get_by_label("legend").click();
    harness.run_steps(3);
    harness.hover_at(Pos2::new(20.0, 20.0));
    harness.run_steps(3);
    harness.get_by_label(sentence);
    harness.get_by_label("legend").click();
    harness.run_steps(3);
    assert!(harness.query_by_label(sentence).is_none());
}

#[cfg(feature = "snapshots")]
#[test]
fn the_ground_of_a_lesson_is_as_large_as_its_page() {
    let (_, mut harness) = open(LessonPage::Lesson(card()), None);
    harness.run_steps(2);
    let picture = harness.render().unwrap();
    let (width, height) = picture.dimensions();
    let corners = [(8, 40), (width - 40, 20), (20, height - 40), (width - 12, height - 12)];
    let colours = corners.map(|(x, y)| *picture.get_pixel(x, y));
    assert!(colours.iter().all(|colour| *colour == colours[0]), "{colours:?}");
}
