//! One row an input: state, output, times, worker. Kept in blocks by input order, typed where outputs allow it.

use std::sync::Arc;

use crate::value::{Column, Value, ValueRef};

/// Rows in a block.
const BLOCK: usize = 4096;

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowState {
    /// Waiting or executing.
    #[default]
    Pending,
    Ok,
    /// The function said why it could not, panicked, or its host died of it: the row's error tells.
    Failed,
    /// It took longer than the timeout.
    TimedOut,
    /// It was executing when the run was stopped.
    Stopped,
    /// The run was stopped before its turn.
    NotRun,
}

impl RowState {
    /// The word shown in tables.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "waiting",
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Stopped => "stopped",
            Self::NotRun => "not run",
        }
    }

    /// Whether the row is final.
    pub fn is_final(self) -> bool {
        self != Self::Pending
    }
}

/// One row, borrowed from the record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// The place of the input, counted from 0.
    pub index: u64,
    pub input: ValueRef<'a>,
    /// What the function gave; only for [`RowState::Ok`].
    pub output: Option<ValueRef<'a>>,
    pub state: RowState,
    /// Why it failed; for every final state but [`RowState::Ok`].
    pub error: Option<&'a str>,
    /// The worker that ran it, counted from 1; 0 where none did.
    pub worker: usize,
    /// The process that ran it.
    pub pid: Option<u32>,
    /// How often it was given to a worker.
    pub attempts: u8,
    /// It failed first and succeeded when it was tried again.
    pub is_flaky: bool,
    pub start_ns: u64,
    pub duration_s: f32,
    /// CPU time of the lane's thread within the span.
    pub cpu_s: f32,
    /// The times are an equal share of a chunk that was timed as a whole.
    pub is_chunk_timed: bool,
}

/// Spans of the items of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Timing {
    /// One span an item: start, duration, CPU time in nanoseconds.
    Each { start_ns: Vec<u64>, duration_ns: Vec<u64>, cpu_ns: Vec<u64> },
    /// One span for all, where items are shorter than the clock is worth.
    Whole { start_ns: u64, duration_ns: u64, cpu_ns: u64 },
}

impl Timing {
    /// Start, duration and CPU time of item `place` of `count`, in nanoseconds.
    fn of(&self, place: usize, count: usize) -> (u64, u64, u64) {
        match self {
            Self::Each { start_ns, duration_ns, cpu_ns } => {
                (start_ns[place], duration_ns[place], cpu_ns[place])
            }
            Self::Whole { start_ns, duration_ns, cpu_ns } => {
                let share = |total: u64| total / count as u64;
                (start_ns + duration_ns * place as u64 / count as u64, share(*duration_ns), share(*cpu_ns))
            }
        }
    }

    /// Start and end of the batch and the time within items, in nanoseconds.
    pub fn extent(&self) -> (u64, u64, u64) {
        match self {
            Self::Each { start_ns, duration_ns, .. } => (
                start_ns.first().copied().unwrap_or_default(),
                start_ns.last().copied().unwrap_or_default()
                    + duration_ns.last().copied().unwrap_or_default(),
                duration_ns.iter().sum(),
            ),
            Self::Whole { start_ns, duration_ns, .. } => (*start_ns, start_ns + duration_ns, *duration_ns),
        }
    }

    /// CPU time of all items, in nanoseconds.
    pub fn cpu_ns(&self) -> u64 {
        match self {
            Self::Each { cpu_ns, .. } => cpu_ns.iter().sum(),
            Self::Whole { cpu_ns, .. } => *cpu_ns,
        }
    }
}

/// Finished neighbours: the items `first .. first + count`, all run one after the other by one lane.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    pub first: u64,
    pub count: usize,
    /// The outputs of the items that did not fail, in order.
    pub outputs: Column,
    /// Place within the batch and reason of each that failed, in order.
    pub failures: Vec<(u32, String)>,
    pub timing: Timing,
}

/// All rows of a run.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    blocks: Vec<Option<Arc<Block>>>,
    total: u64,
    /// Why pending rows will never run, once that is so.
    not_run: Option<Arc<str>>,
}

impl Rows {
    /// Rows for `total` inputs, none of them run yet; memory is taken as they finish.
    pub fn new(total: u64) -> Self {
        Self { blocks: vec![None; (total as usize).div_ceil(BLOCK)], total, not_run: None }
    }

    /// Whether the row of input `index` is final.
    pub fn is_final(&self, index: u64) -> bool {
        self.block(index).is_some_and(|(block, place)| block.states[place].is_final())
    }

    /// How the row of input `index` stands.
    pub fn state(&self, index: u64) -> RowState {
        self.block(index).map_or(RowState::Pending, |(block, place)| block.states[place])
    }

    /// Takes the end of a row back: its input is tried again.
    pub fn reopen(&mut self, index: u64) {
        if let Some((block, place)) = self.block_mut(index) {
            block.reopen(place);
        }
    }

    /// Notes that the item failed before it succeeded.
    pub fn mark_flaky(&mut self, index: u64) {
        if let Some((block, place)) = self.block_mut(index)
            && let Err(at) = block.flaky.binary_search(&(place as u16))
        {
            block.flaky.insert(at, place as u16);
        }
    }

    /// Records a batch that the worker (counted from 1) has finished. The rows must be pending.
    pub fn finish(&mut self, batch: &Batch, worker: usize, attempts: impl Fn(u64) -> u8) {
        let mut failures = batch.failures.iter().peekable();
        let mut taken = 0;
        let mut place = 0;
        while place < batch.count {
            let index = batch.first + place as u64;
            let Some((block, within)) = self.block_mut(index) else { return };
            let upto = batch.count.min(place + BLOCK - within);
            let first_taken = taken;
            let first_within = within;
            for (within, place) in (within..).zip(place..upto) {
                let (start_ns, duration_ns, cpu_ns) = batch.timing.of(place, batch.count);
                block.start_ns[within] = start_ns;
                block.duration_s[within] = (duration_ns as f64 / 1e9) as f32;
                block.cpu_s[within] = (cpu_ns as f64 / 1e9) as f32;
                block.workers[within] = worker as u16;
                block.chunk_timed[within] = matches!(batch.timing, Timing::Whole { .. });
                block.attempts[within] = attempts(batch.first + place as u64);
                match failures.next_if(|(failed, _)| *failed as usize == place) {
                    Some((_, reason)) => block.fail(within, RowState::Failed, reason.as_str().into()),
                    None => {
                        block.states[within] = RowState::Ok;
                        taken += 1;
                    }
                }
            }
            let ok_rows = (first_within..first_within + upto - place)
                .filter(|within| block.states[*within] == RowState::Ok);
            let ok_rows: Vec<usize> = ok_rows.collect();
            block.outputs.set(&ok_rows, &batch.outputs, first_taken);
            place = upto;
        }
    }

    /// Records that the item ended without an output.
    pub fn fail(&mut self, index: u64, state: RowState, reason: Arc<str>, span: FailedSpan) {
        let Some((block, within)) = self.block_mut(index) else { return };
        block.start_ns[within] = span.start_ns;
        block.duration_s[within] = (span.duration_ns as f64 / 1e9) as f32;
        block.workers[within] = span.worker as u16;
        block.attempts[within] = span.attempts;
        block.fail(within, state, reason);
    }

    /// Ends all rows that are still pending: the run is over.
    pub fn close(&mut self, reason: Arc<str>) {
        self.not_run = Some(reason);
    }

    /// The row of input `index`; the caller knows its input and its worker's process.
    pub(super) fn row<'a>(&'a self, index: u64, input: ValueRef<'a>) -> Row<'a> {
        let mut row = Row {
            index,
            input,
            output: None,
            state: RowState::Pending,
            error: None,
            worker: 0,
            pid: None,
            attempts: 0,
            is_flaky: false,
            start_ns: 0,
            duration_s: 0.0,
            cpu_s: 0.0,
            is_chunk_timed: false,
        };
        if let Some((block, place)) = self.block(index) {
            block.fill(place, &mut row);
        }
        if let (RowState::Pending, Some(reason)) = (row.state, &self.not_run) {
            row.state = RowState::NotRun;
            row.error = Some(reason);
        }
        row
    }

    fn block(&self, index: u64) -> Option<(&Block, usize)> {
        let block = self.blocks.get(index as usize / BLOCK)?.as_deref()?;
        Some((block, index as usize % BLOCK))
    }

    fn block_mut(&mut self, index: u64) -> Option<(&mut Block, usize)> {
        let number = index as usize / BLOCK;
        let rows = (self.total as usize).saturating_sub(number * BLOCK).min(BLOCK);
        let block = self.blocks.get_mut(number)?.get_or_insert_with(|| Arc::new(Block::new(rows)));
        Some((Arc::make_mut(block), index as usize % BLOCK))
    }
}

/// Where and when an item ended that has no output.
#[derive(Debug, Clone, Copy, Default)]
pub struct FailedSpan {
    /// Counted from 1.
    pub worker: usize,
    pub attempts: u8,
    pub start_ns: u64,
    pub duration_ns: u64,
}

#[derive(Debug, Clone)]
struct Block {
    states: Vec<RowState>,
    attempts: Vec<u8>,
    chunk_timed: Vec<bool>,
    workers: Vec<u16>,
    start_ns: Vec<u64>,
    duration_s: Vec<f32>,
    cpu_s: Vec<f32>,
    outputs: Cells,
    /// By place; few, so a sorted list does.
    errors: Vec<(u16, Arc<str>)>,
    /// The places of late successes, in order; few.
    flaky: Vec<u16>,
}

impl Block {
    fn new(rows: usize) -> Self {
        Self {
            states: vec![RowState::Pending; rows],
            attempts: vec![0; rows],
            chunk_timed: vec![false; rows],
            workers: vec![0; rows],
            start_ns: vec![0; rows],
            duration_s: vec![0.0; rows],
            cpu_s: vec![0.0; rows],
            outputs: Cells::Unset(rows),
            errors: Vec::new(),
            flaky: Vec::new(),
        }
    }

    fn fail(&mut self, place: usize, state: RowState, reason: Arc<str>) {
        self.states[place] = state;
        match self.errors.binary_search_by_key(&(place as u16), |(place, _)| *place) {
            Ok(at) => self.errors[at].1 = reason,
            Err(at) => self.errors.insert(at, (place as u16, reason)),
        }
    }

    fn reopen(&mut self, place: usize) {
        self.states[place] = RowState::Pending;
        self.workers[place] = 0;
        self.start_ns[place] = 0;
        self.duration_s[place] = 0.0;
        self.cpu_s[place] = 0.0;
        if let Ok(at) = self.errors.binary_search_by_key(&(place as u16), |(place, _)| *place) {
            self.errors.remove(at);
        }
    }

    fn fill<'a>(&'a self, place: usize, row: &mut Row<'a>) {
        row.state = self.states[place];
        row.attempts = self.attempts[place];
        row.is_chunk_timed = self.chunk_timed[place];
        row.worker = usize::from(self.workers[place]);
        row.start_ns = self.start_ns[place];
        row.duration_s = self.duration_s[place];
        row.cpu_s = self.cpu_s[place];
        if row.state == RowState::Ok {
            row.output = Some(self.outputs.get(place));
        }
        row.is_flaky = self.flaky.binary_search(&(place as u16)).is_ok();
        let error = self.errors.binary_search_by_key(&(place as u16), |(place, _)| *place);
        row.error = error.ok().map(|at| &*self.errors[at].1);
    }
}

/// Outputs by place: typed as long as all are of one type of fixed width.
#[derive(Debug, Clone)]
enum Cells {
    /// Nothing but `None` so far, in this many places.
    Unset(usize),
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Any(Vec<Value>),
}

impl Cells {
    /// Puts the cells of `outputs` from `first` on into `places`.
    fn set(&mut self, places: &[usize], outputs: &Column, first: usize) {
        if let (Self::Unset(rows), false) = (&*self, places.is_empty()) {
            *self = match outputs {
                Column::None(_) => return,
                Column::Bool(_) => Self::Bool(vec![false; *rows]),
                Column::Int(_) => Self::Int(vec![0; *rows]),
                Column::Float(_) => Self::Float(vec![0.0; *rows]),
                Column::Text(_) | Column::Bytes(_) | Column::Json(_) | Column::Mixed(_) => {
                    Self::Any(vec![Value::None; *rows])
                }
            };
        }
        match (&mut *self, outputs) {
            (Self::Bool(cells), Column::Bool(new)) => scatter(cells, places, &new[first..]),
            (Self::Int(cells), Column::Int(new)) => scatter(cells, places, &new[first..]),
            (Self::Float(cells), Column::Float(new)) => scatter(cells, places, &new[first..]),
            (cells, _) => cells.set_any(places, outputs, first),
        }
    }

    fn set_any(&mut self, places: &[usize], outputs: &Column, first: usize) {
        if !matches!(self, Self::Any(_)) {
            *self = Self::Any((0..self.len()).map(|place| self.get(place).to_value()).collect());
        }
        if let Self::Any(cells) = self {
            for (nth, place) in places.iter().enumerate() {
                cells[*place] = outputs.get(first + nth).map_or(Value::None, ValueRef::to_value);
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Unset(rows) => *rows,
            Self::Bool(cells) => cells.len(),
            Self::Int(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
            Self::Any(cells) => cells.len(),
        }
    }

    fn get(&self, place: usize) -> ValueRef<'_> {
        match self {
            Self::Unset(_) => ValueRef::None,
            Self::Bool(cells) => ValueRef::Bool(cells[place]),
            Self::Int(cells) => ValueRef::Int(cells[place]),
            Self::Float(cells) => ValueRef::Float(cells[place]),
            Self::Any(cells) => cells[place].as_ref(),
        }
    }
}

fn scatter<T: Copy>(cells: &mut [T], places: &[usize], new: &[T]) {
    for (place, cell) in places.iter().zip(new) {
        cells[*place] = *cell;
    }
}
