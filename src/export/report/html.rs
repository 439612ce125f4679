//! Text within HTML: nothing of it is read as more than text.

use std::fmt::{self, Display, Formatter, Write};

use crate::value::{code_parts, shortened};

/// A text as it stands between tags or in quotes; of signs that do something or are not seen there is only a mark.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for sign in self.0.chars() {
            match sign {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(sign)?,
                sign if sign.is_control() || turns_direction(sign) => f.write_char('\u{fffd}')?,
                sign => f.write_char(sign)?,
            }
        }
        Ok(())
    }
}

/// The same of a sentence, in which code stands between backticks.
pub(super) struct Prose<'a>(pub(super) &'a str);

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        code_parts(self.0).into_iter().try_for_each(|(text, is_code)| match is_code {
            true => write!(f, "<code>{}</code>", Escaped(text)),
            false => write!(f, "{}", Escaped(text)),
        })
    }
}

/// Signs that make what follows read from the other side.
fn turns_direction(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text of at most so many letters, escaped; line ends are blanks.
pub(super) fn cell(text: &str, letters: usize) -> String {
    let short = shortened(text.trim_end(), letters);
    Escaped(&short).to_string().replace(['\n', '\t'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_read_as_html() {
        assert_eq!(
            Escaped("<a href='x'>\"&\u{1b}[2J\u{202e}é").to_string(),
            "&lt;a href=&#39;x&#39;&gt;&quot;&amp;\u{fffd}[2J\u{fffd}é"
        );
        assert_eq!(
            Prose("a `<b>` c `d`, e ` f").to_string(),
            "a <code>&lt;b&gt;</code> c <code>d</code>, e ` f"
        );
        assert_eq!(cell("a\nb<", 3), "a b...");
        assert_eq!(cell("<<<<", 2), "&lt;&lt;...");
    }
}
