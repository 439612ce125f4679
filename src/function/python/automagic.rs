//! Lines of a notebook that are magics or commands without their sign: `cd data`, `ls -l`, `time f(3)`. Jupyter takes them for
//! such where they are no Python and their first word is known to it.
//!
//! Rules: <https://ipython.readthedocs.io/en/stable/interactive/magics.html#magic-automagic>.

/// Magics and commands that people write so.
const KNOWN: [&str; 24] = [
    "cd",
    "env",
    "run",
    "time",
    "timeit",
    "pip",
    "conda",
    "matplotlib",
    "pylab",
    "load_ext",
    "reload_ext",
    "autoreload",
    "who",
    "whos",
    "ls",
    "pwd",
    "mkdir",
    "rmdir",
    "rm",
    "cp",
    "mv",
    "cat",
    "less",
    "clear",
];
/// Words that go on behind a name in Python.
const OPERATORS: [&str; 8] = ["in", "is", "if", "and", "or", "not", "else", "for"];

/// Whether a line is such a magic.
pub(super) fn is_automagic(line: &str) -> bool {
    let Some((word, given)) = line.split_once(char::is_whitespace) else {
        return KNOWN[14..].contains(&line);
    };
    let given = given.trim_start();
    let mut signs = given.chars();
    let (first, second) = (signs.next(), signs.next());
    let is_word = first.is_some_and(|sign| sign.is_alphanumeric() || "_\"'~$".contains(sign));
    let is_path = first.is_some_and(|sign| "./-".contains(sign))
        && second.is_some_and(|sign| !sign.is_whitespace() && sign != '=');
    let is_up = matches!((first, second), (Some('/' | '.'), None)) || given == "..";
    let is_operator = given.split_whitespace().next().is_some_and(|next| OPERATORS.contains(&next));
    KNOWN.contains(&word) && (is_word || is_path || is_up) && !is_operator
}

#[cfg(test)]
mod tests {
    use super::is_automagic;

    #[test]
    fn what_is_no_python_and_begins_with_a_known_word_is_a_magic() {
        for line in [
            "cd data",
            "cd /",
            "cd ..",
            "cd ~/x",
            "ls",
            "ls -l",
            "pwd",
            "time f(3)",
            "time x = 5",
            "pip install a",
            "matplotlib inline",
            "run main.py",
            "cat a.txt",
        ] {
            assert!(is_automagic(line), "{line}");
        }
        for line in [
            "cd = 5",
            "cd(x)",
            "time",
            "time.sleep(1)",
            "time / 2",
            "time - 2",
            "time -= 2",
            "run in x",
            "env if a else b",
            "ls = [1]",
            "cat, dog = 1, 2",
            "data x",
            "print x",
            "env /= 2",
        ] {
            assert!(!is_automagic(line), "{line}");
        }
    }
}
