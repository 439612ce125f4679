//! What a comparison found, for people and for programs.

use serde::Serialize;

use crate::analysis::{Basis, Comparison, Differences, Finding, Ledger, Round, Timed};
use crate::cli::streams::{print, say};
use crate::error::{Error, Result};
use crate::pool::{MachineLoad, RunLog};
use crate::value::{grouped, shortened};

/// The longest output that is told of as it is, in characters.
const LONGEST: usize = 40;

/// All that is told.
pub(super) struct Report {
    found: Comparison,
    items: u64,
    rounds: usize,
    set_aside: usize,
    sides: [Side; 2],
    differences: Differences,
    /// Index of the first row that differs, and what each gave.
    first_difference: Option<(u64, [String; 2])>,
}

/// One of the two.
struct Side {
    name: String,
    summary: SideSummary,
}

#[derive(Serialize)]
struct SideSummary {
    mode: String,
    workers: usize,
    time_s: f64,
    failed: u64,
    cores_busy: f64,
    others_busy_cores: Option<f64>,
    finding: Option<String>,
}

#[derive(Serialize)]
struct Summary<'a> {
    ratio: f64,
    low: f64,
    high: f64,
    verdict: &'a str,
    rounds: usize,
    set_aside: usize,
    items: u64,
    differing_results: u64,
    a: &'a SideSummary,
    b: &'a SideSummary,
}

impl Report {
    /// Of two by these names, what was found of them, in which rounds, the records of their last runs, and how many cores
    /// there were for each.
    pub(super) fn new(
        names: [String; 2],
        found: Comparison,
        rounds: &[Round],
        last: &[RunLog; 2],
        cores: [usize; 2],
    ) -> Self {
        let [a, b] = last;
        let runs_of_a: Vec<Timed> = rounds.iter().map(|round| round.a).collect();
        let runs_of_b: Vec<Timed> = rounds.iter().map(|round| round.b).collect();
        let [name_of_a, name_of_b] = names;
        let (rounds, set_aside) = match found.basis {
            Basis::Rounds { used, set_aside } => (used, set_aside),
            Basis::OnceEach => (1, 0),
        };
        let differences = Differences::between(a, b);
        Self {
            found,
            items: a.counts.total,
            rounds,
            set_aside,
            sides: [
                Side { name: name_of_a, summary: SideSummary::new(a, found.a_s, &runs_of_a, cores[0]) },
                Side { name: name_of_b, summary: SideSummary::new(b, found.b_s, &runs_of_b, cores[1]) },
            ],
            differences,
            first_difference: first_difference(differences, last),
        }
    }

    /// The sentence to standard output, as it is the result; all else to standard error.
    pub(super) fn print(&self) -> Result<()> {
        let [a, b] = &self.sides;
        let sentence = self.found.sentence(&a.name, &b.name);
        print(|out| writeln!(out, "{sentence}"))?;
        for Side { name, summary } in &self.sides {
            summary.finding.iter().for_each(|finding| say(&format!("With {name}: {finding}")));
        }
        if a.summary.failed + b.summary.failed > 0 {
            let [of_a, of_b] = [a, b].map(|side| grouped(side.summary.failed));
            let items = grouped(self.items);
            say(&format!(
                "Of {items} items {of_a} failed with {}, {of_b} with {}: they are in the times.",
                a.name, b.name
            ));
        }
        if let Some((index, [of_a, of_b])) = &self.first_difference {
            say(&format!(
                "The results of {} of {} items differ: item {index} gave {of_a} with {} and {of_b} with {}.",
                grouped(self.differences.count),
                grouped(self.items),
                a.name,
                b.name
            ));
        }
        Ok(())
    }

    pub(super) fn print_json(&self) -> Result<()> {
        let Comparison { ratio, low, high, verdict, .. } = self.found;
        let [a, b] = &self.sides;
        let summary = Summary {
            ratio,
            low,
            high,
            verdict: verdict.word(),
            rounds: self.rounds,
            set_aside: self.set_aside,
            items: self.items,
            differing_results: self.differences.count,
            a: &a.summary,
            b: &b.summary,
        };
        let text = serde_json::to_string_pretty(&summary)
            .map_err(|error| Error::pool("print the comparison", error))?;
        print(|out| writeln!(out, "{text}"))
    }
}

impl SideSummary {
    fn new(log: &RunLog, time_s: f64, runs: &[Timed], cores: usize) -> Self {
        let ledger = Ledger::of(log, log.last_row_ns);
        let finding = Finding::of(log, &ledger, cores);
        let all: Option<MachineLoad> =
            runs.iter().filter_map(|run| run.machine).reduce(|sum, load| sum.and(&load));
        Self {
            mode: log.plan.job.settings.mode.to_string(),
            workers: log.plan.job.settings.workers,
            time_s,
            failed: log.counts.failed,
            cores_busy: log.cores_busy(),
            others_busy_cores: all.map(|load| load.others_busy_cores()),
            finding: finding.map(|finding| finding.to_string()),
        }
    }
}

/// What each gave for the first row that differs.
fn first_difference(found: Differences, logs: &[RunLog; 2]) -> Option<(u64, [String; 2])> {
    let index = found.first?;
    let gave = logs.each_ref().map(|log| match log.row(index).map(|row| (row.output, row.state)) {
        Some((Some(output), _)) => shortened(&output.to_string(), LONGEST).into_owned(),
        Some((None, state)) => state.label().to_owned(),
        None => "nothing".to_owned(),
    });
    Some((index, gave))
}
