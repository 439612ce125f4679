//! What a person asks of a run while it runs.

use std::collections::BTreeSet;
use std::time::Duration;

use poolscope::pool::{Control, Ending, LifeEnd, Mode, RunLog, RunState};

use crate::harness::{MODES, error_of, finish, kill, pool, wait_until};

fn sleepers(mode: Mode, count: usize, ms: &str) -> crate::harness::Pool {
    pool(mode, "sleep_ms", &vec![ms; count].join(", "))
}

fn alive(log: &RunLog) -> usize {
    log.lanes.iter().filter(|lane| lane.is_alive() && !lane.is_retired).count()
}

#[test]
fn a_pause_lets_nothing_begin_until_it_is_over() {
    for mode in MODES {
        let run = sleepers(mode, 100, "20").start();
        wait_until(&run, "some rows", |log| log.counts.ok >= 4);
        run.ask(Control::Pause);
        wait_until(&run, "the pause", |log| log.is_paused);
        std::thread::sleep(Duration::from_millis(200));
        let before = run.snapshot().log.counts.ok;
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(run.snapshot().log.counts.ok, before, "{mode}: work goes on in a pause");
        assert!(before < 100);
        run.ask(Control::Resume);
        assert_eq!(finish(run).counts.ok, 100, "{mode}");
    }
}

#[test]
fn a_soft_stop_lets_finish_what_executes() {
    for mode in MODES {
        let run = sleepers(mode, 100, "100").start();
        wait_until(&run, "some rows", |log| log.counts.ok >= 4);
        run.ask(Control::StopSoon);
        let log = finish(run);
        assert_eq!(log.state, RunState::Finished(Ending::Stopped), "{mode}");
        assert_eq!((log.counts.stopped, log.counts.hosts_lost), (0, 0), "{mode}");
        assert!(log.counts.ok < 20 && log.counts.ok + log.counts.not_run == 100, "{:?}", log.counts);
    }
}

/// The process ids of the workers, each once.
fn pids(log: &RunLog) -> BTreeSet<u32> {
    let workers = log.lanes.iter().filter(|lane| !lane.is_for_suspects && lane.is_alive());
    workers.filter_map(|lane| lane.pid()).collect()
}

#[test]
fn threads_are_spread_over_processes_whatever_the_size() {
    let run =
        sleepers(Mode::Thread, 3000, "10").workers(5).settings(|settings| settings.processes = 2).start();
    wait_until(&run, "five workers at work", |log| log.lanes.iter().all(|lane| lane.items > 0));
    let log = run.snapshot().log.clone();
    assert_eq!((log.workers, pids(&log).len(), log.hosts_started), (5, 2, 2), "{:?}", pids(&log));
    assert_eq!(log.lanes[0].pid(), log.lanes[2].pid());
    assert_ne!(log.lanes[2].pid(), log.lanes[3].pid());
    run.ask(Control::SetWorkers(8));
    wait_until(&run, "eight workers", |log| {
        log.workers == 8 && alive(log) == 8 && pids(log).len() == 2 && log.lanes[7].items > 0
    });
    let before = pids(&run.snapshot().log);
    run.ask(Control::Kill { worker: 8 });
    wait_until(&run, "one process in the place of another", |log| {
        pids(log).len() == 2 && pids(log).intersection(&before).count() == 1
    });
    run.ask(Control::SetWorkers(1));
    wait_until(&run, "one worker", |log| log.workers == 1 && pids(log).len() == 1);
    run.ask(Control::StopSoon);
    let log = finish(run);
    let audit = log.audit.clone().unwrap();
    assert_eq!((audit.processes, audit.zombies), (0, 0));
    assert_eq!(log.counts.failed, log.counts.not_run, "a kill costs no row: {:?}", log.counts);
}

#[test]
fn the_pool_grows_and_shrinks_while_it_runs() {
    for mode in MODES {
        let run = sleepers(mode, 3000, "10").workers(2).start();
        wait_until(&run, "some rows", |log| log.counts.ok >= 4);
        run.ask(Control::SetWorkers(6));
        wait_until(&run, "six workers at work", |log| {
            log.lanes.len() >= 6 && log.lanes.iter().take(6).all(|lane| lane.items > 0)
        });
        run.ask(Control::SetWorkers(3));
        wait_until(&run, "three workers", |log| log.workers == 3 && alive(log) == 3);
        run.ask(Control::SetWorkers(5));
        wait_until(&run, "five workers", |log| log.workers == 5 && alive(log) == 5);
        let log = finish(run);
        assert_eq!((log.counts.ok, log.counts.hosts_lost), (3000, 0), "{mode}");
    }
}

#[test]
fn a_worker_ended_by_hand_costs_its_item_and_is_replaced() {
    let run = pool(Mode::Process, "sleep_ms", "60000, 30, 30, 30").workers(2).start();
    wait_until(&run, "the short items", |log| log.counts.ok == 3);
    let live = run.snapshot().live.clone();
    let worker = live.iter().position(|lane| lane.executing.is_some()).unwrap() + 1;
    run.ask(Control::Kill { worker });
    let log = finish(run);
    assert_eq!(error_of(&log, 0), "the worker process was ended by hand");
    assert_eq!(log.deaths.get(0).unwrap().end, LifeEnd::Killed);
}

#[test]
fn a_suspended_worker_goes_on_when_it_is_woken() {
    for mode in MODES {
        let run = sleepers(mode, 60, "20").start();
        wait_until(&run, "some rows", |log| log.counts.ok >= 4);
        run.ask(Control::Suspend { worker: 2 });
        wait_until(&run, "the suspension", |log| log.lanes[1].is_suspended);
        assert_eq!(run.snapshot().log.lanes[0].is_suspended, mode == Mode::Thread);
        run.ask(Control::Wake { worker: 2 });
        let log = finish(run);
        assert_eq!((log.counts.ok, log.counts.hosts_lost), (60, 0), "{mode}");
    }
}

#[test]
fn a_worker_suspended_from_outside_is_noticed() {
    let run = sleepers(Mode::Process, 400, "30").workers(2).start();
    wait_until(&run, "some rows", |log| log.counts.ok >= 4);
    let pid = run.snapshot().log.lanes[1].pid().unwrap();
    kill("-STOP", pid);
    let says =
        |log: &RunLog, what: &str| log.messages.iter_from(0).any(|message| message.text().contains(what));
    wait_until(&run, "a word of it", |log| says(log, "worker 2") && says(log, "no sign of life"));
    assert!(run.snapshot().live[1].silent_for_ns.is_some_and(|ns| ns >= 2_000_000_000));
    kill("-CONT", pid);
    wait_until(&run, "a word of its return", |log| says(log, "is back after"));
    assert_eq!(finish(run).counts.ok, 400);
}

#[test]
fn hosts_that_die_during_a_soft_stop_do_not_hold_it_up() {
    for mode in MODES {
        let run = sleepers(mode, 200, "60").start();
        wait_until(&run, "some rows", |log| log.counts.ok >= 4);
        let pids: Vec<u32> = run.snapshot().log.lanes.iter().filter_map(|lane| lane.pid()).collect();
        run.ask(Control::StopSoon);
        // In threads all lanes are of one process.
        kill("-9", pids[0]);
        let log = finish(run);
        assert_eq!(log.state, RunState::Finished(Ending::Stopped), "{mode}");
        assert!(log.counts.not_run > 0 && log.counts.done() == 200, "{mode}: {:?}", log.counts);
    }
}

#[test]
fn the_pool_may_be_resized_again_and_again_while_its_hosts_die() {
    for mode in MODES {
        let run =
            sleepers(mode, 1500, "5").workers(4).settings(|settings| settings.item.retries = 50).start();
        wait_until(&run, "some rows", |log| log.counts.ok >= 4);
        for workers in [1, 6, 2, 5, 3, 8, 1, 4] {
            let before = run.snapshot().log.counts.ok;
            let pid = run.snapshot().host_pids.first().copied();
            run.ask(Control::SetWorkers(workers));
            // It may have ended meanwhile.
            pid.iter().for_each(|pid| crate::harness::try_kill("-9", *pid));
            wait_until(&run, "more rows", |log| log.counts.ok > before || log.is_finished());
        }
        let log = finish(run);
        assert_eq!((log.counts.ok, log.counts.failed), (1500, 0), "{mode}");
    }
}

#[test]
fn a_stop_while_hosts_are_renewed_ends_at_once() {
    for mode in MODES {
        let run = pool(mode, "double", "1..2000000")
            .settings(|settings| settings.worker.recycle_items = Some(3))
            .start();
        wait_until(&run, "renewed hosts", |log| log.hosts_started > 8);
        run.ask(Control::Stop);
        let log = finish(run);
        assert_eq!(log.state, RunState::Finished(Ending::Stopped), "{mode}");
    }
}
