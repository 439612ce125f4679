//! Ranges as they are typed: `1..100`, `0..20 step 5`, `10..1 step -1`. Both ends belong to them.

use std::borrow::Cow;

use super::Flaw;
use crate::input::number::{Number, TOO_BIG, read_int};
use crate::value::shortened;

/// A run of integers with at least one in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    first: i64,
    step: i64,
    pub count: u64,
}

/// Whether this can only be meant as a range: it begins with a digit, and two dots follow somewhere.
pub(super) fn looks_like_range(source: &str) -> bool {
    let unsigned = source.strip_prefix(['-', '+']).unwrap_or(source);
    unsigned.starts_with(|letter: char| letter.is_ascii_digit()) && source.contains("..")
}

/// Whether this is a range with integers at both ends, and nothing else.
pub(super) fn is_range(source: &str) -> bool {
    let is_integer = |text: &str| {
        let text = text.trim();
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        digits.starts_with(|first: char| first.is_ascii_digit())
            && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    let Some((first, rest)) = source.split_once("..") else { return false };
    let (last, step) = rest.split_once("step").unwrap_or((rest, "1"));
    [first, last, step].into_iter().all(is_integer)
}

impl Range {
    /// Reads the range that stands at byte `at`.
    pub(super) fn parse(at: usize, source: &str) -> Result<Self, Flaw> {
        let (first, rest) = source.split_once("..").unwrap_or((source, ""));
        let (last, step) = match rest.split_once("step") {
            Some((last, step)) => (last, Some(step)),
            None => (rest, None),
        };
        let end = |text: &str| bound(at, source, text.trim());
        let (first, last) = (end(first)?, end(last)?);
        let step = step.map_or(Ok(1), end)?;
        Self::new(first, last, step).ok_or_else(|| never_arrives(at, first, last, step))
    }

    fn new(first: i64, last: i64, step: i64) -> Option<Self> {
        let steps = (i128::from(last) - i128::from(first)).checked_div(i128::from(step))?;
        let is_forward = first == last || (last > first) == (step > 0);
        let count = u64::try_from(steps).ok()?.saturating_add(1);
        is_forward.then_some(Self { first, step, count })
    }

    /// The integers in order.
    pub(super) fn iter(self) -> impl Iterator<Item = i64> {
        // The last one lies before the end that was typed, so no product is out of range.
        (0..self.count).map(move |place| self.first.wrapping_add(self.step.wrapping_mul(place as i64)))
    }
}

fn bound(at: usize, source: &str, text: &str) -> Result<i64, Flaw> {
    match without_underscores(text).map_or(Number::Not, |digits| read_int(digits.as_bytes())) {
        Number::Int(number) => Ok(number),
        Number::BigInt => Err(Flaw::at(at, format!("`{}` {TOO_BIG}", shortened(text, 60)))),
        Number::Float(_) | Number::Inexact | Number::Not => Err(Flaw::at(
            at,
            format!("`{}` is not a range of integers, such as 1..100 or 0..20 step 5", shortened(source, 60)),
        )),
    }
}

fn never_arrives(at: usize, first: i64, last: i64, step: i64) -> Flaw {
    let reason = match step {
        0 => "the step of a range cannot be 0".to_owned(),
        1 => format!("{first}..{last} runs backwards; write {first}..{last} step -1"),
        _ => format!("{first}..{last} never arrives with step {step}"),
    };
    Flaw::at(at, reason)
}

/// `1_000` as Python reads it; nothing where an underscore is not between two digits.
pub(super) fn without_underscores(source: &str) -> Option<Cow<'_, str>> {
    if !source.contains('_') {
        return Some(Cow::Borrowed(source));
    }
    let bytes = source.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let is_sound =
        |(at, byte): (usize, &u8)| *byte != b'_' || (is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)));
    bytes.iter().enumerate().all(is_sound).then(|| Cow::Owned(source.replace('_', "")))
}
