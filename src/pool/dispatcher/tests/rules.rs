//! One story for each rule.

use std::time::Duration;

use super::*;
use crate::pool::os::MachineMemory;
use crate::pool::settings::{HaltRule, RetryDelay, Timeout};

const MS: u64 = 1_000_000;

/// A pool over `total` items, all of its hosts ready.
fn ready(total: usize, mode: Mode, change: impl FnOnce(&mut Settings)) -> World {
    let mut settings = Settings { mode, workers: 2, chunk: ChunkRule::Fixed(1), ..Settings::default() };
    change(&mut settings);
    let mut world = World::with(total, settings);
    world.living().into_iter().for_each(|host| world.get_ready(host));
    world
}

/// Time passes, and the dispatcher sees what it wants to: each lane with a chunk executes its first item since
/// `since_ns`, and the first host holds so much memory.
fn look(world: &mut World, pause_ms: u64, since_ns: u64, bytes: u64, available_bytes: u64) {
    world.now_ns += pause_ms * MS;
    let request = world.dispatcher.poll_request(world.now_ns);
    let machine = Some(MachineMemory { total_bytes: 1000, available_bytes });
    let mut seen = PollResult { request, machine, ..PollResult::default() };
    for (nth, (id, fake)) in world.hosts.iter().enumerate() {
        let chunks = fake.chunks.iter().take(fake.lanes).enumerate();
        let items = chunks.map(|(lane, chunk)| (*id, lane, Executing { index: chunk.first, since_ns }));
        seen.executing.extend(items);
        seen.memory.push((*id, if nth == 0 { bytes } else { 1 }));
        seen.beats.push((*id, 7));
    }
    world.tell(Trigger::Polled(seen));
    world.tell(Trigger::Tick);
}

fn says(world: &World, what: &str) -> usize {
    let messages = world.dispatcher.log().messages.iter_from(0);
    messages.filter(|message| message.text().contains(what)).count()
}

#[test]
fn of_threads_only_the_late_item_is_blamed() {
    let mut world = ready(10, Mode::Thread, |settings| {
        settings.item.timeout = Some(Timeout::After(Duration::from_millis(500)));
    });
    let begun_ns = world.now_ns;
    assert!(world.dispatcher.next_deadline_ns() <= begun_ns + 520 * MS);
    // Lane 0 has been in its item for long, lane 1 has just begun.
    world.now_ns += 501 * MS;
    let request = PollRequest { executing: true, ..PollRequest::default() };
    let executing = vec![
        (0, 0, Executing { index: 0, since_ns: begun_ns }),
        (0, 1, Executing { index: 1, since_ns: begun_ns + 500 * MS }),
    ];
    world.tell(Trigger::Polled(PollResult { request, executing, ..PollResult::default() }));
    assert!(world.host(0).is_killed);
    world.die(0, LifeEnd::Signal(9));
    world.run_to_the_end();
    world.check_end();
    let log = world.dispatcher.log();
    assert_eq!(log.row(0).unwrap().state, RowState::TimedOut);
    assert_eq!((log.counts.ok, log.counts.timed_out, log.counts.retries), (9, 1, 1));
    assert_eq!((log.row(1).unwrap().attempts, log.row(1).unwrap().is_flaky), (2, false));
}

#[test]
fn of_threads_that_stood_still_the_late_items_run_again_alone() {
    let mut world = ready(10, Mode::Thread, |settings| {
        settings.item.timeout = Some(Timeout::After(Duration::from_secs(3)));
    });
    let begun_ns = world.now_ns;
    let looks = |world: &mut World, beats: &[u64]| {
        for beat in beats {
            world.now_ns += 500 * MS;
            let request = PollRequest { executing: true, beats: true, ..PollRequest::default() };
            let item = |lane| (0, lane, Executing { index: lane as u64, since_ns: begun_ns });
            let (executing, beats) = (vec![item(0), item(1)], vec![(0, *beat)]);
            world.tell(Trigger::Polled(PollResult { request, executing, beats, ..PollResult::default() }));
        }
    };
    looks(&mut world, &[7; 7]);
    assert!(world.host(0).is_killed);
    world.die(0, LifeEnd::Signal(9));
    world.run_to_the_end();
    world.check_end();
    let log = world.dispatcher.log();
    assert_eq!((log.counts.ok, log.counts.timed_out, log.counts.retries), (10, 0, 2));
}

#[test]
fn a_multiple_of_the_median_holds_from_the_third_item_on() {
    let rule = Some(Timeout::OfMedian { percent: 300 });
    let mut world = ready(10, Mode::Process, |settings| settings.item.timeout = rule);
    assert!(!world.dispatcher.poll_request(u64::MAX).executing);
    (0..3).for_each(|_| world.finish_one(0, |_| false));
    assert!(world.dispatcher.poll_request(u64::MAX).executing);
}

#[test]
fn a_retry_waits_for_its_time_and_the_run_for_it() {
    let mut world = ready(1, Mode::Process, |settings| {
        settings.item.retries = 1;
        settings.item.retry_delay = RetryDelay::Fixed(Duration::from_millis(100));
    });
    let host = world.living().into_iter().find(|host| !world.hosts[host].chunks.is_empty()).unwrap();
    world.finish_one(host, |_| true);
    let log = world.dispatcher.log();
    assert_eq!((log.counts.done(), log.counts.retries, log.is_finished()), (0, 1, false));
    let due_ns = world.now_ns + 100 * MS;
    assert_eq!(world.dispatcher.tries.next_due_ns(), Some(due_ns));
    world.tell(Trigger::Tick);
    assert!(world.hosts.values().all(|fake| fake.chunks.is_empty()), "it is not due yet");
    world.now_ns = due_ns;
    world.tell(Trigger::Tick);
    world.run_to_the_end();
    world.check_end();
    let log = world.dispatcher.log();
    assert_eq!((log.counts.ok, log.counts.flaky, log.row(0).unwrap().attempts), (1, 1, 2));
}

#[test]
fn an_item_that_waits_for_a_retry_keeps_its_error_when_the_run_is_stopped() {
    let mut world = ready(1, Mode::Process, |settings| {
        settings.item.retries = 3;
        settings.item.retry_delay = RetryDelay::Fixed(Duration::from_secs(9));
    });
    (0..2).for_each(|host| world.finish_one(host, |_| true));
    world.tell(Trigger::Stop);
    world.leave_if_told();
    world.check_end();
    let row = world.dispatcher.log().row(0).unwrap();
    assert_eq!((row.state, row.error().as_deref(), row.attempts), (RowState::Failed, Some("no"), 1));
}

#[test]
fn failures_that_are_too_many_end_the_run() {
    let rule: HaltRule = "soon,fail=2".parse().unwrap();
    let mut world = ready(100, Mode::Process, |settings| settings.halt = rule);
    (0..2).for_each(|host| world.finish_one(host, |_| true));
    assert!(world.dispatcher.log().is_draining);
    world.run_to_the_end();
    world.check_end();
    let log = world.dispatcher.log();
    let ending = Ending::Halted { rule, failed: 2, done: 2 };
    assert_eq!(ending.to_string(), "2 inputs failed, which was the limit (--halt soon,fail=2)");
    assert_eq!(log.state, RunState::Finished(ending));
    assert_eq!((log.counts.stopped, log.counts.hosts_lost), (0, 0));
}

#[test]
fn the_largest_host_is_ended_before_the_machine_is_full() {
    let mut world = ready(10, Mode::Process, |_| {});
    look(&mut world, 300, 0, 600, 500);
    assert!(!world.host(0).is_killed);
    look(&mut world, 300, 0, 600, 10);
    look(&mut world, 30, 0, 600, 10);
    assert!(world.host(0).is_killed && !world.host(1).is_killed);
    world.die(0, LifeEnd::Signal(9));
    assert!(world.dispatcher.log().row(0).unwrap().error().unwrap().contains("run out of memory"));
    world.run_to_the_end();
    world.check_end();
}

#[test]
fn a_host_of_moderate_size_is_not_ended_for_a_full_machine() {
    let mut world = ready(10, Mode::Process, |_| {});
    (0..5).for_each(|_| look(&mut world, 300, 0, 200, 10));
    assert!(!world.host(0).is_killed);
}

#[test]
fn silence_is_told_once() {
    let mut world = ready(10, Mode::Process, |_| {});
    (0..40).for_each(|_| look(&mut world, 100, 0, 1, 500));
    assert_eq!(
        (says(&world, "worker 1 (pid 1000) has given no sign of life"), says(&world, "is back")),
        (1, 0)
    );
    assert!(world.dispatcher.silent_for_ns(0, world.now_ns).is_some_and(|ns| ns >= 2_000 * MS));
    let seen = PollResult {
        request: PollRequest { beats: true, ..PollRequest::default() },
        beats: vec![(0, 8), (1, 7)],
        ..PollResult::default()
    };
    world.now_ns += 100 * MS;
    world.tell(Trigger::Polled(seen));
    assert_eq!(
        (says(&world, "worker 1 (pid 1000) is back"), says(&world, "worker 2 (pid 1001) is back")),
        (1, 0)
    );
}

#[test]
fn a_smaller_pool_retires_its_last_workers_and_a_larger_one_has_them_back() {
    let mut world = ready(100, Mode::Process, |settings| settings.workers = 4);
    world.tell(Trigger::Asked(Control::SetWorkers(2)));
    let retired = |world: &World| world.dispatcher.log().lanes.iter().filter(|lane| lane.is_retired).count();
    assert_eq!(retired(&world), 2);
    for host in [2, 3] {
        world.finish_one(host, |_| false);
        world.finish_one(host, |_| false);
    }
    world.leave_if_told();
    assert_eq!(world.living(), [0, 1]);
    world.tell(Trigger::Asked(Control::SetWorkers(4)));
    assert_eq!((world.living(), retired(&world)), (vec![0, 1, 4, 5], 0));
    world.run_to_the_end();
    world.check_end();
    assert_eq!(world.dispatcher.log().counts.hosts_lost, 0);
}

#[test]
fn a_host_that_runs_the_function_cannot_say_that_none_can_load_it() {
    let mut world = ready(10, Mode::Process, |_| {});
    world.tell(Trigger::Refused { host: 0, reason: "no".into() });
    assert!(world.host(0).is_killed);
    world.die(0, LifeEnd::Signal(9));
    world.run_to_the_end();
    assert_eq!(world.dispatcher.log().counts.ok, 10);
    assert!(says(&world, "it reported that it cannot load the function") > 0);
}

#[test]
fn work_of_which_a_host_does_not_know_is_done_by_another() {
    let mut world = ready(10, Mode::Process, |_| {});
    let look = |world: &mut World, beat: u64| {
        world.now_ns += 500 * MS;
        let request = PollRequest { beats: true, ..PollRequest::default() };
        let beats = vec![(0, beat), (1, beat)];
        world.tell(Trigger::Polled(PollResult { request, beats, idle: vec![0], ..PollResult::default() }));
    };
    (1..=20).for_each(|beat| look(&mut world, beat));
    assert!(!world.host(0).is_killed);
    (21..=22).for_each(|beat| look(&mut world, beat));
    assert!(world.host(0).is_killed && !world.host(1).is_killed);
    world.die(0, LifeEnd::Signal(9));
    world.run_to_the_end();
    assert_eq!(world.dispatcher.log().counts.ok, 10);
    assert!(says(&world, "it has work and does nothing") > 0);
}

#[test]
fn work_of_a_host_that_neither_lives_nor_was_stopped_is_done_by_another() {
    for stopped in [vec![], vec![0]] {
        let mut world = ready(10, Mode::Process, |_| {});
        for look in 0..140 {
            world.now_ns += 500 * MS;
            let request = PollRequest { beats: true, ..PollRequest::default() };
            let (beats, idle) = (vec![(0, 1), (1, look)], vec![0]);
            let seen = PollResult { request, beats, idle, stopped: stopped.clone(), ..PollResult::default() };
            world.tell(Trigger::Polled(seen));
            assert!(look > 110 || !world.host(0).is_killed, "look {look}");
        }
        assert_eq!(world.host(0).is_killed, stopped.is_empty());
        if stopped.is_empty() {
            world.die(0, LifeEnd::Signal(9));
            world.run_to_the_end();
            assert_eq!(world.dispatcher.log().counts.ok, 10);
            assert!(says(&world, "does nothing and gives no sign of life") > 0);
        }
    }
}

#[test]
fn a_host_that_stands_still_with_its_work_is_ended_only_where_items_have_a_limit() {
    for limit in [None, Some(Timeout::After(Duration::from_secs(5)))] {
        let mut world = ready(10, Mode::Process, |settings| settings.item.timeout = limit);
        for look in 0..40 {
            world.now_ns += 500 * MS;
            let request = PollRequest { beats: true, ..PollRequest::default() };
            let beats = vec![(0, 1), (1, look)];
            let idle = vec![0, 1];
            world.tell(Trigger::Polled(PollResult { request, beats, idle, ..PollResult::default() }));
            assert!(look > 9 || !world.host(0).is_killed, "look {look}");
        }
        assert_eq!(world.host(0).is_killed, limit.is_some());
    }
}

#[test]
fn that_hosts_take_long_to_load_is_said_once() {
    let mut world = World::new(10, Mode::Process, 2, ChunkRule::Auto);
    let look = |world: &mut World| {
        world.now_ns += 4_900 * MS;
        let request = PollRequest { beats: true, ..PollRequest::default() };
        world.tell(Trigger::Polled(PollResult { request, ..PollResult::default() }));
        says(world, "has been starting for")
    };
    assert_eq!((look(&mut world), look(&mut world)), (0, 0));
    assert_eq!((look(&mut world), look(&mut world)), (1, 1));
    world.get_ready(0);
    world.get_ready(1);
    world.run_to_the_end();
    assert_eq!(world.dispatcher.log().counts.ok, 10);
}

#[test]
fn a_driver_that_cannot_go_on_ends_the_run_also_where_that_is_ending() {
    let mut world = ready(10, Mode::Process, |_| {});
    world.tell(Trigger::CannotGoOn { reason: "no more descriptors".to_owned() });
    assert!(world.host(0).is_killed && world.host(1).is_killed);
    assert!(says(&world, "no more descriptors") > 0);
    let mut world = ready(2, Mode::Process, |_| {});
    for host in [0, 1] {
        world.finish_one(host, |_| false);
    }
    world.tell(Trigger::CannotGoOn { reason: "no more descriptors".to_owned() });
    assert!(world.living().iter().all(|host| !world.hosts.contains_key(host) || world.host(*host).is_killed));
}
