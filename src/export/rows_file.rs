//! A file of rows that grows while its run goes on and is in its place when the run is over.
//!
//! Rows are written in input order as they become final. Those that are final while one before them is not are written to
//! a second file, so that what is finished is on disk a moment later in any case; a program that dies leaves both, and
//! [`super::read_kept`] reads both.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::disk::{Disk, RealDisk};
use super::named_files::names_place;
use super::os;
use super::part::{self, PartFile};
use super::sheet::Sheet;
use super::target::{OutputPlace, is_in_use, is_late};
use super::{Formulas, RowFormat};
use crate::error::{Error, Result};
use crate::pool::{NewRows, RunLog};
use crate::value::grouped;

/// A file that others change is begun again so often.
const MOST_RESTARTS: usize = 5;

/// A file of rows in the making. Left unfinished without rows, it leaves nothing behind.
pub struct RowsFile {
    /// As it was named.
    path: PathBuf,
    target: OutputPlace,
    mark: String,
    formulas: Formulas,
    rows: Sheet,
    /// See [`RowsFile::progress`].
    progress: Arc<AtomicU64>,
    late: Option<Sheet>,
    /// Files that others have changed, which are removed once another has all rows.
    changed: Vec<PartFile>,
    new_rows: NewRows,
    /// Rows that are final and in no file yet, while one before them is open.
    open_late: VecDeque<u64>,
    /// All rows before this one are in it.
    next_row: u64,
    /// The first row whose input names the file that stands there: the run reads it, and it is not replaced.
    naming_row: Option<u64>,
    /// What runs that are gone have left beside it.
    abandoned: Vec<PathBuf>,
    /// Those of them whose rows are in it.
    taken_over: Vec<PathBuf>,
    /// Held locked, see [`OutputPlace::locked_place`].
    _place: Option<File>,
    disk: Box<dyn Disk>,
}

fn all_final(log: &RunLog) -> VecDeque<u64> {
    (0..log.counts.total).filter(|index| log.row(*index).is_some_and(|row| row.state.is_final())).collect()
}

impl RowsFile {
    /// An empty file of the format that the ending of `path` names, beside its place. An error where it cannot be made,
    /// where another run writes to the same place, and where the place is one of the files in `read`.
    ///
    /// ```
    /// use poolscope::export::{Formulas, RowsFile};
    /// use poolscope::function::FunctionSpec;
    /// # use poolscope::pool::{Job, Launch, Settings, start};
    /// # use poolscope::value::Column;
    /// # poolscope::pool::serve_if_host();
    /// # let io = |error| poolscope::error::Error::io("use a folder", error);
    /// # let folder = tempfile::tempdir().map_err(io)?;
    /// # let job = Job {
    /// #     inputs_name: "numbers".to_owned(),
    /// #     inputs: std::sync::Arc::new(Column::Int(vec![1, 2])),
    /// #     function: FunctionSpec::builtin("double", [])?,
    /// #     settings: Settings { workers: 1, ..Settings::default() },
    /// # };
    ///
    /// let path = folder.path().join("doubled.csv");
    /// let file = RowsFile::create(&path, Formulas::Marked, &[])?;
    /// let snapshot = start(job, &Launch::found()?, std::sync::Arc::new(|| {}))?.join();
    /// // Only now does the file stand in its place, whole.
    /// file.finish(&snapshot.log)?;
    /// let text = std::fs::read_to_string(&path).map_err(io)?;
    /// assert!(text.starts_with("index,input,output,"), "{text}");
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn create(path: &Path, formulas: Formulas, read: &[PathBuf]) -> Result<Self> {
        Self::create_on(Box::new(RealDisk), path, formulas, read)
    }

    pub(super) fn create_on(
        disk: Box<dyn Disk>,
        path: &Path,
        formulas: Formulas,
        read: &[PathBuf],
    ) -> Result<Self> {
        let refused = |reason: String| Error::usage(format!("write {}", path.display()), reason);
        if path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
            return Err(refused("it names a folder".to_owned()));
        }
        let format = RowFormat::of(path)?;
        let target = OutputPlace::find(path).map_err(|error| refused(error.to_string()))?;
        if let Some(reason) = target.why_not(read) {
            return Err(refused(reason));
        }
        let place = target.locked_place().map_err(|error| refused(error.to_string()))?;
        let mark = OutputPlace::new_mark();
        let part = match target.is_stream() {
            true => PartFile::stream(&target),
            false => PartFile::create(target.part(&mark), &target, disk.as_ref()),
        };
        let part = part.map_err(|error| refused(error.to_string()))?;
        let own = part.path().to_owned();
        let (in_use, abandoned): (Vec<PathBuf>, Vec<PathBuf>) = match target.is_stream() {
            true => Default::default(),
            false => target
                .parts()
                .into_iter()
                .filter(|path| path.file_name() != own.file_name())
                .partition(|path| is_in_use(path)),
        };
        if let Some(other) = in_use.first() {
            part.discard(disk.as_ref());
            return Err(refused(format!("another run writes it now, by way of {}", other.display())));
        }
        let progress = Arc::default();
        let rows =
            Sheet::begin(part, format, formulas, &progress).map_err(|error| refused(error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            target,
            mark,
            formulas,
            rows,
            progress,
            late: None,
            changed: Vec::new(),
            new_rows: NewRows::default(),
            open_late: VecDeque::new(),
            next_row: 0,
            naming_row: None,
            abandoned,
            taken_over: Vec::new(),
            _place: place,
            disk,
        })
    }

    /// Notes beside the file which function makes its rows, so that a later run of another one is told of it.
    pub fn note_function(&mut self, function: &str) {
        function.clone_into(&mut self.target.function);
        if let Some(part) = &self.rows.part {
            part.note_function(&self.target);
        }
    }

    /// Where the rows are to be, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A number that goes on while rows are written, also within one call that writes very many.
    pub fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.progress)
    }

    /// The file that has the rows until all are there; nothing where they go at once to whoever reads them.
    pub fn part_path(&self) -> Option<&Path> {
        let part = self.rows.part.as_ref().filter(|_| !self.is_stream());
        part.map(PartFile::path)
    }

    /// Whether rows go at once to whoever reads them, who may take none.
    pub fn is_stream(&self) -> bool {
        self.target.is_stream()
    }

    /// Learns from which files the run goes on. Of those that runs to the same place have left beside it, it removes
    /// these once their rows stand in the whole file; gives one of the others, where there are any.
    pub fn goes_on_from(&mut self, files: &[PathBuf]) -> Option<PathBuf> {
        let is_read = |part: &Path| files.iter().any(|file| os::are_same(file, part));
        self.taken_over = self.abandoned.iter().filter(|part| is_read(part)).cloned().collect();
        if !self.taken_over.is_empty() || is_read(&self.target.path) {
            self.target.adds = true;
            let own = self.target.part(&self.mark);
            // Where it keeps its name, nothing older is read beside it.
            let _ = self.rows.part.as_mut().map(|part| part.move_to(own, self.disk.as_ref()));
        }
        let has_begun = |part: &Path| part.metadata().is_ok_and(|about| about.len() > 0);
        let is_other = |part: &&PathBuf| !self.taken_over.contains(part) && has_begun(part);
        let mut others = self.abandoned.iter().filter(is_other);
        // What goes on from a file of rows in order reads the one beside it, too.
        others.clone().find(|part| !is_late(part)).or_else(|| others.next()).cloned()
    }

    /// Adds all rows that are final, and comes back when they are safe on the disk. All rows before the number that it
    /// gives are in the file and need not be kept for it. After an error it can be called again.
    pub fn save(&mut self, log: &RunLog) -> Result<u64> {
        let saved = self.unless_changed(log, |file| {
            file.add_final(log)?;
            file.rows.write_safely(file.disk.as_ref())?;
            file.save_late(log)
        });
        saved.map_err(|error| self.failure(&error))?;
        Ok(self.next_row)
    }

    /// Adds all rows that are final and have no open one before them, without waiting for the disk.
    pub fn add(&mut self, log: &RunLog) -> Result<u64> {
        let added = self.unless_changed(log, |file| file.add_final(log));
        added.map_err(|error| self.failure(&error))?;
        Ok(self.next_row)
    }

    /// Does `work`, and all of it again where somebody has changed what was written and the record still has its rows.
    fn unless_changed(&mut self, log: &RunLog, work: impl Fn(&mut Self) -> io::Result<()>) -> io::Result<()> {
        loop {
            match work(self) {
                Err(error) if part::is_changed(&error) && log.released == 0 => {
                    self.begin_again(log, error)?
                }
                result => return result,
            }
        }
    }

    /// Begins both files again, under other names.
    fn begin_again(&mut self, log: &RunLog, error: io::Error) -> io::Result<()> {
        if self.changed.len() >= MOST_RESTARTS {
            return Err(error);
        }
        let mark = OutputPlace::new_mark();
        let part = PartFile::create(self.target.part(&mark), &self.target, self.disk.as_ref())?;
        let rows = Sheet::begin(part, self.rows.format, self.formulas, &self.progress)?;
        let before = [Some(std::mem::replace(&mut self.rows, rows)), self.late.take()];
        self.changed.extend(before.into_iter().flatten().filter_map(|sheet| sheet.part));
        self.open_late = all_final(log);
        (self.mark, self.next_row) = (mark, 0);
        Ok(())
    }

    fn add_final(&mut self, log: &RunLog) -> io::Result<()> {
        while let Some(row) = log.row(self.next_row).filter(|row| row.state.is_final()) {
            if self.naming_row.is_none() && names_place(&log.plan.job.function, row.input, &self.target) {
                self.naming_row = Some(self.next_row);
            }
            self.rows.row(log, self.next_row, self.disk.as_ref())?;
            self.next_row += 1;
        }
        Ok(())
    }

    fn save_late(&mut self, log: &RunLog) -> io::Result<()> {
        if self.target.is_stream() {
            return Ok(());
        }
        self.open_late.extend(self.new_rows.take(log));
        let next_row = self.next_row;
        self.open_late.retain(|index| *index >= next_row);
        if self.open_late.is_empty() {
            return Ok(());
        }
        let disk = self.disk.as_ref();
        let sheet = match &mut self.late {
            Some(sheet) => sheet,
            none => {
                let part = PartFile::create(self.target.late(&self.mark), &self.target, disk)?;
                none.insert(Sheet::begin(part, RowFormat::JsonLines, Formulas::AsWritten, &self.progress)?)
            }
        };
        while let Some(index) = self.open_late.front() {
            sheet.row(log, *index, disk)?;
            self.open_late.pop_front();
        }
        sheet.write_safely(disk)
    }

    /// Whether a file with something in it is there, which [`Self::finish`] replaces.
    pub fn replaces_another(&self) -> bool {
        self.target.has_content()
    }

    /// Adds what is missing of a run that is over, ends the file and puts it in its place. A run without an input leaves
    /// what is there.
    pub fn finish(mut self, log: &RunLog) -> Result<()> {
        if log.counts.total == 0 && !self.target.is_stream() {
            return Ok(());
        }
        let finished = self.unless_changed(log, |file| file.add_final(log).and_then(|()| file.end()));
        finished.map_err(|error| self.failure(&error))
    }

    fn end(&mut self) -> io::Result<()> {
        let disk = self.disk.as_ref();
        self.rows.writer.end()?;
        self.rows.write(disk)?;
        if let Some(row) = self.naming_row {
            self.rows.part.as_ref().map_or(Ok(()), |part| part.sync(disk))?;
            let reason =
                format!("item {row} names this file, so that the run has read it, and it stays as it is");
            return Err(io::Error::other(reason));
        }
        let has_others = self.late.is_some() || !self.changed.is_empty() || !self.taken_over.is_empty();
        if let Some(part) = self.rows.part.as_ref().filter(|_| has_others) {
            // It has all rows now. Others would be taken for rows of a run that ended early, if this program died once it is
            // in its place.
            part.sync(disk)?;
            self.discard_others();
        }
        if let Some(part) = &mut self.rows.part {
            part.put(&self.target, self.disk.as_ref())?;
        }
        self.rows.part = None;
        self.discard_others();
        Ok(())
    }

    /// Removes what has rows that are in the part as well.
    fn discard_others(&mut self) {
        let disk = self.disk.as_ref();
        let late = self.late.take().and_then(|late| late.part);
        late.into_iter().chain(self.changed.drain(..)).for_each(|part| part.discard(disk));
        for part in self.taken_over.drain(..) {
            // Somebody else may have been quicker, and what stays does no harm.
            let _ = disk.remove(&part);
        }
    }

    /// Why the file cannot be written, and what of it is there.
    fn failure(&self, error: &io::Error) -> Error {
        let place_of = |sheet: &Sheet| {
            let part = sheet.part.as_ref().filter(|_| sheet.has_rows() && !self.target.is_stream());
            part.and_then(PartFile::place).map(|place| place.display().to_string())
        };
        let first = place_of(&self.rows).map(|place| {
            let rows = grouped(self.rows.written_rows);
            format!("its first {rows} rows are in {place}")
        });
        let later =
            self.late.as_ref().and_then(place_of).map(|place| format!("rows behind them are in {place}"));
        let places: Vec<String> = [first, later].into_iter().flatten().collect();
        let kept = match places.as_slice() {
            _ if part::is_changed(error) => String::new(),
            [] => String::new(),
            places => format!("; {}, from which --resume goes on", places.join(", and ")),
        };
        Error::io(format!("write {}", self.path.display()), format!("{error}{kept}"))
    }
}

impl Drop for RowsFile {
    fn drop(&mut self) {
        // The first tells what the second is of.
        let is_late = self.late.as_ref().is_some_and(Sheet::has_rows);
        let sheets = [(!is_late).then_some(&mut self.rows), self.late.as_mut()];
        for sheet in sheets.into_iter().flatten().filter(|sheet| !sheet.has_rows()) {
            if let Some(part) = sheet.part.take() {
                part.discard(self.disk.as_ref());
            }
        }
    }
}
