use serde_json::Value as Json;

use super::*;
use crate::export::fixture::{self, MS};
use crate::pool::Mode;
use crate::value::{Column, Value};

fn traced(log: &RunLog, most_items: u64) -> (Json, Vec<Json>) {
    let mut out = Vec::new();
    write_with(log, most_items, &mut out).unwrap();
    let trace: Json = serde_json::from_slice(&out).unwrap();
    let events = trace["traceEvents"].as_array().unwrap().clone();
    events.iter().for_each(is_sound);
    (trace, events)
}

/// What the format asks of each kind of event.
fn is_sound(event: &Json) {
    let is_number =
        |key: &str| event[key].is_u64() || event[key].as_f64().is_some_and(|number| number >= 0.0);
    // Viewers hold them in 32 bits.
    let is_id = |key: &str| event[key].as_u64().is_some_and(|id| i32::try_from(id).is_ok());
    assert!(event["name"].is_string() && is_id("pid") && is_id("tid"), "{event}");
    assert!(is_number("ts") && event["args"].is_object(), "{event}");
    match event["ph"].as_str().unwrap() {
        "X" => assert!(is_number("dur"), "{event}"),
        "i" => assert!(matches!(event["s"].as_str(), Some("t" | "p")), "{event}"),
        "C" => assert!(event["args"].as_object().unwrap().values().all(Json::is_number), "{event}"),
        "M" => assert!(event["args"].as_object().unwrap().len() == 1, "{event}"),
        other => panic!("no kind of this format: {other}"),
    }
}

fn of_kind<'a>(events: &'a [Json], cat: &'a str) -> impl Iterator<Item = &'a Json> {
    events.iter().filter(move |event| event["cat"] == cat)
}

#[test]
fn each_item_is_a_span_of_its_worker_and_process() {
    let (trace, events) = traced(&fixture::eventful(), 100);
    let items: Vec<&Json> = of_kind(&events, "item").collect();
    assert_eq!(items.len(), 6);
    let first = items.iter().find(|item| item["args"]["index"] == 0).unwrap();
    assert_eq!((&first["pid"], &first["tid"]), (&100.into(), &1.into()));
    assert_eq!((first["ts"].as_f64(), first["dur"].as_f64()), (Some(25_000.0), Some(40_000.0)));
    assert_eq!((&first["args"]["took_ms"], &first["args"]["cpu_ms"]), (&40.0.into(), &20.0.into()));
    // The process that took the place of the dead one.
    let later = items.iter().find(|item| item["args"]["index"] == 3).unwrap();
    assert_eq!((&later["pid"], &later["tid"]), (&102.into(), &2.into()));
    let failed: Vec<&Json> = items.iter().filter(|item| item["args"]["state"] == "failed").copied().collect();
    assert!(failed.len() == 2 && failed.iter().all(|item| item["args"]["error"].is_string()));
    let nasty = items.iter().find(|item| item["args"]["index"] == 4).unwrap();
    assert_eq!(nasty["args"]["input"], fixture::NASTY);
    assert_eq!(trace["otherData"]["aggregated"], false);
    let names: Vec<&str> = events
        .iter()
        .filter(|event| event["name"] == "process_name")
        .filter_map(|event| event["args"]["name"].as_str())
        .collect();
    assert_eq!(names, ["pool", "worker 1", "worker 2", "worker 2"]);
}

#[test]
fn spans_of_a_worker_follow_each_other() {
    let (_, events) = traced(&fixture::eventful(), 100);
    for tid in [1, 2] {
        let mut spans: Vec<(f64, f64)> = of_kind(&events, "item")
            .filter(|item| item["tid"] == tid)
            .map(|item| (item["ts"].as_f64().unwrap(), item["dur"].as_f64().unwrap()))
            .collect();
        spans.sort_by(|one, other| one.0.total_cmp(&other.0));
        assert!(
            spans.len() > 1 && spans.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0 + 1e-6),
            "{spans:?}"
        );
    }
}

#[test]
fn deaths_messages_and_shares_are_told() {
    let (_, events) = traced(&fixture::eventful(), 100);
    let death = of_kind(&events, "death").next().unwrap();
    assert_eq!(
        (death["name"].as_str(), &death["pid"], &death["ts"]),
        (Some("died: SIGKILL"), &101.into(), &90_000.0.into())
    );
    assert_eq!(death["args"]["executing"], serde_json::json!([2]));
    let message = of_kind(&events, "message").next().unwrap();
    assert_eq!((&message["pid"], &message["args"]["item"]), (&100.into(), &1.into()));
    let counters: Vec<&Json> = events.iter().filter(|event| event["ph"] == "C").collect();
    assert!(counters.len() > 2);
    assert_eq!(counters[0]["args"], serde_json::json!({"on core": 0.5, "ready": 0.2, "waiting": 0.3}));
    assert_eq!(counters.last().unwrap()["args"]["on core"], 0.0, "nothing is known behind the last look");
}

#[test]
fn threads_share_a_process() {
    let mut log = fixture::empty(fixture::job(Mode::Thread, 2, vec![1_i64, 2].into()));
    fixture::ready(&mut log, 0..2, 100, [0, 20]);
    fixture::ran(&mut log, 0, 0, [25, 65], Value::Int(1));
    fixture::ran(&mut log, 1, 1, [25, 65], Value::Int(2));
    let (_, events) = traced(&log, 100);
    assert!(of_kind(&events, "item").all(|item| item["pid"] == 100));
    let name = events.iter().filter(|event| event["name"] == "process_name").nth(1).unwrap();
    assert_eq!(name["args"]["name"], "2 threads");
}

#[test]
fn a_number_that_the_system_used_twice_is_two_processes() {
    let mut log = fixture::empty(fixture::job(Mode::Process, 2, vec![1_i64].into()));
    fixture::ready(&mut log, 0..1, 100, [0, 20]);
    fixture::ready(&mut log, 1..2, 100, [30, 40]);
    let tracks = Tracks::of(&log);
    assert_ne!(tracks.at(&log, 0, 50 * MS), tracks.at(&log, 1, 50 * MS));
}

#[test]
fn a_long_run_is_written_in_stretches() {
    let items = 40_000;
    let mut log = fixture::empty(fixture::job(Mode::Process, 1, Column::Int(vec![7; items])));
    fixture::ready(&mut log, 0..1, 100, [0, 1]);
    (0..items as u64).for_each(|n| fixture::ran(&mut log, 0, n, [n * 2 + 2, n * 2 + 3], Value::Int(1)));
    let (trace, events) = traced(&log, 1000);
    assert_eq!(trace["otherData"]["aggregated"], true);
    let stretches: Vec<&Json> = of_kind(&events, "items").collect();
    let counted: u64 = stretches.iter().map(|stretch| stretch["args"]["items"].as_u64().unwrap()).sum();
    assert_eq!(counted, items as u64);
    assert!(of_kind(&events, "item").next().is_none());
}

#[test]
fn the_size_of_a_large_trace_is_bounded() {
    // As many items as are written one by one, with long inputs: what one of them takes, times their number.
    let long = "x".repeat(5000);
    let mut log =
        fixture::empty(fixture::job(Mode::Process, 1, vec![long.as_str(); 2000].into_iter().collect()));
    fixture::ready(&mut log, 0..1, 100, [0, 1]);
    log.counts.total = 1_000_000;
    (0..2000).for_each(|n| fixture::ran(&mut log, 0, n, [n * 2 + 2, n * 2 + 3], Value::Int(1)));
    let mut out = Vec::new();
    write_trace(&log, &mut out).unwrap();
    let bytes_an_item = out.len() / 2000;
    assert!(bytes_an_item < 300, "{bytes_an_item}");
}
