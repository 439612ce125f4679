//! Prints a run while it goes on: results to standard output, messages to standard error.

use std::io::{self, BufWriter, Stderr, Stdout, Write};

use crate::function::Stream;
use crate::pool::{Message, Order, Row, RowState, RunLog, RunSnapshot, Source, Unseen};

/// How far a run has been printed.
pub struct Live {
    out: BufWriter<Stdout>,
    err: BufWriter<Stderr>,
    results: Option<Results>,
    /// Whether the pool's own lines are printed too.
    prints_pool: bool,
    next_message: u64,
    /// All rows before this one were final when they were looked at last.
    seen: u64,
}

/// Which results are printed already.
enum Results {
    /// All before this row.
    InOrder {
        next_row: u64,
    },
    AsFinished(Unseen),
}

impl Live {
    /// Nothing printed yet. Results are printed in this order, if at all.
    pub fn new(results: Option<Order>, prints_pool: bool) -> Self {
        let (out, err) = (BufWriter::new(io::stdout()), BufWriter::new(io::stderr()));
        let results = results.map(|order| match order {
            Order::Inputs => Results::InOrder { next_row: 0 },
            Order::Finished => Results::AsFinished(Unseen::default()),
        });
        Self { out, err, results, prints_pool, next_message: 0, seen: 0 }
    }

    /// Prints what is new. An error means that nobody reads the results any more.
    pub fn print(&mut self, snapshot: &RunSnapshot) -> io::Result<()> {
        // Messages are a courtesy: results go on without a reader for them.
        let _ = self.messages(&snapshot.log);
        self.rows(&snapshot.log)
    }

    /// The rows before this one are final and printed, and need not be kept.
    pub fn seen(&mut self, log: &RunLog) -> u64 {
        while log.row(self.seen).is_some_and(|row| row.state.is_final()) {
            self.seen += 1;
        }
        self.seen
    }

    fn messages(&mut self, log: &RunLog) -> io::Result<()> {
        let missed = log.messages.dropped().saturating_sub(self.next_message);
        if missed > 0 {
            writeln!(self.err, "[pool] {missed} lines came too fast to be printed")?;
        }
        for message in log.messages.iter_from(self.next_message) {
            write_message(&mut self.err, message, self.prints_pool)?;
        }
        self.next_message = log.messages.len();
        self.err.flush()
    }

    fn rows(&mut self, log: &RunLog) -> io::Result<()> {
        let Self { out, err, results: Some(results), .. } = self else { return Ok(()) };
        match results {
            // All rows that are final and have no unfinished one before them.
            Results::InOrder { next_row } => {
                while let Some(row) = log.row(*next_row).filter(|row| row.state.is_final()) {
                    write_row(out, err, &row)?;
                    *next_row += 1;
                }
            }
            Results::AsFinished(unseen) => {
                for row in unseen.take(log).into_iter().filter_map(|index| log.row(index)) {
                    write_row(out, err, &row)?;
                }
            }
        }
        // See `print`.
        let _ = err.flush();
        out.flush()
    }
}

fn write_row(out: &mut impl Write, err: &mut impl Write, row: &Row<'_>) -> io::Result<()> {
    match row.output {
        // A line is a row: what would break it is written as an escape.
        Some(output) => writeln!(out, "{}", output.to_string().replace('\n', "\\n"))?,
        None => writeln!(out)?,
    }
    if matches!(row.state, RowState::Failed | RowState::TimedOut) {
        let (state, error) = (row.state.label(), row.error.unwrap_or("no reason given"));
        // See `Live::print`.
        let _ = writeln!(err, "[worker {}] input {} {state}: {error}", row.worker, row.index);
    }
    Ok(())
}

fn write_message(err: &mut impl Write, message: &Message, prints_pool: bool) -> io::Result<()> {
    let text = &message.text;
    match message.source {
        Source::Pool if !prints_pool => Ok(()),
        Source::Pool | Source::Trouble => writeln!(err, "[pool] {text}"),
        Source::Worker { worker: 0, pid, .. } => writeln!(err, "[pid {pid}] {text}"),
        Source::Worker { worker, pid, stream: Stream::Stdout } => {
            writeln!(err, "[worker {worker} pid {pid}] {text}")
        }
        Source::Worker { worker, pid, stream: Stream::Stderr } => {
            writeln!(err, "[worker {worker} pid {pid} stderr] {text}")
        }
    }
}
