//! Inputs that come as words of a command line: the shell has cut them already, so each word is one input, whatever
//! commas and blanks it holds.

use std::ffi::OsStr;

use super::parse::{Item, Kind, Parser};
use super::range::{Range, is_range};
use super::{Flaw, build};
use crate::error::{Error, Result};
use crate::input::options::{CellType, CellTypes};
use crate::value::{Column, Value, shortened};

/// Turns the words of a command line into inputs, one a word: a number, a list (`[2, 5]`), an object, a text in quotes,
/// or the text that it is. Ranges such as `1..100` give several, but where text is asked for, all are as written.
pub fn parse_words<W: AsRef<OsStr>>(words: &[W], types: &CellTypes) -> Result<Column> {
    let texts: Option<Vec<&str>> = words.iter().map(|word| word.as_ref().to_str()).collect();
    let Some(texts) = texts else { return Ok(names(words)) };
    let items: Result<Vec<Item<'_>>, Flaw> =
        (0..).zip(&texts).map(|(at, text)| item(at, text, types)).collect();
    items.and_then(|items| build::column(&items, 1, types)).map_err(|flaw| {
        let word = flaw.at.and_then(|at| texts.get(at));
        let place = word.map_or(String::new(), |word| format!("`{}`: ", shortened(word, 60)));
        Error::input("read the inputs", format!("{place}{}", flaw.reason))
    })
}

/// A word, which stands at the place `at` among all.
fn item<'a>(at: usize, word: &'a str, types: &CellTypes) -> Result<Item<'a>, Flaw> {
    let as_written = Kind::Text(word.into());
    let bare = word.trim_ascii();
    let kind = match types.all {
        Some(CellType::Text) if !types.is_hint => as_written,
        _ if is_range(bare) => Kind::Range(Range::parse(at, bare)?),
        Some(CellType::Text) => as_written,
        _ => Parser::word(bare).unwrap_or(Kind::Word),
    };
    let source = if matches!(kind, Kind::List(_) | Kind::Object(_)) { bare } else { word };
    Ok(Item { at, source, kind })
}

/// Words of which some are not UTF-8 are names of files: all are taken as they are.
fn names<W: AsRef<OsStr>>(words: &[W]) -> Column {
    let mut names = Column::default();
    for word in words.iter().map(AsRef::as_ref) {
        names.push(match word.to_str() {
            Some(text) => Value::Text(text.to_owned()),
            None => Value::Bytes(word.as_encoded_bytes().to_vec()),
        });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Column {
        parse_words(words, &CellTypes::default())
            .unwrap_or_else(|error| panic!("{words:?}: {error}"))
            .cells()
            .clone()
    }

    fn as_text(words: &[&str], is_hint: bool) -> Column {
        let types = CellTypes { is_hint, ..CellTypes::all(CellType::Text) };
        parse_words(words, &types).unwrap().cells().clone()
    }

    fn texts(cells: &[&str]) -> Column {
        cells.iter().copied().collect()
    }

    #[test]
    fn a_word_is_one_input() {
        assert_eq!(read(&["1", "-7", "+3", "1_000"]), vec![1, -7, 3, 1000].into());
        assert_eq!(read(&["1..3", "0..20 step 10"]), vec![1, 2, 3, 0, 10, 20].into());
        assert_eq!(read(&["[2,5]"]), Column::Json(["[2,5]"].into_iter().collect()));
        assert_eq!(
            read(&["(1, 'a')", "{'k': 1}"]),
            Column::Json(["[1,\"a\"]", "{\"k\":1}"].into_iter().collect())
        );
        for word in [
            "a,b.txt",
            "(1) a.txt",
            "[2,5",
            "it's",
            "a\nb",
            "",
            " x ",
            "{a,b}",
            "1,2",
            "2024/../x",
            "1..x",
            "007",
        ] {
            assert_eq!(read(&[word]), texts(&[word]), "{word:?}");
        }
        assert_eq!(read(&["'5'", "\"a, b\""]), texts(&["5", "a, b"]));
        assert_eq!(read(&["1", "x", "2.50"]), texts(&["1", "x", "2.50"]));
    }

    #[test]
    fn for_a_function_of_texts_a_word_stays_as_it_is() {
        let words = ["007", "1.10", "[1, 2]", "'a'", "null", "1e5", "a,b", "1..x"];
        assert_eq!(as_text(&words, true), texts(&words));
        assert_eq!(as_text(&["1..3"], true), texts(&["1", "2", "3"]));
        assert_eq!(as_text(&["1..3"], false), texts(&["1..3"]));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_word() {
        let reason =
            |words: &[&str], types: &CellTypes| parse_words(words, types).unwrap_err().reason().to_owned();
        let backwards = reason(&["1", "10..1"], &CellTypes::default());
        assert_eq!(backwards, "`10..1`: 10..1 runs backwards; write 10..1 step -1");
        assert_eq!(reason(&["1", "x"], &CellTypes::all(CellType::Int)), "`x`: not an integer");
    }
}
