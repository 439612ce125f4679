//! A lesson as one page of HTML, to be handed out: the claim, what was asked and predicted, what the runs showed, and why.

use std::io::{self, Write};

use super::super::utc;
use super::html::{Escaped, Prose};
use super::{notes, plot, setup, timeline, write_end, write_start};
use crate::analysis::{FigureTable, Plot};
use crate::monitor::Machine;
use crate::pool::RunLog;
use crate::value::amount;

/// What a handout tells.
#[derive(Clone, Default)]
pub struct Handout {
    /// "Lesson 6 of 14 · the lock".
    pub heading: String,
    pub claim: String,
    pub question: String,
    /// The answers to choose from, each with how many chose it.
    pub choices: Vec<(String, u32)>,
    /// The place among them of that which was right.
    pub right: Option<usize>,
    /// "It holds here."
    pub verdict: String,
    pub why: String,
    pub otherwise: String,
    /// Each value with what it is.
    pub figures: Vec<(String, String)>,
    pub plot: Option<Plot>,
    pub tables: Vec<FigureTable>,
}

/// Writes the page of a lesson and its runs, each with its title. `machine` is the one that they were made on.
///
/// The error is that of the writer.
pub fn write_handout(
    handout: &Handout,
    runs: &[(&str, &RunLog)],
    machine: &Machine,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_start(&handout.claim, out)?;
    writeln!(out, "<header>\n<p>{}</p>\n<h1>{}</h1>", Escaped(&handout.heading), Prose(&handout.claim))?;
    writeln!(out, "<p>{}</p>", Prose(&handout.question))?;
    write_whose(runs, out)?;
    writeln!(out, "</header>")?;
    write_choices(handout, out)?;
    write_reveal(handout, out)?;
    if let Some(plot) = &handout.plot {
        plot::write_plot(plot, out)?;
    }
    handout.tables.iter().try_for_each(|table| write_table(table, out))?;
    // On one clock, so that a longer bar is a longer time.
    let upto_ns = runs.iter().map(|(_, log)| log.last_row_ns).max().unwrap_or_default();
    for (title, log) in runs {
        let took = amount::duration_ns(log.last_row_ns);
        timeline::write_timeline(log, &format!("{title} · {took}"), upto_ns, out)?;
        notes::write_notes(log, &format!("Notes on {title}"), out)?;
    }
    if let Some((_, log)) = runs.last() {
        setup::write_setup(log, workers_of(runs), machine, out)?;
    }
    write_end(out)
}

/// "2 processes, then 2 threads": the workers of all runs.
fn workers_of(runs: &[(&str, &RunLog)]) -> String {
    let mut shapes: Vec<String> =
        runs.iter().map(|(_, log)| log.plan.job.settings.shape().to_string()).collect();
    shapes.dedup();
    shapes.join(", then ")
}

/// Whose page it is, to be typed in a browser or written on paper, and when the first run began.
fn write_whose(runs: &[(&str, &RunLog)], out: &mut dyn Write) -> io::Result<()> {
    let started = runs.first().map(|(_, log)| utc::text(log.plan.started_wall));
    let started = started.map(|time| format!(" · run at <time>{time} UTC</time>")).unwrap_or_default();
    writeln!(
        out,
        "<p class=\"sub\">Name: <span class=\"blank\" contenteditable=\"true\" role=\"textbox\" aria-label=\"Name\"></span>{started}</p>"
    )
}

fn write_choices(handout: &Handout, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<section class=\"card\">\n<h2>Predicted</h2>\n<ol>\n")?;
    for (place, (choice, votes)) in handout.choices.iter().enumerate() {
        let words = match votes {
            0 => String::new(),
            1 => ", 1 vote".to_owned(),
            votes => format!(", {votes} votes"),
        };
        let is_right = handout.right == Some(place);
        let (before, after) = if is_right { ("<strong>", "</strong>: right") } else { ("", "") };
        writeln!(out, "<li>{before}{}{after}{words}</li>", Prose(choice))?;
    }
    out.write_all(b"</ol>\n</section>\n")
}

fn write_reveal(handout: &Handout, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section class=\"card\">\n<h2>{}</h2>\n<table>", Prose(&handout.verdict))?;
    for (value, meaning) in &handout.figures {
        writeln!(out, "<tr><td><strong>{}</strong></td><td>{}</td></tr>", Escaped(value), Prose(meaning))?;
    }
    writeln!(
        out,
        "</table>\n<p>{}</p>\n<p>{}</p>\n</section>",
        Prose(&handout.why),
        Prose(&handout.otherwise)
    )
}

fn write_table(table: &FigureTable, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section class=\"card\">\n<h2>{}</h2>\n<table>\n<tr>", Escaped(&table.title))?;
    table.columns.iter().try_for_each(|column| write!(out, "<th>{}</th>", Escaped(column)))?;
    writeln!(out, "</tr>")?;
    for row in &table.rows {
        write!(out, "<tr>")?;
        row.iter().try_for_each(|cell| write!(out, "<td>{}</td>", Escaped(cell)))?;
        writeln!(out, "</tr>")?;
    }
    out.write_all(b"</table>\n</section>\n")
}
