//! Runs written by hand, for the tests of exports.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::function::{FunctionSpec, OutputStream};
use crate::pool::{
    Audit, Batch, Cause, CoreTime, Death, Ending, Event, FailedSpan, Idle, ItemsFinished, Job, LifeEnd,
    Message, MessageContent, MessageSource, Mode, Plan, Readiness, RunLog, Segment, Settings, Timing,
};
use crate::value::{Column, Value};

pub const MS: u64 = 1_000_000;

/// A text that means something to HTML, JSON, Markdown and Python alike.
pub const NASTY: &str = "<script>alert('x')</script> \"&\\ | `*_\n\u{1}\u{202e}é";

pub fn job(mode: Mode, workers: usize, inputs: Column) -> Job {
    Job {
        inputs_name: "numbers & <more>.csv".to_owned(),
        inputs: Arc::new(inputs),
        function: FunctionSpec::builtin("echo", []).unwrap(),
        settings: Settings { mode, workers, ..Settings::default() },
    }
}

pub fn empty(job: Job) -> RunLog {
    let started_wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_932_907);
    RunLog::new(Plan { job, started: Instant::now(), started_wall })
}

pub fn ready(log: &mut RunLog, lanes: std::ops::Range<usize>, pid: u32, [launched_ms, ready_ms]: [u64; 2]) {
    let launched_ns = launched_ms * MS;
    log.apply(launched_ns, &Event::HostLaunched { lanes: lanes.clone(), pid, launched_ns });
    let loading_since_ns = Some((launched_ms + ready_ms) / 2 * MS);
    let readiness = Readiness { loading_since_ns, has_lock: None };
    log.apply(ready_ms * MS, &Event::HostReady { lanes, pid, readiness });
}

/// The lane ran item `index`, and was on a core for half of the time.
pub fn ran(log: &mut RunLog, lane: usize, index: u64, [from_ms, upto_ms]: [u64; 2], output: Value) {
    let timing = Timing::Each {
        start_ns: vec![from_ms * MS],
        duration_ns: vec![(upto_ms - from_ms) * MS],
        cpu_ns: vec![(upto_ms - from_ms) * MS / 2],
    };
    let outputs = Arc::new([output].into_iter().collect::<Column>());
    let batch = Batch { first: index, count: 1, outputs, failures: Vec::new(), timing };
    log.apply(upto_ms * MS, &ItemsFinished::at_once(lane, batch).into());
}

pub fn fails(log: &mut RunLog, lane: usize, index: u64, [from_ms, upto_ms]: [u64; 2], cause: Cause) {
    let (start_ns, end_ns) = (from_ms * MS, upto_ms * MS);
    let busy_ns = end_ns - start_ns;
    let segment = Segment { start_ns, end_ns, busy_ns, first: index, last: index, items: 1, failed: 1 };
    log.apply(end_ns, &Event::ItemCutOff { lane, segment });
    let span = FailedSpan { worker: lane + 1, attempts: 1, start_ns, duration_ns: busy_ns };
    log.apply(end_ns, &Event::ItemFailed { index, cause, span });
}

/// Two processes: items of all kinds, a death, messages, looks at threads.
pub fn eventful() -> RunLog {
    let inputs = [1, 2, 3, 4].map(Value::Int).into_iter();
    let inputs = inputs.chain([Value::Text(NASTY.to_owned()), Value::None]).collect();
    let mut log = empty(job(Mode::Process, 2, inputs));
    ready(&mut log, 0..1, 100, [0, 20]);
    ready(&mut log, 1..2, 101, [0, 24]);
    ran(&mut log, 0, 0, [25, 65], Value::Int(1));
    ran(&mut log, 0, 1, [66, 106], Value::Float(2.5));
    log.apply(
        70 * MS,
        &Event::MessageSaid(Message {
            at_ns: 70 * MS,
            source: MessageSource::Worker { worker: 1, pid: 100, stream: OutputStream::Stdout },
            item: Some(1),
            content: MessageContent::Text(NASTY.into()),
        }),
    );
    dies(&mut log);
    ran(&mut log, 1, 3, [150, 180], Value::Bool(true));
    ran(&mut log, 0, 4, [106, 170], Value::Text(NASTY.to_owned()));
    fails(
        &mut log,
        1,
        5,
        [181, 190],
        Cause::Raised(format!("ValueError: {NASTY}\n  line 3").as_str().into()),
    );
    for n in 3..19 {
        let core_time = CoreTime {
            from_ns: n * 10 * MS,
            upto_ns: (n + 1) * 10 * MS,
            on_core_ns: 5 * MS,
            ready_ns: 2 * MS,
        };
        log.apply(core_time.upto_ns, &Event::CoreTimeSeen { lane: 0, core_time });
    }
    let idle = Idle { from_ns: 171 * MS, upto_ns: 190 * MS };
    log.apply(190 * MS, &Event::HostWasIdle { lanes: 0..1, idle });
    log.apply(195 * MS, &Event::Audited(Audit::default()));
    log.apply(195 * MS, &Event::Finished { ending: Ending::Completed });
    log
}

fn dies(log: &mut RunLog) {
    let end = LifeEnd::Signal(9);
    fails(log, 1, 2, [25, 90], Cause::HostEnded(Arc::new(end.clone())));
    let ended = Event::HostEnded {
        lanes: 1..2,
        pid: 101,
        end: end.clone(),
        peak_rss_bytes: 5 << 20,
        was_suspended: false,
    };
    log.apply(90 * MS, &ended);
    let death = Death {
        worker: 2,
        pid: 101,
        at_ns: 90 * MS,
        end,
        executing: vec![2],
        peak_rss_bytes: 5 << 20,
        replaced_after: None,
        last_lines: vec!["last words".into()],
        threads: 1,
    };
    log.apply(90 * MS, &Event::HostDied(Box::new(death)));
    ready(log, 1..2, 102, [92, 140]);
}
