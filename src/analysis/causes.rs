//! Why rows failed: rows that failed in the same way are one group.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::pool::{Cause, LifeEnd, Row, RowState, RunLog};
use crate::value::shortened;

const MOST_CHARACTERS: usize = 500;
/// Places that are kept of each group.
const KEPT_INDICES: usize = 6;

/// Rows that failed in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseGroup {
    /// The first line of the cause; where those of its rows differ in numbers or quoted texts, "…" stands for these.
    pub headline: String,
    pub count: u64,
    /// The first of its rows, up to six.
    pub first_indices: Vec<u64>,
    /// The whole cause of the first row.
    pub whole: String,
    pub state: RowState,
}

/// Rows without an output, in groups: the largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CauseGroups {
    pub groups: Vec<CauseGroup>,
    /// Rows in none of them.
    pub others: u64,
}

impl CauseGroups {
    /// Looks at all rows in states that are `wanted`, and tells up to `most_groups` apart.
    pub fn of(log: &RunLog, wanted: impl Fn(RowState) -> bool, most_groups: usize) -> Self {
        let mut places: HashMap<(String, &'static str), usize> = HashMap::new();
        let mut found = Self::default();
        for row in (log.released..log.counts.total).filter_map(|index| log.row(index)) {
            let Some(headline) = headline(&row).filter(|_| wanted(row.state)) else { continue };
            found.add(&row, headline, &mut places, most_groups);
        }
        found.groups.sort_by_key(|group| Reverse(group.count));
        found
    }

    /// Adds a row to its group, which `places` knows by what its causes have in common.
    fn add(
        &mut self,
        row: &Row<'_>,
        headline: String,
        places: &mut HashMap<(String, &'static str), usize>,
        most_groups: usize,
    ) {
        let key = (common(row.cause, &headline), row.state.label());
        if let Some(group) = places.get(&key).and_then(|place| self.groups.get_mut(*place)) {
            group.count += 1;
            if group.first_indices.len() < KEPT_INDICES {
                group.first_indices.push(row.index);
            }
            if group.headline != headline {
                group.headline = key.0;
            }
        } else if self.groups.len() == most_groups {
            self.others += 1;
        } else {
            places.insert(key, self.groups.len());
            let whole = row.error().unwrap_or_default().into_owned();
            let (first_indices, state) = (vec![row.index], row.state);
            self.groups.push(CauseGroup { headline, count: 1, first_indices, whole, state });
        }
    }
}

/// What stands before the traceback, where a row failed by itself.
fn headline(row: &Row<'_>) -> Option<String> {
    let brief = row.cause?.brief();
    Some(shortened(brief.lines().next().unwrap_or_default(), MOST_CHARACTERS).into_owned())
}

/// What rows of one group have in common: the sentence without what differs from row to row. How a process ended is no
/// such thing: exit codes and signals are kept apart.
fn common(cause: Option<&Cause>, headline: &str) -> String {
    let is_end = matches!(cause, Some(Cause::HostEnded(end)) if matches!(**end, LifeEnd::Exit(_) | LifeEnd::Signal(_)));
    if is_end {
        return headline.to_owned();
    }
    // What failed at another line is another cause.
    let (said, place) = headline.split_at(place_of(headline).unwrap_or(headline.len()));
    without_values(said) + place
}

/// The length of the number with which a text begins: digits with points, or a place in memory (`0x7f3a`).
fn number_length(text: &str) -> usize {
    let (begin, is_of_number): (usize, fn(char) -> bool) = match text.starts_with("0x") {
        true => (2, |letter| letter.is_ascii_hexdigit()),
        false => (0, |letter| letter.is_ascii_digit() || letter == '.'),
    };
    text[begin..].find(|letter| !is_of_number(letter)).map_or(text.len(), |end| begin + end)
}

/// Where the place in the code begins that ends a sentence: " (line 15)", " (cell 4, line 3)".
fn place_of(headline: &str) -> Option<usize> {
    let at = headline.rfind(" (").filter(|_| headline.ends_with(')'))?;
    ["line ", "cell "].iter().any(|word| headline[at + 2..].starts_with(word)).then_some(at)
}

/// A sentence with "…" in the place of its numbers and quoted texts, which differ from row to row.
fn without_values(sentence: &str) -> String {
    let mut key = String::new();
    let mut rest = sentence;
    while let Some(letter) = rest.chars().next() {
        let is_begin = !key.ends_with(char::is_alphanumeric);
        let quoted = matches!(letter, '\'' | '"' | '`').then(|| rest[1..].find(letter)).flatten();
        let length = match (letter, quoted) {
            (_, Some(length)) if is_begin => {
                key.push_str(&format!("{letter}…{letter}"));
                length + 2
            }
            ('0'..='9', _) if is_begin => {
                key.push('…');
                number_length(rest)
            }
            ('-', _) if is_begin && rest[1..].starts_with(|next: char| next.is_ascii_digit()) => 1,
            _ => {
                key.push(letter);
                letter.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_code_is_told_and_not_taken_for_a_value() {
        let same = |headline: &str| common(None, headline);
        assert_eq!(same("ValueError: 6 is odd (line 15)"), "ValueError: … is odd (line 15)");
        assert_ne!(same("ValueError: 6 is odd (line 15)"), same("ValueError: 6 is odd (line 16)"));
        assert_eq!(same("KeyError: 'a' (cell 4, line 3)"), "KeyError: '…' (cell 4, line 3)");
        assert_eq!(same("took 3 tries (of 5)"), "took … tries (of …)");
        let places =
            ["0x7faa5498f400", "0xbeef"].map(|place| same(&format!("no <ast.BinOp object at {place}>")));
        assert_eq!(places, ["no <ast.BinOp object at …>"; 2], "what differs from object to object");
    }

    #[test]
    fn exit_codes_are_causes_of_their_own() {
        let ended = |code| Cause::HostEnded(LifeEnd::Exit(code).into());
        let common_of = |cause: &Cause| common(Some(cause), &cause.brief());
        assert_ne!(common_of(&ended(3)), common_of(&ended(137)));
        let raised = |text: &str| Cause::Raised(text.into());
        assert_eq!(common_of(&raised("ValueError: no 7")), common_of(&raised("ValueError: no 8")));
    }

    #[test]
    fn values_in_a_sentence_make_no_other_cause() {
        for (one, other) in [
            ("ValueError: no 7", "ValueError: no -12.5"),
            ("KeyError: 'a b'", "KeyError: 'c'"),
            ("invalid literal for int() with base 10: 'x'", "invalid literal for int() with base 10: ''"),
        ] {
            assert_eq!(without_values(one), without_values(other));
        }
        assert_ne!(without_values("ended by SIGSEGV"), without_values("ended by SIGKILL"));
        assert_ne!(without_values("utf8 is no 'x'"), without_values("utf16 is no 'x'"));
        assert_eq!(without_values("it isn't the owner's"), "it isn't the owner's");
    }
}
