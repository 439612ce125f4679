//! Whether the states that Python told were those that its documentation promises, and the figures of a run.

use super::story::shown_time;
use super::told::ChildState;
use super::{Source, Step, Story};
use crate::lessons::{Figure, Judged};

/// The numbers of the programs: see `assets/lessons/steps`.
const WORKERS: usize = 4;
const TASKS: usize = 5;

/// The step that has executed this line, for the first time.
fn step_of<'a>(story: &'a Story, source: &Source, code: &str) -> Option<&'a Step> {
    story.steps.iter().find(|step| step.from.is_some_and(|line| source.line(line).trim() == code))
}

fn took_s(step: Option<&Step>) -> f64 {
    step.and_then(|step| step.took_s).unwrap_or_default()
}

fn judged(holds: bool, figures: Vec<Figure>, why: String) -> Judged {
    Judged { holds, right: 0, figures, why }
}

fn have_all(step: Option<&Step>, is: impl Fn(&ChildState) -> bool) -> bool {
    step.is_some_and(|step| !step.processes.is_empty() && step.processes.iter().all(is))
}

fn pool_is(step: Option<&Step>, state: &str) -> bool {
    step.is_some_and(|step| step.pools.iter().any(|pool| pool.state == state))
}

pub(super) fn process_start_join(story: &Story, source: &Source) -> Judged {
    let step = |code| step_of(story, source, code);
    let (created, started, joined) =
        (step("child = Process(target=work)"), step("child.start()"), step("child.join()"));
    let holds = have_all(created, |child| child.pid.is_none() && !child.is_alive)
        && have_all(started, |child| child.pid.is_some() && child.is_alive)
        && have_all(joined, |child| !child.is_alive && child.exit_code == Some(0) && child.was_join);
    let exit_code = joined.and_then(|step| step.processes.first()?.exit_code);
    let figures = vec![
        Figure::new(shown_time(took_s(started)), "until start() came back"),
        Figure::new(shown_time(took_s(joined)), "that join() waited"),
        Figure::new(exit_code.map_or("none".to_owned(), |code| code.to_string()), "exit code of the child"),
    ];
    let why = "The child sleeps for 0.4 s and then prints; the program could go on meanwhile. While the program stands before a \
               line here, the sleep of its children stands, too: however long you look, join() still has to wait."
        .to_owned();
    judged(holds, figures, why)
}

pub(super) fn pool_map(story: &Story, source: &Source) -> Judged {
    let step = |code| step_of(story, source, code);
    let (made, mapped) = (step("pool = Pool(4)"), step("results = pool.map(task, [1, 2, 3, 4, 5])"));
    let (closed, joined) = (step("pool.close()"), step("pool.join()"));
    let ended = joined.map_or(0, |step| ended_well(&step.processes));
    let holds = made.is_some_and(|step| step.processes.len() == WORKERS)
        && have_all(made, |worker| worker.is_alive)
        && pool_is(made, "RUN")
        && pool_is(closed, "CLOSE")
        && have_all(joined, |worker| !worker.is_alive)
        && ended == WORKERS;
    let figures = vec![
        Figure::new(
            made.map_or(0, |step| step.processes.len()).to_string(),
            "processes that Pool(4) started",
        ),
        Figure::new(shown_time(took_s(mapped)), format!("that map() took for {TASKS} tasks of 0.1 s")),
        Figure::new(format!("{ended} of {WORKERS}"), "workers that ended with exit code 0"),
    ];
    let why = "The results are in the order of the inputs, though four workers shared them. close() waits for nobody: each \
               worker ends when it hears that there is no more to do, and join() waits for that."
        .to_owned();
    judged(holds, figures, why)
}

pub(super) fn with_pool(story: &Story, source: &Source) -> Judged {
    let made = step_of(story, source, "with Pool(4) as pool:");
    let last = step_of(story, source, "print(\"late is ready:\", late.ready())");
    let workers = last.map_or(&[][..], |step| &step.processes);
    let alive = workers.iter().filter(|worker| worker.is_alive).count();
    let by_signal = workers.iter().filter(|worker| worker.was_ended_by_signal()).count();
    let holds = have_all(made, |worker| worker.is_alive)
        && made.is_some_and(|step| step.processes.len() == WORKERS)
        && pool_is(last, "TERMINATE")
        && alive == 0
        && by_signal > 0;
    let figures = vec![
        Figure::new(made.map_or(0, |step| step.processes.len()).to_string(), "processes within the with"),
        Figure::new(alive.to_string(), "of them alive after it"),
        Figure::new(format!("{by_signal} of {WORKERS}"), "workers ended by a signal"),
    ];
    let mut why =
        "map() had waited for its results, so they were complete. What was handed out after it was lost with its workers: \
         a signal ended them."
            .to_owned();
    // Each has its states in sight, and nothing else says why they differ.
    let unjoined = workers.iter().filter(|worker| !worker.was_join).count();
    if unjoined > 0 {
        why += &format!(
            " terminate() joins only workers that are still alive when it comes to them; {unjoined} of {WORKERS} had ended before."
        );
    }
    judged(holds, figures, why)
}

pub(super) fn printing_workers(story: &Story, _source: &Source) -> Judged {
    let of_children: Vec<_> = story.said().filter(|said| story.is_childs(said)).collect();
    let past = of_children.iter().filter(|said| !said.has_programs).count();
    let mut printers: Vec<u32> = of_children.iter().filter_map(|said| said.pid).collect();
    printers.sort_unstable();
    printers.dedup();
    let lines = of_children.len();
    let figures = vec![
        Figure::new(lines.to_string(), "lines that workers printed"),
        Figure::new(printers.len().to_string(), "processes that printed them"),
        Figure::new(format!("{past} of {lines}"), "went past the program's own sys.stdout"),
    ];
    let method = &story.start_method;
    let why = if past > 0 {
        format!(
            "With {method} each worker has a `sys.stdout` of its own. IDLE, and a notebook that shows only what goes through \
             its own, would not have shown these {past} lines; a terminal shows all."
        )
    } else {
        format!(
            "With {method} the workers inherited the program's own `sys.stdout`. With spawn, as on Windows and macOS, each \
             has one of its own: choose it and run again."
        )
    };
    judged(lines == TASKS && past == TASKS, figures, why)
}

fn ended_well(workers: &[ChildState]) -> usize {
    workers.iter().filter(|worker| worker.exit_code == Some(0)).count()
}
