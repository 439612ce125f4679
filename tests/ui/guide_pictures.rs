//! The pictures of the guide, drawn as the window draws them and compared with those in `assets/guide/pictures`, so that
//! they show the program as it is; `UPDATE_SNAPSHOTS=1` draws them anew.

use std::sync::Arc;

use egui::{CentralPanel, LayerId, Theme as Ground, Ui, Vec2, vec2};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use poolscope::app::context::ViewContext;
use poolscope::app::layout::Layout;
use poolscope::app::lesson::LessonView;
use poolscope::app::panels::TimelinePanel;
use poolscope::app::state::{LessonCard, LessonPage};
use poolscope::lessons::{Figure, Lesson, Reveal, Verdict};
use poolscope::pool::Mode;
use poolscope::value::Value;

use crate::fixture::{Fixture, monitor};
use crate::pictures::at_work;
use crate::stage::Stage;

const LOOKS: [(&str, Ground); 2] = [("dark", Ground::Dark), ("light", Ground::Light)];

/// Draws what `stage` makes in both looks of the window.
fn draw(name: &str, size: Vec2, pixels_per_point: f32, stage: impl Fn() -> Stage) {
    let mut results = SnapshotResults::new();
    for (look, ground) in LOOKS {
        let builder = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels_per_point)
            .with_theme(ground)
            .wgpu();
        let mut harness = stage().open_with(builder);
        let options = SnapshotOptions::new()
            .threshold(2.0)
            .max_failed_pixels(400_usize)
            .output_path("assets/guide/pictures");
        harness.snapshot_options(format!("{name}-{look}"), &options);
        results.extend(harness.take_snapshot_results());
    }
}

/// Draws on the colour of the window, also around what is drawn.
fn on_ground(ui: &mut Ui, cx: &ViewContext<'_>, draw: impl FnOnce(&mut Ui)) {
    let painter = ui.ctx().layer_painter(LayerId::background());
    painter.rect_filled(ui.ctx().content_rect(), 0.0, cx.theme.bg);
    CentralPanel::no_frame().show(ui, draw);
}

/// Four workers that take `on_core` of a core each, from one to the next.
fn run(mode: Mode, workers: usize, took_ms: f64, on_core: f64) -> Fixture {
    let mut fixture = Fixture::new(mode, workers, (1..=8).collect::<Vec<i64>>());
    for worker in 1..=workers {
        fixture = fixture.ready(worker, 4710 + worker as u32, 0.0, 20.0);
    }
    for index in 0..8 {
        let (worker, round) = (1 + index % workers, (index / workers) as f64);
        let times_ms = (20.0 + round * took_ms, took_ms - 4.0);
        fixture = fixture
            .computed(worker, index as u64, times_ms, on_core * took_ms, Value::Int(index as i64))
            .looked(worker, (times_ms.0, times_ms.0 + times_ms.1), on_core, 0.0);
    }
    fixture.finished()
}

#[test]
fn all_views_of_a_run() {
    draw("views", vec2(980.0, 640.0), 1.0, || {
        let (mut layout, run) = (Layout::default(), at_work().snapshot());
        let machine = monitor(run.log.plan.started, 2, 1.0, |core, at_s| match core {
            0 => 0.95,
            _ => (0.4 + 0.5 * at_s) as f32,
        });
        let stage = Stage::new(move |ui, cx| {
            on_ground(ui, cx, |ui| layout.views_ui(ui, cx));
        });
        stage.with_run(run).with_monitor(machine)
    });
}

/// Threads of Python that take turns: each bar is filled by a quarter.
#[test]
fn bars_of_threads_that_take_turns() {
    draw("timeline", vec2(640.0, 340.0), 1.5, || {
        let mut panel = TimelinePanel::default();
        let stage = Stage::new(move |ui, cx| {
            on_ground(ui, cx, |ui| panel.ui(ui, cx));
        });
        let run = run(Mode::Thread, 4, 240.0, 0.25).snapshot();
        // Both cores are busy for half of the time, as one thread at a time goes from one to the other.
        let machine = monitor(run.log.plan.started, 2, 0.5, |_, _| 0.5);
        stage.with_run(run).with_monitor(machine)
    });
}

#[test]
fn a_lesson_with_what_it_showed() {
    draw("lesson", vec2(1180.0, 740.0), 1.0, || {
        // The lesson has a place, as the test of its own pages shows.
        let place = Lesson::find("the-lock").map_or(0, |lesson| lesson.number() - 1);
        let mut card = LessonCard::at(place).expect("there is such a lesson");
        card.vote(2);
        card.begin();
        for run in [
            run(Mode::Process, 1, 60.0, 1.0),
            run(Mode::Thread, 4, 240.0, 0.25),
            run(Mode::Process, 4, 120.0, 0.5),
        ] {
            card.runs.push(Arc::new(run.snapshot()));
        }
        let figures =
            [("0.99×", "four threads, compared with one"), ("1.93×", "four processes, compared with one")];
        let figures = figures.map(|(value, meaning)| Figure::new(value, meaning)).to_vec();
        let why = "One lock lets one thread of an interpreter compute at a time: the others wait.".to_owned();
        card.show(Reveal { right: Some(2), figures, why, ..Reveal::of(Verdict::Holds) });
        let (page, mut view) = (LessonPage::Lesson(card), LessonView::default());
        Stage::new(move |ui, cx| {
            on_ground(ui, cx, |ui| view.ui(ui, cx, &page, None, None));
        })
    });
}
