//! Programs of `multiprocessing` that are run for real, one line at a time, in the person's own Python: what they are, what
//! is told of them after each step, and what there is to remember.
//!
//! A [`Story`] is what is known of such a run, as data; a [`Stepping`] is the run itself, in a pool of one worker, so that it
//! ends as all that this program starts does. What each step means stands in `catalogue`, what came of it in `judge`.

mod catalogue;
mod judge;
mod source;
mod stepping;
mod story;
mod told;

use std::fmt;
use std::str::FromStr;

pub use self::catalogue::PROGRAMS;
pub use self::source::Source;
pub use self::stepping::Stepping;
pub use self::story::{Phase, Step, Story};
pub use self::told::{Call, ChildState, PoolState, Said};
use super::{Judged, Reveal, Verdict};
use crate::error::{Error, Result};

/// A program, and what its steps mean.
#[derive(Clone, Copy)]
pub struct Program {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about, in a few words: "Process: start and join".
    pub topic: &'static str,
    /// What it shows, in one sentence.
    pub claim: &'static str,
    /// "pool_map.py".
    pub file: &'static str,
    pub code: &'static str,
    /// How it starts processes where nobody says otherwise; nothing for Python's own choice.
    pub method: Option<StartMethod>,
    /// What to remember.
    pub remember: &'static str,
    /// What each line of its main block has done, once it was executed.
    sentences: &'static [(&'static str, &'static str)],
    /// What the end of its `with` has done; empty where it has none.
    leaving: &'static str,
    judge: fn(&Story, &Source) -> Judged,
}

/// How Python starts a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartMethod {
    Fork,
    Spawn,
    ForkServer,
}

impl StartMethod {
    pub const ALL: [Self; 3] = [Self::Fork, Self::Spawn, Self::ForkServer];
}

/// As Python calls it.
impl fmt::Display for StartMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fork => "fork",
            Self::Spawn => "spawn",
            Self::ForkServer => "forkserver",
        })
    }
}

impl FromStr for StartMethod {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|method| method.to_string() == text);
        found.ok_or_else(|| {
            Error::usage("start processes", format!("`{text}` is not one of: fork, spawn, forkserver"))
        })
    }
}

impl Program {
    /// The program of this name, where there is one.
    pub fn find(name: &str) -> Option<&'static Self> {
        PROGRAMS.iter().find(|program| program.name.eq_ignore_ascii_case(name.trim()))
    }

    /// Its text, by lines.
    pub fn source(&self) -> Source {
        Source::of(self.code)
    }

    /// What a step has done.
    pub fn sentence(&self, story: &Story, step: &Step) -> String {
        let source = self.source();
        let Some(line) = step.from else {
            return "Python has read the file from its top: it has imported, and it has defined the function. Nothing was \
                    called yet."
                .to_owned();
        };
        let of_line = |line| {
            let code = source.line(line).trim();
            self.sentences.iter().find(|(own, _)| *own == code).map_or("", |(_, sentence)| *sentence)
        };
        match () {
            () if step.failure.is_some() => "Python has raised an error, and the program is over.".to_owned(),
            () if story.is_leaving(step) => self.leaving.to_owned(),
            // Before Python 3.10 the end of `with` is no line of its own.
            () if source.leaves_with(line, step.to) => format!("{} {}", of_line(line), self.leaving),
            () => of_line(line).to_owned(),
        }
    }

    /// What a run that is over has shown.
    pub fn reveal(&self, story: &Story) -> Reveal {
        match &story.phase {
            Phase::Over => {}
            Phase::Failed(reason) => return Reveal::not_measured(reason.clone()),
            _ => return Reveal::not_measured("it was stopped before its last line.".to_owned()),
        }
        if let Some(failure) = story.steps.iter().find_map(|step| step.failure.as_ref()) {
            return Reveal::not_measured(format!("the program ended with {failure}"));
        }
        let Judged { holds, right: _, figures, why } = (self.judge)(story, &self.source());
        let verdict = if holds { Verdict::Holds } else { Verdict::DoesNotHold };
        Reveal { figures, why, ..Reveal::of(verdict) }
    }
}
