//! What the Python side tells after each step, as it is written there (`assets/lessons/steps`), and its words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What has happened since it was asked last.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub(super) struct Told {
    pub said: Vec<Said>,
    /// Where the program waits now; nothing while it runs.
    pub stop: Option<Stop>,
    /// How its Python ended, where it did.
    pub exit_code: Option<i32>,
}

/// A line that was printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The process that printed it, where that is known.
    pub pid: Option<u32>,
    /// It went through the `sys.stdout` of the program itself, which a child that was forked has inherited.
    pub has_programs: bool,
    pub text: String,
}

/// The program waits before a line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Stop {
    /// Counted from 1; a look at the program says the same as the stop before.
    pub stop: u32,
    /// Nothing behind the last line.
    pub line: Option<u32>,
    pub took_s: f64,
    pub failure: Option<String>,
    pub pools: Vec<PoolState>,
    pub processes: Vec<ChildState>,
    pub start_method: String,
    pub pid: u32,
    pub version: String,
}

/// A pool, as Python has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolState {
    /// The variable that holds it.
    pub name: String,
    /// `RUN`, `CLOSE` or `TERMINATE`.
    pub state: String,
}

/// A process that the program has made, as Python has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildState {
    /// The variable that holds it; nothing for a worker of a pool.
    pub variable: Option<String>,
    /// "Process-1".
    pub name: String,
    /// Nothing before it was started.
    pub pid: Option<u32>,
    pub is_alive: bool,
    /// Negative where a signal of that number ended it.
    pub exit_code: Option<i32>,
    pub was_join: bool,
    pub was_terminate: bool,
    pub was_kill: bool,
    pub was_closed: bool,
}

/// A point in the life of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Created,
    Started,
    Terminated,
    Ended(i32),
    Joined,
    Closed,
}

impl ChildState {
    /// What it has gone through, in order.
    pub fn calls(&self) -> Vec<Call> {
        let exit_code = self.exit_code.filter(|_| !self.is_alive);
        let points = [
            Some(Call::Created),
            self.pid.map(|_| Call::Started),
            (self.was_terminate || self.was_kill).then_some(Call::Terminated),
            exit_code.map(Call::Ended),
            self.was_join.then_some(Call::Joined),
            self.was_closed.then_some(Call::Closed),
        ];
        points.into_iter().flatten().collect()
    }

    /// "created → started → ended with exit code 0 → joined".
    pub fn words(&self) -> String {
        self.calls().iter().map(Call::to_string).collect::<Vec<_>>().join(" → ")
    }

    /// Whether it was ended from outside.
    pub fn was_ended_by_signal(&self) -> bool {
        self.exit_code.is_some_and(|code| code < 0)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created => write!(f, "created"),
            Self::Started => write!(f, "started"),
            Self::Terminated => write!(f, "told to end"),
            Self::Ended(code @ ..0) => write!(f, "ended by signal {}", code.unsigned_abs()),
            Self::Ended(code) => write!(f, "ended with exit code {code}"),
            Self::Joined => write!(f, "joined"),
            Self::Closed => write!(f, "closed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(told: &str) -> ChildState {
        let all = format!(
            r#"{{"variable":null,"name":"Process-1","was_closed":false,"was_join":false,"was_terminate":false,
                "was_kill":false,"pid":null,"is_alive":false,"exit_code":null,{told}}}"#
        );
        // The last of two fields of one name counts in Python, too; here they are taken apart first.
        let value: serde_json::Value = serde_json::from_str(&all).unwrap();
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_life_is_told_in_order() {
        for (told, words) in [
            (r#""pid":null"#, "created"),
            (r#""pid":7,"is_alive":true"#, "created → started"),
            (r#""pid":7,"exit_code":0"#, "created → started → ended with exit code 0"),
            (
                r#""pid":7,"exit_code":0,"was_join":true"#,
                "created → started → ended with exit code 0 → joined",
            ),
            (
                r#""pid":7,"exit_code":-15,"was_terminate":true"#,
                "created → started → told to end → ended by signal 15",
            ),
        ] {
            assert_eq!(child(told).words(), words);
        }
    }
}
