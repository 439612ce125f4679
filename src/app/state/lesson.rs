//! What is shown of the lessons: all of them, or one with its prediction, its runs and what they showed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::program_card::ProgramCard;
use crate::app::note_command::NoteOn;
use crate::error::{Error, Result};
use crate::export::Handout;
use crate::function::python::{InterpreterChoice, Trust, choose_interpreter};
use crate::lessons::file::{FileLesson, LessonText};
use crate::lessons::{LESSONS, Lesson, Reveal, Shown, Verdict};
use crate::monitor::usable_cores;
use crate::pool::{Job, RunLog, RunSnapshot};

/// Where the person is among the lessons.
pub enum LessonPage {
    /// All lessons, to choose from.
    Gallery,
    Lesson(LessonCard),
    /// A program, step by step.
    Program(Box<ProgramCard>),
}

/// Where a lesson comes from.
#[derive(Clone)]
pub enum LessonSource {
    /// One of those that come with the program.
    Catalogue(&'static Lesson),
    File(Arc<FileLesson>),
}

impl LessonSource {
    /// "Lesson 6 of 14 · the lock".
    pub fn heading(&self) -> String {
        match self {
            Self::Catalogue(lesson) => {
                format!("Lesson {} of {} · {}", lesson.number(), LESSONS.len(), lesson.topic)
            }
            Self::File(lesson) => lesson.heading(),
        }
    }

    pub fn claim(&self) -> &str {
        match self {
            Self::Catalogue(lesson) => lesson.claim,
            Self::File(lesson) => &lesson.text.claim,
        }
    }

    pub fn question(&self) -> &str {
        match self {
            Self::Catalogue(lesson) => lesson.question,
            Self::File(lesson) => &lesson.text.question,
        }
    }

    /// The answer at a place; empty behind the last.
    pub fn choice(&self, place: usize) -> &str {
        match self {
            Self::Catalogue(lesson) => lesson.choices.get(place).copied().unwrap_or_default(),
            Self::File(lesson) => lesson.text.choices.get(place).map_or("", String::as_str),
        }
    }

    pub fn otherwise(&self) -> &str {
        match self {
            Self::Catalogue(lesson) => lesson.otherwise,
            Self::File(lesson) => &lesson.text.otherwise,
        }
    }

    /// What files of it are called, without an ending.
    pub fn file_name(&self) -> String {
        match self {
            Self::Catalogue(lesson) => lesson.name.to_owned(),
            Self::File(lesson) if lesson.is_own => "lesson".to_owned(),
            Self::File(lesson) => {
                let stem = Path::new(&lesson.file).file_stem().unwrap_or_default();
                stem.to_string_lossy().into_owned()
            }
        }
    }

    /// How many of its runs are shown on one clock, from the first on.
    pub fn shown_runs(&self) -> usize {
        match self {
            Self::Catalogue(lesson) => lesson.shown_runs(),
            Self::File(lesson) => lesson.titles().len(),
        }
    }

    /// Whether it is about the cores that its workers are on.
    pub fn is_about_cores(&self) -> bool {
        matches!(self, Self::Catalogue(lesson) if lesson.is_about_cores())
    }

    /// What each of its runs is called, in order.
    pub fn titles(&self) -> Vec<&'static str> {
        match self {
            Self::Catalogue(lesson) => lesson.runs().iter().map(|run| run.title).collect(),
            Self::File(lesson) => lesson.titles().to_vec(),
        }
    }

    /// What stands beside the timeline of each of its runs, in order.
    pub fn shown(&self) -> Vec<Shown> {
        match self {
            Self::Catalogue(lesson) => lesson.runs().iter().map(|run| run.shown).collect(),
            Self::File(lesson) => vec![Shown::Nothing; lesson.titles().len()],
        }
    }

    /// The job of a run; made in the background, since it may have to wait for an interpreter or a file.
    pub fn job(&self, place: usize) -> Result<Job> {
        match self {
            Self::Catalogue(lesson) => lesson.runs()[place].job(usable_cores()),
            Self::File(lesson) => lesson.job(place, allowed_interpreter),
        }
    }

    fn reveal(&self, logs: Vec<RunLog>, cores: usize) -> Reveal {
        match self {
            Self::Catalogue(lesson) => lesson.reveal(logs, cores),
            Self::File(lesson) => lesson.reveal(&logs),
        }
    }

    /// The page to hand out, with how many have chosen each answer.
    pub fn handout(&self, reveal: &Reveal, votes: [u32; 3]) -> Handout {
        match self {
            Self::Catalogue(lesson) => lesson.handout(reveal, votes),
            Self::File(lesson) => lesson.handout(reveal, votes),
        }
    }
}

/// The interpreter for a file, where a person has nothing to say first.
fn allowed_interpreter(file: &Path) -> Result<PathBuf> {
    match choose_interpreter(file, &Trust::of_user())? {
        InterpreterChoice::Allowed(interpreter) => Ok(interpreter),
        InterpreterChoice::Untrusted(untrusted) => Err(Error::usage(
            format!("start {}", untrusted.interpreter.display()),
            "it is a program of the file's own folder: take the lesson into the setup (C), and say beside the code which \
             Python runs it",
        )),
    }
}

/// How far a lesson is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LessonStep {
    /// Predictions are taken.
    Asking,
    Running,
    Revealed,
}

/// One lesson.
pub struct LessonCard {
    pub lesson: LessonSource,
    /// How many have chosen each answer.
    pub votes: [u32; 3],
    /// The votes are those that its file holds; the first new one begins the counting anew.
    pub has_votes_of_file: bool,
    pub step: LessonStep,
    /// Its runs that are over.
    pub runs: Vec<Arc<RunSnapshot>>,
    pub reveal: Option<Reveal>,
    /// A run of it was started and is not taken yet; any other is of another lesson.
    awaits_run: bool,
}

impl LessonCard {
    /// The lesson at this place of the catalogue, from its beginning; nothing behind the last.
    pub fn at(place: usize) -> Option<Self> {
        LESSONS.get(place).map(|lesson| Self::of(LessonSource::Catalogue(lesson)))
    }

    /// A lesson from its beginning.
    pub fn of(lesson: LessonSource) -> Self {
        let (votes, step, runs) = ([0; 3], LessonStep::Asking, Vec::new());
        Self { lesson, votes, has_votes_of_file: false, step, runs, reveal: None, awaits_run: false }
    }

    /// The lesson after this one in the catalogue, where there is one, and its place.
    pub fn next(&self) -> Option<(usize, &'static Lesson)> {
        let LessonSource::Catalogue(lesson) = &self.lesson else { return None };
        Some((lesson.number(), LESSONS.get(lesson.number())?))
    }

    /// Its place, where it is of the catalogue, and what is kept of it when it is left: not a run that is on; nothing where
    /// nothing was done in a lesson that is there in any case.
    pub fn left(mut self) -> Option<(Option<usize>, Self)> {
        let place = match &self.lesson {
            LessonSource::Catalogue(lesson) => Some(lesson.number().checked_sub(1)?),
            LessonSource::File(_) => None,
        };
        if self.step == LessonStep::Running {
            (self.step, self.awaits_run) = (LessonStep::Asking, false);
            self.runs.clear();
        }
        (place.is_none() || self.voters() > 0 || self.reveal.is_some()).then_some((place, self))
    }

    /// Its words and its votes, for a file.
    pub fn text(&self) -> LessonText {
        let text = match &self.lesson {
            LessonSource::File(lesson) => lesson.text.clone(),
            LessonSource::Catalogue(lesson) => LessonText {
                name: lesson.name.to_owned(),
                claim: lesson.claim.to_owned(),
                question: lesson.question.to_owned(),
                choices: lesson.choices.map(str::to_owned).to_vec(),
                otherwise: lesson.otherwise.to_owned(),
                runs_both_modes: true,
                ..LessonText::default()
            },
        };
        LessonText { votes: self.votes, ..text }
    }

    /// Writes a note on one of its runs, if it is one of them; says whether it is.
    pub fn write_note(&mut self, on: NoteOn, text: &str) -> bool {
        self.runs.iter_mut().any(|run| on.write(run, text))
    }

    /// Counts a vote for an answer, while predictions are taken.
    pub fn vote(&mut self, choice: usize) {
        if self.step != LessonStep::Asking || choice >= self.votes.len() {
            return;
        }
        if std::mem::take(&mut self.has_votes_of_file) {
            self.votes = [0; 3];
        }
        self.votes[choice] += 1;
    }

    /// Takes all votes back, while predictions are taken.
    pub fn forget_votes(&mut self) {
        if self.step == LessonStep::Asking {
            (self.votes, self.has_votes_of_file) = ([0; 3], false);
        }
    }

    /// Whether its runs came to something, and be it that the machine was too busy.
    pub fn was_measured(&self) -> bool {
        self.reveal.as_ref().is_some_and(|reveal| !matches!(reveal.verdict, Verdict::NotMeasured(_)))
    }

    pub fn voters(&self) -> u32 {
        self.votes.iter().sum()
    }

    /// How many were right; nothing before that is known.
    pub fn right_votes(&self) -> Option<u32> {
        let right = self.reveal.as_ref()?.right?;
        self.votes.get(right).copied()
    }

    /// Begins its runs, also once more.
    pub fn begin(&mut self) {
        (self.step, self.reveal, self.awaits_run) = (LessonStep::Running, None, false);
        self.runs.clear();
    }

    /// Notes that its next run was started.
    pub fn await_run(&mut self) {
        self.awaits_run = true;
    }

    /// Whether a run of it was started that is not taken yet.
    pub fn awaits_run(&self) -> bool {
        self.step == LessonStep::Running && self.awaits_run
    }

    /// What the run to make next is called; nothing where all are made.
    pub fn next_run(&self) -> Option<&'static str> {
        self.lesson.titles().get(self.runs.len()).copied()
    }

    /// Takes the run that was awaited and is over. After the last, or where it was stopped, it shows what they came to.
    pub fn take(&mut self, run: Arc<RunSnapshot>, was_stopped: bool, cores: usize) {
        if !self.awaits_run() {
            return;
        }
        self.awaits_run = false;
        self.runs.push(run);
        if was_stopped || self.next_run().is_none() {
            let mut logs: Vec<RunLog> = self.runs.iter().map(|run| run.log.clone()).collect();
            if was_stopped {
                logs.pop();
            }
            self.show(self.lesson.reveal(logs, cores));
        }
    }

    /// Shows what came of it.
    pub fn show(&mut self, reveal: Reveal) {
        (self.step, self.reveal) = (LessonStep::Revealed, Some(reveal));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::pool::examples::Example;
    use crate::pool::{Ending, Event, Plan};

    #[test]
    fn votes_are_taken_until_it_runs() {
        let mut card = LessonCard::at(5).unwrap();
        for choice in [2, 0, 2, 7] {
            card.vote(choice);
        }
        assert_eq!((card.votes, card.voters(), card.right_votes()), ([1, 0, 2], 3, None));
        card.begin();
        card.vote(1);
        card.forget_votes();
        assert_eq!(card.votes, [1, 0, 2]);
        assert_eq!(card.next_run(), Some("one worker"));
        card.show(Reveal { right: Some(2), ..Reveal::of(Verdict::Holds) });
        assert_eq!((card.step, card.right_votes()), (LessonStep::Revealed, Some(2)));
        assert_eq!(card.next().map(|(place, lesson)| (place, lesson.name)), Some((6, "a-fault-stays")));
    }

    #[test]
    fn a_run_of_another_lesson_is_not_taken() {
        let job = Example::find("Pool.map").unwrap().job().unwrap();
        let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
        log.apply(5, &Event::Finished { ending: Ending::Completed });
        let run = Arc::new(RunSnapshot { log, now_ns: 5, live: Vec::new(), host_pids: Vec::new() });
        let mut card = LessonCard::at(5).unwrap();
        card.take(Arc::clone(&run), false, 2);
        card.begin();
        card.take(Arc::clone(&run), false, 2);
        assert_eq!(card.runs.len(), 0, "none was started");
        card.await_run();
        card.take(Arc::clone(&run), false, 2);
        card.take(run, false, 2);
        assert_eq!((card.runs.len(), card.step), (1, LessonStep::Running), "it is taken once");
    }

    #[test]
    fn there_is_nothing_behind_the_last() {
        assert!(LessonCard::at(LESSONS.len()).is_none());
        assert!(LessonCard::at(LESSONS.len() - 1).unwrap().next().is_none());
    }
}
