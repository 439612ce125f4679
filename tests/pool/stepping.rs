//! Programs that are run step by step in a real Python, without a window.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poolscope::lessons::Verdict;
use poolscope::lessons::steps::{PROGRAMS, Phase, Program, StartMethod, Stepping, Story};

use crate::harness::launch;

const DEADLINE: Duration = Duration::from_secs(180);

fn start(name: &str, method: StartMethod) -> (&'static Program, Stepping) {
    let program = Program::find(name).unwrap();
    (program, Stepping::start(program, Some(method), &launch(), Arc::new(|| {})).unwrap())
}

fn until(stepping: &mut Stepping, what: &str, is_so: impl Fn(&Story) -> bool) {
    let begun = Instant::now();
    while !is_so(&stepping.story) {
        assert!(begun.elapsed() < DEADLINE, "waited in vain for {what}: {:?}", stepping.story);
        stepping.poll();
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Makes all steps.
fn to_the_end(stepping: &mut Stepping) {
    while !stepping.story.is_at_end() {
        until(stepping, "a step", |story| story.can_step() || story.is_at_end());
        stepping.step();
    }
}

/// Whether a process is there, and no zombie.
fn is_there(pid: u32) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

fn pids(story: &Story) -> Vec<u32> {
    story.processes().iter().filter_map(|child| child.pid).chain(story.pid).collect()
}

#[test]
fn each_program_goes_through_what_python_promises() {
    for program in &PROGRAMS {
        // What is started by forking has inherited the program's output: of that the last lesson says otherwise.
        let methods =
            if program.name == "printing-workers" { &StartMethod::ALL[1..] } else { &StartMethod::ALL[..] };
        for method in methods {
            let (_, mut stepping) = start(program.name, *method);
            to_the_end(&mut stepping);
            let (story, reveal) = (&stepping.story, program.reveal(&stepping.story));
            assert_eq!(reveal.verdict, Verdict::Holds, "{} {method}: {reveal:?} {story:?}", program.name);
            assert_eq!((reveal.figures.len(), &story.start_method), (3, &method.to_string()));
            assert!(story.steps.iter().all(|step| !program.sentence(story, step).is_empty()), "{story:?}");
            let left = pids(story);
            drop(stepping);
            assert!(left.len() >= 2 && !left.iter().any(|pid| is_there(*pid)), "{}: {left:?}", program.name);
        }
    }
}

#[test]
fn workers_that_were_forked_print_through_what_they_inherited() {
    let (program, mut stepping) = start("printing-workers", StartMethod::Fork);
    to_the_end(&mut stepping);
    let reveal = program.reveal(&stepping.story);
    assert_eq!(reveal.verdict, Verdict::DoesNotHold);
    assert_eq!(reveal.figures[2].value, "0 of 5");
}

/// A teacher speaks for longer than the child sleeps, or than the late tasks take.
#[test]
fn nothing_is_over_before_the_line_that_waits_for_it() {
    for method in StartMethod::ALL {
        let (program, mut stepping) = start("process-start-join", method);
        for line in [11, 12, 13] {
            until(&mut stepping, "the line", |story| story.phase == Phase::Waiting(line));
            stepping.step();
        }
        until(&mut stepping, "the next line", |story| story.phase == Phase::Waiting(14));
        let begun = Instant::now();
        until(&mut stepping, "a while to go by", |_| begun.elapsed() > Duration::from_millis(1500));
        assert!(stepping.story.processes()[0].is_alive, "{method}: {:?}", stepping.story);
        to_the_end(&mut stepping);
        let joined = stepping.story.steps.iter().find(|step| step.from == Some(14)).unwrap();
        assert!(joined.took_s.unwrap() > 0.3, "{method}: {joined:?}");
        assert_eq!(program.reveal(&stepping.story).verdict, Verdict::Holds, "{method}");
        assert!(stepping.story.said().any(|said| said.text == "the child is done"));
    }
}

#[test]
fn whoever_leaves_in_the_middle_leaves_nothing_behind() {
    for method in StartMethod::ALL {
        let (_, mut stepping) = start("pool-map", method);
        until(&mut stepping, "the first line", |story| story.phase == Phase::Waiting(11));
        stepping.step();
        until(&mut stepping, "the pool", |story| story.phase == Phase::Waiting(12));
        let left = pids(&stepping.story);
        assert_eq!(left.len(), 5);
        drop(stepping);
        assert!(!left.iter().any(|pid| is_there(*pid)), "{method}: {left:?}");
    }
}

#[test]
fn a_python_that_is_killed_in_the_middle_is_told() {
    let (program, mut stepping) = start("pool-map", StartMethod::Fork);
    until(&mut stepping, "the first line", |story| story.phase == Phase::Waiting(11));
    stepping.step();
    until(&mut stepping, "the pool", |story| story.phase == Phase::Waiting(12));
    let pid = stepping.story.pid.unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    stepping.step();
    until(&mut stepping, "the end", Story::is_at_end);
    let told = program.reveal(&stepping.story).verdict.to_string();
    assert!(told.contains("Python has ended in the middle"), "{told}");
}
