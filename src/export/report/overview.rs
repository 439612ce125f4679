//! The head of a report: what ran, what it showed, and the figures.

use std::io::{self, Write};

use super::super::utc;
use super::html::{Escaped, cell};
use crate::analysis::{Disturbance, Finding, Ledger, Part, RunFigures};
use crate::pool::{RunLog, RunState};
use crate::value::{amount, grouped};

/// Letters of names in titles.
const TITLE_LETTERS: usize = 120;
/// Narrower parts of the bar have no number in them, as a share.
const NUMBERED_SHARE: f64 = 0.05;

pub(super) fn write_head(log: &RunLog, figures: &RunFigures, out: &mut dyn Write) -> io::Result<()> {
    let job = &log.plan.job;
    let ending = match &log.state {
        RunState::Finished(ending) => ending.to_string(),
        _ => "not over".to_owned(),
    };
    writeln!(
        out,
        "<header>\n<h1>{}</h1>\n<p class=\"sub\"><bdi>{}</bdi> · {} · {} · <time>{} UTC</time></p>\n</header>",
        cell(job.function.name(), TITLE_LETTERS),
        cell(&job.inputs_name, TITLE_LETTERS),
        figures.pool,
        Escaped(&ending),
        utc::text(figures.started)
    )
}

/// The one sentence, and where the time of the workers went as a bar.
pub(super) fn write_finding(
    log: &RunLog,
    finding: Option<&Finding>,
    ledger: &Ledger,
    figures: &RunFigures,
    out: &mut dyn Write,
) -> io::Result<()> {
    let sentence =
        finding.map_or_else(|| "No part of the workers' time stands out.".to_owned(), Finding::to_string);
    let workers = amount::counted(ledger.workers.len() as u64, "worker", "workers");
    writeln!(
        out,
        "<section class=\"card\">\n<p class=\"finding\">{}</p>\n<h2>Where the time of the workers went <span class=\"weak\">\
         {workers} × {}</span></h2>\n<div class=\"bar\">",
        Escaped(&sentence),
        amount::duration(figures.elapsed_s)
    )?;
    let parts = Part::ALL.into_iter().filter(|part| ledger.total[*part] > 0);
    for part in parts.clone() {
        let share = ledger.total.share(part);
        let number = if share >= NUMBERED_SHARE { percent(share) } else { String::new() };
        writeln!(out, "<span class=\"p-{}\" style=\"flex:{share:.5}\">{number}</span>", class(part))?;
    }
    out.write_all(b"</div>\n<ul class=\"legend\">\n")?;
    for part in parts {
        let (share, label) = (percent(ledger.total.share(part)), part.label());
        writeln!(out, "<li><i class=\"p-{}\"></i>{label} <b>{share}</b></li>", class(part))?;
    }
    out.write_all(b"</ul>\n")?;
    if !ledger.is_ready_measured && ledger.total[Part::Blocked] > 0 {
        out.write_all(
            b"<p class=\"note\">How long items were ready without a core could not be measured here: it is a part of waiting.</p>\n",
        )?;
    }
    if let Some(others) = log.machine.as_ref().and_then(Disturbance::that_spoiled) {
        writeln!(out, "<p class=\"note\">{}</p>", Escaped(&others.to_string()))?;
    }
    out.write_all(b"</section>\n")
}

pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 1.0 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

/// The name of a part in the style sheet.
fn class(part: Part) -> &'static str {
    match part {
        Part::OnCore => "core",
        Part::Ready => "ready",
        Part::Blocked => "blocked",
        Part::Lock => "lock",
        Part::Starting => "starting",
        Part::SettingUp => "setup",
        Part::Engine => "engine",
        Part::Idle => "idle",
    }
}

pub(super) fn write_figures(log: &RunLog, figures: &RunFigures, out: &mut dyn Write) -> io::Result<()> {
    let known = |figure: Option<String>| figure.unwrap_or_else(|| "–".to_owned());
    let failed_class = if figures.failed > 0 { "bad" } else { "" };
    let all = [
        ("items", grouped(figures.items), ""),
        ("ok", grouped(figures.ok), if figures.ok > 0 { "ok" } else { "" }),
        ("failed", grouped(figures.failed), failed_class),
        ("took", amount::duration(figures.elapsed_s), ""),
        ("first worker ready", known(figures.startup_s.map(amount::duration)), ""),
        ("rate", known(figures.items_per_s.map(amount::rate)), ""),
        ("cores busy", format!("{:.2}", figures.cores_busy), ""),
        ("most memory of a process", known(figures.peak_memory_bytes.map(amount::bytes)), ""),
        ("CPU time", amount::duration(figures.cpu_s), ""),
    ];
    out.write_all(b"<section class=\"figures\">\n")?;
    for (name, figure, class) in all {
        writeln!(out, "<div class=\"card\"><span>{name}</span><b class=\"{class}\">{figure}</b></div>")?;
    }
    let counts = log.counts;
    let rarer = [
        (counts.not_run, "not run"),
        (counts.timed_out, "timed out"),
        (counts.flaky, "ok after a retry"),
        (counts.resumed, "kept from an earlier run"),
        (counts.retries, "tried again"),
        (counts.recycled, "workers recycled"),
        (counts.hosts_lost, "processes lost"),
    ];
    for (count, name) in rarer.into_iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "<div class=\"card\"><span>{name}</span><b>{}</b></div>", grouped(count))?;
    }
    out.write_all(b"</section>\n")
}
