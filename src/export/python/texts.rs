//! Texts in the source of Python: where one ends, and which names stand in the braces of one that is formatted.

/// A text that a source begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    /// With its prefix and quotes, in bytes.
    pub(super) length: usize,
    pub(super) is_formatted: bool,
}

/// The text that a source begins with, where it begins with one.
pub(super) fn text_at(rest: &str) -> Option<Text> {
    let quote_at = rest.find(['"', '\''])?;
    let prefix = rest[..quote_at].to_ascii_lowercase();
    if !["", "r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"].contains(&prefix.as_str()) {
        return None;
    }
    let quoted = &rest[quote_at..];
    let quote = &quoted[..1];
    let tripled = quote.repeat(3);
    let ends = if quoted.starts_with(&tripled) { tripled.as_str() } else { quote };
    let mut at = ends.len();
    while let Some(sign) = quoted[at..].chars().next() {
        let inner = &quoted[at..];
        if inner.starts_with(ends) {
            at += ends.len();
            break;
        }
        if sign == '\n' && ends.len() == 1 {
            break;
        }
        at += sign.len_utf8();
        if sign == '\\' {
            at += quoted[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    Some(Text { length: quote_at + at, is_formatted: prefix.contains(['f', 't']) })
}

/// What stands in the braces of a formatted text; nothing of other texts.
pub(super) fn braces(text: &str) -> Vec<&str> {
    if !text_at(text).is_some_and(|found| found.is_formatted) {
        return Vec::new();
    }
    let (mut found, mut open, mut begin) = (Vec::new(), 0_usize, 0);
    for (at, sign) in text.char_indices() {
        match sign {
            '{' => {
                open += 1;
                if open == 1 {
                    begin = at + 1;
                }
            }
            '}' if open > 0 => {
                open -= 1;
                if open == 0 {
                    found.push(&text[begin..at]);
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_at_its_own_quotes() {
        for (source, text) in [
            ("'a\"b' + c", "'a\"b'"),
            ("\"\"\"a\"b\"\"\".x", "\"\"\"a\"b\"\"\""),
            ("'a\\'b'c", "'a\\'b'"),
            ("Rb'\\'' x", "Rb'\\''"),
            ("'open\nx", "'open"),
            ("''x", "''"),
        ] {
            assert_eq!(text_at(source).map(|found| &source[..found.length]), Some(text));
        }
        assert_eq!(text_at("name = 'x'"), None);
        assert_eq!(text_at("x"), None);
    }

    #[test]
    fn names_in_braces_are_found() {
        assert_eq!(braces("f'{a.b}: {c[d]:>{width}} text'"), ["a.b", "c[d]:>{width}"]);
        assert_eq!(braces("'{a}'"), [""; 0]);
    }
}
