//! Prints a run while it goes on: results to standard output in input order, messages to standard error.

use std::io::{self, BufWriter, Stderr, Stdout, Write};

use crate::function::Stream;
use crate::pool::{Message, RowState, RunLog, RunSnapshot, Source};

/// How far a run has been printed.
pub struct Live {
    out: BufWriter<Stdout>,
    err: BufWriter<Stderr>,
    prints_results: bool,
    /// Whether the pool's own lines are printed too.
    prints_pool: bool,
    next_row: u64,
    next_message: u64,
}

impl Live {
    /// Nothing printed yet.
    pub fn new(prints_results: bool, prints_pool: bool) -> Self {
        let (out, err) = (BufWriter::new(io::stdout()), BufWriter::new(io::stderr()));
        Self { out, err, prints_results, prints_pool, next_row: 0, next_message: 0 }
    }

    /// Prints what is new. An error means that nobody reads the results any more.
    pub fn print(&mut self, snapshot: &RunSnapshot) -> io::Result<()> {
        // Messages are a courtesy: results go on without a reader for them.
        let _ = self.messages(&snapshot.log);
        if self.prints_results { self.results(&snapshot.log) } else { Ok(()) }
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

    /// All rows that are final and have no unfinished one before them.
    fn results(&mut self, log: &RunLog) -> io::Result<()> {
        while let Some(row) = log.row(self.next_row).filter(|row| row.state.is_final()) {
            match row.output {
                // A line is a row: what would break it is written as an escape.
                Some(output) => writeln!(self.out, "{}", output.to_string().replace('\n', "\\n"))?,
                None => writeln!(self.out)?,
            }
            if row.state == RowState::Failed {
                let error = row.error.unwrap_or("no reason given");
                // See `print`.
                let _ = writeln!(self.err, "[worker {}] input {} failed: {error}", row.worker, row.index);
            }
            self.next_row += 1;
        }
        let _ = self.err.flush();
        self.out.flush()
    }
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
