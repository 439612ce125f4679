//! Prints a run while it goes on: results to standard output; messages, and why items failed, to standard error.

use std::io::{self, BufWriter, Stderr, Stdout, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::streams::{Style, WaitingWriter};
use crate::function::OutputStream;
use crate::pool::{Message, MessageSource, NewRows, OkRun, Order, Row, RunLog, RunSnapshot};
use crate::value::ValueRef;

/// So much is handed to the stream at a time.
const OUT_BYTES: usize = 64 << 10;

/// How far a run has been printed.
pub struct Live {
    out: BufWriter<WaitingWriter<Stdout>>,
    out_style: Style,
    err: BufWriter<WaitingWriter<Stderr>>,
    err_style: Style,
    printed: Printed,
    /// Whether results are printed, and have a reader still.
    prints_results: bool,
    /// Why they have none any more.
    unprinted: Option<io::Error>,
    /// Whether the pool's own lines are printed too.
    prints_pool: bool,
    next_message: u64,
    /// Goes on with what is printed.
    progress: Arc<AtomicU64>,
    /// All rows before this one were final when they were looked at last.
    seen: u64,
}

/// Which rows are printed already.
enum Printed {
    /// All before this row.
    InOrder {
        next_row: u64,
    },
    AsFinished(NewRows),
}

impl Live {
    /// Nothing printed yet. Results are printed in this order, if at all.
    pub fn new(results: Option<Order>, prints_pool: bool) -> Self {
        let prints_results = results.is_some();
        let (out, err) = (io::stdout(), io::stderr());
        let (out_style, err_style) = (Style::of(&out), Style::of(&err));
        let progress = Arc::new(AtomicU64::new(0));
        let out = WaitingWriter::counting(out, Arc::clone(&progress));
        let out = BufWriter::with_capacity(OUT_BYTES, out);
        let err = BufWriter::new(WaitingWriter::counting(err, Arc::clone(&progress)));
        let printed = match results {
            None | Some(Order::Inputs) => Printed::InOrder { next_row: 0 },
            Some(Order::Finished) => Printed::AsFinished(NewRows::default()),
        };
        let (unprinted, next_message, seen) = (None, 0, 0);
        Self {
            out,
            out_style,
            err,
            err_style,
            printed,
            prints_results,
            unprinted,
            prints_pool,
            next_message,
            progress,
            seen,
        }
    }

    /// Counts what is printed, from whatever thread that is asked.
    pub fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.progress)
    }

    /// Prints what is new. The error says that results cannot be printed any more, and comes once: all else still is.
    pub fn print(&mut self, snapshot: &RunSnapshot) -> io::Result<()> {
        // Messages are a courtesy: results go on without a reader for them.
        let _ = self.messages(&snapshot.log);
        self.rows(&snapshot.log);
        self.unprinted.take().map_or(Ok(()), Err)
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
            let lines = if missed == 1 { "line" } else { "lines" };
            writeln!(self.err, "[pool] {missed} {lines} came too fast to be printed")?;
        }
        for message in log.messages.iter_from(self.next_message) {
            write_message(&mut self.err, self.err_style, message, self.prints_pool)?;
        }
        self.next_message = log.messages.len();
        self.err.flush()
    }

    fn rows(&mut self, log: &RunLog) {
        match &mut self.printed {
            // All rows that are final and have no unfinished one before them.
            Printed::InOrder { next_row } => {
                let mut next = *next_row;
                while let Some(printed) = self.next_rows(log, next) {
                    next += printed;
                }
                self.printed = Printed::InOrder { next_row: next };
            }
            Printed::AsFinished(new_rows) => {
                let new_rows = new_rows.take(log);
                new_rows.into_iter().filter_map(|index| log.row(index)).for_each(|row| self.row(&row));
            }
        }
        // See `print`.
        let _ = self.err.flush();
        self.print_result(|live| live.out.flush());
    }

    /// Prints the rows from `next` on that go together, and says how many; nothing where the next one is not final.
    fn next_rows(&mut self, log: &RunLog, next: u64) -> Option<u64> {
        if let Some(run) = log.ok_run(next) {
            self.print_result(|live| live.ok_run(&run));
            return Some(run.count() as u64);
        }
        let row = log.row(next).filter(|row| row.state.is_final())?;
        self.row(&row);
        Some(1)
    }

    /// Writes to standard output, as long as somebody reads there.
    fn print_result(&mut self, write: impl FnOnce(&mut Self) -> io::Result<()>) {
        if self.prints_results
            && let Err(error) = write(self)
        {
            (self.prints_results, self.unprinted) = (false, Some(error));
        }
    }

    fn ok_run(&mut self, run: &OkRun<'_>) -> io::Result<()> {
        let Some(integers) = run.integers() else {
            return run.outputs().try_for_each(|output| self.output(output));
        };
        let mut digits = itoa::Buffer::new();
        for integer in integers {
            self.out.write_all(digits.format(*integer).as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn output(&mut self, output: ValueRef<'_>) -> io::Result<()> {
        match output {
            ValueRef::Text(text) => writeln!(self.out, "{}", self.out_style.text(text)),
            output => writeln!(self.out, "{}", self.out_style.value(&output.to_string())),
        }
    }

    fn row(&mut self, row: &Row<'_>) {
        if row.state.is_failure() {
            let (state, error) = (row.state.label(), row.error().unwrap_or_default());
            let error = self.err_style.message(&error);
            // See `print`.
            let _ = writeln!(self.err, "[worker {}] item {} {state}: {error}", row.worker, row.index);
        }
        self.print_result(|live| match row.output {
            Some(output) => live.output(output),
            None => writeln!(live.out),
        });
    }
}

fn write_message(err: &mut impl Write, style: Style, message: &Message, prints_pool: bool) -> io::Result<()> {
    let text = message.text();
    let text = style.message(&text);
    match message.source {
        MessageSource::Pool if !prints_pool => Ok(()),
        MessageSource::Pool | MessageSource::Trouble => writeln!(err, "[pool] {text}"),
        MessageSource::Worker { worker: 0, pid, .. } => writeln!(err, "[pid {pid}] {text}"),
        MessageSource::Worker { worker, pid, stream: OutputStream::Stdout } => {
            writeln!(err, "[worker {worker} pid {pid}] {text}")
        }
        MessageSource::Worker { worker, pid, stream: OutputStream::Stderr } => {
            writeln!(err, "[worker {worker} pid {pid} stderr] {text}")
        }
        MessageSource::Worker { worker, pid, stream: OutputStream::Stack } => {
            writeln!(err, "[worker {worker} pid {pid} where] {text}")
        }
    }
}
