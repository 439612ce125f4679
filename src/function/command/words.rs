//! A template cut into arguments, by the quoting rules of a shell and without its powers: no variables, no patterns, no
//! pipes.

use super::template::{Letter, Placeholder, TemplatePart, column_length, parts};

/// What only a shell knows to do something with.
const SHELL_WORDS: [&str; 10] = ["|", "||", "&", "&&", ";", ">", ">>", "<", "2>", "2>&1"];

/// One argument, with its placeholders.
pub(super) type Argument = Vec<TemplatePart>;

/// The arguments of a template, the program first; otherwise why it cannot be read. `columns` are names in braces that
/// count in spite of the signs in them.
pub(super) fn arguments(template: &str, columns: &[String]) -> Result<Vec<Argument>, String> {
    let words = split(template, columns)?;
    if let Some(word) = words.iter().find_map(Word::shell_word) {
        return Err(format!("`{word}` means something only to a shell: use the shell, or write '{word}'"));
    }
    let argument = |word: &Word| parts(&word.letters, columns).into_iter().map(|(_, part)| part).collect();
    Ok(words.iter().map(argument).collect())
}

/// All placeholders of some arguments.
pub(super) fn placeholders(arguments: &[Argument]) -> impl Iterator<Item = &Placeholder> {
    arguments.iter().flatten().filter_map(|part| match part {
        TemplatePart::Placeholder(placeholder) => Some(placeholder),
        TemplatePart::Text(_) => None,
    })
}

#[derive(Default)]
struct Word {
    letters: Vec<Letter>,
    is_quoted: bool,
}

impl Word {
    fn push(&mut self, sign: char, is_plain: bool) {
        self.letters.push(Letter { sign, is_plain });
    }

    fn shell_word(&self) -> Option<&'static str> {
        let is = |word: &&&str| self.letters.iter().map(|letter| letter.sign).eq(word.chars());
        if self.is_quoted { None } else { SHELL_WORDS.iter().find(is).copied() }
    }
}

fn split(template: &str, columns: &[String]) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut signs = template.chars();
    while let Some(sign) = signs.next() {
        if sign.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert_default();
        word.is_quoted |= matches!(sign, '\'' | '"' | '\\');
        match sign {
            '\'' => single(word, &mut signs)?,
            '"' => double(word, &mut signs)?,
            '\\' => word.push(signs.next().ok_or("it ends with a single backslash")?, true),
            '{' => {
                word.push(sign, false);
                // A name in braces may hold blanks and quotes.
                let length = column_length(signs.as_str(), columns).unwrap_or_default();
                signs.by_ref().take(length).for_each(|sign| word.push(sign, false));
            }
            _ => word.push(sign, false),
        }
    }
    words.extend(word);
    Ok(words)
}

fn single(word: &mut Word, signs: &mut std::str::Chars<'_>) -> Result<(), String> {
    loop {
        match signs.next().ok_or("a single quote (') is not closed")? {
            '\'' => return Ok(()),
            sign => word.push(sign, false),
        }
    }
}

fn double(word: &mut Word, signs: &mut std::str::Chars<'_>) -> Result<(), String> {
    let unclosed = "a double quote (\") is not closed";
    loop {
        match signs.next().ok_or(unclosed)? {
            '"' => return Ok(()),
            // Shells know the first four; braces are the placeholders' own.
            '\\' => match signs.next().ok_or(unclosed)? {
                sign @ ('"' | '\\' | '$' | '`' | '{' | '}') => word.push(sign, true),
                '\n' => {}
                sign => {
                    word.push('\\', true);
                    word.push(sign, false);
                }
            },
            sign => word.push(sign, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(template: &str) -> Vec<String> {
        let text = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => text.clone(),
            TemplatePart::Placeholder(placeholder) => format!("<{}>", placeholder.written),
        };
        let arguments = arguments(template, &["Town Name".to_owned()]).unwrap();
        arguments.iter().map(|argument| argument.iter().map(text).collect()).collect()
    }

    #[test]
    fn a_template_is_cut_as_a_shell_does() {
        assert_eq!(written(" gzip  -k\t{} "), ["gzip", "-k", "<{}>"]);
        assert_eq!(written(r#"a 'b c'"d e"\ f '' """#), ["a", "b cd e f", "", ""]);
        assert_eq!(written(r#"echo "a\"b\\\n" 'c\d' \'"#), ["echo", "a\"b\\\\n", "c\\d", "'"]);
        assert_eq!(written("mv {} x'{.}'\"y{/}\".png"), ["mv", "<{}>", "x<{.}>y<{/}>.png"]);
        assert_eq!(written(""), Vec::<String>::new());
    }

    #[test]
    fn a_name_in_braces_is_one_word_where_there_is_such_a_column() {
        let words = ["a", "<{Town Name}>", "x<{Town Name/}>", "<{Town Name}>", "{Town", "Nam}"];
        assert_eq!(written("a {Town Name} x{Town Name/} '{Town Name}' {Town Nam}"), words);
    }

    #[test]
    fn a_backslash_makes_braces_plain() {
        assert_eq!(written(r#"find \{\} "\{n\}" \{}"#), ["find", "{}", "{n}", "{}"]);
    }

    #[test]
    fn what_cannot_be_read_is_a_sentence() {
        for (template, reason) in [
            ("echo 'a", "a single quote (') is not closed"),
            ("echo \"a\\", "a double quote (\") is not closed"),
            ("echo a\\", "it ends with a single backslash"),
            ("ls | wc", "`|` means something only to a shell: use the shell, or write '|'"),
        ] {
            assert_eq!(arguments(template, &[]).unwrap_err(), reason);
        }
        assert_eq!(written("expr {} '>' 3 \\| 4"), ["expr", "<{}>", ">", "3", "|", "4"]);
    }
}
