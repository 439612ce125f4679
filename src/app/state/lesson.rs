//! What is shown of the lessons: all of them, or one with its prediction, its runs and what they showed.

use std::sync::Arc;

use crate::lessons::{LESSONS, Lesson, LessonRun, Reveal};
use crate::pool::{RunLog, RunSnapshot};

/// Where the person is among the lessons.
pub enum LessonPage {
    /// All lessons, to choose from.
    Gallery,
    Lesson(LessonCard),
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
    pub lesson: &'static Lesson,
    /// How many have chosen each answer.
    pub votes: [u32; 3],
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
        let lesson = LESSONS.get(place)?;
        let (votes, step, runs) = ([0; 3], LessonStep::Asking, Vec::new());
        Some(Self { lesson, votes, step, runs, reveal: None, awaits_run: false })
    }

    /// Its place in the catalogue.
    pub fn place(&self) -> usize {
        self.lesson.number().saturating_sub(1)
    }

    /// The lesson after this one, where there is one.
    pub fn next(&self) -> Option<&'static Lesson> {
        LESSONS.get(self.place() + 1)
    }

    /// Counts a vote for an answer, while predictions are taken.
    pub fn vote(&mut self, choice: usize) {
        if let (LessonStep::Asking, Some(votes)) = (self.step, self.votes.get_mut(choice)) {
            *votes += 1;
        }
    }

    /// Takes all votes back, while predictions are taken.
    pub fn forget_votes(&mut self) {
        if self.step == LessonStep::Asking {
            self.votes = [0; 3];
        }
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

    /// The run to make next; nothing where all are made.
    pub fn next_run(&self) -> Option<&'static LessonRun> {
        self.lesson.runs().get(self.runs.len())
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
    use crate::lessons::Verdict;
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
        assert_eq!(card.next_run().map(|run| run.title), Some("one worker"));
        let (verdict, right) = (Verdict::Holds, Some(2));
        card.show(Reveal { verdict, right, figures: Vec::new(), why: String::new() });
        assert_eq!((card.step, card.right_votes()), (LessonStep::Revealed, Some(2)));
        assert_eq!(card.next().map(|lesson| lesson.name), Some("a-fault-stays"));
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
