//! What a comparison found, for people and for programs.

use serde::Serialize;

use crate::analysis::{Basis, Comparison, Finding, Ledger, Round, Timed};
use crate::cli::streams::{print, say};
use crate::error::{Error, Result};
use crate::monitor;
use crate::pool::{MachineLoad, RunLog};
use crate::value::{ValueRef, grouped, shortened};

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
    /// Of two by these names, what was found of them, in which rounds, and the records of their last runs.
    pub(super) fn new(names: [String; 2], found: Comparison, rounds: &[Round], last: &[RunLog; 2]) -> Self {
        let [a, b] = last;
        let runs_of_a: Vec<Timed> = rounds.iter().map(|round| round.a).collect();
        let runs_of_b: Vec<Timed> = rounds.iter().map(|round| round.b).collect();
        let [name_of_a, name_of_b] = names;
        let (rounds, set_aside) = match found.basis {
            Basis::Rounds { used, set_aside } => (used, set_aside),
            Basis::OnceEach => (1, 0),
        };
        Self {
            found,
            items: a.counts.total,
            rounds,
            set_aside,
            sides: [
                Side { name: name_of_a, summary: SideSummary::new(a, found.a_s, &runs_of_a) },
                Side { name: name_of_b, summary: SideSummary::new(b, found.b_s, &runs_of_b) },
            ],
            differences: Differences::between(a, b),
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
        self.differences.sentence(self.items, (&a.name, &b.name)).iter().for_each(|sentence| say(sentence));
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
    fn new(log: &RunLog, time_s: f64, runs: &[Timed]) -> Self {
        let ledger = Ledger::of(log, log.last_row_ns);
        let finding = Finding::of(log, &ledger, monitor::usable_cores());
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

/// Rows that are not the same in two runs over the same inputs.
#[derive(Default)]
struct Differences {
    count: u64,
    /// Index of the first, and what each gave.
    first: Option<(u64, [String; 2])>,
}

impl Differences {
    fn between(a: &RunLog, b: &RunLog) -> Self {
        let mut found = Self::default();
        for index in 0..a.counts.total.max(b.counts.total) {
            let rows = [a, b].map(|log| log.row(index));
            let [of_a, of_b] = &rows;
            let is_same = of_a.zip(*of_b).is_some_and(|(a, b)| a.state == b.state && a.output == b.output);
            if is_same {
                continue;
            }
            let gave = rows.map(|row| match row.map(|row| (row.output, row.state)) {
                Some((Some(output), _)) => shortened(&output.to_string(), LONGEST).into_owned(),
                Some((None, state)) => state.label().to_owned(),
                None => "nothing".to_owned(),
            });
            // What is no number is not equal to itself, and reads the same.
            if gave[0] == gave[1] && of_a.is_some_and(|row| row.output.is_some_and(is_no_number)) {
                continue;
            }
            found.count += 1;
            found.first.get_or_insert((index, gave));
        }
        found
    }

    fn sentence(&self, items: u64, (a, b): (&str, &str)) -> Option<String> {
        let (index, [of_a, of_b]) = self.first.as_ref()?;
        Some(format!(
            "The results of {} of {} items differ: input {index} gave {of_a} with {a} and {of_b} with {b}.",
            grouped(self.count),
            grouped(items)
        ))
    }
}

fn is_no_number(output: ValueRef<'_>) -> bool {
    matches!(output, ValueRef::Float(number) if number.is_nan())
}
