//! What a shell's own commands do with values as code: `read`, `declare`, `[[`, and a variable in the place of a command.

use super::super::pipelines::SUBSTITUTION;
use super::arguments::{is_name, is_option_with, is_stream, without_arrows};
use super::{Values, sentence};

/// Words that stand before a command, and programs that run the one behind them.
const BEFORE_COMMANDS: [&str; 22] = [
    "if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "command", "builtin", "exec",
    "nohup", "env", "sudo", "nice", "setsid", "stdbuf", "ionice", "doas", "coproc",
];
const COMPARISONS: [&str; 6] = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"];

impl Values {
    /// What the first of the shell's own commands among these words does with values as code.
    pub(super) fn risk_of_own(&self, words: &[String], is_piped: bool) -> Option<String> {
        own_commands(words).find_map(|words| self.risk_of_one(words, is_piped))
    }

    fn risk_of_one(&self, words: &[String], is_piped: bool) -> Option<String> {
        let is_before = |word: &&String| {
            BEFORE_COMMANDS.contains(&word.as_str())
                || word.split_once('=').is_some_and(|(name, _)| is_name(name))
        };
        let words = &without_arrows(words);
        let exec = words.iter().rposition(|word| word == "-exec");
        let begin = exec.map_or_else(|| words.iter().take_while(is_before).count(), |exec| exec + 1);
        let (name, given) = words[begin..].split_first()?;
        let is_any = |is: &dyn Fn(&str) -> bool| given.iter().any(|word| is(word));
        let is_behind_v = || {
            let behind = given.iter().skip_while(|word| *word != "-v").nth(1);
            behind.is_some_and(|word| self.is_in(word))
        };
        let is_code = match name.as_str() {
            "alias" | "read" | "unset" => is_any(&|word| self.is_in(word)),
            "let" => is_any(&|word| self.is_in(word) || self.is_calculated(word)),
            "declare" | "typeset" | "local" | "readonly" | "export" => {
                // A number, the name of another variable, or an array, whose places are calculated.
                let is_kind = is_any(&|word| is_option_with(word, &['i', 'n', 'a', 'A']));
                let is_number = is_any(&|word| is_option_with(word, &['i']));
                let value = |word: &str| word.split_once('=').map(|(_, value)| value.to_owned());
                name != "export" && is_any(&|word| self.is_in(word.split('=').next().unwrap_or_default()))
                    || is_kind && is_any(&|word| self.is_in(word))
                    || is_number
                        && is_any(&|word| value(word).is_some_and(|value| self.is_calculated(&value)))
            }
            "[[" if is_any(&|word| COMPARISONS.contains(&word)) => is_any(&|word| self.is_calculated(word)),
            "printf" | "test" | "[" | "[[" if is_behind_v() => return Some(sentence("-v")),
            // The words that it holds are a program and its arguments.
            name if name.starts_with('$') => self.is_variable_in(name),
            name if name.contains('/') && self.is_written(name) => true,
            "source" | "." => {
                self.is_here(given)
                    || given.iter().any(|word| self.is_written(word))
                    || is_piped && is_any(&is_stream)
            }
            _ => false,
        };
        is_code.then(|| sentence(name))
    }
}

/// The commands among these words: what they begin with, and what begins within `$(...)` and `{ ... }`. A function that
/// runs its arguments, `{ "$@"; }`, says nothing about what these are.
fn own_commands(words: &[String]) -> impl Iterator<Item = &[String]> {
    let within = words.iter().enumerate().filter_map(|(at, word)| {
        let behind = &words[at + 1..];
        let runs_arguments =
            || behind.first().is_some_and(|word| word.starts_with("$@") || word.starts_with("$*"));
        (word == SUBSTITUTION || word == "{" && !runs_arguments()).then_some(behind)
    });
    std::iter::once(words).chain(within)
}
