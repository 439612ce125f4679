//! A finished run as one page of HTML: what it was, what it showed, and what a reader needs to judge both. It needs no
//! network and no script, follows the reader's choice of light or dark, prints, and stays below 2 MB however long the run was.

mod handout;
mod html;
mod lane_shapes;
mod notes;
mod overview;
mod plot;
mod results;
mod setup;
mod timeline;
mod workers;

use std::io::{self, Write};

pub use self::handout::{Handout, write_handout};
use self::html::Escaped;
use crate::analysis::{Finding, Ledger, RunFigures};
use crate::monitor::Machine;
use crate::pool::RunLog;

const STYLE: &str = include_str!("../../../assets/report/report.css");

/// Writes the report of a run that is over. `ledger` is that of all its time, `machine` the one that it ran on.
///
/// The error is that of the writer.
pub fn write_report(log: &RunLog, ledger: &Ledger, machine: &Machine, out: &mut dyn Write) -> io::Result<()> {
    let figures = RunFigures::of(log.plan.job.function.name(), log, ledger);
    let finding = Finding::of(log, ledger, machine.usable_cores);
    let title = format!("{} over {}", log.plan.job.function.name(), log.plan.job.inputs_name);
    write_start(&title, out)?;
    overview::write_head(log, &figures, out)?;
    overview::write_finding(log, finding.as_ref(), ledger, &figures, out)?;
    notes::write_notes(log, "Notes", out)?;
    overview::write_figures(log, &figures, out)?;
    timeline::write_timeline(log, "Timeline", 0, out)?;
    workers::write_workers(log, ledger, out)?;
    workers::write_deaths(log, out)?;
    results::write_failures(log, out)?;
    results::write_rows(log, out)?;
    setup::write_setup(log, log.plan.job.settings.shape().to_string(), machine, out)?;
    write_end(out)
}

/// What stands before all that a page tells.
fn write_start(title: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"Poolscope {}\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
        env!("CARGO_PKG_VERSION"),
        Escaped(title)
    )
}

fn write_end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"</main>\n</body>\n</html>\n")
}

#[cfg(test)]
mod tests;
