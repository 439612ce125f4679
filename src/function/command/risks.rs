//! Templates that make code of values: `sh -c "echo {}"` has the inner shell read the value as a part of its script, which
//! no quotes of this program can prevent.

use super::pipelines::{PLAIN_DOLLAR, pipelines_of};

/// Where a program takes code from.
enum CodePlace {
    /// What stands behind an option that ends with one of these letters, such as `-c` or `-lc`.
    Option(&'static [char]),
    /// Its first argument that is no option.
    First,
    /// All of its arguments.
    All,
}

use CodePlace::{All, First, Option as Behind};

/// Programs that run an argument as code, each with whether it runs also what it reads. A version behind a name is passed
/// over.
const RUNNERS: [(&str, CodePlace, bool); 38] = [
    ("sh", Behind(&['c']), true),
    ("bash", Behind(&['c']), true),
    ("dash", Behind(&['c']), true),
    ("ash", Behind(&['c']), true),
    ("zsh", Behind(&['c']), true),
    ("ksh", Behind(&['c']), true),
    ("fish", Behind(&['c']), true),
    ("rbash", Behind(&['c']), true),
    ("env", Behind(&['S']), false),
    ("python", Behind(&['c']), true),
    ("pypy", Behind(&['c']), true),
    ("perl", Behind(&['e', 'E']), true),
    ("ruby", Behind(&['e']), true),
    ("node", Behind(&['e', 'p']), true),
    ("php", Behind(&['r']), true),
    ("lua", Behind(&['e']), true),
    ("Rscript", Behind(&['e']), false),
    ("julia", Behind(&['e', 'E']), true),
    ("su", Behind(&['c']), true),
    ("runuser", Behind(&['c']), true),
    ("script", Behind(&['c']), true),
    ("flock", Behind(&['c']), false),
    ("at", Behind(&[]), true),
    ("batch", Behind(&[]), true),
    ("sg", Behind(&['c']), false),
    ("vi", Behind(&['c']), false),
    ("vim", Behind(&['c']), false),
    ("nvim", Behind(&['c']), false),
    ("git", Behind(&['c']), false),
    ("eval", All, false),
    ("watch", All, false),
    ("ssh", All, true),
    ("trap", First, false),
    ("awk", First, false),
    ("gawk", First, false),
    ("mawk", First, false),
    ("sed", First, false),
    ("jq", First, false),
];
/// Those whose code is a script as this program's own shell reads it.
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "rbash"];
/// Options whose argument many programs run as code or as a command.
const RUNNING_OPTIONS: [&str; 11] = [
    "-ex",
    "--eval",
    "--exec",
    "--execute",
    "--expression",
    "--filter",
    "--command",
    "--to-command",
    "--checkpoint-action",
    "--rsh",
    "--use-compress-program",
];

/// Where values of inputs are: in placeholders, and in variables that were given one.
#[derive(Default)]
struct Values {
    variables: Vec<String>,
    /// Variables that hold the name of a program: `x=eval`.
    programs: Vec<(String, String)>,
}

/// What is to be known before such a template is run.
pub(super) fn of(template: &str) -> Option<String> {
    Values::default().risk_in(template)
}

impl Values {
    /// What the commands of a script do with values as code.
    fn risk_in(&mut self, script: &str) -> Option<String> {
        for pipeline in pipelines_of(script) {
            let mut is_piped = false;
            for words in &pipeline {
                self.note_variables(words);
                if let Some(sentence) = self.risk_of(words, is_piped) {
                    return Some(sentence);
                }
                is_piped |= words.iter().any(|word| self.is_in(word));
            }
        }
        None
    }

    /// What a shell's script does with values that it is given as arguments: `sh -c 'eval "$1"' sh {}`.
    fn risk_within(&self, given: &[String]) -> Option<String> {
        let behind = given.iter().position(|word| is_option_with(word, &['c']))? + 1;
        let script = given[behind..].iter().position(|word| !word.starts_with('-'))? + behind;
        let arguments = given[script + 1..].iter().enumerate().filter(|(_, word)| self.is_in(word));
        let names = arguments.flat_map(|(place, _)| [place.to_string(), "@".to_owned(), "*".to_owned()]);
        let mut inner = Self { variables: names.collect(), programs: Vec::new() };
        let code = given[script].replace(PLAIN_DOLLAR, "$");
        if inner.variables.is_empty() { None } else { inner.risk_in(&code) }
    }

    /// `x={}`, `export x={}` and `for x in {}`.
    fn note_variables(&mut self, words: &[String]) {
        for (at, word) in words.iter().enumerate() {
            let assigned = word.split_once('=').filter(|(name, value)| is_name(name) && !value.is_empty());
            self.programs.extend(assigned.map(|(name, value)| (name.to_owned(), value.to_owned())));
            let given = word.split_once('=').filter(|(name, value)| is_name(name) && self.is_in(value));
            let is_looped =
                at > 0 && words[at - 1] == "for" && words[at..].iter().any(|word| self.is_in(word));
            let name = given.map(|(name, _)| name).or(is_looped.then_some(word.as_str()));
            self.variables.extend(name.map(str::to_owned));
        }
    }

    fn is_in(&self, code: &str) -> bool {
        let is_variable = |name: &String| {
            code.split('$').skip(1).any(|behind| {
                let behind = behind.trim_start_matches('{');
                behind.strip_prefix(name.as_str()).is_some_and(|rest| !rest.starts_with(is_of_names))
            })
        };
        has_placeholder(code) || self.variables.iter().any(is_variable)
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
            if let Some((name @ ("ENV" | "BASH_ENV"), value)) = word.split_once('=')
                && self.is_in(value)
            {
                return Some(sentence(name));
            }
            let word = self.program_in(word);
            let name = word.rsplit('/').next().unwrap_or_default();
            let name = name.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
            // A variable at the place of a program is most likely a shell: `$SHELL -c`.
            let name = if word.starts_with('$') { "sh" } else { name };
            let Some((runner, code, runs_input)) = RUNNERS.iter().find(|(runner, ..)| *runner == name) else {
                continue;
            };
            if SHELLS.contains(runner)
                && let Some(sentence) = self.risk_within(given)
            {
                return Some(sentence);
            }
            let is_code = match code {
                All => given.iter().any(|word| self.is_in(word)),
                First if given.iter().any(|word| word == "-e" || word == "-f") => {
                    self.is_behind_option(given, &['e'])
                }
                First => {
                    given.iter().find(|word| !word.starts_with('-')).is_some_and(|word| self.is_in(word))
                }
                Behind(letters) => self.is_behind_option(given, letters),
            };
            let is_here =
                given.iter().skip_while(|word| *word != "<<<").nth(1).is_some_and(|word| self.is_in(word));
            let reads_code = *runs_input && given.iter().all(|word| word.starts_with('-'));
            let by_xargs = words[..at].iter().any(|word| word == "xargs") && matches!(code, Behind(_));
            if is_code || is_here || is_piped && (reads_code || by_xargs) {
                return Some(sentence(runner));
            }
        }
        None
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
            is_next || is_later || option.starts_with(letters) && self.is_in(option)
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

/// Whether a word is a group of short options with one of these among them.
fn is_option_with(word: &str, letters: &[char]) -> bool {
    word.strip_prefix('-').is_some_and(|option| {
        option.contains(letters) && option.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

fn sentence(runner: &str) -> String {
    let instead = match runner {
        "eval" => "leave out eval".to_owned(),
        "python" => format!("write {runner} -c \"import sys; print(sys.argv[1])\" {{}}"),
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" => {
            format!("write {runner} -c 'echo \"$1\"' {runner} {{}}")
        }
        "awk" | "gawk" | "mawk" => format!("write {runner} 'BEGIN {{ print ARGV[1] }}' {{}}"),
        "jq" => "write jq --arg value {} '$value'".to_owned(),
        "watch" | "ssh" | "trap" | "at" | "batch" | "sed" => {
            "pass it in a file or on standard input (--stdin)".to_owned()
        }
        "ENV" | "BASH_ENV" | "env" | "git" | "vi" | "vim" | "nvim" => {
            "do not put the value into this option".to_owned()
        }
        option if option.starts_with('-') => "pass it in a file or on standard input (--stdin)".to_owned(),
        runner => format!("pass it to {runner} as an argument after the code"),
    };
    format!(
        "`{runner}` runs the value as a part of its code: an input that holds a command would be run; {instead}"
    )
}

fn is_of_names(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(|sign: char| sign.is_numeric()) && text.chars().all(is_of_names)
}

/// Whether `{}` or `{name}` stands in it; braces of code have blanks within, or nothing but a number of signs.
fn has_placeholder(code: &str) -> bool {
    code.match_indices('{').any(|(at, _)| {
        let is_variable = code[..at].ends_with(['$', PLAIN_DOLLAR]);
        let name = code[at + 1..].split('}').next().filter(|name| at + 1 + name.len() < code.len());
        !is_variable
            && name.is_some_and(|name| {
                !name.contains(char::is_whitespace) && !name.contains(['$', PLAIN_DOLLAR, '"', '('])
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_become_code_are_told() {
        for (template, is_told) in [
            ("sh -c \"echo {}\"", true),
            ("/bin/bash -lc 'cd /tmp && wc -l {town}'", true),
            ("eval {}", true),
            ("eval echo {}", true),
            ("command eval {}", true),
            ("\\eval {}", true),
            ("echo {} | sh", true),
            ("printf '%s' {} | tr a b | bash -s", true),
            ("echo {} | xargs -I% sh -c %", true),
            ("bash <<< {}", true),
            ("trap {} EXIT", true),
            ("x={}; eval \"echo $x\"", true),
            ("x={} && sh -c \"echo ${x}\"", true),
            ("export x=a{}; sh -c \"echo $x\"", true),
            ("for f in {}; do sh -c \"ls $f\"; done", true),
            ("sh -ec {}", true),
            ("sh -c -- {}", true),
            ("awk {}", true),
            ("awk -F: {}", true),
            ("script -qc {} f", true),
            ("watch {}", true),
            ("flock f -c {}", true),
            ("ssh host ls {}", true),
            ("perl -lane {}", true),
            ("python3 -c{}", true),
            ("node --eval {}", true),
            ("python3 -c 'print({})'", true),
            ("cd x; sh -e -c 'ls {}'", true),
            ("timeout 5 env sh -c {}", true),
            ("echo sh -c {}", true),
            ("python3.11 -Ic \"print({})\"", true),
            ("env -S {}", true),
            ("env -S \"sh -c {}\"", true),
            ("perl -e print -e {}", true),
            ("sed -e s/x/y/ -e {} f", true),
            ("rbash -c {}", true),
            ("vim -c {} -c q", true),
            ("gdb -batch -ex {}", true),
            ("make --eval {}", true),
            ("git -c alias.x={} x", true),
            ("tar cf /dev/null --checkpoint=1 --checkpoint-action=exec={} f", true),
            ("sg root -c {}", true),
            ("split --filter={} f", true),
            ("echo \"$(sh -c \"echo {}\")\"", true),
            ("echo \"`sh -c {}`\"", true),
            ("sh \\\n-c 'echo {}'", true),
            ("sh -co errexit 'echo {}'", true),
            ("$SHELL -c \"echo {}\"", true),
            ("${SHELL:-sh} -c \"echo {}\"", true),
            ("bash -c 'eval \"$1\"' _ {}", true),
            ("bash -c 'sh -c \"ls $@\"' _ a {}", true),
            ("eval 2>&1 {}", true),
            ("x=eval; $x {}", true),
            ("x=cat; $x {}", false),
            ("echo \"$(case a in a) eval {};; esac)\"", true),
            ("echo \"$(case a in a) sh -c {};; esac)\"", true),
            ("echo \"$(case a in b) :;; a) bash -c {};; esac)\"", true),
            ("echo `echo \\`bash -c {}\\``", true),
            ("BASH_ENV={} bash -c 'echo ok'", true),
            ("ENV={} sh -ic 'echo ok'", true),
            ("echo \"$(cat {})\" | wc -c", false),
            ("x=\"$(basename {})\"; echo $x", false),
            ("bash -c 'eval \"$1\"' _ ls {}", false),
            ("$EDITOR {}", false),
            ("sed -e s/x/y/ {}", false),
            ("perl -e 'print $ARGV[0]' {}", false),
            ("env A=1 cat {}", false),
            ("python3 -m http.server {}", false),
            ("git -C {} log", false),
            ("grep -e {} f", false),
            ("sh -c 'echo \"$1\"' sh {}", false),
            ("bash script.sh {}", false),
            ("x={}; sh -c 'echo \"$x\"'", false),
            ("x={}; sh -c \"echo \\$x\"", false),
            ("x={}; sh -c \"echo $xy\"", false),
            ("x={}; echo $x", false),
            ("awk '{print $1}' {}", false),
            ("awk -F, '{print $1}' {}", false),
            ("sh -c 'echo ${HOME}' sh {}", false),
            ("echo {} | sort | head -c 5", false),
            ("echo {} | python3 script.py", false),
            ("sh run.sh; echo {}", false),
            ("sed 's/a/b/' {}", false),
            ("jq .a {}", false),
            ("cat {} | jq .a", false),
            ("gzip -k {}", false),
        ] {
            assert_eq!(of(template).is_some(), is_told, "{template}: {:?}", of(template));
        }
    }
}
