//! `poolscope guide`: the guide in this terminal; and `poolscope help TOPIC`, which is the same.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, Command};

use super::streams::{print, say};
use super::{ALL_OK, SOME_FAILED};
use crate::error::{Result, edit_distance, nearest};
use crate::guide::{self, Hit, Topic, nothing_found, search, topics};

/// Lines are as long as this at most, which every terminal shows.
const WIDTH: usize = 80;

/// Read the guide: list its topics, print one, or search it
///
/// The window shows the same guide with F1. `poolscope help TOPIC` prints a topic too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  poolscope guide                     # lists the topics
  poolscope guide first-run
  poolscope guide --search lock threads

Exit code: 0 it was printed, 1 no section holds all of the words, 2 there is no such topic.")]
pub struct GuideArgs {
    /// The topic to print
    pub topic: Option<String>,

    /// List the sections that hold all of these words
    #[arg(long, value_name = "WORDS", num_args = 1.., conflicts_with = "topic")]
    pub search: Vec<String>,
}

/// Prints what is asked for, and gives the exit code.
pub fn guide(args: &GuideArgs) -> Result<u8> {
    if let Some(name) = &args.topic {
        let text = Topic::find(name)?.plain(WIDTH);
        print(|out| writeln!(out, "{text}"))?;
        return Ok(ALL_OK);
    }
    match args.search.is_empty() {
        true => list(),
        false => find(&args.search.join(" ")),
    }
}

fn list() -> Result<u8> {
    let longest = topics().iter().map(|topic| topic.name.len()).max().unwrap_or_default();
    print(|out| {
        topics().iter().try_for_each(|topic| writeln!(out, "{:longest$}  {}", topic.name, topic.summary))
    })?;
    say("`poolscope guide TOPIC` prints one, `poolscope guide --search WORDS` finds words in all of them.");
    Ok(ALL_OK)
}

fn find(words: &str) -> Result<u8> {
    let found = search(words);
    if found.is_empty() {
        say(nothing_found(&guide::words(words)));
        return Ok(SOME_FAILED);
    }
    print(|out| {
        found.iter().try_for_each(|hit| {
            writeln!(out, "{}: {}", hit.topic.name, hit.title())?;
            if hit.line.is_empty() { Ok(()) } else { writeln!(out, "    {}", line_of(hit)) }
        })
    })?;
    Ok(ALL_OK)
}

/// The line of a hit, cut where it is longer than the terminal.
fn line_of(hit: &Hit<'_>) -> String {
    const ROOM: usize = WIDTH - 4;
    match hit.line.char_indices().nth(ROOM) {
        None => hit.line.to_owned(),
        Some(_) => hit.line.chars().take(ROOM - 1).chain(['…']).collect(),
    }
}

/// The words of a command line, with `guide` for a `help` that asks for no command. Refuses a word that is none, and nearer
/// to the name of a command than to that of any topic.
pub fn help_as_guide(mut words: Vec<OsString>, command: &mut Command) -> Result<Vec<OsString>, clap::Error> {
    let [_, help, asked] = words.as_slice() else { return Ok(words) };
    let Some(asked) = asked.to_str().filter(|asked| help == "help" && !asked.starts_with('-')) else {
        return Ok(words);
    };
    let commands: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    if asked == "help" || commands.contains(&asked) {
        return Ok(words);
    }
    let to_topic = topics().iter().map(|topic| edit_distance(asked, topic.name)).min();
    let meant = nearest(asked, commands).filter(|meant| Some(edit_distance(asked, meant)) <= to_topic);
    if let Some(meant) = meant {
        let reason = format!("`{asked}` is no command and no topic; did you mean `{meant}`?");
        return Err(command.error(ErrorKind::InvalidSubcommand, reason));
    }
    words[1] = "guide".into();
    Ok(words)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;
    use crate::cli::args::Subcommand;
    use crate::function::FunctionSpec;
    use crate::guide::{Block, Span, SpanKind};
    use crate::lessons::Lesson;
    use crate::lessons::steps::Program;
    use crate::pool::examples::Example;

    /// The commands of a line of a shell, each as its words; comments and what goes to files are left out.
    fn commands(line: &str) -> Vec<Vec<String>> {
        let (mut all, mut words) = (Vec::new(), Vec::new());
        let (mut word, mut quote, mut is_word) = (String::new(), None, false);
        for letter in line.chars().chain([' ', '|']) {
            match (quote, letter) {
                (Some(open), _) if letter == open => quote = None,
                (Some(_), _) => word.push(letter),
                (None, '\'' | '"') => (quote, is_word) = (Some(letter), true),
                // What a program writes, as a file: `<(seq 9)`.
                (None, '(') => quote = Some(')'),
                (None, '#') if !is_word => break,
                (None, ' ' | '|' | ';' | '>' | '&') => {
                    words.extend(std::mem::take(&mut is_word).then(|| std::mem::take(&mut word)));
                    if letter != ' ' {
                        all.push(std::mem::take(&mut words));
                    }
                }
                (None, _) => {
                    word.push(letter);
                    is_word = true;
                }
            }
        }
        all.push(words);
        all.retain(|words| !words.is_empty());
        all
    }

    /// All texts of the guide that are code, those of blocks a line each, with the topics that they are in.
    fn code() -> Vec<(&'static str, String)> {
        fn spans(block: &Block) -> Vec<&Span> {
            match block {
                Block::Paragraph(spans) => spans.iter().collect(),
                Block::List { items, .. } => items.iter().flatten().collect(),
                Block::Table { head, rows } => head.iter().chain(rows.iter().flatten()).flatten().collect(),
                Block::Heading { .. } | Block::Code(_) | Block::Picture { .. } | Block::SeeAlso(_) => {
                    Vec::new()
                }
            }
        }
        let mut found = Vec::new();
        for topic in topics() {
            for block in &topic.blocks {
                let inline = spans(block).into_iter().filter(|span| span.kind == SpanKind::Code);
                found.extend(inline.map(|span| (topic.name, span.text.clone())));
                if let Block::Code(text) = block {
                    let text = text.replace("\\\n", " ");
                    found.extend(text.lines().map(|line| (topic.name, line.to_owned())));
                }
            }
        }
        found
    }

    /// Fails where a command of the guide would be refused, or names what is not there.
    fn check(line: &str, words: &[String]) {
        let cli = match Cli::read(words.iter().map(OsString::from)) {
            Ok(cli) => cli,
            Err(shown) if matches!(shown.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
                return;
            }
            // A command is named without what it needs.
            Err(refused) if words.len() == 2 && refused.kind() == ErrorKind::MissingRequiredArgument => {
                return;
            }
            Err(refused) => panic!("{line}: {refused}"),
        };
        // A command that is none would be taken for a file.
        assert!(cli.file.is_none_or(|file| file.extension().is_some()), "{line}");
        let run = match cli.command {
            Some(Subcommand::Run(args)) => *args,
            Some(Subcommand::Compare(args)) => args.run,
            Some(Subcommand::Lesson(args)) => {
                let name = args.name.filter(|name| name != "NAME" && name != "FILE.pool");
                let is_known = |name: String| Lesson::find(&name).is_ok() || Program::find(&name).is_some();
                return assert!(name.is_none_or(is_known), "{line}");
            }
            Some(Subcommand::Guide(args)) => {
                let name = args.topic.filter(|name| name != "TOPIC");
                return assert!(name.is_none_or(|name| Topic::find(&name).is_ok()), "{line}");
            }
            _ => return,
        };
        if let Some(name) = &run.function.example {
            Example::find(name).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        if let Some(name) = run.function.function.as_ref().filter(|name| *name != "NAME") {
            FunctionSpec::builtin(name, []).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn every_command_in_the_guide_is_one() {
        let mut checked = 0;
        for (topic, line) in code() {
            for words in commands(&line).iter().filter(|words| words[0] == "poolscope") {
                check(&format!("{topic}: {line}"), words);
                checked += 1;
            }
        }
        assert!(checked > 40, "only {checked} commands were found");
    }

    #[test]
    fn every_option_that_the_guide_names_is_one() {
        let program = Cli::command();
        let of = |command: &Command| {
            let named = |argument: &clap::Arg| {
                let long = argument.get_long().map(|name| format!("--{name}"));
                long.into_iter()
                    .chain(argument.get_short().map(|name| format!("-{name}")))
                    .collect::<Vec<_>>()
            };
            command.get_arguments().flat_map(named).collect::<Vec<_>>()
        };
        let known: HashSet<String> = program.get_subcommands().flat_map(of).chain(of(&program)).collect();
        let named: Vec<_> = code().into_iter().filter(|(_, text)| text.starts_with('-')).collect();
        assert!(named.len() > 20, "only {} options were found", named.len());
        for (topic, text) in named {
            let name = text.split([' ', '=']).next().unwrap_or_default();
            assert!(known.contains(name) || name == "--help", "{topic}: {text}");
        }
    }

    #[test]
    fn a_renamed_option_or_lesson_would_be_found() {
        let refused = |line: &str| {
            let words = commands(line).remove(0);
            std::panic::catch_unwind(|| check(line, &words)).is_err()
        };
        for line in [
            "poolscope run -f double 1 --time-out 2",
            "poolscope run -f no_such_function 1",
            "poolscope run --example Nothing",
            "poolscope lesson no-lesson",
            "poolscope guide no-topic",
            "poolscope no-command",
        ] {
            assert!(refused(line), "{line}");
        }
        assert!(!refused("poolscope run -f double 1 --timeout 2"));
    }

    #[test]
    fn lines_of_a_shell_are_taken_apart() {
        let line = "seq 3 | poolscope run --command 'a | b #' -i - > x.txt  # says";
        let expected: [&[&str]; 3] =
            [&["seq", "3"], &["poolscope", "run", "--command", "a | b #", "-i", "-"], &["x.txt"]];
        assert_eq!(commands(line), expected);
        assert!(commands("# only said").is_empty());
    }

    #[test]
    fn help_is_for_commands_first_and_for_topics_otherwise() {
        let becomes = |line: &str| {
            let words = format!("poolscope {line}").split_whitespace().map(OsString::from).collect();
            help_as_guide(words, &mut Cli::command()).map(|words| words[1].to_string_lossy().into_owned())
        };
        for line in ["help workers", "help Views", "help lessons", "help wrkers", "help something-else"] {
            assert_eq!(becomes(line).unwrap(), "guide", "{line}");
        }
        for line in
            ["help run", "help functions", "help lesson", "help help", "help --help", "help run x", "help"]
        {
            assert_eq!(becomes(line).unwrap(), "help", "{line}");
        }
        assert_eq!(becomes("run workers").unwrap(), "run");
        let refused = becomes("help rn").unwrap_err().to_string();
        assert!(refused.contains("`rn` is no command and no topic; did you mean `run`?"), "{refused}");
    }
}
