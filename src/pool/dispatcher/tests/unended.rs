//! Hosts that do not end although they were told to, or were killed.

use super::*;
use crate::pool::record::{Cause, Notice};
use crate::pool::settings::Timeout;

const PATIENCE_NS: u64 = 5_000_000_000;

fn texts(world: &World) -> String {
    world.dispatcher.log().messages.iter_from(0).map(|message| message.text().into_owned() + "\n").collect()
}

#[test]
fn a_host_that_cannot_be_killed_is_named_and_the_run_goes_on_without_it() {
    let mut settings = Settings { workers: 2, chunk: ChunkRule::Fixed(1), ..Settings::default() };
    settings.item.timeout = Some(Timeout::After(std::time::Duration::from_secs(1)));
    let mut world = World::with(10, settings);
    (0..2).for_each(|host| world.get_ready(host));
    let late = world.host(0).chunks[0].first;
    world.dispatcher.kill(
        0,
        host::KillReason::TimedOut {
            late: vec![late],
            cause: Cause::TimedOut { limit_ns: 1, percent_of_median: None },
            stood_still: false,
        },
    );
    world.tell(Trigger::Tick);
    assert!(world.host(0).is_killed && !texts(&world).contains("has not ended"));
    world.now_ns += PATIENCE_NS;
    world.tell(Trigger::Tick);
    assert!(!world.hosts.contains_key(&0));
    world.run_to_the_end();
    let said = texts(&world);
    assert_eq!(said.matches("worker 1 (pid 1000) was killed and has not ended").count(), 1, "{said}");
    let states = world.states();
    assert!(
        states.iter().enumerate().all(|(at, state)| (*state == RowState::Ok) != (at as u64 == late)),
        "{states:?}"
    );
}

#[test]
fn a_stop_does_not_wait_for_a_host_that_cannot_be_killed() {
    let mut world = World::new(10, Mode::Process, 2, ChunkRule::Fixed(1));
    (0..2).for_each(|host| world.get_ready(host));
    world.tell(Trigger::Stop);
    world.die(1, LifeEnd::Signal(9));
    world.tell(Trigger::Tick);
    assert!(!world.dispatcher.log().is_finished());
    world.now_ns += PATIENCE_NS;
    world.tell(Trigger::Tick);
    assert_eq!(world.dispatcher.log().state, RunState::Finished(Ending::Stopped));
    world.check_end();
    let notices = world.dispatcher.log().messages.iter_from(0).filter_map(|message| message.notice());
    assert_eq!(notices.filter(|notice| matches!(notice, Notice::NotEnded { pid: 1000, .. })).count(), 1);
}

#[test]
fn a_host_that_does_not_leave_is_ended_after_a_while() {
    let mut world = World::new(1, Mode::Process, 1, ChunkRule::Auto);
    world.get_ready(0);
    world.finish_one(0, |_| false);
    world.tell(Trigger::Tick);
    assert!(world.host(0).is_closed && !world.host(0).is_killed);
    world.now_ns += 2_000_000_000;
    world.tell(Trigger::Tick);
    assert!(world.host(0).is_killed);
    world.die(0, LifeEnd::Signal(9));
    assert_eq!(world.dispatcher.log().state, RunState::Finished(Ending::Completed));
    world.check_end();
}
