//! Templates that make code of values: `sh -c "echo {}"` has the inner shell read the value as a part of its script, which
//! no quotes of this program can prevent.

use super::pipelines::{PLAIN_DOLLAR, SUBSTITUTION, pipelines_of};
use arguments::{
    begins_with_value, has_placeholder, is_name, is_of_names, is_option_with, may_take_next,
    without_redirections,
};
use runners::{CodePlace, RUNNING_OPTIONS, RUNNING_VARIABLES, SHELLS, Way, instead, reads_code, runners};

mod arguments;
mod calculated;
mod own;
mod runners;
#[cfg(test)]
mod tests;

/// What code holds that runs what it is given.
const RUNNING_CODE: [&str; 7] = ["system(", "popen(", "eval(", "exec(", "subprocess.", "| getline", "| ARGV"];

/// Where values of inputs are: in placeholders, and in variables that were given one.
#[derive(Default)]
struct Values {
    variables: Vec<String>,
    /// Variables that hold the name of a program, or the begin of a command: `x=eval`, `x="sh -c"`.
    programs: Vec<(String, String)>,
    /// Variables that hold numbers: `declare -i x`.
    numbers: Vec<String>,
    /// Files that values are written to: `echo {} > s.sh`.
    files: Vec<String>,
}

/// What is to be known before such a template is run.
pub(super) fn of(template: &str) -> Option<String> {
    Values::default().risk_in(template)
}

impl Values {
    /// What the commands of a script do with values as code.
    fn risk_in(&mut self, script: &str) -> Option<String> {
        let pipelines = pipelines_of(script);
        // All of it first: a trap runs at the end, with what variables hold then.
        let is_fed = pipelines.iter().flatten().any(|words| self.is_here(words));
        pipelines.iter().for_each(|pipeline| self.note_pipeline(pipeline, is_fed));
        for pipeline in pipelines {
            let mut is_piped = false;
            for words in &pipeline {
                let words = self.expanded(words);
                let own = self.risk_of_own(&words, is_piped);
                let words = &without_substitutions(&words);
                let risk = self.risk_of(words, is_piped).or(own);
                self.note_numbers(words);
                let risk = risk.or_else(|| self.is_number_given(words).then(|| sentence("declare")));
                self.note_files(words, is_piped);
                if risk.is_some() {
                    return risk;
                }
                is_piped |= words.iter().any(|word| self.is_in(word));
            }
        }
        self.risk_of_calculation(script)
    }

    /// What a shell's script does with values that it is given as arguments: `sh -c 'eval "$1"' sh {}`.
    fn risk_within(&self, given: &[String]) -> Option<String> {
        let behind = given.iter().position(|word| is_option_with(word, &['c']))? + 1;
        let script = given[behind..].iter().position(|word| !word.starts_with('-'))? + behind;
        // Those that are in the environment of the command, or are exported; others are empty there.
        let mut inner = Self { variables: self.variables.clone(), ..Self::default() };
        inner.note_arguments(&given[script + 1..], self, 0);
        let code = given[script].replace(PLAIN_DOLLAR, "$");
        if inner.variables.is_empty() { None } else { inner.risk_in(&code) }
    }

    /// `$1`, `$2` and so on, where these are the arguments and the first of them has this number.
    fn note_arguments(&mut self, given: &[String], around: &Self, first: usize) {
        let values = given.iter().enumerate().filter(|(_, word)| around.is_in(word));
        let names = values.flat_map(|(at, _)| [(at + first).to_string(), "@".to_owned(), "*".to_owned()]);
        self.variables.extend(names);
    }

    /// `x={}`, `export x={}`, `for x in {}` and `set -- {}`.
    fn note_variables(&mut self, words: &[String]) {
        for (at, word) in words.iter().enumerate() {
            let assigned = word.split_once('=').filter(|(name, value)| is_name(name) && !value.is_empty());
            self.programs.extend(assigned.map(|(name, value)| (name.to_owned(), value.to_owned())));
            // What a command prints that stands in the place of a value: `x=$(cat {})`.
            let printed = word.strip_suffix('=').filter(|name| is_name(name));
            let printed = printed.filter(|_| words[at + 1..].iter().any(|word| self.is_in(word)));
            self.variables.extend(printed.map(str::to_owned));
            let given = assigned.filter(|(_, value)| self.is_in(value));
            let is_looped =
                at > 0 && words[at - 1] == "for" && words[at..].iter().any(|word| self.is_in(word));
            let name = given.map(|(name, _)| name).or(is_looped.then_some(word.as_str()));
            self.variables.extend(name.map(str::to_owned));
        }
        if let [set, dashes, given @ ..] = words
            && (set.as_str(), dashes.as_str()) == ("set", "--")
        {
            let mut arguments = Self::default();
            arguments.note_arguments(given, self, 1);
            self.variables.append(&mut arguments.variables);
        }
    }

    /// What variables hold after a pipeline; `is_fed` says whether something in the script reads a value.
    fn note_pipeline(&mut self, pipeline: &[Vec<String>], is_fed: bool) {
        let mut is_piped = is_fed;
        for words in pipeline {
            self.note_variables(words);
            // `echo {} | while read x`.
            if is_piped {
                let behind = words.iter().skip_while(|word| *word != "read").skip(1);
                self.variables.extend(behind.filter(|word| is_name(word)).cloned());
            }
            is_piped |= words.iter().any(|word| self.is_in(word));
        }
    }

    /// `echo {} > s.sh`, `echo {} | tee s.sh` and `echo {} | dd of=s.sh`.
    fn note_files(&mut self, words: &[String], is_piped: bool) {
        if !is_piped && !words.iter().any(|word| self.is_in(word)) {
            return;
        }
        let mut files = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let target = word.rsplit_once('>').map(|(_, target)| target);
            let next = || words.get(at + 1).map(String::as_str);
            let target = target.and_then(|target| if target.is_empty() { next() } else { Some(target) });
            files.extend(target.map(str::to_owned));
        }
        files.extend(words.iter().filter_map(|word| word.strip_prefix("of=")).map(str::to_owned));
        if words.first().is_some_and(|word| word == "tee") {
            files.extend(words[1..].iter().filter(|word| !word.starts_with('-')).cloned());
        }
        self.files
            .extend(files.into_iter().filter(|file| !file.starts_with("/dev/") && !file.starts_with('&')));
    }

    fn is_written(&self, word: &str) -> bool {
        let plain = |path: &str| path.trim_start_matches("./").to_owned();
        self.files.iter().any(|file| plain(file) == plain(word))
    }

    /// The words of a command with the begin of another in the place of a variable that holds it.
    fn expanded(&self, words: &[String]) -> Vec<String> {
        let expand = |word: &String| match self.program_in(word) {
            held if held != word && held.contains(char::is_whitespace) => {
                held.split_whitespace().map(str::to_owned).collect()
            }
            _ => vec![word.clone()],
        };
        words.iter().flat_map(expand).collect()
    }

    fn is_in(&self, code: &str) -> bool {
        has_placeholder(code) || self.is_variable_in(code)
    }

    fn is_variable_in(&self, code: &str) -> bool {
        let is_variable = |name: &String| {
            code.split('$').skip(1).any(|behind| {
                let behind = behind.trim_start_matches('{');
                behind.strip_prefix(name.as_str()).is_some_and(|rest| !rest.starts_with(is_of_names))
            })
        };
        self.variables.iter().any(is_variable)
    }

    /// What one command does with values as code.
    fn risk_of(&self, words: &[String], is_piped: bool) -> Option<String> {
        for (at, word) in words.iter().enumerate() {
            let given = &words[at + 1..];
            if let Some(option) =
                RUNNING_OPTIONS.iter().find(|option| self.is_argument_of(option, word, given))
            {
                return Some(sentence(option));
            }
            if let Some((name, value)) = word.split_once('=')
                && RUNNING_VARIABLES.contains(&name)
                && self.is_in(value)
            {
                return Some(sentence(name));
            }
            let program = self.program_in(word);
            if runners(program).any(|(runner, ..)| SHELLS.contains(&runner))
                && let Some(sentence) = self.risk_within(given)
            {
                return Some(sentence);
            }
            let mut ways = runners(program);
            if let Some((runner, place, _)) = ways.find(|way| self.is_run_by(*way, words, at, is_piped)) {
                return Some(match place {
                    CodePlace::Opened(_) => sentence_of_opened(runner),
                    CodePlace::Leading => sentence_of_leading(runner),
                    _ => sentence(runner),
                });
            }
        }
        None
    }

    /// Whether the runner at this place among the words of a command runs a value, in this one of the ways it has.
    fn is_run_by(&self, way: Way, words: &[String], at: usize, is_piped: bool) -> bool {
        let (runner, place, runs_input) = way;
        let given = &words[at + 1..];
        let by_xargs = (is_piped || self.is_here(words))
            && words[..at].iter().any(|word| word == "xargs")
            && matches!(place, CodePlace::Option(_));
        let has_values = is_piped || words.iter().any(|word| self.is_in(word));
        let is_running = |code: &String| RUNNING_CODE.iter().any(|word| code.contains(word));
        // It is a script of its own, read when it runs.
        let is_trapped =
            runner == "trap" && given.iter().any(|code| self.is_in(&code.replace(PLAIN_DOLLAR, "$")));
        by_xargs
            || has_values && !matches!(place, CodePlace::All) && given.iter().any(is_running)
            || is_trapped
            || self.is_code(place, given)
            || runs_input && (self.is_file_run(given) || self.is_read(runner, given, is_piped))
    }

    /// Whether a value is in the code among these arguments.
    fn is_code(&self, place: &CodePlace, given: &[String]) -> bool {
        match place {
            CodePlace::All => given.iter().any(|word| self.is_in(word)),
            CodePlace::First if given.iter().any(|word| word == "-e" || word == "-f") => {
                self.is_behind_option(given, &['e'])
            }
            CodePlace::First => {
                given.iter().find(|word| !word.starts_with('-')).is_some_and(|word| self.is_in(word))
            }
            CodePlace::BehindFirst => {
                let arguments = given.iter().filter(|word| !word.starts_with('-'));
                arguments.skip(1).any(|word| self.is_in(word))
            }
            CodePlace::Option(letters) => self.is_behind_option(given, letters),
            CodePlace::Assigned => {
                given.iter().any(|word| word.split_once('=').is_some_and(|(_, value)| self.is_in(value)))
            }
            CodePlace::Plus => given.iter().any(|word| word.starts_with('+') && self.is_in(word)),
            CodePlace::Opened(letters) => {
                let is_so = letters.is_empty() || given.iter().any(|word| is_option_with(word, letters));
                is_so
                    && without_redirections(given)
                        .into_iter()
                        .any(|word| self.is_in(word) && begins_with_value(word))
            }
            CodePlace::Leading => {
                let words = without_redirections(given);
                let words = words.iter().take_while(|word| **word != "--");
                let mut pairs = std::iter::once(&"").chain(words.clone()).zip(words);
                pairs.any(|(before, word)| {
                    !may_take_next(before) && self.is_in(word) && begins_with_value(word)
                })
            }
            CodePlace::Input => false,
        }
    }

    /// Whether a value is in what a runner reads as code: from a pipe, a here-document or another command.
    fn is_read(&self, runner: &str, given: &[String], is_piped: bool) -> bool {
        let words = without_redirections(given);
        reads_code(runner, &words) && (is_piped || self.is_here(given))
    }

    /// Whether a value was written to the file that a runner takes as its script.
    fn is_file_run(&self, given: &[String]) -> bool {
        let script = without_redirections(given).into_iter().find(|word| !word.starts_with('-'));
        let read = given.iter().skip_while(|word| *word != "<").nth(1).map(String::as_str);
        script.or(read).is_some_and(|file| self.is_written(file))
    }

    /// Whether a value is in a here-document, or in what a command prints that stands in the place of a file.
    fn is_here(&self, given: &[String]) -> bool {
        let is_text = given
            .iter()
            .skip_while(|word| !word.ends_with("<<<"))
            .nth(1)
            .is_some_and(|word| self.is_in(word));
        is_text || given.iter().skip_while(|word| *word != "<(").any(|word| self.is_in(word))
    }

    /// The program whose name a variable holds, where it is known; otherwise the word itself.
    fn program_in<'a>(&'a self, word: &'a str) -> &'a str {
        let name = word.strip_prefix('$').map(|name| name.trim_matches(['{', '}']));
        let held = name.and_then(|name| self.programs.iter().rev().find(|(known, _)| known == name));
        held.map_or(word, |(_, program)| program.as_str())
    }

    /// Whether a value is in the code behind such an option, or in the same word; there may be several.
    fn is_behind_option(&self, given: &[String], letters: &[char]) -> bool {
        given.iter().enumerate().any(|(at, word)| {
            let Some(option) = word.strip_prefix('-').filter(|option| !option.starts_with('-')) else {
                return false;
            };
            let code = given[at + 1..].iter().find(|word| !word.starts_with('-'));
            let is_next = option.ends_with(letters) && code.is_some_and(|code| self.is_in(code));
            // Behind `-co errexit` stands the name of an option first.
            let is_later = is_option_with(word, letters)
                && option.ends_with('o')
                && given[at + 1..].iter().take(2).any(|word| self.is_in(word));
            let (group, own) = option.split_at(option.find(letters).unwrap_or(option.len()));
            let is_group = group.bytes().all(|byte| byte.is_ascii_alphabetic());
            is_next || is_later || is_group && self.is_in(own)
        })
    }

    /// Whether a value is in the argument of this option, behind `=` or in the next word.
    fn is_argument_of(&self, option: &str, word: &str, behind: &[String]) -> bool {
        match word.strip_prefix(option) {
            Some("") => behind.first().is_some_and(|word| self.is_in(word)),
            Some(rest) => rest.strip_prefix('=').is_some_and(|code| self.is_in(code)),
            None => false,
        }
    }
}

fn without_substitutions(words: &[String]) -> Vec<String> {
    words.iter().filter(|word| *word != SUBSTITUTION).cloned().collect()
}

fn sentence_of_leading(runner: &str) -> String {
    format!(
        "`{runner}` takes a value such as `-x` for an option, and has options that run commands; put `--` before \
         the value"
    )
}

fn sentence_of_opened(runner: &str) -> String {
    format!(
        "`{runner}` runs a name of a file that is written as a command, such as `|command`: an input of that kind would be \
         run; put ./ or the path of a folder before the value"
    )
}

fn sentence(runner: &str) -> String {
    format!(
        "`{runner}` runs the value as a part of its code: an input that holds a command would be run; {}",
        instead(runner)
    )
}
