//! A cell of a notebook as Python: what only Jupyter understands (magics, commands of the shell, questions) becomes a
//! comment, line by line, so that each line keeps its place.
//!
//! Only the beginning of a *logical* line can be such: `% 7` within brackets, an open string or behind a backslash is
//! Python. Rules: <https://ipython.readthedocs.io/en/stable/interactive/reference.html>.

use super::automagic::is_automagic;

/// Cells that begin with one of these are Python all the same; what `%%timeit` binds is gone when it has ended.
const CODE_CELLS: [&str; 5] = ["time", "capture", "prun", "memit", "mprun"];
/// What stands behind these is Python, too.
const CODE_LINES: [&str; 2] = ["time", "prun"];
/// What `%pylab` binds, but for what only shows things.
const PYLAB: &str = "import numpy, matplotlib, numpy as np; from matplotlib import pylab, pyplot, pyplot as plt; \
    from pylab import *; from numpy import *";
const PROMPTS: [&str; 3] = [">>> ", "... ", ">>>"];

/// The cell as Python, with as many lines.
pub(super) fn to_python(cell: &str) -> String {
    let text = cell.replace("\r\n", "\n");
    let lines: Vec<&str> = dedented(text.trim_end_matches('\n').split('\n').collect());
    let first = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or(0);
    let (mut code, mut open) = (String::new(), Open::default());
    let magic = lines[first].strip_prefix("%%");
    let is_code = magic.is_none_or(|magic| CODE_CELLS.contains(&word(magic)));
    let mut is_command = false;
    for (place, line) in lines.iter().enumerate() {
        let is_comment = !is_code || magic.is_some() && place == first || is_command;
        if is_comment {
            code.push_str(&format!("# {line}"));
            is_command = is_command && line.ends_with('\\');
        } else if let Some(python) = open.is_closed().then(|| without_magic(line)).flatten() {
            is_command = line.ends_with('\\');
            open.read(&python);
            code.push_str(&python);
        } else {
            open.read(line);
            code.push_str(line);
        }
        code.push('\n');
    }
    code
}

/// Takes off prompts, and the spaces that all lines begin with because the first one does.
fn dedented(lines: Vec<&str>) -> Vec<&str> {
    let first = lines.iter().find(|line| !line.trim().is_empty()).copied().unwrap_or_default();
    if first.starts_with(PROMPTS[0]) {
        let bare = |line| PROMPTS.iter().find_map(|prompt| str::strip_prefix(line, prompt)).unwrap_or(line);
        return lines.into_iter().map(bare).collect();
    }
    let indent = &first[..first.len() - first.trim_start().len()];
    lines.into_iter().map(|line| line.strip_prefix(indent).unwrap_or(line)).collect()
}

/// The first word of a magic.
fn word(magic: &str) -> &str {
    magic.split_whitespace().next().unwrap_or_default()
}

/// A logical line that begins here as Python, where it is none.
fn without_magic(line: &str) -> Option<String> {
    if is_automagic(line) {
        return without_magic(&format!("%{line}"));
    }
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    if let Some(code) = text.strip_prefix('%').and_then(timed) {
        return Some(format!("{indent}{code}"));
    }
    if text.strip_prefix('%').is_some_and(|magic| word(magic) == "pylab") {
        return Some(format!("{indent}{PYLAB}  # {text}"));
    }
    if let Some(code) = text.strip_prefix('%').and_then(setting) {
        return Some(format!("{indent}{code}  # {text}"));
    }
    if text.starts_with(['%', '!', '?', ',', ';', '/']) || is_question(text) {
        // A block that holds nothing else needs a statement.
        return Some(format!("{indent}pass  # {text}"));
    }
    let (names, value) = text.split_once('=')?;
    let is_target = |letter: char| letter.is_alphanumeric() || "_,.*[]() ".contains(letter);
    let value = value.trim();
    if !names.chars().all(is_target) || names.trim().is_empty() {
        return None;
    }
    if let Some(code) = value.strip_prefix('%').and_then(timed) {
        return Some(format!("{indent}{names}= {code}"));
    }
    let command = value.strip_prefix(['!', '%'])?;
    let quoted = serde_json::to_string(command.trim_end_matches('\\').trim()).ok()?;
    Some(format!("{indent}{names}= get_ipython().getoutput({quoted})"))
}

/// The code behind a magic that runs it.
fn timed(magic: &str) -> Option<&str> {
    let code = magic.strip_prefix(word(magic))?.trim();
    (CODE_LINES.contains(&word(magic)) && !code.is_empty() && !code.starts_with('-')).then_some(code)
}

/// What a magic does that sets a variable of the environment, enters a folder, or runs another file for its names.
fn setting(magic: &str) -> Option<String> {
    let given = magic.strip_prefix(word(magic))?.trim();
    let quoted = |text: &str| serde_json::to_string(text.trim().trim_matches(['"', '\''])).ok();
    let is_made_up = given.contains(['$', '{']);
    match word(magic) {
        "env" | "set_env" => {
            let (name, value) = given.split_once('=').or_else(|| given.split_once(char::is_whitespace))?;
            let value = match given {
                _ if given.contains('$') => {
                    format!("get_ipython().getoutput({})", quoted(&format!("%{magic}"))?)
                }
                _ if is_made_up => format!("f{}", quoted(value)?),
                _ => quoted(value)?,
            };
            Some(format!("__import__(\"os\").environ[{}] = {value}", quoted(name)?))
        }
        _ if is_made_up || given.is_empty() => None,
        "cd" if !given.starts_with('-') => {
            let os = "__import__(\"os\")";
            Some(format!("{os}.chdir({os}.path.expanduser({}))", quoted(given)?))
        }
        "run" => Some(running(given)?),
        _ => None,
    }
}

/// What `%run FILE` does: it binds the names of another file. What cannot be done here fails with its line, and is not
/// passed over.
fn running(given: &str) -> Option<String> {
    let quoted = |text: &str| serde_json::to_string(text).ok();
    let (mut rest, mut sees_names, mut is_started) = (given, false, true);
    loop {
        match word(rest) {
            "-i" => sees_names = true,
            "-n" => is_started = false,
            _ => break,
        }
        rest = rest[2..].trim_start();
    }
    let first = rest.chars().next().filter(|sign| matches!(sign, '"' | '\''));
    let (file, more) = match first {
        Some(quote) => rest[1..].split_once(quote)?,
        None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
    };
    let is_code = file.ends_with(".py");
    if rest.starts_with('-') || !more.trim().is_empty() || file.ends_with(".ipynb") {
        return Some(format!("exec(get_ipython().getoutput({}))", quoted(&format!("%run {given}"))?));
    }
    let module = file.trim_start_matches("./").strip_suffix(".py").unwrap_or(file);
    let is_name = module.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    if is_code && is_name && !sees_names {
        return Some(format!("from {module} import *"));
    }
    let path = if is_code { file.to_owned() } else { format!("{file}.py") };
    let names = if sees_names { ", globals()" } else { "" };
    let run_name = if is_started { ", run_name=\"__main__\"" } else { "" };
    Some(format!("globals().update(__import__(\"runpy\").run_path({}{names}{run_name}))", quoted(&path)?))
}

/// Whether a line asks for help: `print?`.
fn is_question(text: &str) -> bool {
    let name = text.trim_end().trim_end_matches('?');
    let is_name = |letter: char| letter.is_alphanumeric() || "_.*%".contains(letter);
    text.trim_end().ends_with('?') && !name.is_empty() && name.chars().all(is_name)
}

/// What of Python is open at the end of a line, so that the next one goes on with it.
#[derive(Default)]
struct Open {
    brackets: usize,
    /// The quote of a string that goes on, and whether it stands three times.
    string: Option<(char, bool)>,
    is_continued: bool,
}

impl Open {
    fn is_closed(&self) -> bool {
        self.brackets == 0 && self.string.is_none() && !self.is_continued
    }

    fn read(&mut self, line: &str) {
        let letters: Vec<char> = line.chars().collect();
        self.is_continued = false;
        let mut place = 0;
        while place < letters.len() {
            let letter = letters[place];
            let is_tripled = letters[place..].starts_with(&[letter; 3]);
            match (self.string, letter) {
                (_, '\\') => {
                    self.is_continued = place + 1 == letters.len();
                    place += 1;
                }
                (Some((quote, true)), _) if letter == quote && is_tripled => {
                    self.string = None;
                    place += 2;
                }
                (Some((quote, false)), _) if letter == quote => self.string = None,
                (Some(_), _) => {}
                (None, '#') => break,
                (None, '"' | '\'') => {
                    self.string = Some((letter, is_tripled));
                    place += if is_tripled { 2 } else { 0 };
                }
                (None, '(' | '[' | '{') => self.brackets += 1,
                (None, ')' | ']' | '}') => self.brackets = self.brackets.saturating_sub(1),
                (None, _) => {}
            }
            place += 1;
        }
        // A string of one line ends with it.
        if !self.is_continued && matches!(self.string, Some((_, false))) {
            self.string = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::to_python;

    /// Cells, each with what Python gets; nothing where that is the cell as it is.
    const CELLS: &[(&str, Option<&str>)] = &[
        ("def key(n):\n    return (n * 31\n            % 7)", None),
        ("x = '''\n!ls\n% a\n'''", None),
        ("x = a \\\n    % b", None),
        ("y = x != 3\nz = x % 3", None),
        ("x = \"# (\"\ny = 1", None),
        ("%matplotlib inline\nx = 1", Some("pass  # %matplotlib inline\nx = 1\n")),
        (
            "%pylab inline",
            Some(
                "import numpy, matplotlib, numpy as np; from matplotlib import pylab, pyplot, pyplot as plt; \
                 from pylab import *; from numpy import *  # %pylab inline\n",
            ),
        ),
        ("if a:\n    !ls -l", Some("if a:\n    pass  # !ls -l\n")),
        ("!pip install a \\\n    b\nx = 1", Some("pass  # !pip install a \\\n#     b\nx = 1\n")),
        ("sorted?\n?print\nx = 1", Some("pass  # sorted?\npass  # ?print\nx = 1\n")),
        ("%env A=b c", Some("__import__(\"os\").environ[\"A\"] = \"b c\"  # %env A=b c\n")),
        ("%set_env A 1", Some("__import__(\"os\").environ[\"A\"] = \"1\"  # %set_env A 1\n")),
        ("%env A={b}", Some("__import__(\"os\").environ[\"A\"] = f\"{b}\"  # %env A={b}\n")),
        (
            "%env A=$b",
            Some("__import__(\"os\").environ[\"A\"] = get_ipython().getoutput(\"%env A=$b\")  # %env A=$b\n"),
        ),
        ("%cd {folder}", Some("pass  # %cd {folder}\n")),
        ("%env", Some("pass  # %env\n")),
        (
            "%cd ~/data",
            Some("__import__(\"os\").chdir(__import__(\"os\").path.expanduser(\"~/data\"))  # %cd ~/data\n"),
        ),
        ("%run ./other.py", Some("from other import *  # %run ./other.py\n")),
        (
            "%run -i other.py 3",
            Some("exec(get_ipython().getoutput(\"%run -i other.py 3\"))  # %run -i other.py 3\n"),
        ),
        (
            "%run -n \"my file.py\"",
            Some(
                "globals().update(__import__(\"runpy\").run_path(\"my file.py\"))  # %run -n \"my file.py\"\n",
            ),
        ),
        (
            "%run -i sub/c",
            Some(
                "globals().update(__import__(\"runpy\").run_path(\"sub/c.py\", globals(), run_name=\"__main__\"))  \
                 # %run -i sub/c\n",
            ),
        ),
        ("%%timeit\nx = 1", Some("# %%timeit\n# x = 1\n")),
        ("names = !ls", Some("names = get_ipython().getoutput(\"ls\")\n")),
        ("%time T = [0,\n 1]", Some("T = [0,\n 1]\n")),
        ("t = %time f(2)", Some("t = f(2)\n")),
        ("%timeit f(2)", Some("pass  # %timeit f(2)\n")),
        ("%%time\nx = 1", Some("# %%time\nx = 1\n")),
        ("\n%%bash\nls", Some("# \n# %%bash\n# ls\n")),
        ("  x = 1\n  y = 2", Some("x = 1\ny = 2\n")),
        (">>> x = [1,\n...  2]", Some("x = [1,\n 2]\n")),
    ];

    #[test]
    fn only_logical_lines_that_jupyter_alone_understands_are_commented_out() {
        for (cell, python) in CELLS {
            let as_is = format!("{cell}\n");
            assert_eq!(to_python(cell), python.unwrap_or(&as_is), "{cell}");
        }
    }
}
