//! Prints a run while it goes on: results to standard output, messages to standard error.

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
    results: Option<Results>,
    /// Whether the pool's own lines are printed too.
    prints_pool: bool,
    next_message: u64,
    /// Goes on with what is printed.
    progress: Arc<AtomicU64>,
    /// All rows before this one were final when they were looked at last.
    seen: u64,
}

/// Which results are printed already.
enum Results {
    /// All before this row.
    InOrder {
        next_row: u64,
    },
    AsFinished(NewRows),
}

impl Live {
    /// Nothing printed yet. Results are printed in this order, if at all.
    pub fn new(results: Option<Order>, prints_pool: bool) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let (out_style, err_style) = (Style::of(&out), Style::of(&err));
        let progress = Arc::new(AtomicU64::new(0));
        let out = WaitingWriter::counting(out, Arc::clone(&progress));
        let out = BufWriter::with_capacity(OUT_BYTES, out);
        let err = BufWriter::new(WaitingWriter::counting(err, Arc::clone(&progress)));
        let results = results.map(|order| match order {
            Order::Inputs => Results::InOrder { next_row: 0 },
            Order::Finished => Results::AsFinished(NewRows::default()),
        });
        Self { out, out_style, err, err_style, results, prints_pool, next_message: 0, progress, seen: 0 }
    }

    /// Counts what is printed, from whatever thread that is asked.
    pub fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.progress)
    }

    /// Prints what is new. An error means that results cannot be printed any more.
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
            let lines = if missed == 1 { "line" } else { "lines" };
            writeln!(self.err, "[pool] {missed} {lines} came too fast to be printed")?;
        }
        for message in log.messages.iter_from(self.next_message) {
            write_message(&mut self.err, self.err_style, message, self.prints_pool)?;
        }
        self.next_message = log.messages.len();
        self.err.flush()
    }

    fn rows(&mut self, log: &RunLog) -> io::Result<()> {
        match self.results.take() {
            // All rows that are final and have no unfinished one before them.
            Some(Results::InOrder { mut next_row }) => {
                loop {
                    let printed = match log.ok_run(next_row) {
                        Some(run) => {
                            self.ok_run(&run)?;
                            run.count() as u64
                        }
                        None => match log.row(next_row).filter(|row| row.state.is_final()) {
                            Some(row) => {
                                self.row(&row)?;
                                1
                            }
                            None => break,
                        },
                    };
                    next_row += printed;
                }
                self.results = Some(Results::InOrder { next_row });
            }
            Some(Results::AsFinished(mut new_rows)) => {
                for row in new_rows.take(log).into_iter().filter_map(|index| log.row(index)) {
                    self.row(&row)?;
                }
                self.results = Some(Results::AsFinished(new_rows));
            }
            None => return Ok(()),
        }
        // See `print`.
        let _ = self.err.flush();
        self.out.flush()
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

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        match row.output {
            Some(output) => self.output(output)?,
            None => writeln!(self.out)?,
        }
        if row.state.is_failure() {
            let (state, error) = (row.state.label(), row.error().unwrap_or_default());
            let error = self.err_style.message(&error);
            // See `print`.
            let _ = writeln!(self.err, "[worker {}] item {} {state}: {error}", row.worker, row.index);
        }
        Ok(())
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
