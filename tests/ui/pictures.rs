//! Pictures of all views together, compared with those in `snapshots`; `UPDATE_SNAPSHOTS=1` draws them anew.

use egui::{CentralPanel, Frame, Margin, Theme as Ground, Vec2};
use egui_kittest::{Harness, SnapshotOptions};
use poolscope::app::layout::Layout;
use poolscope::app::theme::GAP;
use poolscope::function::OutputStream;
use poolscope::pool::{LifeEnd, Mode};
use poolscope::value::Value;

use crate::fixture::{Fixture, monitor};
use crate::stage::Stage;

/// Four workers in the middle of a run, one of them replaced, one row failed.
pub fn at_work() -> Fixture {
    let mut fixture = Fixture::new(Mode::Process, 4, (1..=40).collect::<Vec<i64>>())
        .pool_says(4.0, "pool of 4 processes started");
    for worker in 1..=4 {
        fixture = fixture.ready(worker, 4710 + worker as u32, 4.0, 30.0 + 8.0 * worker as f64);
    }
    for index in 0..28 {
        let (worker, start_ms) = (1 + index as usize % 4, 80.0 + 110.0 * (index / 4) as f64);
        let took_ms = 60.0 + 7.0 * (index % 6) as f64;
        fixture = match index {
            9 => fixture.failed(worker, index, start_ms, took_ms, "negative input"),
            _ => fixture.ok(worker, index, start_ms, took_ms, Value::Int(2 * index as i64 + 2)),
        };
    }
    fixture
        .died(3, 850.0, LifeEnd::Signal(9))
        .ready(3, 4715, 852.0, 881.0)
        .says(1, 860.0, OutputStream::Stdout, "Process 1: 25")
        .executing(1, 28, 850.0, 0)
        .executing(2, 29, 870.0, 1)
        .until(1000.0)
}

fn done() -> Fixture {
    let mut fixture = Fixture::new(Mode::Thread, 2, vec![1_i64, 2, 3, 4, 5])
        .pool_says(2.0, "pool of 2 threads started")
        .ready(1, 4711, 2.0, 5.0)
        .ready(2, 4711, 2.0, 5.0);
    for index in 0..5 {
        let (worker, start_ms) = (1 + index as usize % 2, 6.0 + 2.0 * index as f64);
        fixture = fixture.ok(worker, index, start_ms, 2.5, Value::Int(2 * index as i64 + 2));
    }
    fixture
        .pool_says(17.0, "closed: no more work will be given")
        .pool_says(19.0, "joined: 2 threads ended")
        .finished()
}

/// Draws the views in these colours and compares.
fn look(name: &str, ground: Ground, fixture: &Fixture) {
    let run = fixture.snapshot();
    let machine = monitor(run.log.plan.started, 2, 1.0, |core, at_s| match core {
        0 => 0.95,
        _ => (0.4 + 0.5 * at_s) as f32,
    });
    let mut layout = Layout::default();
    let stage = Stage::new(move |ui, cx| {
        let frame = Frame::new().fill(cx.theme.bg).inner_margin(Margin::same(GAP as i8));
        CentralPanel::no_frame().frame(frame).show(ui, |ui| layout.views_ui(ui, cx));
    });
    let builder = Harness::builder().with_size(Vec2::new(980.0, 720.0)).with_theme(ground).wgpu();
    let mut harness = stage.with_run(run).with_monitor(machine).open_with(builder);
    // Drivers differ in the last bit of a smooth edge, and in nothing else.
    let options =
        SnapshotOptions::new().threshold(2.0).max_failed_pixels(400_usize).output_path("tests/ui/snapshots");
    harness.snapshot_options(name, &options);
}

#[test]
fn at_work_in_dark() {
    look("at_work_dark", Ground::Dark, &at_work());
}

#[test]
fn at_work_in_light() {
    look("at_work_light", Ground::Light, &at_work());
}

#[test]
fn a_finished_run() {
    look("done_light", Ground::Light, &done());
}
