//! Programs and words that run what they are given, and where they take it from.

use super::arguments::{is_option_with, is_stream};

/// Where a program takes code from.
pub(super) enum CodePlace {
    /// What stands behind an option that ends with one of these letters, such as `-c` or `-lc`.
    Option(&'static [char]),
    /// Its first argument that is no option.
    First,
    /// The arguments behind its first one that is no option.
    BehindFirst,
    /// All of its arguments.
    All,
    /// The values of variables that are set for it: `NAME=value`.
    Assigned,
    /// A command that it begins with: `+command`.
    Plus,
    /// Arguments that may be taken for options, of which some run commands: such as begin with a value.
    Leading,
    /// Names of files, where such as `|command` and `!command` are commands; only with an option that has one of these
    /// letters, where there are some.
    Opened(&'static [char]),
    /// Only what it reads.
    Input,
}

use CodePlace::{All, Assigned, BehindFirst, First, Input, Leading, Opened, Option as Behind, Plus};

/// Programs whose code is a script as this program's own shell reads it.
pub(super) const SHELLS: [&str; 8] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash"];

/// Programs that have options which run commands, and are seldom called without arguments that are values.
const LEADING: [&str; 21] = [
    "make", "gmake", "gdb", "vi", "vim", "nvim", "view", "vimdiff", "ex", "su", "runuser", "psql", "git",
    "tar", "scp", "sftp", "ssh", "zip", "wget", "npx", "npm",
];

/// Programs that run an argument as code, each with whether it runs also what it reads; one that takes code from two places
/// stands twice. A version behind a name is passed over.
const RUNNERS: [(&[&str], CodePlace, bool); 48] = [
    (&SHELLS, Behind(&['c']), true),
    (&["fish", "csh", "tcsh", "python", "ipython", "pypy", "su", "runuser", "script"], Behind(&['c']), true),
    (&["perl", "julia"], Behind(&['e', 'E']), true),
    (&["ruby", "lua", "R", "osascript", "gnuplot", "mysql", "mariadb"], Behind(&['e']), true),
    (&["Rscript", "rsync", "nc", "ncat", "netcat", "mutt", "ghc", "racket", "elixir"], Behind(&['e']), false),
    (&["node"], Behind(&['e', 'p']), true),
    (&["php"], Behind(&['r']), true),
    (&["psql", "duckdb"], Behind(&['c']), true),
    (&["sqlite"], BehindFirst, true),
    (&["flock", "sg", "vi", "vim", "nvim", "git", "npx", "npm", "sage", "capsh"], Behind(&['c']), false),
    (&["expect", "guile"], Behind(&['c']), true),
    (&["vi", "vim", "nvim", "view", "ex", "less", "more"], Plus, false),
    (&["tclsh", "wish", "ed", "m4"], Input, true),
    (&["perl"], Opened(&['n', 'p']), false),
    (&["perl"], Behind(&['M', 'm']), false),
    (&["strace", "ltrace", "psql", "scp", "sftp"], Behind(&['o']), false),
    (&["sftp"], Behind(&['D']), false),
    (&["make", "gmake"], Behind(&['E']), false),
    (&["tar"], Behind(&['F']), false),
    (&["wget"], Behind(&['e']), false),
    (&["git"], Behind(&['u', 'x']), false),
    (&["gdb"], Input, true),
    (&["vi", "vim", "nvim", "ex", "sed"], Input, true),
    (&LEADING, Leading, false),
    (&["ed", "red"], Opened(&[]), false),
    (&["convert", "magick", "identify", "mogrify", "montage", "composite"], Opened(&[]), false),
    (&["man"], Behind(&['P']), false),
    (&["scp", "sftp"], Behind(&['S']), false),
    (&["lldb"], Behind(&['o']), true),
    (&["matlab"], Behind(&['r']), false),
    (&["timeit"], All, false),
    (&["mapfile", "readarray"], Behind(&['C']), false),
    (&["compgen", "complete"], Behind(&['C', 'W']), false),
    (&["env"], Behind(&['S']), false),
    (&["tar"], Behind(&['I']), false),
    (&["at", "batch", "crontab"], Behind(&[]), true),
    (&["eval", "watch", "tmux", "screen", "hyperfine", "socat"], All, false),
    (&["ssh", "autossh", "mosh", "pdsh", "clush", "pssh", "parallel"], All, true),
    (&["pwsh", "powershell", "ncat", "nu", "xonsh", "elvish", "ex"], Behind(&['c']), true),
    (&["xterm", "dc", "bun", "ghci", "groovy", "scala", "clojure"], Behind(&['e']), true),
    (&["entr"], Behind(&['s']), false),
    (&["zip"], Behind(&['T']), false),
    (&["ansible"], Behind(&['a']), false),
    (&["trap"], First, false),
    (&["awk", "gawk", "mawk"], First, false),
    (&["awk", "gawk", "mawk", "make", "gmake"], Input, true),
    (&["sed", "jq"], First, false),
    (&["make", "gmake"], Assigned, false),
];

/// Options whose argument many programs run as code or as a command.
pub(super) const RUNNING_OPTIONS: [&str; 37] = [
    "--preview",
    "--split-string",
    "--session-command",
    "--init-eval-command",
    "-eval-command",
    "-iex",
    "--ex",
    "-cmd",
    "--cmd",
    "--import",
    "--loader",
    "--info-script",
    "--new-volume-script",
    "--unzip-command",
    "--use-askpass",
    "--extcmd",
    "--call",
    "--sh-exec",
    "--upload-pack",
    "--compress-program",
    "-wrapper",
    "-Command",
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
    "--rsh-command",
    "--eval-command",
    "--batch-string",
    "-eval",
    "--use-compress-program",
];

/// Variables whose value some program runs as code or as a command, or loads.
pub(super) const RUNNING_VARIABLES: [&str; 17] = [
    "ENV",
    "BASH_ENV",
    "PROMPT_COMMAND",
    "PS4",
    "PAGER",
    "EDITOR",
    "VISUAL",
    "LESSOPEN",
    "LD_PRELOAD",
    "MAKEFLAGS",
    "PERL5OPT",
    "PERL5DB",
    "RUBYOPT",
    "NODE_OPTIONS",
    "RSYNC_RSH",
    "GIT_SSH_COMMAND",
    "GIT_EXTERNAL_DIFF",
];

/// How a runner takes code: its name, the place, and whether it runs also what it reads.
pub(super) type Way = (&'static str, &'static CodePlace, bool);

/// The ways in which the runner that a word names takes code; none where it names none.
pub(super) fn runners(word: &str) -> impl Iterator<Item = Way> {
    let name = word.rsplit('/').next().unwrap_or_default();
    // A variable at the place of a program is most likely a shell: `$SHELL -c`.
    let name = if word.starts_with('$') { "sh" } else { name };
    let unversioned = name.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
    RUNNERS.iter().filter_map(move |(names, place, runs_input)| {
        let known = names.iter().find(|known| [name, unversioned].contains(*known))?;
        Some((*known, place, *runs_input))
    })
}

/// Whether a runner takes code from its standard input where these are its arguments, without redirections.
pub(super) fn reads_code(runner: &str, given: &[&str]) -> bool {
    let words = given.iter().filter(|word| !word.starts_with('-') && !is_stream(word)).count();
    match runner {
        "at" | "batch" | "ed" => true,
        "awk" | "gawk" | "mawk" | "make" | "gmake" | "sed" => {
            given.windows(2).any(|pair| pair == ["-f", "-"])
        }
        "ex" => true,
        "vi" | "vim" | "nvim" => given.iter().any(|word| is_option_with(word, &['s', 'e'])),
        // The host, or the person.
        "ssh" | "su" | "runuser" | "sqlite" => words <= 1,
        _ => words == 0,
    }
}

/// What to write instead.
pub(super) fn instead(runner: &str) -> String {
    match runner {
        "eval" => "leave out eval".to_owned(),
        word if word.starts_with('$') => format!("write \"{word}\", which is the name of one program"),
        "python" => format!("write {runner} -c \"import sys; print(sys.argv[1])\" {{}}"),
        _ if SHELLS.contains(&runner) => format!("write {runner} -c 'echo \"$1\"' {runner} {{}}"),
        "awk" | "gawk" | "mawk" => format!("write {runner} 'BEGIN {{ print ARGV[1] }}' {{}}"),
        "jq" => "write jq --arg value {} '$value'".to_owned(),
        "alias" => "define a function: f() { ...; }".to_owned(),
        "$((...))" => "write the placeholder into it, $(({} + 1)), where only numbers are taken".to_owned(),
        "watch" | "ssh" | "trap" | "at" | "batch" | "sed" | "crontab" | "source" | "." | "tmux"
        | "screen" | "parallel" | "sqlite" | "ed" | "m4" | "tclsh" | "wish" | "timeit" => {
            "pass it in a file or on standard input (--stdin)".to_owned()
        }
        "env" | "git" | "vi" | "vim" | "nvim" | "view" | "ex" | "less" | "more" | "man" | "tar" | "rsync"
        | "nc" | "ncat" | "netcat" | "scp" | "sftp" | "mapfile" | "readarray" | "complete" | "compgen" => {
            "do not put the value into this option".to_owned()
        }
        "let" | "read" | "declare" | "typeset" | "local" | "readonly" | "export" | "unset" | "-v" | "[["
        | "[...]" | "${...}" => "do not use it as the name of a variable or as a number".to_owned(),
        "make" | "gmake" => "pass it in the environment, NAME={} make, and use it as $$NAME".to_owned(),
        variable if RUNNING_VARIABLES.contains(&variable) => {
            "do not put the value into this variable".to_owned()
        }
        option if option.starts_with('-') => "pass it in a file or on standard input (--stdin)".to_owned(),
        runner => format!("pass it to {runner} as an argument after the code"),
    }
}
