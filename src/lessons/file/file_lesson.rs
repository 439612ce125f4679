//! A lesson from a file: the words of whoever wrote it, its runs made from the setup that it holds, and what they showed here.

use std::path::{Path, PathBuf};

use super::pool_file::{Answer, LessonText, PoolFile};
use super::saved_setup::SavedSetup;
use crate::analysis::Disturbance;
use crate::error::Result;
use crate::export::Handout;
use crate::lessons::{Figure, Reveal, Verdict};
use crate::pool::{Job, Mode, RunLog, ns_to_s};
use crate::value::amount;

/// From this ratio of two times on, one is called faster; two runs of the same thing differ by less.
const FASTER: f64 = 1.15;

/// Which interpreter runs the code of a file, as far as one may be started.
pub type ChooseInterpreter = fn(&Path) -> Result<PathBuf>;

/// A lesson that a person wrote, or saved.
#[derive(Debug, Clone, PartialEq)]
pub struct FileLesson {
    /// The name of its file.
    pub file: String,
    pub text: LessonText,
    pub setup: SavedSetup,
    /// It is made of what is set up in this window, and of no file.
    pub is_own: bool,
}

impl FileLesson {
    /// The lesson of a file; nothing where that is a setup alone.
    pub fn of(file: PoolFile, name: String) -> Option<Self> {
        Some(Self { file: name, text: file.lesson?, setup: file.setup, is_own: false })
    }

    /// What each of its runs is called.
    pub fn titles(&self) -> &'static [&'static str] {
        if self.text.runs_both_modes { &["processes", "threads"] } else { &["as it is set up"] }
    }

    /// The job of a run. It reads files and asks an interpreter, and so is made in the background.
    pub fn job(&self, place: usize, choose_interpreter: ChooseInterpreter) -> Result<Job> {
        let modes = [Mode::Process, Mode::Thread];
        let mode = modes.get(place).copied().filter(|_| self.text.runs_both_modes);
        self.setup.job(mode, choose_interpreter)
    }

    /// What the records of its runs, in order, showed.
    pub fn reveal(&self, logs: &[RunLog]) -> Reveal {
        if logs.len() < self.titles().len() {
            return Reveal::not_measured("it was stopped before its last run.".to_owned());
        }
        let times_s: Vec<f64> = logs.iter().map(|log| ns_to_s(log.last_row_ns.max(1))).collect();
        let others = logs.iter().filter_map(|log| log.machine.as_ref().and_then(Disturbance::of)).next();
        let (right, is_measured) = match (self.text.answer, times_s.as_slice()) {
            (Answer::First, _) => (0, false),
            (Answer::Second, _) => (1, false),
            (Answer::Third, _) => (2, false),
            (Answer::Measured, [processes, threads, ..]) => (faster(*processes, *threads), true),
            (Answer::Measured, _) => return Reveal::not_measured("it has one run only.".to_owned()),
        };
        let verdict = match others.filter(|_| is_measured) {
            Some(others) => Verdict::TooBusy(others),
            None => Verdict::Answered { place: right },
        };
        if matches!(verdict, Verdict::TooBusy(_)) {
            return Reveal::of(verdict);
        }
        let reason = &self.text.why;
        let why = if is_measured { why_measured(logs, reason) } else { reason.clone() };
        let figures = self.figures(logs, &times_s);
        Reveal { right: Some(right), figures, why, ..Reveal::of(verdict) }
    }

    /// What it is called where it is shown.
    pub fn heading(&self) -> String {
        if self.is_own { "A lesson of your own".to_owned() } else { format!("Lesson of {}", self.file) }
    }

    /// The page to hand out, with how many have chosen each answer.
    pub fn handout(&self, reveal: &Reveal, votes: [u32; 3]) -> Handout {
        let figures = reveal.figures.iter().map(|figure| (figure.value.clone(), figure.meaning.clone()));
        Handout {
            heading: self.heading(),
            claim: self.text.claim.clone(),
            question: self.text.question.clone(),
            choices: self.text.choices.iter().cloned().zip(votes).collect(),
            right: reveal.right,
            verdict: reveal.verdict.to_string(),
            why: reveal.why.clone(),
            otherwise: self.text.otherwise.clone(),
            figures: figures.collect(),
            plot: reveal.plot.as_deref().cloned(),
            tables: reveal.tables.clone(),
        }
    }

    fn figures(&self, logs: &[RunLog], times_s: &[f64]) -> Vec<Figure> {
        let mut figures: Vec<Figure> = self
            .titles()
            .iter()
            .zip(times_s.iter().zip(logs))
            .map(|(title, (time_s, log))| {
                let meaning = format!("{title}, {:.1} cores used", log.cores_busy());
                Figure::new(amount::duration(*time_s), meaning)
            })
            .collect();
        if let [processes, threads, ..] = times_s {
            let ratio = Figure::ratio(threads / processes, "processes, compared with threads");
            figures.push(ratio);
        }
        // An item that fails may be over sooner than one that does not.
        if let Some(log) = logs.iter().max_by_key(|log| log.counts.failed).filter(|log| log.counts.failed > 0)
        {
            let failed = format!("{} of {}", log.counts.failed, log.counts.total);
            figures.push(Figure::new(failed, "items failed"));
        }
        figures
    }
}

/// The reason that the writer gave, behind what makes the runs say little of it.
fn why_measured(logs: &[RunLog], reason: &str) -> String {
    let is_mostly_start = |log: &RunLog| log.startup_ns.is_some_and(|ns| ns > log.last_row_ns / 2);
    match logs.iter().all(is_mostly_start) {
        true => format!(
            "Most of the time was the start of the workers: this is little work for a pool, and says little of what follows. \
             {reason}"
        ),
        false => reason.to_owned(),
    }
}

/// The place of the answer: processes, threads, or neither is faster.
fn faster(processes_s: f64, threads_s: f64) -> usize {
    match threads_s / processes_s {
        ratio if ratio >= FASTER => 0,
        ratio if ratio <= 1.0 / FASTER => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::error::Error;
    use crate::lessons::file::SavedInputs;
    use crate::pool::{Ending, Event, Plan};

    fn lesson(answer: Answer) -> FileLesson {
        let inputs = SavedInputs { typed: "1, 2, 3".to_owned(), ..SavedInputs::default() };
        let text = LessonText { answer, runs_both_modes: true, ..LessonText::default() };
        FileLesson {
            file: "a.pool".to_owned(),
            text,
            setup: SavedSetup { inputs, ..SavedSetup::default() },
            is_own: false,
        }
    }

    fn log(lesson: &FileLesson, place: usize, took_ns: u64) -> RunLog {
        let job = lesson.job(place, |_| Err(Error::usage("find Python", "no code was to be run"))).unwrap();
        assert_eq!(job.settings.mode, [Mode::Process, Mode::Thread][place]);
        let mut log =
            RunLog::new(Plan { job, started: Instant::now(), started_wall: std::time::SystemTime::now() });
        log.apply(took_ns, &Event::Finished { ending: Ending::Completed });
        log.last_row_ns = took_ns;
        log
    }

    #[test]
    fn what_is_faster_is_measured_and_an_answer_that_the_writer_gave_stays() {
        let (second, half) = (1_000_000_000, 500_000_000);
        for (answer, took_ns, right) in [
            (Answer::Measured, [half, second], 0),
            (Answer::Measured, [second, half], 1),
            (Answer::Measured, [second, second + 50_000_000], 2),
            (Answer::Third, [half, second], 2),
        ] {
            let lesson = lesson(answer);
            let logs = [log(&lesson, 0, took_ns[0]), log(&lesson, 1, took_ns[1])];
            let reveal = lesson.reveal(&logs);
            assert_eq!((reveal.right, reveal.verdict), (Some(right), Verdict::Answered { place: right }));
            // With no result, each item counts as failed.
            assert_eq!(reveal.figures.len(), 4);
            let stopped = lesson.reveal(&logs[..1]);
            assert!(matches!(stopped.verdict, Verdict::NotMeasured(_)));
        }
    }
}
