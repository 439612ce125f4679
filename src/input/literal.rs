//! Looks at one JSON value as it is written: what it is, a member of it, the same without blanks.
//!
//! The written form is kept because a parsed one would turn a large integer into a float without a word, and would
//! take an allocation a value.

use serde::de::IgnoredAny;

/// What a written value is, by its first byte; only [`check`] says whether it is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Number,
    Text,
    /// A list or an object.
    Nested,
    /// `true`, `false`, `null`, or nothing that JSON knows.
    Word,
}

pub(super) fn shape(written: &[u8]) -> Shape {
    match written.trim_ascii_start().first() {
        Some(b'"') => Shape::Text,
        Some(b'[' | b'{') => Shape::Nested,
        Some(b'-' | b'0'..=b'9') => Shape::Number,
        _ => Shape::Word,
    }
}

/// The value as text, once it is known to be sound JSON, `NaN` and `Infinity` as Python writes them among it; otherwise
/// why it is not.
pub(crate) fn check(written: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(written).map_err(|_| "not UTF-8 text".to_owned())?;
    let Err(error) = serde_json::from_str::<IgnoredAny>(text) else { return Ok(text) };
    match with_numbers_for_words(text) {
        Some(text_of_numbers) if serde_json::from_str::<IgnoredAny>(&text_of_numbers).is_ok() => Ok(text),
        _ => Err(reason_of(&error)),
    }
}

/// The text with a number for each `NaN` and `Infinity` outside strings; nothing where it has none.
fn with_numbers_for_words(text: &str) -> Option<String> {
    let words = ["NaN", "Infinity"];
    if !words.iter().any(|word| text.contains(word)) {
        return None;
    }
    let mut numbers = text.as_bytes().to_vec();
    let mut string = InString::default();
    let mut skip = 0;
    for (at, byte) in text.bytes().enumerate() {
        if skip > 0 {
            skip -= 1;
        } else if !string.feed(byte)
            && let Some(word) = words.iter().find(|word| text.as_bytes()[at..].starts_with(word.as_bytes()))
        {
            // Blanks behind it, so that two words side by side do not make one number.
            numbers[at..at + word.len()].fill(b' ');
            numbers[at] = b'0';
            skip = word.len() - 1;
        }
    }
    String::from_utf8(numbers).ok()
}

/// The reason without serde's own line number, which counts from the value and not from the file.
fn reason_of(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or(&message);
    format!("not valid JSON ({reason})")
}

/// What a written string says.
pub(crate) fn unescaped(written: &[u8]) -> Result<String, String> {
    serde_json::from_slice(written).map_err(|error| reason_of(&error))
}

/// The same value without blanks between its parts. Numbers and the order of keys stay as they were written.
pub(crate) fn compact(sound: &str) -> String {
    let mut compact = String::with_capacity(sound.len());
    let mut string = InString::default();
    for letter in sound.chars() {
        // Blanks outside strings are ASCII, and so is every letter that starts or ends a string.
        let inside = string.feed(u8::try_from(letter).unwrap_or(b'x'));
        if inside || !letter.is_ascii_whitespace() {
            compact.push(letter);
        }
    }
    compact
}

/// Follows whether bytes of JSON lie within a string.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct InString {
    inside: bool,
    escaped: bool,
}

impl InString {
    /// Takes one byte and says whether it belongs to a string, the quotes included.
    pub(super) fn feed(&mut self, byte: u8) -> bool {
        if self.escaped {
            self.escaped = false;
            return true;
        }
        match byte {
            b'\\' => self.escaped = self.inside,
            b'"' => {
                self.inside = !self.inside;
                return true;
            }
            _ => {}
        }
        self.inside
    }
}

/// How deep lists and objects of a value lie within each other.
pub(crate) fn depth(json: &[u8]) -> usize {
    let mut string = InString::default();
    let (mut depth, mut most) = (0_usize, 0);
    for byte in json {
        if string.feed(*byte) {
            continue;
        }
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// The end of the part that begins at `from`: the first of `ends` that lies outside strings, lists and objects.
fn part_end(bytes: &[u8], from: usize, ends: &[u8]) -> usize {
    let mut string = InString::default();
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        if string.feed(*byte) {
            continue;
        }
        if depth == 0 && ends.contains(byte) {
            return at;
        }
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    bytes.len()
}

/// The keys and written values of an object, in order; none where it is no object. `sound` must have passed [`check`].
pub(crate) fn members(sound: &[u8]) -> impl Iterator<Item = (String, &[u8])> {
    let inner = sound.trim_ascii().strip_prefix(b"{").and_then(|inner| inner.strip_suffix(b"}"));
    let bytes = inner.unwrap_or_default();
    let mut at = 0;
    std::iter::from_fn(move || {
        let key_end = part_end(bytes, at, b":");
        let key = unescaped(bytes.get(at..key_end)?.trim_ascii()).ok()?;
        let end = part_end(bytes, key_end + 1, b",");
        let value = bytes.get(key_end + 1..end)?.trim_ascii();
        at = end + 1;
        Some((key, value))
    })
}

/// The written values of a list, in order; none where it is no list. `sound` must have passed [`check`].
pub(crate) fn elements(sound: &[u8]) -> impl Iterator<Item = &[u8]> {
    let inner = sound.trim_ascii().strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]"));
    let bytes = inner.unwrap_or_default();
    let mut at = if bytes.trim_ascii().is_empty() { bytes.len() + 1 } else { 0 };
    std::iter::from_fn(move || {
        bytes.get(at..)?;
        let end = part_end(bytes, at, b",");
        let value = bytes.get(at..end)?.trim_ascii();
        at = end + 1;
        Some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_as_they_are_written() {
        let object = br#" {"a": 1e2, "b,}": [1, {"a": 2}], "c": "x:\"y\"", "\u0064": {} } "#;
        let found: Vec<_> =
            members(object).map(|(key, value)| (key, std::str::from_utf8(value).unwrap())).collect();
        let expected = [("a", "1e2"), ("b,}", r#"[1, {"a": 2}]"#), ("c", r#""x:\"y\"""#), ("d", "{}")]
            .map(|(key, value)| (key.to_owned(), value));
        assert_eq!(found, expected);
        assert_eq!(members(b"{}").count() + members(b"[1]").count(), 0);
    }

    #[test]
    fn compact_keeps_numbers_strings_and_order() {
        let written = r#"{ "b" : 12345678901234567890,  "a": " x \" é " }"#;
        assert_eq!(compact(written), r#"{"b":12345678901234567890,"a":" x \" é "}"#);
    }

    #[test]
    fn numbers_that_json_lacks_are_read_as_python_writes_them() {
        for text in ["NaN", "-Infinity", "[1, NaN, {\"NaN\": Infinity}]"] {
            assert_eq!(check(text.as_bytes()), Ok(text));
        }
        for text in ["nan", "NaN1 2", "[NaNNaN]", "\"NaN", "xNaN"] {
            assert!(check(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_broken_value_says_why() {
        assert_eq!(check(b"{\"a\": }").unwrap_err(), "not valid JSON (expected value)");
        assert_eq!(check(b"\"\xff\"").unwrap_err(), "not UTF-8 text");
    }
}
