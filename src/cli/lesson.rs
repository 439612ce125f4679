//! `poolscope lesson`: lists the lessons, and runs them in this terminal.

mod file;
mod plot;
mod program;
mod told;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use self::told::{Done, show, told};
use super::job_runner::JobRunner;
use super::streams::{Style, print, say};
use super::trust::allowed_interpreter;
use super::{ALL_OK, INTERRUPTED, SOME_FAILED};
use crate::error::{Error, Result};
use crate::export::{self, Handout};
use crate::lessons::file::FileLesson;
use crate::lessons::steps::{PROGRAMS, Program, StartMethod};
use crate::lessons::{GROUPS, LESSONS, Lesson, Reveal, Verdict};
use crate::monitor::{Machine, usable_cores};
use crate::pool::{Job, RunLog};

/// Measure a claim about processes and threads on this machine, or list the claims
///
/// Each takes some seconds. The code of a lesson comes with the program; those on Python need a Python.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code: 0 all were measured; 1 one could not be, or other programs used the cores; 2 wrong use; 130 Ctrl-C.

Examples:
  poolscope lesson                    # lists them
  poolscope lesson the-lock --handout the-lock.html
  poolscope lesson printing-workers --start-method fork
  poolscope lesson ours.pool --handout ours.html
  poolscope lesson --all --json")]
pub struct LessonArgs {
    /// The lesson to run, or a file with one (`FILE.pool`)
    #[arg(value_name = "NAME|FILE.pool")]
    pub name: Option<String>,

    /// Run all of them
    #[arg(long, conflicts_with = "name")]
    pub all: bool,

    /// Write what came of it as a web page to hand out
    #[arg(long, value_name = "FILE", requires = "name")]
    pub handout: Option<PathBuf>,

    /// Run what a file has brought without a question: code of Python or a command, which can do everything that you can
    #[arg(long, requires = "name")]
    pub trust: bool,

    /// How a program that is run step by step starts its processes: fork, spawn or forkserver
    #[arg(long, value_name = "METHOD", requires = "name", conflicts_with = "handout")]
    pub start_method: Option<StartMethod>,

    /// Print one JSON list, with name, claim, verdict, figures and seconds of each
    #[arg(long)]
    pub json: bool,
}

impl LessonArgs {
    /// The file that is read, where the lesson is of one.
    fn file(&self) -> Option<PathBuf> {
        self.name.as_ref().filter(|name| file::is_file(name)).map(PathBuf::from)
    }
}

/// One of those to be run.
enum Chosen {
    Lesson(&'static Lesson),
    Program(&'static Program),
    File(Box<FileLesson>),
}

/// Lists the lessons, or runs what is asked for, and gives the exit code.
pub fn lesson(args: &LessonArgs) -> Result<u8> {
    let chosen: Vec<Chosen> = match &args.name {
        Some(name) => vec![Chosen::named(name, args)?],
        None if args.all => {
            LESSONS.iter().map(Chosen::Lesson).chain(PROGRAMS.iter().map(Chosen::Program)).collect()
        }
        None if args.json => {
            return Err(Error::usage(
                "list the lessons",
                "--json is of lessons that are run: name one, or --all",
            ));
        }
        None => return list(),
    };
    let pages: Vec<&Path> = args.handout.as_deref().into_iter().collect();
    let read: Vec<PathBuf> =
        args.file().into_iter().chain(chosen.iter().flat_map(Chosen::files_read)).collect();
    export::check_places(&pages, &read)?;
    let runner = JobRunner::set_up()?;
    let mut all = Vec::new();
    let mut code = ALL_OK;
    for one in chosen {
        let done = one.run(&runner, args)?;
        if runner.is_to_end() {
            code = INTERRUPTED;
            break;
        }
        if matches!(done.reveal.verdict, Verdict::TooBusy(_) | Verdict::NotMeasured(_)) {
            code = SOME_FAILED;
        }
        match args.json {
            true => all.push(done),
            false => show(&done)?,
        }
    }
    if args.json {
        print_json(&all)?;
    }
    Ok(code)
}

impl Chosen {
    /// The files that its runs read.
    fn files_read(&self) -> Vec<PathBuf> {
        match self {
            Self::File(lesson) => lesson.setup.files_read(),
            Self::Lesson(_) | Self::Program(_) => Vec::new(),
        }
    }

    fn named(name: &str, args: &LessonArgs) -> Result<Self> {
        if file::is_file(name) {
            return file::open(Path::new(name), args.trust);
        }
        if let Some(program) = Program::find(name) {
            return match args.handout {
                None => Ok(Self::Program(program)),
                Some(_) => Err(Error::usage("write a page", "a program that is run step by step has none")),
            };
        }
        let programs = PROGRAMS.iter().map(|program| program.name).collect::<Vec<_>>().join(", ");
        if args.start_method.is_some() {
            return Err(Error::usage("use --start-method", format!("that is for {programs}")));
        }
        let found = Lesson::find(name).map(Self::Lesson);
        found.map_err(|error| {
            Error::usage("find the lesson", format!("{}, {programs}; or a file: FILE.pool", error.reason()))
        })
    }

    fn run(self, runner: &JobRunner, args: &LessonArgs) -> Result<Done> {
        let begun = Instant::now();
        let handout = args.handout.as_ref().filter(|_| !runner.is_to_end());
        let mut done = match self {
            Self::Lesson(lesson) => {
                announce(args, lesson.name, lesson.claim, lesson.question)?;
                let (cores, runs) = (usable_cores(), lesson.runs());
                let titles: Vec<&str> = runs.iter().map(|run| run.title).collect();
                let ran = run(runner, runs.len(), |place| runs[place].job(cores));
                let reveal = ran.reveal(|logs| lesson.reveal(logs, cores));
                if let Some(path) = handout {
                    let shown = &titles[..lesson.shown_runs()];
                    write_handout(&lesson.handout(&reveal, [0; 3]), shown, &ran.logs, path)?;
                }
                Done::of_lesson(lesson, reveal)
            }
            Self::File(lesson) => {
                announce(args, &lesson.file, &lesson.text.claim, &lesson.text.question)?;
                let titles = lesson.titles();
                let ran = run(runner, titles.len(), |place| lesson.job(place, allowed_interpreter));
                let reveal = ran.reveal(|logs| lesson.reveal(&logs));
                if let Some(path) = handout {
                    write_handout(&lesson.handout(&reveal, lesson.text.votes), titles, &ran.logs, path)?;
                }
                Done::of_file(&lesson, reveal)
            }
            Self::Program(program) => {
                announce(args, program.name, program.claim, program.topic)?;
                let (reveal, steps) = program::run(runner, program, args.start_method, !args.json)?;
                Done::of_program(program, reveal, steps)
            }
        };
        done.elapsed_s = begun.elapsed().as_secs_f64();
        Ok(done)
    }
}

fn announce(args: &LessonArgs, name: &str, claim: &str, below: &str) -> Result<()> {
    let text = format!("{name}: {claim}\n{below}");
    if args.json { Ok(()) } else { print(|out| writeln!(out, "{}", Style::of(&io::stdout()).lines(&text))) }
}

fn print_json(all: &[Done]) -> Result<()> {
    let all: Vec<_> = all.iter().map(told).collect();
    let text = serde_json::to_string_pretty(&all).map_err(|error| Error::pool("print the lessons", error))?;
    print(|out| writeln!(out, "{text}"))
}

/// The runs of a lesson that were made, and why one could not be.
struct Ran {
    logs: Vec<RunLog>,
    failure: Option<Error>,
}

impl Ran {
    /// A lesson of which one run cannot be made was not measured.
    fn reveal(&self, judge: impl FnOnce(Vec<RunLog>) -> Reveal) -> Reveal {
        match &self.failure {
            Some(error) => Reveal::not_measured(error.to_string()),
            None => judge(self.logs.clone()),
        }
    }
}

/// Makes the runs of a lesson, one after the other.
fn run(runner: &JobRunner, runs: usize, job: impl Fn(usize) -> Result<Job>) -> Ran {
    let mut logs = Vec::new();
    for place in 0..runs {
        match job(place).and_then(|job| runner.run(&job)) {
            Ok(log) => logs.push(log),
            Err(error) => return Ran { logs, failure: Some(error) },
        }
        if runner.is_to_end() {
            break;
        }
    }
    Ran { logs, failure: None }
}

fn write_handout(page: &Handout, titles: &[&str], logs: &[RunLog], path: &Path) -> Result<()> {
    let runs: Vec<(&str, &RunLog)> = titles.iter().copied().zip(logs).collect();
    export::write_whole(path, |out| export::write_handout(page, &runs, &Machine::here(), out))?;
    say(&format!("{} is written", path.display()));
    Ok(())
}

fn list() -> Result<u8> {
    let names = LESSONS.iter().map(|lesson| lesson.name).chain(PROGRAMS.iter().map(|program| program.name));
    let longest = names.map(str::len).max().unwrap_or_default();
    print(|out| {
        GROUPS.iter().enumerate().try_for_each(|(place, group)| {
            writeln!(out, "{}{}:", if place > 0 { "\n" } else { "" }, group.heading)?;
            let mut lessons = group.lessons.iter();
            lessons.try_for_each(|lesson| writeln!(out, "  {:longest$}  {}", lesson.name, lesson.claim))
        })?;
        writeln!(out, "\nFour programs, step by step:")?;
        PROGRAMS
            .iter()
            .try_for_each(|program| writeln!(out, "  {:longest$}  {}", program.name, program.claim))
    })?;
    say("`poolscope lesson NAME` measures one on this machine, `poolscope lesson --all` all of them.");
    Ok(ALL_OK)
}
