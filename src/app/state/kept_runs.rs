//! The runs of this session and those that were opened: which is shown, which is beside it, and what of them is kept in
//! memory. Those that there is no room for leave it; where they are then is in `stored_runs.rs`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::kept_run::KeptRun;
use super::stored_runs::StoredRun;
use crate::analysis::Comparison;
use crate::app::note_command::NoteOn;
use crate::export::OpenedRun;
use crate::monitor::MonitorSnapshot;
use crate::pool::{Margin, RunLog, RunSnapshot};

#[cfg(test)]
mod tests;

/// From this number on runs leave the memory, but for those that are pinned or shown and the newest.
const MOST_RUNS: usize = 40;
/// So much may their rows and inputs take together; the newest is kept in any case.
const MOST_BYTES: usize = 1 << 30;

/// All of them, oldest first.
#[derive(Default)]
pub struct KeptRuns {
    runs: Vec<KeptRun>,
    last_number: u32,
    /// The start of the run that was looked at last, so that it is kept once.
    seen: Option<Instant>,
    shown: Option<u32>,
    beside: Option<u32>,
    /// What several runs of each of two told; the numbers under which the last ones are kept.
    measured: Option<([u32; 2], Comparison)>,
    /// Those that have to leave the memory, until they stand on the disk.
    leaving: Vec<KeptRun>,
    stored: Vec<StoredRun>,
    /// How many were let go because they could not be written to the disk.
    pub let_go: u32,
}

impl KeptRuns {
    /// Keeps the run that has just ended, with what the machine did until then; once a frame.
    pub fn follow(&mut self, run: Option<&Arc<RunSnapshot>>, machine: Option<&Arc<MonitorSnapshot>>) {
        let Some(run) = run.filter(|run| run.log.is_finished() && run.log.counts.total > 0) else { return };
        let started = run.log.plan.started;
        if self.seen != Some(started) {
            self.seen = Some(started);
            self.shown = Some(self.add(KeptRun::new(Arc::clone(run), machine.cloned())));
        } else if let Some(kept) = self.runs.iter_mut().find(|kept| kept.run.log.plan.started == started) {
            // The sample that tells of the run's last moments comes after its end.
            kept.follow_machine(machine);
        }
    }

    /// Takes a run from a file, and shows it where it `is_to_be_shown`.
    pub fn open(&mut self, opened: OpenedRun, file: &Path, is_to_be_shown: bool) {
        let saved_notes = opened.log.margin.clone();
        let run = KeptRun { file: Some(file.to_owned()), saved_notes, ..KeptRun::opened(opened, 0) };
        let number = self.add(run);
        if is_to_be_shown {
            self.show(number);
        }
    }

    fn add(&mut self, run: KeptRun) -> u32 {
        self.last_number += 1;
        let number = self.last_number;
        // Compared once: inputs may be millions.
        let like = self.runs.iter().find(|kept| kept.does(&run.run.log.plan.job));
        let work = like.map_or(number, |kept| kept.work);
        self.runs.push(KeptRun { number, work, ..run });
        self.make_room();
        number
    }

    fn make_room(&mut self) {
        let is_too_much = |runs: &[KeptRun]| {
            runs.len() > MOST_RUNS || runs.iter().map(KeptRun::size_bytes).sum::<usize>() > MOST_BYTES
        };
        while is_too_much(&self.runs) {
            let last = self.runs.len() - 1;
            let is_needed =
                |run: &KeptRun| run.is_pinned || [self.shown, self.beside].contains(&Some(run.number));
            let Some(oldest) = self.runs[..last].iter().position(|run| !is_needed(run)) else { return };
            let run = self.runs.remove(oldest);
            match &run.file {
                Some(file) if !run.has_unsaved_notes() => self.stored.push(StoredRun::of(&run, file, true)),
                _ => self.leaving.push(run),
            }
        }
    }

    /// A run that is to be written to the disk, because there is no room for it in memory.
    pub fn leaving(&self) -> Option<&KeptRun> {
        self.leaving.first()
    }

    /// Says in which file the run stands that was to leave, or that it could not be written.
    pub fn set_stored(&mut self, number: u32, file: Option<&Path>) {
        let Some(place) = self.leaving.iter().position(|run| run.number == number) else { return };
        let run = self.leaving.remove(place);
        match file {
            Some(file) => self.stored.push(StoredRun::of(&run, file, false)),
            None => self.let_go += 1,
        }
    }

    /// The runs on the disk, oldest first.
    pub fn stored(&self) -> &[StoredRun] {
        &self.stored
    }

    /// Takes a run of this session from the disk again, and shows it where it `is_to_be_shown`.
    pub fn bring_back(&mut self, number: u32, opened: OpenedRun, is_to_be_shown: bool) {
        let Some(place) = self.stored.iter().position(|stored| stored.number == number) else { return };
        let mut run = KeptRun::opened(opened, number);
        self.stored.remove(place).restore(&mut run);
        if is_to_be_shown {
            (self.shown, self.beside) = (Some(number), None);
        }
        let after = self.runs.partition_point(|other| other.number < number);
        self.runs.insert(after, run);
        self.make_room();
    }

    /// Another run begins: it is what is shown.
    pub fn show_newest(&mut self) {
        (self.shown, self.beside) = (None, None);
    }

    /// Shows this run alone.
    pub fn show(&mut self, number: u32) {
        if self.get(number).is_some() {
            (self.shown, self.beside) = (Some(number), None);
        }
    }

    /// Lays this run beside the one that is shown, or takes it away again.
    pub fn toggle_beside(&mut self, number: u32) {
        let is_there = self.get(number).is_some() && self.shown != Some(number);
        self.beside = Some(number).filter(|number| is_there && self.beside != Some(*number));
    }

    /// Shows two runs beside each other.
    pub fn show_both(&mut self, one: u32, other: u32) {
        self.show(one);
        self.toggle_beside(other);
    }

    /// Keeps what several runs of each of these two told.
    pub fn set_comparison(&mut self, numbers: [u32; 2], comparison: Comparison) {
        self.measured = Some((numbers, comparison));
    }

    /// What several runs told of the two that are beside each other; of the first against the second.
    pub fn measured(&self) -> Option<&Comparison> {
        let (numbers, comparison) = self.measured.as_ref()?;
        (numbers.map(Some) == [self.shown, self.beside]).then_some(comparison)
    }

    pub fn end_comparison(&mut self) {
        self.beside = None;
    }

    /// Lets a run go.
    pub fn delete(&mut self, number: u32) {
        self.runs.retain(|run| run.number != number);
        self.beside = self.beside.filter(|beside| *beside != number);
        if self.shown == Some(number) {
            (self.shown, self.beside) = (self.runs.last().map(|run| run.number), None);
        }
    }

    /// Lets a run go that another of the same kind follows, if nobody has given it a name or a note, pinned or saved it.
    pub fn give_way(&mut self, number: u32) {
        let is_marked = |run: &KeptRun| {
            run.is_pinned || run.name.is_some() || run.file.is_some() || !run.run.log.margin.is_empty()
        };
        if self.get(number).is_some_and(|run| !is_marked(run)) {
            self.delete(number);
        }
    }

    /// Keeps a run whatever comes, or not any more.
    pub fn toggle_pin(&mut self, number: u32) {
        if let Some(run) = self.get_mut(number) {
            run.is_pinned = !run.is_pinned;
        }
    }

    /// Calls a run something; its own words where `name` is empty.
    pub fn rename(&mut self, number: u32, name: &str) {
        if let Some(run) = self.get_mut(number) {
            run.name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        }
    }

    /// Writes a note on a run, if it is one of these; says whether it is.
    pub fn write_note(&mut self, on: NoteOn, text: &str) -> bool {
        self.runs.iter_mut().any(|kept| on.write(&mut kept.run, text))
    }

    /// The number of a run with notes that would be lost with the window, and how many such runs there are.
    pub fn unsaved_notes(&self) -> Option<(u32, usize)> {
        let in_memory = self.runs.iter().chain(&self.leaving).filter(|run| run.has_unsaved_notes());
        let on_disk = self.stored.iter().filter(|run| run.has_unsaved_notes);
        let numbers: Vec<u32> =
            in_memory.map(|run| run.number).chain(on_disk.map(|run| run.number)).collect();
        Some((*numbers.first()?, numbers.len()))
    }

    /// The longest of those in memory that took at least so long and whose rows are in no file.
    pub fn unsaved_results(&self, least_ns: u64) -> Option<&KeptRun> {
        let is_unsaved = |kept: &&KeptRun| {
            let log = &kept.run.log;
            kept.file.is_none() && !kept.has_saved_rows && log.last_row_ns >= least_ns && log.counts.ok > 0
        };
        self.runs.iter().filter(is_unsaved).max_by_key(|kept| kept.run.log.last_row_ns)
    }

    /// Says that the rows of a run were saved.
    pub fn set_rows_saved(&mut self, run: &RunSnapshot) {
        let started = run.log.plan.started;
        let saved = self.runs.iter_mut().filter(|kept| kept.run.log.plan.started == started);
        saved.for_each(|kept| kept.has_saved_rows = true);
    }

    /// Keeps a run of a lesson that has notes, which is not shown for that; says whether it is new here.
    pub fn keep_noted(&mut self, run: &Arc<RunSnapshot>) -> bool {
        let started = run.log.plan.started;
        let is_here = self.runs.iter().any(|kept| kept.run.log.plan.started == started);
        let is_new = !run.log.margin.is_empty() && !is_here;
        if is_new {
            self.add(KeptRun::new(Arc::clone(run), None));
        }
        is_new
    }

    /// Says that a run stands in this file, with these notes on it.
    pub fn set_saved(&mut self, number: u32, file: &Path, margin: &Margin) {
        if let Some(run) = self.get_mut(number) {
            run.file = Some(file.to_owned());
            run.saved_notes = margin.clone();
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &KeptRun> {
        self.runs.iter()
    }

    pub fn count(&self) -> usize {
        self.runs.len()
    }

    pub fn get(&self, number: u32) -> Option<&KeptRun> {
        self.runs.iter().find(|run| run.number == number)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut KeptRun> {
        self.runs.iter_mut().find(|run| run.number == number)
    }

    /// The run that is shown; nothing while one is on, or before the first.
    pub fn shown(&self) -> Option<&KeptRun> {
        self.get(self.shown?)
    }

    /// The run that lies beside the one that is shown.
    pub fn beside(&self) -> Option<&KeptRun> {
        self.get(self.beside?)
    }

    /// Whether the run that is shown is this one, and no older one.
    pub fn shows(&self, log: &RunLog) -> bool {
        self.shown().is_none_or(|shown| shown.run.log.plan.started == log.plan.started)
    }
}
