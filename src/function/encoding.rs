//! The text of a Python file's or a script's bytes, as Python reads them: UTF-8, or the encoding that one of the first two lines
//! declares (PEP 263, <https://peps.python.org/pep-0263/>).

use encoding_rs::Encoding;

/// Encodings by names that Python knows and the web does not.
const PYTHONS_NAMES: [(&str, &str); 6] = [
    ("cp932", "shift_jis"),
    ("cp936", "gbk"),
    ("cp949", "euc-kr"),
    ("cp950", "big5"),
    ("mac-roman", "macintosh"),
    ("ms1252", "windows-1252"),
];
const LATIN_1: [&str; 4] = ["latin-1", "latin1", "iso-8859-1", "iso8859-1"];

/// The text; or, in Python's words, why there is none.
pub(super) fn decoded(bytes: &[u8]) -> Result<String, String> {
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
    let bytes = marked.unwrap_or(bytes);
    let Some(name) = declared(bytes).filter(|name| !matches!(name.as_str(), "utf-8" | "utf8" | "utf-8-sig"))
    else {
        let what = if declared(bytes).is_some() { "and UTF-8 is" } else { "but no encoding" };
        return std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
            let (line, byte) = place(bytes, error.valid_up_to());
            format!(
                "line {line}: SyntaxError: Non-UTF-8 code starting with '\\x{byte:02x}', {what} declared; save the \
                 file as UTF-8, or declare its encoding in the first line, for example `# coding: latin-1`"
            )
        });
    };
    if marked.is_some() {
        return Err(format!("line 1: SyntaxError: encoding problem: {name} with BOM"));
    }
    if LATIN_1.contains(&name.as_str()) {
        return Ok(bytes.iter().map(|byte| char::from(*byte)).collect());
    }
    let bad = |at: usize| {
        let (line, byte) = place(bytes, at);
        format!("line {line}: SyntaxError: '{name}' codec can't decode byte 0x{byte:02x}")
    };
    if name == "ascii" || name == "us-ascii" {
        return match bytes.iter().position(|byte| !byte.is_ascii()) {
            Some(at) => Err(bad(at)),
            None => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        };
    }
    let webs_name =
        PYTHONS_NAMES.iter().find(|(python, _)| *python == name).map_or(name.as_str(), |(_, web)| web);
    let encoding = Encoding::for_label(webs_name.as_bytes())
        .ok_or_else(|| format!("line 1: SyntaxError: unknown encoding: {name}; save the file as UTF-8"))?;
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text.into_owned()),
        None => Err(bad(bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0))),
    }
}

/// The encoding that the first or second line declares; the second only below a comment or nothing.
fn declared(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line);
        let text = line.trim_matches([' ', '\t', '\x0c', '\r']);
        if let Some(comment) = text.strip_prefix('#') {
            if let Some(name) = named_in(comment) {
                return Some(name.to_lowercase().replace('_', "-"));
            }
        } else if !text.is_empty() {
            return None;
        }
    }
    None
}

/// The name behind `coding:` or `coding=`.
fn named_in(comment: &str) -> Option<&str> {
    comment.match_indices("coding").find_map(|(at, word)| {
        let after = comment[at + word.len()..].strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let end = after.find(|letter| !is_of_name(letter)).unwrap_or(after.len());
        (end > 0).then(|| &after[..end])
    })
}

/// The line of a byte, and the byte.
fn place(bytes: &[u8], at: usize) -> (usize, u8) {
    let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    (line, bytes.get(at).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn the_declared_encoding_is_honoured_and_no_byte_replaced() {
        let cafe = Ok("# coding: latin-1\nx = 'café'".to_owned());
        assert_eq!(decoded(b"# coding: latin-1\nx = 'caf\xe9'"), cafe);
        let text = decoded(b"#!/usr/bin/python\n# -*- coding: cp1251 -*-\nx = '\xe0'").unwrap();
        assert!(text.ends_with("'а'"), "{text}");
        assert_eq!(decoded(b"\xef\xbb\xbfx = 1"), Ok("x = 1".to_owned()));
        for (bytes, said) in [
            (
                &b"x = 1\ny = 'caf\xe9'"[..],
                "line 2: SyntaxError: Non-UTF-8 code starting with '\\xe9', but no encoding",
            ),
            (b"x = 1\n# coding: latin-1\ny = '\xe9'", "line 3: SyntaxError: Non-UTF-8"),
            (b"# coding: ascii\n'\xe9'", "line 2: SyntaxError: 'ascii' codec can't decode byte 0xe9"),
            (b"# coding: klingon\n", "unknown encoding: klingon"),
        ] {
            let error = decoded(bytes).unwrap_err();
            assert!(error.starts_with(said) || error.contains(said), "{error}");
        }
    }
}
