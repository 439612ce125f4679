//! What a run showed: the sentence and the bar of where the time went.

use egui_kittest::kittest::Queryable;
use poolscope::app::verdict;
use poolscope::pool::Mode;
use poolscope::value::Value;

use crate::fixture::Fixture;
use crate::stage::Stage;

/// Two processes, each with an item of 800 ms, which was on a core for such a share of its time and ready for another.
fn run(on_core: f64, ready: f64) -> Fixture {
    let cpu_ms = 800.0 * on_core;
    Fixture::new(Mode::Process, 2, vec![1, 2])
        .ready(1, 11, 0.0, 100.0)
        .ready(2, 12, 0.0, 100.0)
        .looked(1, (100.0, 900.0), on_core, ready)
        .looked(2, (100.0, 900.0), on_core, ready)
        .computed(1, 0, (100.0, 800.0), cpu_ms, Value::Int(2))
        .computed(2, 1, (100.0, 800.0), cpu_ms, Value::Int(4))
}

fn open(fixture: &Fixture) -> egui_kittest::Harness<'static, Stage> {
    let stage = Stage::new(|ui, cx| {
        if let Some(found) = cx.verdict {
            verdict::ui(ui, cx, found);
        }
    });
    stage.with_run(fixture.snapshot()).open()
}

#[test]
fn a_run_that_is_over_says_where_its_time_went() {
    let harness = open(&run(0.25, 0.0).finished());
    harness.get_by_label("22 % on a core");
    harness.get_by_label("67 % waiting");
    harness.get_by_label("11 % starting");
    harness.get_by_label("2 workers × 900 ms");
    harness.get_by_label_contains("Items waited for 67 % of the workers' time");
    assert!(harness.query_by_label_contains("held by the lock").is_none());
}

#[test]
fn items_without_a_core_are_told_from_those_that_wait() {
    let harness = open(&run(0.4, 0.6).finished());
    harness.get_by_label("53 % ready, no core");
    harness.get_by_label_contains("had no core");
}

#[test]
fn a_run_that_goes_on_has_no_verdict_yet() {
    assert!(open(&run(0.5, 0.0)).query_by_label_contains("on a core").is_none());
}

#[test]
fn a_run_beside_other_programs_says_that_it_is_no_measure() {
    let alone = open(&run(0.9, 0.0).beside_others(1.0, 0.2).finished());
    assert!(alone.query_by_label_contains("do not compare").is_none());
    let harness = open(&run(0.9, 0.0).beside_others(0.2, 1.8).finished());
    harness
        .get_by_label("Other programs used 1.8 of 2 cores meanwhile: do not compare this run with others.");
    harness.get_by_label_contains("on a core");
}
