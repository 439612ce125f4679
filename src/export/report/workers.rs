//! The workers of a run and the deaths of their processes, as tables.

use std::io::{self, Write};

use super::html::{Escaped, cell};
use super::overview::percent;
use super::timeline::lane_name;
use crate::analysis::{Ledger, Part};
use crate::pool::{Lane, RunLog, ns_to_s};
use crate::value::{amount, grouped};

/// Deaths that are listed.
const MOST_DEATHS: usize = 100;
/// Items of a death that are named.
const MOST_ITEMS: usize = 5;
const WORD_LETTERS: usize = 200;

pub(super) fn write_workers(log: &RunLog, ledger: &Ledger, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        b"<section class=\"card\">\n<h2>Workers</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>worker</th>\
          <th class=\"n\">pid</th><th class=\"n\">items</th><th class=\"n\">failed</th><th class=\"n\">in items</th>\
          <th class=\"n\">CPU time</th><th class=\"n\">on a core</th><th class=\"n\">waiting</th><th class=\"n\">idle</th>\
          <th class=\"n\">most memory</th><th class=\"n\">processes</th></tr></thead>\n<tbody>\n",
    )?;
    // The ledger has no line for the worker in which suspects run alone.
    let mut parts = ledger.workers.iter();
    for (place, lane) in log.lanes.iter().enumerate() {
        let parts = if lane.is_for_suspects { None } else { parts.next() };
        let share = |part: Part| parts.map_or_else(|| "–".to_owned(), |parts| percent(parts.share(part)));
        write_worker(place, lane, [Part::OnCore, Part::Blocked, Part::Idle].map(share), out)?;
    }
    out.write_all(b"</tbody></table></div>\n</section>\n")
}

fn write_worker(place: usize, lane: &Lane, shares: [String; 3], out: &mut dyn Write) -> io::Result<()> {
    let memory = Some(lane.peak_rss_bytes()).filter(|bytes| *bytes > 0).map(amount::bytes);
    let cells = [
        lane.pid().map_or_else(|| "–".to_owned(), |pid| pid.to_string()),
        grouped(lane.items),
        grouped(lane.failed),
        amount::duration_ns(lane.busy_ns),
        amount::duration(lane.cpu_s),
    ];
    let ends = [memory.unwrap_or_else(|| "–".to_owned()), grouped(lane.lives.len())];
    write!(out, "<tr><td><i class=\"w{} dot\"></i>{}</td>", place % 4 + 1, lane_name(place, lane))?;
    for cell in cells.iter().chain(&shares).chain(&ends) {
        write!(out, "<td class=\"n\">{cell}</td>")?;
    }
    out.write_all(b"</tr>\n")
}

/// Processes that died without being asked to; nothing where none did.
pub(super) fn write_deaths(log: &RunLog, out: &mut dyn Write) -> io::Result<()> {
    if log.deaths.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section class=\"card\">\n<h2>Deaths <span class=\"weak\">{}</span></h2>\n<div class=\"scroll\"><table>\n<thead><tr>\
         <th class=\"n\">at</th><th>worker</th><th class=\"n\">pid</th><th>ended by</th><th>most likely</th><th>executing</th>\
         <th class=\"n\">replaced after</th></tr></thead>\n<tbody>",
        grouped(log.deaths.len())
    )?;
    for death in log.deaths.iter().take(MOST_DEATHS) {
        let replaced = death
            .replaced_after
            .map_or_else(|| "–".to_owned(), |after| amount::duration(after.as_secs_f64()));
        writeln!(
            out,
            "<tr><td class=\"n\">{}</td><td>worker {}</td><td class=\"n\">{}</td><td class=\"bad\">{}</td><td>{}</td><td>{}</td>\
             <td class=\"n\">{replaced}</td></tr>",
            amount::duration(ns_to_s(death.at_ns)),
            death.worker,
            death.pid,
            cell(&death.end.to_string(), WORD_LETTERS),
            cell(&death.likely_cause(), WORD_LETTERS),
            Escaped(&indices(&death.executing)),
        )?;
    }
    out.write_all(b"</tbody></table></div>\n")?;
    let more = log.deaths.len().saturating_sub(MOST_DEATHS as u64);
    if more > 0 {
        writeln!(out, "<p class=\"note\">{} more are not shown.</p>", grouped(more))?;
    }
    out.write_all(b"</section>\n")
}

/// "3, 17, 18 and more".
fn indices(all: &[u64]) -> String {
    let named: Vec<String> = all.iter().take(MOST_ITEMS).map(|index| grouped(*index)).collect();
    let more = if all.len() > MOST_ITEMS { " and more" } else { "" };
    if named.is_empty() { "–".to_owned() } else { format!("{}{more}", named.join(", ")) }
}
