//! The one error type of the program: what was tried, why it failed, and of which kind that is.
//!
//! It is for what a person has to act on (a file, an option, the machine). What happens to a single item of a run is
//! never an [`Error`]: it is a row with a state.

use std::fmt;

/// What an [`Error`] is about; decides the exit code and where the window shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// An option, a name or a setting that cannot be used.
    Usage,
    /// Inputs that cannot be read or understood.
    Input,
    /// A file or device that cannot be read or written.
    Io,
    /// Worker processes that cannot be started or spoken to.
    Pool,
}

/// Says what could not be done, and why, in a sentence that a person can act on.
///
/// ```
/// use poolscope::error::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::Input, "read primes.csv", "permission denied");
/// assert_eq!(error.to_string(), "could not read primes.csv: permission denied");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not {action}: {reason}{}", self.remedy.map_or(String::new(), |remedy| remedy.behind(reason)))]
pub struct Error {
    kind: ErrorKind,
    action: String,
    reason: String,
    remedy: Option<Remedy>,
}

/// What else a person can do. The terminal has options for it, the window has links and fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Have Python run the code instead.
    RunWithPython,
    /// Name another interpreter, or use a script, which needs none.
    NameInterpreter,
}

impl Remedy {
    /// In the terminal's words, as they follow a reason.
    fn behind(self, reason: &str) -> String {
        let words = match self {
            Self::RunWithPython => "or run it with Python instead (--python)",
            Self::NameInterpreter => {
                "or name another interpreter (--interpreter); a script (--script) needs none"
            }
        };
        match reason.ends_with('?') {
            true => format!(" O{}", &words[1..]),
            false => format!("; {words}"),
        }
    }
}

/// The result of whatever can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error that reads "could not `action`: `reason`".
    pub fn new(kind: ErrorKind, action: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { kind, action: action.into(), reason: reason.to_string(), remedy: None }
    }

    /// Wrong use: an option, a name or a setting.
    pub fn usage(action: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Usage, action, reason)
    }

    /// Inputs that cannot be read or understood.
    pub fn input(action: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Input, action, reason)
    }

    /// A file or device that cannot be read or written.
    pub fn io(action: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Io, action, reason)
    }

    /// Worker processes that cannot be started or spoken to.
    pub fn pool(action: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Pool, action, reason)
    }

    /// With what else a person can do.
    #[must_use]
    pub fn with_remedy(self, remedy: Remedy) -> Self {
        Self { remedy: Some(remedy), ..self }
    }

    /// What else a person can do, where that is known.
    pub fn remedy(&self) -> Option<Remedy> {
        self.remedy
    }

    /// The sentence without what else a person can do, for places that show that in their own way.
    pub fn without_remedy(&self) -> Self {
        Self { remedy: None, ..self.clone() }
    }

    /// What the error is about.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Only the cause, for places that already say what was tried.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// How many letters must be added, removed or changed to turn one name into the other, ignoring case: for sentences that
/// name what a person may have meant. Of long names only the beginnings count.
pub fn edit_distance(left: &str, right: &str) -> usize {
    let begin = |text: &str| text.chars().take(60).flat_map(char::to_lowercase).collect::<String>();
    strsim::levenshtein(&begin(left), &begin(right))
}

/// The name that a person may have meant by `name`; nothing where none is near.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, nearest) = names.into_iter().map(|one| (edit_distance(name, one), one)).min()?;
    (distance <= 3).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::edit_distance;

    #[test]
    fn edit_distance_counts_single_changes() {
        assert_eq!(edit_distance("kitten", "Sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("same", "same"), 0);
    }
}
