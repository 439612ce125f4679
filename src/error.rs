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
#[error("could not {action}: {reason}")]
pub struct Error {
    kind: ErrorKind,
    action: String,
    reason: String,
}

/// The result of whatever can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error that reads "could not `action`: `reason`".
    pub fn new(kind: ErrorKind, action: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { kind, action: action.into(), reason: reason.to_string() }
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

    /// What the error is about.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Only the cause, for places that already say what was tried.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// How many letters must be added, removed or changed to turn one name into the other, ignoring case (Levenshtein
/// 1966): for sentences that name what a person may have meant. Of long names only the beginnings count.
pub fn edit_distance(left: &str, right: &str) -> usize {
    let letters = |text: &str| -> Vec<char> { text.chars().take(60).flat_map(char::to_lowercase).collect() };
    let (left, right) = (letters(left), letters(right));
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, letter) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[right.len()]
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
