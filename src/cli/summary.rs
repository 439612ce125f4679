//! What is said about a run when it is over: a sentence for people, an object for programs.

use serde::Serialize;

use super::streams;
use crate::analysis::{CauseGroup, CauseGroups, Ledger, Part, Parts};
use crate::error::{Error, Result};
use crate::pool::{Audit, Ending, Lane, MachineLoad, RowState, RunLog, RunState, ns_to_s};
use crate::value::grouped;

/// Ways to fail that are told apart.
const MOST_CAUSES: usize = 6;

/// One line: how many, how long, with what.
pub fn sentence(log: &RunLog, is_terminal: bool) -> String {
    let counts = log.counts;
    let items = if counts.total == 1 { "item" } else { "items" };
    let failed = format!("failed{}", failed_words(log));
    let counted = [
        (counts.failed, failed.as_str()),
        (counts.flaky, "ok after a retry"),
        (counts.resumed, "kept from an earlier run"),
        (counts.recycled, if counts.recycled == 1 { "worker recycled" } else { "workers recycled" }),
    ];
    let mut told = String::new();
    for (count, what) in counted.into_iter().filter(|(count, _)| *count > 0) {
        told += &format!(", {} {what}", grouped(count));
    }
    if let RunState::Finished(why @ Ending::Halted { .. }) = &log.state {
        told += &format!(", ended because {why}");
    }
    let mark = match (is_terminal, counts.failed) {
        (false, _) => "",
        (true, 0) => "✓ ",
        (true, _) => "✗ ",
    };
    format!(
        "{mark}{} {items} in {:.3} s with {}{told}, {:.2} cores busy, {}",
        grouped(counts.total),
        ns_to_s(log.last_row_ns),
        log.shape(),
        log.cores_busy(),
        audit_words(log.audit.as_ref())
    )
}

/// Why items failed, a line for each way, where there are several failures and all rows are there to be looked at: the rows
/// themselves were told one by one.
pub fn causes(log: &RunLog) -> Vec<String> {
    if log.counts.failed < 2 || log.released > 0 {
        return Vec::new();
    }
    let found = CauseGroups::of(log, RowState::is_failure, MOST_CAUSES);
    let line = |group: &CauseGroup| format!("  {} × {}", grouped(group.count), group.headline);
    let others = (found.others > 0).then(|| format!("  {} × something else", grouped(found.others)));
    found.groups.iter().map(line).chain(others).collect()
}

/// " (2 timed out, 4 not run)": of the failed items, those that did not fail by themselves.
fn failed_words(log: &RunLog) -> String {
    let of_these = [
        (log.counts.timed_out, "timed out"),
        (log.counts.stopped, "stopped"),
        (log.counts.not_run, "not run"),
    ];
    let of_these: Vec<String> = of_these
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    if of_these.is_empty() { String::new() } else { format!(" ({})", of_these.join(", ")) }
}

fn audit_words(audit: Option<&Audit>) -> String {
    match audit {
        Some(audit) if !audit.is_clean() => format!("left over: {}", audit.named.join(", ")),
        _ => "nothing left over".to_owned(),
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    /// Why the run ended early, where it could not go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    items: u64,
    ok: u64,
    failed: u64,
    elapsed_s: f64,
    startup_s: f64,
    mode: String,
    workers: usize,
    hosts: usize,
    chunk: u64,
    messages: u64,
    hosts_lost: u64,
    retries: u64,
    timed_out: u64,
    flaky: u64,
    resumed: u64,
    recycled: u64,
    not_run: u64,
    cores_busy: f64,
    items_cores_busy: f64,
    machine: Option<MachineSummary>,
    ledger: LedgerSummary,
    audit: AuditSummary,
    worker_stats: Vec<WorkerSummary>,
}

/// Mean numbers of cores from Start to the end of the last process: all there are, and what kept them busy.
#[derive(Serialize)]
struct MachineSummary {
    cores: usize,
    busy_cores: f64,
    pool_busy_cores: f64,
    own_busy_cores: f64,
    others_busy_cores: f64,
    steal_cores: f64,
}

impl From<MachineLoad> for MachineSummary {
    fn from(load: MachineLoad) -> Self {
        Self {
            cores: load.cores,
            busy_cores: load.busy_cores(),
            pool_busy_cores: load.pool_busy_cores(),
            own_busy_cores: load.own_busy_cores(),
            others_busy_cores: load.others_busy_cores(),
            steal_cores: load.steal_cores(),
        }
    }
}

/// Shares of all workers' time, which add up to 1.
#[derive(Serialize)]
struct LedgerSummary {
    on_core: f64,
    ready: f64,
    blocked: f64,
    lock: f64,
    starting: f64,
    setting_up: f64,
    engine: f64,
    idle: f64,
}

impl From<Parts> for LedgerSummary {
    fn from(parts: Parts) -> Self {
        Self {
            on_core: parts.share(Part::OnCore),
            ready: parts.share(Part::Ready),
            blocked: parts.share(Part::Blocked),
            lock: parts.share(Part::Lock),
            starting: parts.share(Part::Starting),
            setting_up: parts.share(Part::SettingUp),
            engine: parts.share(Part::Engine),
            idle: parts.share(Part::Idle),
        }
    }
}

#[derive(Serialize)]
struct AuditSummary {
    processes: usize,
    zombies: usize,
    temp_files: usize,
}

#[derive(Serialize)]
struct WorkerSummary {
    worker: usize,
    pid: Option<u32>,
    items: u64,
    busy_s: f64,
    cpu_s: f64,
    peak_rss_bytes: u64,
}

impl WorkerSummary {
    fn new(place: usize, lane: &Lane) -> Self {
        Self {
            worker: place + 1,
            pid: lane.pid(),
            items: lane.items,
            busy_s: ns_to_s(lane.busy_ns),
            cpu_s: lane.cpu_s,
            peak_rss_bytes: lane.peak_rss_bytes(),
        }
    }
}

/// Prints why nothing was run as one JSON object: `{"error": "could not ..."}`.
pub fn print_refusal(error: &Error) -> Result<()> {
    streams::print(|out| writeln!(out, "{}", serde_json::json!({ "error": error.to_string() })))
}

/// Prints the run as one JSON object. `chunk` is the number of items in the last chunk given out.
pub fn print_json(log: &RunLog, ledger: &Ledger) -> Result<()> {
    let settings = log.plan.job.settings;
    let audit = log.audit.clone().unwrap_or_default();
    let error = match &log.state {
        RunState::Finished(Ending::Broken(reason)) => Some(reason.as_str()),
        _ => None,
    };
    let summary = Summary {
        error,
        items: log.counts.total,
        ok: log.counts.ok,
        failed: log.counts.failed,
        elapsed_s: ns_to_s(log.last_row_ns),
        startup_s: log.startup_ns.map_or(0.0, ns_to_s),
        mode: settings.mode.to_string(),
        workers: log.workers,
        hosts: log.shape().hosts(),
        chunk: log.chunk_items,
        messages: log.messages.from_workers(),
        hosts_lost: log.counts.hosts_lost,
        retries: log.counts.retries,
        timed_out: log.counts.timed_out,
        flaky: log.counts.flaky,
        resumed: log.counts.resumed,
        recycled: log.counts.recycled,
        not_run: log.counts.not_run,
        cores_busy: log.cores_busy(),
        items_cores_busy: log.items_cores_busy(),
        machine: log.machine.map(MachineSummary::from),
        ledger: ledger.total.into(),
        audit: AuditSummary {
            processes: audit.processes,
            zombies: audit.zombies,
            temp_files: audit.temp_files,
        },
        worker_stats: log
            .lanes
            .iter()
            .enumerate()
            .map(|(place, lane)| WorkerSummary::new(place, lane))
            .collect(),
    };
    streams::print(|mut out| {
        serde_json::to_writer(&mut out, &summary)?;
        out.write_all(b"\n")
    })
}
