//! A program that is run step by step in this terminal: all steps one after the other, each with what it did.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::Serialize;

use super::super::job_runner::JobRunner;
use super::super::streams::print;
use crate::error::Result;
use crate::lessons::Reveal;
use crate::lessons::steps::{PoolState, Program, Said, StartMethod, Step, Stepping, Story};

/// How often the program is looked at while it is in a step.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What is printed of a step as data.
#[derive(Serialize)]
pub(super) struct ToldStep {
    /// Counted from 1; nothing for all before the main block.
    line: Option<u32>,
    code: Option<&'static str>,
    what: String,
    took_s: Option<f64>,
    processes: Vec<ToldProcess>,
    pools: Vec<PoolState>,
    printed: Vec<ToldLine>,
}

#[derive(Serialize)]
struct ToldProcess {
    name: String,
    pid: Option<u32>,
    is_alive: bool,
    exit_code: Option<i32>,
    /// "created → started".
    state: String,
}

#[derive(Serialize)]
struct ToldLine {
    text: String,
    pid: Option<u32>,
    /// A child has printed it.
    by_child: bool,
    /// It went through the `sys.stdout` of the program itself, by which a notebook and IDLE show what is printed.
    through_programs_stdout: bool,
}

/// Runs a program to its end, and prints each step where `shows`.
pub(super) fn run(
    runner: &JobRunner,
    program: &'static Program,
    method: Option<StartMethod>,
    shows: bool,
) -> Result<(Reveal, Vec<ToldStep>)> {
    let mut stepping =
        match Stepping::start(program, method.or(program.method), runner.launch(), Arc::new(|| {})) {
            Ok(stepping) => stepping,
            Err(error) => return Ok((Reveal::not_measured(error.to_string()), Vec::new())),
        };
    while !stepping.story.is_at_end() && !runner.is_to_end() {
        stepping.poll();
        if stepping.story.can_step() {
            if shows {
                show_last(program, &stepping.story)?;
            }
            stepping.step();
        }
        thread::sleep(LOOK_EVERY);
    }
    let story = &stepping.story;
    if shows {
        show_last(program, story)?;
    }
    let steps = story.steps.iter().map(|step| told(program, story, step)).collect();
    Ok((program.reveal(story), steps))
}

fn show_last(program: &Program, story: &Story) -> Result<()> {
    let Some(step) = story.steps.last() else { return Ok(()) };
    let source = program.source();
    let code = step.from.map_or(program.file, |line| source.line(line).trim());
    let took = step.shown_took().map_or(String::new(), |took| format!("  ({took})"));
    print(|out| {
        writeln!(out, "\n  {}. {code}{took}", story.steps.len())?;
        writeln!(out, "     {}", program.sentence(story, step))?;
        for process in &step.processes {
            let name = process.variable.as_deref().unwrap_or(&process.name);
            let pid = process.pid.map_or(String::new(), |pid| format!(" (pid {pid})"));
            writeln!(out, "     {name}{pid}: {}", process.words())?;
        }
        for pool in &step.pools {
            writeln!(out, "     {}: {}", pool.name, pool.state)?;
        }
        step.said.iter().try_for_each(|said| writeln!(out, "     {} | {}", printer(story, said), said.text))
    })
}

fn printer(story: &Story, said: &Said) -> String {
    match said.pid {
        None => "a process".to_owned(),
        pid if pid == story.pid => "the program".to_owned(),
        Some(pid) => format!("pid {pid}"),
    }
}

fn told(program: &'static Program, story: &Story, step: &Step) -> ToldStep {
    let processes = step.processes.iter().map(|process| ToldProcess {
        name: process.variable.clone().unwrap_or_else(|| process.name.clone()),
        pid: process.pid,
        is_alive: process.is_alive,
        exit_code: process.exit_code,
        state: process.words(),
    });
    let printed = step.said.iter().map(|said| ToldLine {
        text: said.text.clone(),
        pid: said.pid,
        by_child: story.is_childs(said),
        through_programs_stdout: said.has_programs,
    });
    ToldStep {
        line: step.from,
        code: step.from.map(|line| program.source().line(line).trim()),
        what: program.sentence(story, step),
        took_s: step.took_s,
        processes: processes.collect(),
        pools: step.pools.clone(),
        printed: printed.collect(),
    }
}
