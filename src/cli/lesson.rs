//! `poolscope lesson`: lists the lessons, and runs them in this terminal.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::job_runner::JobRunner;
use super::streams::{print, say};
use super::{ALL_OK, INTERRUPTED, SOME_FAILED};
use crate::analysis::{Axis, Plot, PlotSeries};
use crate::error::{Error, Result};
use crate::export;
use crate::lessons::{Figure, GROUPS, LESSONS, Lesson, Reveal, Verdict};
use crate::monitor::{Machine, usable_cores};
use crate::pool::RunLog;

/// Measure a claim about processes and threads on this machine, or list the claims
///
/// Each takes some seconds. The code of a lesson comes with the program; those on Python need a Python.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code: 0 all were measured; 1 one could not be, or other programs used the cores; 2 wrong use; 130 Ctrl-C.

Examples:
  poolscope lesson                    # lists them
  poolscope lesson the-lock --handout the-lock.html
  poolscope lesson --all --json")]
pub struct LessonArgs {
    /// The lesson to run
    pub name: Option<String>,

    /// Run all of them
    #[arg(long, conflicts_with = "name")]
    pub all: bool,

    /// Write what came of it as a web page to hand out
    #[arg(long, value_name = "FILE", requires = "name")]
    pub handout: Option<PathBuf>,

    /// Print one JSON list, with name, claim, verdict, figures and seconds of each
    #[arg(long)]
    pub json: bool,
}

/// What is printed of one lesson.
#[derive(Serialize)]
struct Told<'a> {
    name: &'a str,
    claim: &'a str,
    verdict: &'a str,
    /// What was predicted right; nothing where that cannot be told.
    answer: Option<&'a str>,
    figures: Vec<ToldFigure<'a>>,
    why: &'a str,
    /// What the runs measured, as points; nothing where the lesson has none.
    plot: Option<ToldPlot<'a>>,
    /// Why nothing was measured, or who used the cores.
    trouble: Option<String>,
    elapsed_s: f64,
}

#[derive(Serialize)]
struct ToldFigure<'a> {
    value: &'a str,
    meaning: &'a str,
}

#[derive(Serialize)]
struct ToldPlot<'a> {
    title: &'a str,
    x: ToldAxis<'a>,
    y: ToldAxis<'a>,
    series: Vec<ToldSeries<'a>>,
}

#[derive(Serialize)]
struct ToldAxis<'a> {
    name: &'a str,
    unit: &'a str,
    scale: &'a str,
}

#[derive(Serialize)]
struct ToldSeries<'a> {
    name: &'a str,
    /// Otherwise it follows from a law.
    measured: bool,
    /// Each as x and y.
    points: &'a [(f64, f64)],
}

/// Lists the lessons, or runs what is asked for, and gives the exit code.
pub fn lesson(args: &LessonArgs) -> Result<u8> {
    let chosen: Vec<&Lesson> = match &args.name {
        Some(name) => vec![Lesson::find(name)?],
        None if args.all => LESSONS.iter().collect(),
        None if args.json => {
            return Err(Error::usage(
                "list the lessons",
                "--json is of lessons that are run: name one, or --all",
            ));
        }
        None => return list(),
    };
    let runner = JobRunner::set_up()?;
    let mut told = Vec::new();
    let mut code = ALL_OK;
    for lesson in chosen {
        let begun = Instant::now();
        if !args.json {
            print(|out| writeln!(out, "{}: {}\n{}", lesson.name, lesson.claim, lesson.question))?;
        }
        let (reveal, logs) = run(&runner, lesson);
        if runner.is_to_end() {
            code = INTERRUPTED;
            break;
        }
        if !matches!(reveal.verdict, Verdict::Holds | Verdict::DoesNotHold) {
            code = SOME_FAILED;
        }
        let elapsed_s = begun.elapsed().as_secs_f64();
        if let Some(path) = &args.handout {
            write_handout(lesson, &reveal, &logs, path)?;
        }
        match args.json {
            true => told.push((lesson, reveal, elapsed_s)),
            false => show(lesson, &reveal, elapsed_s)?,
        }
    }
    if args.json {
        let all: Vec<Told<'_>> =
            told.iter().map(|(lesson, reveal, elapsed_s)| of(lesson, reveal, *elapsed_s)).collect();
        let text =
            serde_json::to_string_pretty(&all).map_err(|error| Error::pool("print the lessons", error))?;
        print(|out| writeln!(out, "{text}"))?;
    }
    Ok(code)
}

/// Runs all runs of a lesson; one that cannot be run is a lesson that was not measured.
fn run(runner: &JobRunner, lesson: &Lesson) -> (Reveal, Vec<RunLog>) {
    let cores = usable_cores();
    let mut logs = Vec::new();
    for run in lesson.runs() {
        match run.job(cores).and_then(|job| runner.run(&job)) {
            Ok(log) => logs.push(log),
            Err(error) => return (Reveal::not_measured(error.to_string()), logs),
        }
        if runner.is_to_end() {
            break;
        }
    }
    (lesson.reveal(logs.clone(), cores), logs)
}

fn write_handout(lesson: &Lesson, reveal: &Reveal, logs: &[RunLog], path: &Path) -> Result<()> {
    let titles = lesson.runs().iter().map(|run| run.title).take(lesson.shown_runs());
    let runs: Vec<(&str, &RunLog)> = titles.zip(logs).collect();
    let (page, machine) = (lesson.handout(reveal, [0; 3]), Machine::here());
    export::write_whole(path, |out| export::write_handout(&page, &runs, &machine, out))?;
    say(&format!("{} is written", path.display()));
    Ok(())
}

fn list() -> Result<u8> {
    let longest = LESSONS.iter().map(|lesson| lesson.name.len()).max().unwrap_or_default();
    print(|out| {
        GROUPS.iter().enumerate().try_for_each(|(place, group)| {
            writeln!(out, "{}{}:", if place > 0 { "\n" } else { "" }, group.heading)?;
            let mut lessons = group.lessons.iter();
            lessons.try_for_each(|lesson| writeln!(out, "  {:longest$}  {}", lesson.name, lesson.claim))
        })
    })?;
    say("`poolscope lesson NAME` measures one on this machine, `poolscope lesson --all` all of them.");
    Ok(ALL_OK)
}

fn show(lesson: &Lesson, reveal: &Reveal, elapsed_s: f64) -> Result<()> {
    print(|out| {
        for figure in &reveal.figures {
            writeln!(out, "  {:>10}  {}", figure.value, figure.meaning)?;
        }
        if let Some(plot) = &reveal.plot {
            for series in plot.series.iter().filter(|series| series.is_measured) {
                let points: Vec<String> = series.points.iter().map(|point| plot.point_text(*point)).collect();
                writeln!(out, "  {}, {}: {}", plot.y.name, series.name, points.join(" · "))?;
            }
        }
        if let Some(right) = reveal.right {
            writeln!(out, "  Right was: {}.", lesson.choices[right])?;
        }
        writeln!(out, "  {} {}", reveal.verdict, reveal.why)?;
        writeln!(out, "  {}\n", lesson.otherwise)
    })?;
    say(&format!("{} took {elapsed_s:.1} s", lesson.name));
    Ok(())
}

fn of<'a>(lesson: &'a Lesson, reveal: &'a Reveal, elapsed_s: f64) -> Told<'a> {
    let trouble = match &reveal.verdict {
        Verdict::Holds | Verdict::Answered { .. } | Verdict::DoesNotHold => None,
        Verdict::TooBusy(others) => Some(others.to_string()),
        Verdict::NotMeasured(reason) => Some(reason.clone()),
    };
    Told {
        name: lesson.name,
        claim: lesson.claim,
        verdict: reveal.verdict.word(),
        answer: reveal.right.map(|right| lesson.choices[right]),
        figures: reveal
            .figures
            .iter()
            .map(|Figure { value, meaning }| ToldFigure { value, meaning })
            .collect(),
        why: &reveal.why,
        plot: reveal.plot.as_deref().map(told_plot),
        trouble,
        elapsed_s,
    }
}

fn told_plot(plot: &Plot) -> ToldPlot<'_> {
    let axis = |axis: &'_ Axis| (axis.unit.word(), if axis.is_log { "log" } else { "linear" });
    let told = |name, (unit, scale)| ToldAxis { name, unit, scale };
    ToldPlot {
        title: &plot.title,
        x: told(&plot.x.name, axis(&plot.x)),
        y: told(&plot.y.name, axis(&plot.y)),
        series: plot
            .series
            .iter()
            .map(|PlotSeries { name, is_measured, points }| ToldSeries {
                name,
                measured: *is_measured,
                points,
            })
            .collect(),
    }
}
