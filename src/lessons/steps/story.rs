//! What is known of a program that is run step by step: the steps that were made, and where it is now.

use super::told::{ChildState, PoolState, Said, Told};

/// So many printed lines are kept of a step: a program of a lesson prints a few.
const MOST_LINES: usize = 200;

/// How far the program is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Phase {
    /// Nothing was started.
    #[default]
    Ready,
    /// A step is on; the first one starts Python.
    Running,
    /// It waits before this line.
    Waiting(u32),
    /// It has gone through its last line.
    Over,
    /// It cannot go on, and why.
    Failed(String),
}

/// One step that was made, or is on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// The line that was executed; nothing for all before the main block.
    pub from: Option<u32>,
    /// The line that is next; nothing behind the last.
    pub to: Option<u32>,
    /// How long it took; nothing while it is on.
    pub took_s: Option<f64>,
    /// The error that Python has raised.
    pub failure: Option<String>,
    pub pools: Vec<PoolState>,
    /// As they are after it, and until the next one.
    pub processes: Vec<ChildState>,
    /// What was printed since it began, until the next one.
    pub said: Vec<Said>,
}

impl Step {
    /// How long its line took, in words: "340 ms". Nothing of the first, most of which is the start of Python.
    pub fn shown_took(&self) -> Option<String> {
        self.from.and(self.took_s).map(shown_time)
    }
}

/// "0.31 s", "1.2 ms".
pub(super) fn shown_time(seconds: f64) -> String {
    if seconds < 0.0995 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

/// A run of a program, as far as it has come.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Story {
    pub phase: Phase,
    pub steps: Vec<Step>,
    /// How it starts processes, as Python says.
    pub start_method: String,
    /// "3.11.2".
    pub python: String,
    /// The program's own process.
    pub pid: Option<u32>,
    stop: u32,
}

impl Story {
    /// Whether a step can be made.
    pub fn can_step(&self) -> bool {
        matches!(self.phase, Phase::Ready | Phase::Waiting(_))
    }

    /// Whether it goes no further.
    pub fn is_at_end(&self) -> bool {
        matches!(self.phase, Phase::Over | Phase::Failed(_))
    }

    /// Whether something can happen while it waits: a child is there.
    pub(super) fn has_living(&self) -> bool {
        self.processes().iter().any(|child| child.is_alive)
    }

    /// The processes as they are now.
    pub fn processes(&self) -> &[ChildState] {
        self.last_seen().map_or(&[], |step| &step.processes)
    }

    /// The pools as they are now.
    pub fn pools(&self) -> &[PoolState] {
        self.last_seen().map_or(&[], |step| &step.pools)
    }

    /// The newest step that is over: what is on has told nothing of its processes yet.
    fn last_seen(&self) -> Option<&Step> {
        self.steps.iter().rev().find(|step| step.took_s.is_some())
    }

    /// All that was printed so far.
    pub fn said(&self) -> impl Iterator<Item = &Said> {
        self.steps.iter().flat_map(|step| &step.said)
    }

    /// Whether a line was printed by a child.
    pub fn is_childs(&self, said: &Said) -> bool {
        said.pid.is_some() && said.pid != self.pid
    }

    /// Whether a step has gone out of a `with` by going to its line once more.
    pub(super) fn is_leaving(&self, step: &Step) -> bool {
        let first = self.steps.iter().find(|other| other.from == step.from);
        first.is_some_and(|first| !std::ptr::eq(first, step))
    }

    /// Notes that a step begins.
    pub(super) fn begin_step(&mut self) {
        let from = if let Phase::Waiting(line) = self.phase { Some(line) } else { None };
        self.steps.push(Step { from, ..Step::default() });
        self.phase = Phase::Running;
    }

    /// Notes why it cannot go on.
    pub fn fail(&mut self, reason: String) {
        if !self.is_at_end() {
            self.phase = Phase::Failed(reason);
        }
    }

    /// Takes what was told.
    pub(super) fn take(&mut self, told: Told) {
        let Some(step) = self.steps.last_mut() else { return };
        let room = MOST_LINES.saturating_sub(step.said.len());
        step.said.extend(told.said.into_iter().take(room));
        if let Some(stop) = told.stop {
            (step.pools, step.processes) = (stop.pools, stop.processes);
            if stop.stop > self.stop {
                self.stop = stop.stop;
                (step.to, step.took_s, step.failure) = (stop.line, Some(stop.took_s), stop.failure);
                self.phase = stop.line.map_or(Phase::Over, Phase::Waiting);
                (self.start_method, self.python) = (stop.start_method, stop.version);
                self.pid = Some(stop.pid);
            }
        }
        if let Some(code) = told.exit_code {
            let last = step.said.last().map_or(String::new(), |said| format!(": {}", said.text));
            self.fail(format!("Python has ended in the middle, with exit code {code}{last}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Told {
        serde_json::from_str(text).unwrap()
    }

    fn stop(stop: u32, line: &str) -> String {
        format!(
            r#"{{"stop":{stop},"line":{line},"took_s":0.5,"failure":null,"pools":[],"processes":[],
                "start_method":"spawn","pid":7,"version":"3.11.2"}}"#
        )
    }

    #[test]
    fn steps_follow_each_other_and_what_is_printed_belongs_to_them() {
        let mut story = Story::default();
        assert!(story.can_step());
        story.begin_step();
        story.take(told(&format!(r#"{{"said":[],"stop":{},"exit_code":null}}"#, stop(1, "11"))));
        assert_eq!((story.phase.clone(), story.steps[0].to), (Phase::Waiting(11), Some(11)));
        story.begin_step();
        assert!(!story.can_step());
        story.take(told(
            r#"{"said":[{"pid":8,"has_programs":false,"text":"a"}],"stop":null,"exit_code":null}"#,
        ));
        assert_eq!(story.phase, Phase::Running);
        story.take(told(&format!(r#"{{"said":[],"stop":{},"exit_code":null}}"#, stop(2, "null"))));
        assert_eq!((story.phase.clone(), story.steps[1].from), (Phase::Over, Some(11)));
        let said: Vec<&Said> = story.said().collect();
        assert!(said.len() == 1 && story.is_childs(said[0]));
        // A look says what the stop before said, and what has been printed since.
        story.take(told(&format!(
            r#"{{"said":[{{"pid":7,"has_programs":true,"text":"b"}}],"stop":{},"exit_code":null}}"#,
            stop(2, "null")
        )));
        assert_eq!((story.steps.len(), story.steps[1].said.len()), (2, 2));
    }

    #[test]
    fn a_python_that_ends_says_its_last_words() {
        let mut story = Story::default();
        story.begin_step();
        story.take(told(
            r#"{"said":[{"pid":null,"has_programs":false,"text":"no"}],"stop":null,"exit_code":3}"#,
        ));
        assert_eq!(
            story.phase,
            Phase::Failed("Python has ended in the middle, with exit code 3: no".to_owned())
        );
    }
}
