//! A run that is watched while it goes on: its record has all that the window shows.
//!
//! `cargo run --example watch`

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use poolscope::function::FunctionSpec;
use poolscope::pool::{Job, Launch, Settings, serve_if_host, start};
use poolscope::value::Column;

fn main() -> poolscope::error::Result<()> {
    serve_if_host();
    let job = Job {
        inputs_name: "made up".to_owned(),
        inputs: Arc::new(Column::Int(vec![200; 20])),
        function: FunctionSpec::builtin("sleep_ms", [])?,
        settings: Settings { workers: 4, ..Settings::default() },
    };
    let run = start(job, &Launch::this_program()?, Arc::new(|| {}))?;
    while !run.snapshot().log.is_finished() {
        let snapshot = run.snapshot();
        let executing = snapshot.live.iter().filter(|lane| lane.executing.is_some()).count();
        println!(
            "{} of {} done, {executing} executing",
            snapshot.log.counts.done(),
            snapshot.log.counts.total
        );
        thread::sleep(Duration::from_millis(200));
    }
    for message in run.join().log.messages.iter_from(0) {
        println!("{:.3} s: {}", message.at_ns as f64 / 1e9, message.text());
    }
    Ok(())
}
