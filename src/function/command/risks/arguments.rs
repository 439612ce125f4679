//! The words of a command: which are options, names or places of values, and which only say where its streams go.

use super::super::pipelines::PLAIN_DOLLAR;

/// Words of a command without those that say where its streams go.
pub(super) fn without_arrows(words: &[String]) -> Vec<String> {
    let mut left = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '&') {
            ">" | ">>" | ">|" => drop(words.next()),
            arrow if arrow.starts_with('>') => {}
            _ => left.push(word.clone()),
        }
    }
    left
}

/// Whether a word is a group of short options with one of these among them.
pub(super) fn is_option_with(word: &str, letters: &[char]) -> bool {
    word.strip_prefix('-').is_some_and(|option| {
        option.contains(letters) && option.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

/// Words of a command without those that say where its streams go, and without what `<(` holds.
pub(super) fn without_redirections(given: &[String]) -> Vec<&str> {
    let mut words = Vec::new();
    let mut given = given.iter().take_while(|word| *word != "<(");
    while let Some(word) = given.next() {
        if !word.contains(['<', '>']) {
            words.push(word.as_str());
        } else if word.ends_with(['<', '>']) {
            given.next();
        }
    }
    words
}

/// Whether a word names a stream that is open, such as the standard input.
pub(super) fn is_stream(word: &str) -> bool {
    ["/dev/stdin", "/dev/fd/", "/proc/self/fd/"].iter().any(|stream| word.starts_with(stream))
}

/// Whether an option may have the next word as its argument: `-o` and `--output`, but not `-batch`.
pub(super) fn may_take_next(option: &str) -> bool {
    option.starts_with("--") || option.starts_with('-') && option.len() == 2
}

/// Whether nothing stands before the value in a word, so that a program takes all of the value for what it likes.
pub(super) fn begins_with_value(word: &str) -> bool {
    word.trim_start_matches(['"', '\'']).starts_with(['{', '$', PLAIN_DOLLAR])
}

pub(super) fn is_of_names(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(|sign: char| sign.is_numeric()) && text.chars().all(is_of_names)
}

/// Whether `{}` or `{name}` stands in it; braces of code have blanks within, or nothing but a number of signs.
pub(super) fn has_placeholder(code: &str) -> bool {
    code.match_indices('{').any(|(at, _)| {
        let is_variable = code[..at].ends_with(['$', PLAIN_DOLLAR]);
        let name = code[at + 1..].split('}').next().filter(|name| at + 1 + name.len() < code.len());
        !is_variable
            && name.is_some_and(|name| {
                !name.contains(char::is_whitespace) && !name.contains(['$', PLAIN_DOLLAR, '"', '('])
            })
    })
}
