//! The commands of a shell's line, as far as quotes tell, for the search for risks. Not exact: what places are quoted is
//! the matter of the shell's own module.

/// Stands for a `$` that the shell leaves alone, within single quotes or behind a backslash.
pub(super) const PLAIN_DOLLAR: char = '\0';

/// The commands of a line as far as quotes tell, each as its words without quotes; those that a pipe connects together.
pub(super) fn pipelines_of(template: &str) -> Vec<Vec<Vec<String>>> {
    let mut all = vec![vec![vec![String::new()]]];
    let mut quote = None;
    // The quotes around each `$(` that is open, and how many words `case` had no `esac` before it.
    let mut around = Vec::new();
    // Within backticks within double quotes.
    let mut is_in_ticks = false;
    let mut signs = template.chars().peekable();
    let end_word = |all: &mut Vec<Vec<Vec<String>>>| {
        let words = all.last_mut().and_then(|line| line.last_mut());
        words.into_iter().for_each(|words| words.push(String::new()));
    };
    let add = |all: &mut Vec<Vec<Vec<String>>>, sign: char| {
        // Without these places the vectors would be empty, which they never are.
        let word = all.last_mut().and_then(|line| line.last_mut()).and_then(|words| words.last_mut());
        word.into_iter().for_each(|word| word.push(sign));
    };
    while let Some(sign) = signs.next() {
        match (sign, quote) {
            ('\'' | '"', None) => quote = Some(sign),
            (sign, Some(open)) if sign == open => quote = None,
            ('$', Some('\'')) => add(&mut all, PLAIN_DOLLAR),
            ('$', None | Some('"')) if signs.next_if_eq(&'(').is_some() => {
                around.push((quote.take(), open_cases(&all)));
                end_word(&mut all);
            }
            (')', None) if !around.is_empty() => {
                // Behind a pattern of `case`, the bracket closes nothing.
                let cases = open_cases(&all);
                if let Some((outer, _)) = around.pop_if(|(_, before)| cases <= *before) {
                    quote = outer;
                }
                end_word(&mut all);
            }
            ('`', Some('"')) => {
                (quote, is_in_ticks) = (None, true);
                end_word(&mut all);
            }
            ('`', None) if is_in_ticks => {
                (quote, is_in_ticks) = (Some('"'), false);
                end_word(&mut all);
            }
            // A line that goes on.
            ('\\', None | Some('"')) if signs.next_if_eq(&'\n').is_some() => {}
            // Backticks within backticks.
            ('\\', None | Some('"')) if signs.next_if_eq(&'`').is_some() => end_word(&mut all),
            ('\\', None | Some('"')) => {
                let escaped = signs.next().map(|sign| if sign == '$' { PLAIN_DOLLAR } else { sign });
                escaped.into_iter().for_each(|sign| add(&mut all, sign));
            }
            // Another stream, as in `2>&1`, and not the end of a command.
            ('&', None) if ends_with_arrow(&all) => add(&mut all, sign),
            ('|', None) if signs.next_if_eq(&'|').is_none() => {
                all.last_mut().into_iter().for_each(|line| line.push(vec![String::new()]));
            }
            (';' | '&' | '|' | '\n', None) => all.push(vec![vec![String::new()]]),
            (sign, None) if sign.is_whitespace() || "()`".contains(sign) => end_word(&mut all),
            (sign, _) => add(&mut all, sign),
        }
    }
    all.iter_mut().flatten().for_each(|words| words.retain(|word| !word.is_empty()));
    all
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

fn ends_with_arrow(all: &[Vec<Vec<String>>]) -> bool {
    let word = all.last().and_then(|line| line.last()).and_then(|words| words.last());
    word.is_some_and(|word| word.ends_with(['<', '>']))
}
