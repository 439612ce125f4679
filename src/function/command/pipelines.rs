//! The commands of a shell's line, as far as quotes tell, for the search for risks. Not exact: what places are quoted is
//! the matter of the shell's own module.

use std::iter::Peekable;
use std::str::Chars;

/// Stands for a `$` that the shell leaves alone, within single quotes or behind a backslash.
pub(super) const PLAIN_DOLLAR: char = '\0';

/// The word behind which a command within another begins, in `$(...)` and in backticks.
pub(super) const SUBSTITUTION: &str = "$(";

/// The commands of a line as far as quotes tell, each as its words without quotes; those that a pipe connects together.
/// `<(` is a word of its own, and the text of a here-document is one behind `<<<`.
pub(super) fn pipelines_of(template: &str) -> Vec<Vec<Vec<String>>> {
    let mut reader = Reader {
        all: vec![vec![vec![String::new()]]],
        signs: template.chars().peekable(),
        quote: None,
        around: Vec::new(),
        is_in_ticks: false,
        line_begin: 0,
    };
    while let Some(sign) = reader.signs.next() {
        reader.take(sign);
    }
    reader.all.iter_mut().flatten().for_each(|words| words.retain(|word| !word.is_empty()));
    reader.all
}

struct Reader<'a> {
    all: Vec<Vec<Vec<String>>>,
    signs: Peekable<Chars<'a>>,
    /// The quote that is open.
    quote: Option<char>,
    /// The quotes around each `$(` that is open, and how many words `case` had no `esac` before it.
    around: Vec<(Option<char>, usize)>,
    /// Within backticks within double quotes.
    is_in_ticks: bool,
    /// The pipeline with which the line began.
    line_begin: usize,
}

impl Reader<'_> {
    fn take(&mut self, sign: char) {
        match (sign, self.quote) {
            ('\'' | '"', None) => self.quote = Some(sign),
            (sign, Some(open)) if sign == open => self.quote = None,
            ('$', Some('\'')) => self.add(PLAIN_DOLLAR),
            ('$', _) if self.signs.next_if_eq(&'(').is_some() => {
                self.around.push((self.quote.take(), open_cases(&self.all)));
                self.substitute();
            }
            ('\\', None | Some('"')) => self.escape(),
            ('`', Some('"')) => self.tick(None, true),
            ('`', None) if self.is_in_ticks => self.tick(Some('"'), false),
            (sign, None) => self.sign(sign),
            (sign, Some(_)) => self.add(sign),
        }
    }

    /// A sign without quotes.
    fn sign(&mut self, sign: char) {
        match sign {
            ')' => {
                self.close();
                self.end_word();
            }
            '(' if self.ends_with_arrow() => {
                self.add(sign);
                self.end_word();
            }
            // Another stream, as in `2>&1`, and not the end of a command.
            '&' if self.ends_with_arrow() => self.add(sign),
            '|' if self.signs.next_if_eq(&'|').is_none() => {
                self.all.last_mut().into_iter().for_each(|line| line.push(vec![String::new()]));
            }
            '\n' => {
                self.documents();
                self.all.push(vec![vec![String::new()]]);
                self.line_begin = self.all.len() - 1;
            }
            ';' | '&' | '|' => self.all.push(vec![vec![String::new()]]),
            '`' => self.substitute(),
            _ if sign.is_whitespace() || sign == '(' => self.end_word(),
            _ => self.add(sign),
        }
    }

    fn escape(&mut self) {
        match self.signs.next() {
            // A line that goes on.
            None | Some('\n') => {}
            // Backticks within backticks.
            Some('`') => self.substitute(),
            Some('$') => self.add(PLAIN_DOLLAR),
            Some(sign) => self.add(sign),
        }
    }

    fn tick(&mut self, quote: Option<char>, is_in_ticks: bool) {
        (self.quote, self.is_in_ticks) = (quote, is_in_ticks);
        self.substitute();
    }

    /// Behind a pattern of `case`, a bracket closes nothing.
    fn close(&mut self) {
        let cases = if self.around.is_empty() { 0 } else { open_cases(&self.all) };
        if let Some((outer, _)) = self.around.pop_if(|(_, before)| cases <= *before) {
            self.quote = outer;
        }
    }

    /// Puts the texts of the line's here-documents into its commands.
    fn documents(&mut self) {
        for words in self.all[self.line_begin..].iter_mut().flatten() {
            let begins = |word: &String| word.contains("<<") && !word.contains("<<<");
            let Some(at) = words.iter().position(begins) else { continue };
            let own = words[at].rsplit("<<").next().unwrap_or_default().trim_start_matches('-').to_owned();
            let end = if own.is_empty() { words.get(at + 1).cloned().unwrap_or_default() } else { own };
            let mut text = String::new();
            while self.signs.peek().is_some() {
                let line: String = self.signs.by_ref().take_while(|sign| *sign != '\n').collect();
                if line.trim() == end {
                    break;
                }
                text.push_str(&line);
                text.push('\n');
            }
            words[at] = "<<<".to_owned();
            words.insert(at + 1, text);
        }
    }

    fn add(&mut self, sign: char) {
        // Without these places the vectors would be empty, which they never are.
        let words = self.all.last_mut().and_then(|line| line.last_mut());
        words.and_then(|words| words.last_mut()).into_iter().for_each(|word| word.push(sign));
    }

    fn end_word(&mut self) {
        let words = self.all.last_mut().and_then(|line| line.last_mut());
        words.into_iter().for_each(|words| words.push(String::new()));
    }

    fn substitute(&mut self) {
        self.end_word();
        SUBSTITUTION.chars().for_each(|sign| self.add(sign));
        self.end_word();
    }

    fn ends_with_arrow(&self) -> bool {
        let word = self.all.last().and_then(|line| line.last()).and_then(|words| words.last());
        word.is_some_and(|word| word.ends_with(['<', '>']))
    }
}

/// How many words `case` have no `esac` yet.
fn open_cases(all: &[Vec<Vec<String>>]) -> usize {
    let words = all.iter().flatten().flatten();
    words.fold(0, |open, word| match word.as_str() {
        "case" => open + 1,
        "esac" => open.saturating_sub(1),
        _ => open,
    })
}
