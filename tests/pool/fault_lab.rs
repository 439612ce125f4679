//! Faults that a person has workers make: each is real, is announced before it is seen, and costs no row.

use std::path::Path;
use std::time::Duration;

use poolscope::function::command::CommandSpec;
use poolscope::function::python::{PythonSource, PythonSpec, find_interpreter};
use poolscope::function::{Fault, FunctionSpec};
use poolscope::pool::{
    Control, Injection, Lane, LifeEnd, Mode, NotInjected, Notice, Run, RunLog, Timeout, When,
};

use crate::harness::{MODES, Pool, error_of, finish, pool, texts, until, wait_until};

const DEADLY: [Fault; 2] = [Fault::Segfault, Fault::Abort];
const DEADLINE: Duration = Duration::from_secs(180);

/// Sleepers of both kinds of host.
#[derive(Debug, Clone, Copy)]
enum Host {
    Native,
    Python,
}

const HOSTS: [Host; 2] = [Host::Native, Host::Python];

fn python(text: &str) -> FunctionSpec {
    let file = std::env::temp_dir().join("tasks.py");
    let interpreter = find_interpreter(Path::new("/tasks.py")).expect("these tests need a python3");
    let source = PythonSource { file, text: text.to_owned(), cells: Vec::new() };
    FunctionSpec::Python(PythonSpec::new(&source, &interpreter, Some("f"), false).unwrap())
}

/// Four workers that sleep so many milliseconds for each input.
fn sleepers(host: Host, mode: Mode, inputs: &str) -> Pool {
    let sleepers = pool(mode, "sleep_ms", inputs);
    match host {
        Host::Native => sleepers,
        Host::Python => sleepers
            .function(python("from time import sleep\ndef f(ms):\n    sleep(ms / 1000)\n    return ms\n")),
    }
}

/// Long enough that no worker of a machine that is busy with other things has done all of them before a fault is made.
fn sixty(host: Host, mode: Mode) -> Pool {
    sleepers(host, mode, &["100"; 60].join(", "))
}

fn at_work(run: &Run) {
    wait_until(run, "every lane to have finished an item", |log| log.lanes.iter().all(|lane| lane.items > 0));
}

fn is_ready(lane: &Lane) -> bool {
    lane.lives.last().is_some_and(|life| life.ready_ns.is_some())
}

fn injections(log: &RunLog) -> Vec<Injection> {
    let injection =
        |notice: &Notice| if let Notice::Injected(injection) = notice { Some(*injection) } else { None };
    log.messages.iter_from(0).filter_map(|message| message.notice().and_then(injection)).collect()
}

fn refusals(log: &RunLog) -> Vec<NotInjected> {
    let reason = |notice: &Notice| match notice {
        Notice::NotInjected { reason, .. } => Some(*reason),
        _ => None,
    };
    log.messages.iter_from(0).filter_map(|message| message.notice().and_then(reason)).collect()
}

fn causes(log: &RunLog) -> Vec<LifeEnd> {
    log.deaths.iter().map(|death| death.end.clone()).collect()
}

/// Where a text is among the messages.
fn place_of(log: &RunLog, what: &str) -> usize {
    let texts = texts(log);
    texts.iter().position(|text| text.contains(what)).unwrap_or_else(|| panic!("no {what:?} in {texts:?}"))
}

#[test]
fn a_crash_by_hand_is_announced_and_costs_no_row() {
    for (host, mode) in HOSTS.into_iter().flat_map(|host| MODES.map(|mode| (host, mode))) {
        for fault in DEADLY {
            let run = sixty(host, mode).settings(|settings| settings.worker.pins = true).start();
            at_work(&run);
            run.ask(Control::Inject { worker: 3, fault });
            let log = finish(run);
            let what = format!("{host:?} {mode} {fault:?}: {:?}", log.counts);
            assert_eq!((log.counts.ok, log.counts.failed, log.counts.hosts_lost), (60, 0, 1), "{what}");
            assert_eq!(causes(&log), [LifeEnd::Injected(fault)], "{what}");
            let goes = if mode == Mode::Thread { "all 4 end" } else { "no other worker is affected" };
            assert!(place_of(&log, goes) < place_of(&log, &format!("died: {fault} by hand")), "{what}");
            let others = log.lanes.iter().filter(|lane| lane.lives.len() > 1).count();
            assert_eq!(others, if mode == Mode::Thread { 4 } else { 1 }, "{what}");
        }
    }
}

#[test]
fn an_idle_worker_can_be_made_to_crash_too() {
    for (host, mode) in HOSTS.into_iter().flat_map(|host| MODES.map(|mode| (host, mode))) {
        let run = sleepers(host, mode, "1500, 1").workers(2).start();
        wait_until(&run, "the short one", |log| log.counts.ok == 1);
        let idle = run.snapshot().live.iter().position(|lane| lane.executing.is_none()).unwrap() + 1;
        run.ask(Control::Inject { worker: idle, fault: Fault::Segfault });
        let log = finish(run);
        assert_eq!((log.counts.ok, log.counts.hosts_lost), (2, 1), "{host:?} {mode}");
        let in_hand = usize::from(mode == Mode::Thread);
        assert_eq!(log.deaths.get(0).unwrap().executing.len(), in_hand, "{host:?} {mode}");
    }
}

#[test]
fn a_worker_that_starts_crashes_as_soon_as_it_has_started() {
    let slow = "import time\ntime.sleep(1)\ndef f(n):\n    time.sleep(0.02)\n    return n\n";
    for mode in MODES {
        let run = pool(mode, "echo", "1..60").function(python(slow)).start();
        wait_until(&run, "all processes", |log| log.lanes.iter().all(|lane| lane.is_alive()));
        run.ask(Control::Inject { worker: 2, fault: Fault::Abort });
        run.ask(Control::Inject { worker: 2, fault: Fault::Abort });
        let log = finish(run);
        assert_eq!(
            injections(&log).iter().map(|made| made.when).collect::<Vec<_>>(),
            [When::Ready],
            "{mode}"
        );
        assert_eq!(refusals(&log), [NotInjected::Already], "{mode}");
        assert_eq!(causes(&log), [LifeEnd::Injected(Fault::Abort)], "{mode}");
        assert_eq!(log.counts.ok, 60, "{mode}");
    }
}

#[test]
fn a_suspended_worker_crashes_as_soon_as_it_is_woken() {
    for host in HOSTS {
        let run = sixty(host, Mode::Process).start();
        at_work(&run);
        run.ask(Control::Suspend { worker: 2 });
        wait_until(&run, "the suspension", |log| log.lanes[1].is_suspended);
        run.ask(Control::Inject { worker: 2, fault: Fault::Segfault });
        wait_until(&run, "the others to be done", |log| log.counts.ok >= 55);
        assert_eq!(run.snapshot().log.counts.hosts_lost, 0);
        run.ask(Control::Wake { worker: 2 });
        let log = finish(run);
        assert_eq!((log.counts.ok, injections(&log)[0].when), (60, When::Woken), "{host:?}");
        assert_eq!(causes(&log), [LifeEnd::Injected(Fault::Segfault)], "{host:?}");
    }
}

#[test]
fn what_is_asked_twice_or_too_late_harms_nothing() {
    for (host, mode) in HOSTS.into_iter().flat_map(|host| MODES.map(|mode| (host, mode))) {
        let run = sixty(host, mode).start();
        at_work(&run);
        // While it is suspended it does not die of the first, however late the second comes.
        run.ask(Control::Suspend { worker: 2 });
        wait_until(&run, "the suspension", |log| log.lanes[1].is_suspended);
        for worker in [0, 2, 2, 99] {
            run.ask(Control::Inject { worker, fault: Fault::Segfault });
        }
        run.ask(Control::Wake { worker: 2 });
        wait_until(&run, "the death", |log| log.counts.hosts_lost == 1);
        wait_until(&run, "the replacement", |log| log.lanes[1].is_alive() && log.counts.ok > 8);
        run.ask(Control::StopSoon);
        run.ask(Control::Inject { worker: 1, fault: Fault::Abort });
        run.ask(Control::Stop);
        run.ask(Control::Inject { worker: 2, fault: Fault::Abort });
        let log = finish(run);
        let reasons = refusals(&log);
        assert_eq!(
            reasons[..3],
            [NotInjected::NoProcess, NotInjected::Ending, NotInjected::NoProcess],
            "{host:?} {mode}"
        );
        assert_eq!(
            log.counts.failed,
            log.counts.not_run + log.counts.stopped,
            "{host:?} {mode}: {:?}",
            log.counts
        );
    }
}

#[test]
fn crashes_one_after_the_other_cost_no_row() {
    for (host, mode) in HOSTS.into_iter().flat_map(|host| MODES.map(|mode| (host, mode))) {
        let run = sixty(host, mode).start();
        for nth in 1..=4_u64 {
            wait_until(&run, "a worker at work", |log| log.is_finished() || log.counts.ok >= 8 * nth);
            run.ask(Control::Inject { worker: nth as usize, fault: DEADLY[nth as usize % 2] });
            wait_until(&run, "its death", |log| log.is_finished() || log.counts.hosts_lost == nth);
        }
        let log = finish(run);
        assert_eq!((log.counts.ok, log.counts.hosts_lost), (60, 4), "{host:?} {mode}: {:?}", log.counts);
    }
}

#[test]
fn an_item_that_is_made_to_hang_is_ended_at_the_timeout() {
    for (host, mode) in HOSTS.into_iter().flat_map(|host| MODES.map(|mode| (host, mode))) {
        let timeout = Timeout::After(Duration::from_secs(1));
        let run = sixty(host, mode).settings(|settings| settings.item.timeout = Some(timeout)).start();
        at_work(&run);
        run.ask(Control::Inject { worker: 2, fault: Fault::Hang });
        let log = finish(run);
        let what = format!("{host:?} {mode}: {:?}", log.counts);
        assert_eq!((log.counts.ok, log.counts.timed_out, log.counts.hosts_lost), (59, 1, 1), "{what}");
        let late = (0..60).find(|index| log.row(*index).unwrap().output.is_none()).unwrap();
        assert_eq!(log.row(late).unwrap().worker, 2, "{what}");
    }
}

#[test]
fn short_items_hang_as_well_and_the_others_go_on() {
    let double = "def f(n):\n    return n * 2\n";
    for mode in MODES {
        for function in [FunctionSpec::builtin("double", []).unwrap(), python(double)] {
            let python = matches!(function, FunctionSpec::Python(_));
            let count: u64 = if python { 1_000_000 } else { 10_000_000 };
            let run = pool(mode, "double", &format!("1..{count}")).function(function).start();
            // However slowly one of them starts, the others must not do all before.
            run.ask(Control::Pause);
            wait_until(&run, "all workers", |log| log.lanes.iter().all(is_ready));
            run.ask(Control::Resume);
            wait_until(&run, "some rows", |log| log.counts.ok > 1000);
            // However fast they are, they must not all be done before.
            run.ask(Control::Pause);
            run.ask(Control::Inject { worker: 1, fault: Fault::Hang });
            run.ask(Control::Resume);
            wait_until(&run, "all rows but one", |log| log.counts.ok == count - 1);
            let hanging = run.snapshot().live[0].executing;
            assert!(hanging.is_some(), "{mode} {python}");
            run.ask(Control::Kill { worker: 1 });
            let log = finish(run);
            let what = format!("{mode} {python}: {:?}", log.counts);
            assert_eq!(log.counts.ok + log.counts.failed, count, "{what}");
            assert!(log.counts.failed <= 1, "{what}");
        }
    }
}

#[test]
fn a_leak_by_hand_meets_the_memory_limit_and_no_item_is_blamed() {
    for (host, mode) in HOSTS.into_iter().flat_map(|host| MODES.map(|mode| (host, mode))) {
        let limit_bytes = 120 << 20;
        let run = sleepers(host, mode, &["20"; 3000].join(", "))
            .settings(|settings| settings.worker.memory_limit_bytes = Some(limit_bytes))
            .start();
        at_work(&run);
        run.ask(Control::Inject { worker: 2, fault: Fault::Leak });
        run.ask(Control::Inject { worker: 2, fault: Fault::Leak });
        wait_until(&run, "the end of the heavy one", |log| log.counts.hosts_lost == 1);
        wait_until(&run, "another in its place", |log| log.lanes[1].is_alive());
        run.ask(Control::StopSoon);
        let log = finish(run);
        let what = format!("{host:?} {mode}: {:?}", log.counts);
        assert_eq!(causes(&log), [LifeEnd::OverMemory { limit_bytes }], "{what}");
        assert_eq!((injections(&log).len(), refusals(&log)), (1, vec![NotInjected::Already]), "{what}");
        assert_eq!(log.counts.failed, log.counts.not_run, "{what}");
    }
}

#[test]
fn a_flood_by_hand_is_bounded_and_disturbs_no_row() {
    for (host, mode) in HOSTS.into_iter().flat_map(|host| MODES.map(|mode| (host, mode))) {
        let run = sleepers(host, mode, &["20"; 700].join(", ")).start();
        at_work(&run);
        run.ask(Control::Inject { worker: 2, fault: Fault::Flood });
        let log = finish(run);
        assert_eq!((log.counts.ok, log.counts.hosts_lost), (700, 0), "{host:?} {mode}");
        let lines = log.messages.from_workers();
        assert!((1000..=1_000_000).contains(&lines), "{host:?} {mode}: {lines} lines");
    }
}

#[test]
fn a_command_fails_apart_from_its_worker() {
    let sleep = |mode, seconds: &str| {
        let template = format!("sleep {seconds}");
        let spec = CommandSpec { template, stdin: true, ..CommandSpec::default() };
        pool(mode, "echo", "1..40").function(FunctionSpec::Command(spec))
    };
    for mode in MODES {
        for (fault, signal) in [(Fault::Segfault, "SIGSEGV"), (Fault::Abort, "SIGABRT")] {
            let run = sleep(mode, "0.1").start();
            at_work(&run);
            run.ask(Control::Inject { worker: 2, fault });
            let log = finish(run);
            let what = format!("{mode} {fault:?}: {:?}", log.counts);
            assert_eq!((log.counts.ok, log.counts.failed, log.counts.hosts_lost), (39, 1, 0), "{what}");
            let failed = (0..40).find(|index| log.row(*index).unwrap().output.is_none()).unwrap();
            let error = error_of(&log, failed);
            assert!(error.contains(signal), "{what}: {error}");
            assert!(injections(&log)[0].is_apart, "{what}");
        }
        let timeout = Timeout::After(Duration::from_secs(1));
        let run = sleep(mode, "0.1").settings(|settings| settings.item.timeout = Some(timeout)).start();
        at_work(&run);
        run.ask(Control::Inject { worker: 2, fault: Fault::Hang });
        let log = finish(run);
        assert_eq!((log.counts.ok, log.counts.timed_out), (39, 1), "{mode}: {:?}", log.counts);
    }
}

#[test]
fn a_command_that_is_begun_later_fails_for_it() {
    let spec = CommandSpec { template: "sleep {}".to_owned(), ..CommandSpec::default() };
    let run =
        pool(Mode::Process, "echo", "2, 0.01, 0.01").workers(2).function(FunctionSpec::Command(spec)).start();
    wait_until(&run, "the short ones", |log| log.counts.ok == 2);
    let idle = run.snapshot().live.iter().position(|lane| lane.executing.is_none()).unwrap() + 1;
    run.ask(Control::Inject { worker: idle, fault: Fault::Segfault });
    until(&run, DEADLINE, "a word of it", |snapshot| injections(&snapshot.log).len() == 1);
    let log = finish(run);
    assert_eq!((log.counts.ok, log.counts.hosts_lost), (3, 0));
}
