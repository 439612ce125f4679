//! Lessons: claims about processes and threads, each with what a person may predict, the runs that measure it on this
//! machine, and what the figures say of it.
//!
//! A lesson is data and a judgement: it runs nothing itself. Whoever runs its jobs one after the other hands their records
//! to [`Lesson::reveal`]. Which lessons there are stands in `catalogue`, what their figures mean in `judge`.

mod catalogue;
pub mod file;
mod judge;
mod measured;
mod plots;
mod reveal;
mod seats;
pub mod steps;
mod tables;
mod work_tree;

pub use self::catalogue::{GROUPS, LESSONS, TEMPLATE};
pub use self::measured::Measured;
pub use self::reveal::{Figure, Reveal, Verdict};
pub use self::seats::{Seat, seats};
pub use self::tables::level_words;
pub use self::work_tree::{WorkNode, WorkTree};
use crate::analysis::Disturbance;
use crate::error::{Error, Result};
use crate::export::Handout;
use crate::pool::examples::{Example, Runs, job_of};
use crate::pool::{ChunkRule, Job, MAX_WORKERS, Mode, RunLog, Settings};
use crate::value::shortened;

/// A claim, and how it is shown.
#[derive(Clone, Copy)]
pub struct Lesson {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about, in a word or two: "the lock".
    pub topic: &'static str,
    /// The claim, in one sentence.
    pub claim: &'static str,
    /// What is going to be run, and what a person is asked to predict of it.
    pub question: &'static str,
    /// The answers to choose from.
    pub choices: [&'static str; 3],
    /// What would have to differ for it to be otherwise.
    pub otherwise: &'static str,
    runs: &'static [LessonRun],
    /// Whether other programs falsify its figures, which are times; those of other lessons only if they speak against it.
    is_timed: bool,
    judge: fn(&Measured) -> Judged,
}

/// One of the runs of a lesson. Its judgement knows a run by its place in the list.
#[derive(Clone, Copy)]
pub struct LessonRun {
    /// "four threads".
    pub title: &'static str,
    runs: Runs,
    inputs: &'static str,
    mode: Mode,
    workers: Workers,
    chunk: ChunkRule,
    /// What is shown of it beside its bars.
    pub shown: Shown,
}

/// What is shown of a run beside its bars in the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The bars tell all.
    Nothing,
    /// Which of its workers was on which core, in the timeline itself.
    Cores,
    /// The picture that its outputs are tiles of.
    Tiles,
    /// The table at which its items are seats: see [`seats`].
    Seats,
    /// The tree of which its items are nodes: see [`WorkTree`].
    Tree,
}

/// Lessons that belong together, in the order of [`LESSONS`].
pub struct LessonGroup {
    pub heading: &'static str,
    pub lessons: &'static [Lesson],
}

/// How many workers a run has.
#[derive(Clone, Copy)]
enum Workers {
    Of(usize),
    /// One for each core that may be used, up to eight.
    OnePerCore,
    /// So many for each core that may be used, as far as a pool can have them.
    PerCore(usize),
}

/// What a judgement finds in the figures.
struct Judged {
    holds: bool,
    /// The place among the choices of that which was right.
    right: usize,
    figures: Vec<Figure>,
    /// Why it came out so, in a sentence or two.
    why: String,
}

impl LessonRun {
    /// The same as an example, for a setup to be made of it.
    pub fn example(&self, cores: usize) -> Example {
        Example {
            name: self.title,
            summary: "",
            watch: "",
            python: "",
            runs: self.runs,
            inputs: self.inputs,
            sample_file: None,
            mode: self.mode,
            workers: self.workers.count(cores),
            chunk: self.chunk,
            prints_results: false,
            fails: false,
        }
    }

    /// The job to run; asks a Python interpreter where it is for one.
    pub fn job(&self, cores: usize) -> Result<Job> {
        let (mode, workers, chunk) = (self.mode, self.workers.count(cores), self.chunk);
        job_of(self.runs, self.inputs, Settings { mode, workers, chunk, ..Settings::default() })
    }
}

impl Workers {
    fn count(self, cores: usize) -> usize {
        const MOST: usize = 8;
        match self {
            Self::Of(count) => count,
            Self::OnePerCore => cores.clamp(1, MOST),
            Self::PerCore(count) => (count * cores).clamp(1, MAX_WORKERS),
        }
    }
}

impl Lesson {
    /// The lesson with this name or number; otherwise an error that lists them.
    pub fn find(name: &str) -> Result<&'static Self> {
        let by_number = || LESSONS.get(name.trim().parse::<usize>().ok()?.checked_sub(1)?);
        let by_name = LESSONS.iter().find(|lesson| lesson.name.eq_ignore_ascii_case(name.trim()));
        let found = by_name.or_else(by_number);
        found.ok_or_else(|| {
            let names: Vec<&str> = LESSONS.iter().map(|lesson| lesson.name).collect();
            let reason = format!("`{}` is not one of: {}", shortened(name, 60), names.join(", "));
            Error::usage("find the lesson", reason)
        })
    }

    /// Its number, from 1.
    pub fn number(&self) -> usize {
        LESSONS.iter().position(|lesson| lesson.name == self.name).map_or(0, |place| place + 1)
    }

    /// The words by which it is found beside those of its claim.
    pub fn keywords(&self) -> String {
        format!("{} {}", self.topic, self.name)
    }

    /// The runs that show it, in order.
    pub fn runs(&self) -> &'static [LessonRun] {
        self.runs
    }

    /// What the records of its runs, in order, show on a machine where `cores` could be used.
    pub fn reveal(&self, logs: Vec<RunLog>, cores: usize) -> Reveal {
        let loads = || logs.iter().filter_map(|log| log.machine.as_ref());
        let others = loads().find_map(Disturbance::of);
        let disturbed = loads().find_map(Disturbance::that_disturbed);
        let uneven = Disturbance::that_was_uneven(loads());
        let measured = match Measured::of(logs, self.runs.len(), cores) {
            Ok(measured) => measured,
            Err(reason) => return Reveal::not_measured(reason),
        };
        let Judged { holds, right, figures, mut why } = (self.judge)(&measured);
        let disturbed = disturbed.filter(|_| self.is_timed);
        // Less than what makes a claim doubtful can be why it does not seem to hold, or why one run beside another does.
        let spoiled = disturbed.filter(|_| !holds).or(uneven.filter(|_| self.is_timed));
        if let Some(disturbed) = disturbed {
            why += &format!(" {}, so that the figures are a little off.", disturbed.meanwhile());
        }
        let verdict = match others.filter(|_| self.is_timed || !holds).or(spoiled) {
            Some(others) => Verdict::TooBusy(others),
            None if holds => Verdict::Holds,
            None => Verdict::DoesNotHold,
        };
        if matches!(verdict, Verdict::TooBusy(_)) {
            // Figures of such a run would be taken for an answer.
            return Reveal::of(verdict);
        }
        let plot = plots::plot(self, &measured).map(Box::new);
        let tables = tables::tables(self, &measured);
        Reveal { verdict, right: Some(right), figures, why, plot, tables }
    }

    /// How many of its runs are shown on one clock, from the first on: those behind them are made for its plot alone.
    pub fn shown_runs(&self) -> usize {
        plots::shown_runs(self)
    }

    /// Whether it is about the cores that its workers are on.
    pub fn is_about_cores(&self) -> bool {
        self.runs.iter().any(|run| run.shown == Shown::Cores)
    }
}

impl Shown {
    /// Whether it takes a place of its own beside the timeline.
    pub fn has_own_place(self) -> bool {
        matches!(self, Self::Tiles | Self::Seats | Self::Tree)
    }
}

impl Lesson {
    /// The page to hand out, with how many have chosen each answer.
    pub fn handout(&self, reveal: &Reveal, votes: [u32; 3]) -> Handout {
        let own = |text: &str| text.to_owned();
        Handout {
            heading: format!("Lesson {} of {} · {}", self.number(), LESSONS.len(), self.topic),
            claim: own(self.claim),
            question: own(self.question),
            choices: self.choices.map(own).into_iter().zip(votes).collect(),
            right: reveal.right,
            verdict: reveal.verdict.to_string(),
            why: reveal.why.clone(),
            otherwise: own(self.otherwise),
            figures: reveal
                .figures
                .iter()
                .map(|figure| (figure.value.clone(), figure.meaning.clone()))
                .collect(),
            plot: reveal.plot.as_deref().cloned(),
            tables: reveal.tables.clone(),
        }
    }
}

impl Figure {
    pub fn new(value: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self { value: value.into(), meaning: meaning.into() }
    }

    /// "1.92×".
    pub fn ratio(ratio: f64, meaning: impl Into<String>) -> Self {
        let digits = if ratio >= 19.95 {
            0
        } else if ratio >= 9.95 {
            1
        } else {
            2
        };
        Self::new(format!("{ratio:.digits$}×"), meaning)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Arc;
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::function::FunctionSpec;
    use crate::pool::{Ending, Event, MachineLoad, Plan, Settings};
    use crate::value::Column;

    #[test]
    fn each_asks_for_one_of_three_answers_and_says_what_would_differ() {
        let mut names = HashSet::new();
        for lesson in LESSONS.iter() {
            assert!(names.insert(lesson.name) && lesson.name.len() < 30, "{}", lesson.name);
            assert_eq!(HashSet::from(lesson.choices).len(), 3, "{}", lesson.name);
            assert!(
                lesson.claim.ends_with('.')
                    && lesson.question.ends_with('?')
                    && lesson.otherwise.ends_with('.')
            );
            assert!(!lesson.runs().is_empty());
            assert_eq!(Lesson::find(&lesson.name.to_uppercase()).unwrap().number(), lesson.number());
        }
        let error = Lesson::find("nope").map(|lesson| lesson.name).unwrap_err().to_string();
        assert!(error.contains("separate-memory, shared-memory"), "{error}");
    }

    /// A run of items that take a second each of one worker, on a machine where others used so many of two cores.
    fn log(inputs: Column, others_s: u64) -> RunLog {
        let function = FunctionSpec::builtin("double", []).unwrap();
        let settings = Settings::default();
        let job = Job { inputs_name: String::new(), inputs: Arc::new(inputs), function, settings };
        let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
        let second_ns = 1_000_000_000;
        let load = MachineLoad {
            upto_ns: second_ns,
            cores: 2,
            busy_ns: others_s * second_ns,
            ..MachineLoad::default()
        };
        log.apply(second_ns, &Event::MachineSeen(load));
        log.apply(second_ns, &Event::Finished { ending: Ending::Completed });
        log
    }

    #[test]
    fn what_was_stopped_shows_nothing() {
        let lesson = Lesson::find("the-lock").unwrap();
        let reveal = lesson.reveal(vec![log(Column::Int(vec![1]), 0)], 2);
        assert_eq!(reveal.verdict, Verdict::NotMeasured("it was stopped before its last run.".to_owned()));
        assert_eq!((reveal.right, reveal.figures.len()), (None, 0));
    }
}
