//! A block of neighbouring rows. Where whole runs of it were timed together and went well, it keeps one entry a
//! run; otherwise one entry a row.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::cells::OutputCells;
use super::row::{Batch, FailedSpan, Row, RowState};
use super::timing::{ItemSpan, Timing};

/// More runs than this take more memory than rows of their own would.
const MAX_RUNS: usize = 256;

/// A row of [`RowColumns`].
const ROW_BYTES: usize = 21;

/// Flags of a row.
pub(super) const IS_FLAKY: u8 = 1;
const IS_CHUNK_TIMED: u8 = 2;

/// The part of a batch that falls into one block.
#[derive(Debug, Clone)]
pub(super) struct BatchSlice<'a> {
    pub(super) batch: &'a Batch,
    /// Which of the batch's items.
    pub(super) places: Range<usize>,
    /// The first of its outputs that belongs here.
    pub(super) taken: usize,
}

/// Up to `BLOCK` neighbouring rows.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) rows: usize,
    pub(super) detail: Detail,
    pub(super) outputs: OutputCells,
    /// By place; few, so a sorted list does.
    pub(super) causes: Vec<(u16, Cause)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Detail {
    /// By their first row.
    TimedRuns(Vec<TimedRun>),
    Rows(Box<RowColumns>),
}

/// Neighbouring rows that went well at the first try and were timed together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct TimedRun {
    pub(super) first: u16,
    pub(super) count: u16,
    pub(super) worker: u16,
    pub(super) start_ns: u64,
    /// From the start of one item to that of the next.
    step_ns: f64,
    pub(super) duration_s: f32,
    cpu_s: f32,
}

/// A value a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RowColumns {
    pub(super) states: Vec<RowState>,
    pub(super) attempts: Vec<u8>,
    pub(super) flags: Vec<u8>,
    pub(super) workers: Vec<u16>,
    pub(super) start_ns: Vec<u64>,
    pub(super) duration_s: Vec<f32>,
    pub(super) cpu_s: Vec<f32>,
}

impl Block {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, detail: Detail::TimedRuns(Vec::new()), outputs: OutputCells::Unset, causes: Vec::new() }
    }

    pub(super) fn state(&self, place: usize) -> RowState {
        match &self.detail {
            Detail::TimedRuns(runs) => match find(runs, place) {
                Some(_) => RowState::Ok,
                None => RowState::Pending,
            },
            Detail::Rows(columns) => columns.states[place],
        }
    }

    /// The end of the rows from `place` on that are ok and known together; `place` itself where it is not ok.
    pub(super) fn ok_upto(&self, place: usize) -> usize {
        match &self.detail {
            Detail::TimedRuns(runs) => {
                find(runs, place).map_or(place, |run| usize::from(run.first) + usize::from(run.count))
            }
            Detail::Rows(columns) => {
                let states = &columns.states[place..];
                place + states.iter().position(|state| *state != RowState::Ok).unwrap_or(states.len())
            }
        }
    }

    /// Records a piece of a batch from row `within` on; gives the number of its outputs.
    pub(super) fn finish(
        &mut self,
        within: usize,
        piece: BatchSlice<'_>,
        worker: usize,
        again: &[(u64, u8)],
    ) -> usize {
        let Batch { first, count, failures, timing, outputs } = piece.batch;
        let indices = first + piece.places.start as u64..first + piece.places.end as u64;
        let from = again.partition_point(|(index, _)| *index < indices.start);
        let upto = again.partition_point(|(index, _)| *index < indices.end);
        let again = &again[from..upto];
        if let Timing::Whole { .. } = timing
            && failures.is_empty()
            && again.is_empty()
        {
            self.add_run(within, &piece, worker);
        } else {
            let columns = self.columns();
            columns.fill(within, timing.spans(piece.places.clone(), *count), worker);
            let flags = if matches!(timing, Timing::Whole { .. }) { IS_CHUNK_TIMED } else { 0 };
            columns.flags[within..within + piece.places.len()].fill(flags);
            for (index, attempts) in again {
                columns.attempts[within + (index - indices.start) as usize] = *attempts;
            }
        }
        let from = failures.partition_point(|(place, _)| (*place as usize) < piece.places.start);
        let upto = failures.partition_point(|(place, _)| (*place as usize) < piece.places.end);
        let mut failed_at = Vec::new();
        for (place, reason) in &failures[from..upto] {
            let place = within + *place as usize - piece.places.start;
            self.fail_at(place, Cause::Raised(reason.as_str().into()));
            failed_at.push(place);
        }
        let taken = piece.places.len() - failed_at.len();
        self.outputs.set(self.rows, within, &failed_at, outputs, piece.taken..piece.taken + taken);
        taken
    }

    fn add_run(&mut self, within: usize, piece: &BatchSlice<'_>, worker: usize) {
        let spans = |place| piece.batch.timing.spans(place..place + 1, piece.batch.count).next();
        let Some(ItemSpan { start_ns, duration_s, cpu_s }) = spans(piece.places.start) else { return };
        let step_ns = piece.batch.timing.extent().2 as f64 / piece.batch.count as f64;
        let run = TimedRun {
            first: within as u16,
            count: piece.places.len() as u16,
            worker: worker as u16,
            start_ns,
            step_ns,
            duration_s,
            cpu_s,
        };
        match &mut self.detail {
            Detail::TimedRuns(runs) if runs.len() < MAX_RUNS => {
                let at = runs.partition_point(|before| before.first < run.first);
                runs.insert(at, run);
            }
            _ => self.columns().put_run(&run),
        }
    }

    /// Records that the item of a row ended without an output.
    pub(super) fn fail(&mut self, place: usize, cause: Cause, span: FailedSpan) {
        let columns = self.columns();
        let duration_s = (span.duration_ns as f64 / 1e9) as f32;
        let item = ItemSpan { start_ns: span.start_ns, duration_s, cpu_s: 0.0 };
        columns.fill(place, std::iter::once(item), span.worker);
        columns.attempts[place] = span.attempts;
        self.fail_at(place, cause);
    }

    fn fail_at(&mut self, place: usize, cause: Cause) {
        self.columns().states[place] = cause.state();
        match self.causes.binary_search_by_key(&(place as u16), |(place, _)| *place) {
            Ok(at) => self.causes[at].1 = cause,
            Err(at) => self.causes.insert(at, (place as u16, cause)),
        }
    }

    /// Takes the end of a row back.
    pub(super) fn reopen(&mut self, place: usize) {
        self.columns().states[place] = RowState::Pending;
        self.causes.retain(|(failed, _)| usize::from(*failed) != place);
    }

    /// Notes that the item failed before it succeeded.
    pub(super) fn mark_flaky(&mut self, place: usize) {
        self.columns().flags[place] |= IS_FLAKY;
    }

    /// An entry a row from now on.
    fn columns(&mut self) -> &mut RowColumns {
        if let Detail::TimedRuns(runs) = &self.detail {
            let mut columns = Box::new(RowColumns::new(self.rows));
            runs.iter().for_each(|run| columns.put_run(run));
            self.detail = Detail::Rows(columns);
        }
        match &mut self.detail {
            Detail::Rows(columns) => columns,
            Detail::TimedRuns(_) => unreachable!("replaced above"),
        }
    }

    /// About how much memory it takes.
    pub(super) fn size_bytes(&self) -> usize {
        let detail = match &self.detail {
            Detail::TimedRuns(runs) => runs.len() * size_of::<TimedRun>(),
            Detail::Rows(_) => self.rows * ROW_BYTES,
        };
        detail + self.outputs.size_bytes()
    }

    /// Tells `row` what is known of the one at `place`.
    pub(super) fn fill<'a>(&'a self, place: usize, row: &mut Row<'a>) {
        match &self.detail {
            Detail::TimedRuns(runs) => {
                let Some(run) = find(runs, place) else { return };
                run.tell(place, row);
            }
            Detail::Rows(columns) => columns.tell(place, row),
        }
        if row.state == RowState::Ok {
            row.output = Some(self.outputs.get(place));
        }
        let cause = self.causes.binary_search_by_key(&(place as u16), |(place, _)| *place);
        row.cause = cause.ok().map(|at| &self.causes[at].1);
    }
}

fn find(runs: &[TimedRun], place: usize) -> Option<&TimedRun> {
    let after = runs.partition_point(|run| usize::from(run.first) <= place);
    let run = runs.get(after.checked_sub(1)?)?;
    (place < usize::from(run.first) + usize::from(run.count)).then_some(run)
}

impl TimedRun {
    fn start_of_ns(&self, place: usize) -> u64 {
        self.start_ns + (self.step_ns * (place - usize::from(self.first)) as f64) as u64
    }

    fn tell(&self, place: usize, row: &mut Row<'_>) {
        row.state = RowState::Ok;
        row.attempts = 1;
        row.is_chunk_timed = true;
        row.worker = usize::from(self.worker);
        row.start_ns = self.start_of_ns(place);
        row.duration_s = self.duration_s;
        row.cpu_s = self.cpu_s;
    }
}

impl RowColumns {
    fn new(rows: usize) -> Self {
        Self {
            states: vec![RowState::Pending; rows],
            attempts: vec![0; rows],
            flags: vec![0; rows],
            workers: vec![0; rows],
            start_ns: vec![0; rows],
            duration_s: vec![0.0; rows],
            cpu_s: vec![0.0; rows],
        }
    }

    /// Notes rows that went well at the first try.
    fn fill(&mut self, first: usize, spans: impl Iterator<Item = ItemSpan>, worker: usize) {
        let mut place = first;
        for span in spans {
            self.start_ns[place] = span.start_ns;
            self.duration_s[place] = span.duration_s;
            self.cpu_s[place] = span.cpu_s;
            place += 1;
        }
        self.states[first..place].fill(RowState::Ok);
        self.attempts[first..place].fill(1);
        self.workers[first..place].fill(worker as u16);
    }

    fn put_run(&mut self, run: &TimedRun) {
        let first = usize::from(run.first);
        let places = first..first + usize::from(run.count);
        let TimedRun { duration_s, cpu_s, .. } = *run;
        let spans =
            places.clone().map(|place| ItemSpan { start_ns: run.start_of_ns(place), duration_s, cpu_s });
        self.fill(first, spans, usize::from(run.worker));
        self.flags[places].fill(IS_CHUNK_TIMED);
    }

    fn tell(&self, place: usize, row: &mut Row<'_>) {
        row.state = self.states[place];
        row.attempts = self.attempts[place];
        row.is_chunk_timed = self.flags[place] & IS_CHUNK_TIMED != 0;
        row.is_flaky = row.state == RowState::Ok && self.flags[place] & IS_FLAKY != 0;
        row.worker = usize::from(self.workers[place]);
        row.start_ns = self.start_ns[place];
        row.duration_s = self.duration_s[place];
        row.cpu_s = self.cpu_s[place];
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::value::ValueRef;

    fn row_of(block: &Block, place: usize) -> (RowState, usize, u64, Option<i64>) {
        let mut row = Row::pending(0, ValueRef::None);
        block.fill(place, &mut row);
        let output = match row.output {
            Some(ValueRef::Int(number)) => Some(number),
            _ => None,
        };
        (row.state, row.worker, row.start_ns, output)
    }

    fn batch(first: u64, failures: Vec<(u32, String)>, outputs: Vec<i64>, start_ns: u64) -> Batch {
        let count = outputs.len() + failures.len();
        let timing = Timing::Whole { start_ns, duration_ns: 10 * count as u64, cpu_ns: 0 };
        Batch { first, count, outputs: Arc::new(outputs.into()), failures, timing }
    }

    fn finish(block: &mut Block, batch: &Batch, worker: usize) {
        let piece = BatchSlice { batch, places: 0..batch.count, taken: 0 };
        block.finish(batch.first as usize, piece, worker, &[]);
    }

    #[test]
    fn stretches_and_rows_tell_the_same() {
        let mut block = Block::new(300);
        finish(&mut block, &batch(4, vec![], vec![40, 50], 1_000), 2);
        finish(&mut block, &batch(0, vec![], vec![0, 10], 500), 1);
        let told = |block: &Block| (0..6).map(|place| row_of(block, place)).collect::<Vec<_>>();
        let before = told(&block);
        assert_eq!(before[1], (RowState::Ok, 1, 510, Some(10)));
        assert_eq!(before[2].0, RowState::Pending);
        assert_eq!(before[5], (RowState::Ok, 2, 1_010, Some(50)));
        assert!(matches!(block.detail, Detail::TimedRuns(_)));
        finish(&mut block, &batch(10, vec![(1, "no".into())], vec![100, 120], 2_000), 3);
        assert!(matches!(block.detail, Detail::Rows(_)));
        assert_eq!(told(&block), before);
        assert_eq!([10, 11, 12].map(|place| row_of(&block, place).3), [Some(100), None, Some(120)]);
    }

    #[test]
    fn many_short_stretches_become_rows() {
        let mut block = Block::new(2 * MAX_RUNS);
        let odd_first = (0..MAX_RUNS as u64).map(|n| n * 2 + 1).chain((0..MAX_RUNS as u64).map(|n| n * 2));
        odd_first.for_each(|index| finish(&mut block, &batch(index, vec![], vec![index as i64], index), 1));
        assert!(matches!(block.detail, Detail::Rows(_)));
        for place in 0..2 * MAX_RUNS {
            assert_eq!(row_of(&block, place), (RowState::Ok, 1, place as u64, Some(place as i64)));
        }
    }
}
