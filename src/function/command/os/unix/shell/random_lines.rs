//! Random lines run by real shells: a value in a line must do what a harmless word in its place does, and stand in the
//! output where that word stands.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::ShellLine;
use super::grammar::{BRACE, Grammar, HOLE, Random};
use super::heaps::heap;
use crate::function::command::template::Filling;
use crate::value::ValueRef;

/// A word that no shell reads anything into, wherever it stands.
const HARMLESS: &str = "@qZ7@";
/// A command that writes how many arguments it has, and each, into a file. It ends the shell where it is called without end.
const ARGS: &str = "args() { _m=$#; for _a do _m=\"$_m[$_a]\"; done; printf '%s\\n' \"$_m\" >>\"$LOG\"; \
                    _n=$((_n + 1)); [ $_n -lt 999 ] || kill $$; echo ok; }\n";
const VALUES: [&str; 50] = [
    "a  b",
    "*",
    "it's",
    "\"q\"",
    "$(touch HACKED)",
    "`touch HACKED`",
    ";touch HACKED;",
    "x\ny",
    "-n",
    "é ü",
    "\\",
    "a\\",
    "$HOME",
    "${u:-x}",
    "&& touch HACKED",
    "'; touch HACKED; '",
    "\"; touch HACKED; \"",
    ")",
    "}",
    "#",
    "~",
    "\nE\ntouch HACKED\n",
    "esac",
    "{a,b}",
    "1",
    "[a-z]*",
    "|",
    "<x",
    ">HACKED",
    "!",
    "=",
    "\t",
    " ",
    "two",
    "plain.txt",
    "root",
    "3",
    "a-z",
    ":alpha:",
    "time",
    "/",
    "2",
    "b-d",
    "x,y",
    "if",
    "$(",
    "`",
    "'",
    "))",
    // The last, since a name of a command with it is that command.
    "",
];

struct Folder {
    folder: tempfile::TempDir,
    shells: Vec<&'static str>,
}

/// What a shell did: what it printed, and what `args` was given.
#[derive(Debug, PartialEq, Eq)]
struct Done {
    stdout: String,
    log: String,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("at")).unwrap();
        // What patterns would match.
        for name in ["one", "two"] {
            fs::write(folder.path().join("at").join(name), "").unwrap();
        }
        let is_there = |shell: &&str| Command::new(shell).args(["-c", ":"]).status().is_ok();
        Self { folder, shells: ["dash", "bash"].into_iter().filter(is_there).collect() }
    }

    fn run(&self, shell: &str, line: &[u8]) -> Done {
        let log = self.folder.path().join("log");
        fs::write(&log, "").unwrap();
        let line = [ARGS.as_bytes(), line].concat();
        let output = Command::new(shell)
            .arg0("sh")
            .arg("-c")
            .arg(OsStr::from_bytes(&line))
            .current_dir(self.folder.path().join("at"))
            .env("LOG", &log)
            .env_remove("u")
            .env_remove("ENV")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Done { stdout: text(&output.stdout), log: text(&fs::read(&log).unwrap()) }
    }

    fn files(&self) -> usize {
        fs::read_dir(self.folder.path().join("at")).unwrap().count()
    }
}

fn template(line: &str) -> String {
    line.replace(HOLE, "{}").replace(BRACE, "\\{")
}

/// Runs a line with some values in real shells; false where it is refused.
fn check(folder: &Folder, line: &str, values: &[&str], random: &mut Random) -> bool {
    let template = template(line);
    let parsed = match ShellLine::parse(&template, &[]) {
        Ok(parsed) => parsed,
        Err(reason) => {
            assert!(reason.contains(' '), "{template}: {reason}");
            return false;
        }
    };
    // Signs may have come together to another placeholder.
    if !parsed.calculated.is_empty() || parsed.placeholders().count() != line.matches(HOLE).count() {
        return false;
    }
    for shell in &folder.shells {
        let harmless = line.replace(HOLE, HARMLESS).replace(BRACE, "{");
        let harmless = folder.run(shell, harmless.as_bytes());
        for _ in 0..2 {
            let value = random.one(values);
            let filled = parsed.fill(&Filling::new(ValueRef::Text(value), false, 0, 0)).unwrap();
            let expected = Done {
                stdout: harmless.stdout.replace(HARMLESS, value),
                log: harmless.log.replace(HARMLESS, value),
            };
            let done = folder.run(shell, filled.as_bytes());
            assert_eq!(done, expected, "{shell}, {value:?}:\n{template}\n---\n{}", filled.display());
            assert_eq!(folder.files(), 2, "{shell}, {value:?} made a file:\n{template}");
        }
    }
    true
}

/// How many lines are to be run.
fn count() -> u64 {
    std::env::var("SHELL_LINES").ok().and_then(|count| count.parse().ok()).unwrap_or(30)
}

#[test]
fn values_in_random_commands_stay_values() {
    let (folder, mut random) = (Folder::new(), Random(1));
    let (mut accepted, mut seen) = (0, 0);
    while accepted < count() {
        let line = Grammar::line(seen);
        accepted += u64::from(check(&folder, &line, &VALUES, &mut random));
        seen += 1;
    }
    let lines = (0..2000).map(|seed| template(&Grammar::line(seed)));
    let read = lines.filter(|line| ShellLine::parse(line, &[]).is_ok()).count();
    assert!(read >= 1200, "only {read} of 2000 lines are not refused");
}

#[test]
fn values_in_heaps_of_signs_stay_values() {
    let (folder, mut random) = (Folder::new(), Random(2));
    let values = &VALUES[..VALUES.len() - 1];
    let mut accepted = 0;
    for seed in 0..count() {
        accepted += u64::from(check(&folder, &heap(&mut Random(seed)), values, &mut random));
    }
    assert!(accepted * 3 > count(), "only {accepted} of {} heaps are not refused", count());
}
