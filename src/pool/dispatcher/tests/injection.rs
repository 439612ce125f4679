//! Faults that a person has workers make: told first, and nobody is blamed.

use super::*;
use crate::function::Fault;
use crate::pool::record::{NotInjected, Notice};

fn told(world: &World) -> Vec<String> {
    world.dispatcher.log().messages.iter_from(0).map(|message| message.text().into_owned()).collect()
}

fn inject(world: &mut World, worker: usize, fault: Fault) {
    world.tell(Trigger::Asked(Control::Inject { worker, fault }));
}

#[test]
fn what_was_in_hand_runs_again_and_is_not_blamed() {
    for (mode, dead) in [(Mode::Process, 1), (Mode::Thread, 0)] {
        let mut world = World::new(40, mode, 4, ChunkRule::Fixed(2));
        world.living().into_iter().for_each(|host| world.get_ready(host));
        inject(&mut world, 2, Fault::Segfault);
        world.die(dead, LifeEnd::Signal(11));
        let log = world.dispatcher.log();
        assert_eq!(log.deaths.get(0).unwrap().end, LifeEnd::Injected(Fault::Segfault), "{mode}");
        assert_eq!(log.lanes.len(), 4, "{mode}: nobody is suspect");
        world.run_to_the_end();
        world.check_end();
        assert_eq!(world.dispatcher.log().counts.ok, 40, "{mode}");
        let texts = told(&world);
        let place = |what: &str| texts.iter().position(|text| text.contains(what)).unwrap();
        assert!(place("is made to crash") < place("died: segmentation fault by hand"), "{mode}: {texts:?}");
    }
}

#[test]
fn a_doomed_host_gets_no_more_work_and_no_more_faults() {
    let mut world = World::new(100, Mode::Process, 2, ChunkRule::Fixed(1));
    world.living().into_iter().for_each(|host| world.get_ready(host));
    inject(&mut world, 1, Fault::Abort);
    inject(&mut world, 1, Fault::Leak);
    let before = world.hosts[&0].chunks.len();
    world.finish_one(0, |_| false);
    assert_eq!(world.hosts[&0].chunks.len() + 1, before);
    let reasons = world.dispatcher.log().messages.iter_from(0).filter_map(|message| match message.notice() {
        Some(Notice::NotInjected { reason, .. }) => Some(*reason),
        _ => None,
    });
    assert_eq!(reasons.collect::<Vec<_>>(), [NotInjected::Ending]);
    world.die(0, LifeEnd::Signal(6));
    world.run_to_the_end();
    assert_eq!(world.dispatcher.log().counts.ok, 100);
}

#[test]
fn who_was_killed_before_it_could_crash_was_killed() {
    let mut world = World::new(20, Mode::Process, 2, ChunkRule::Fixed(1));
    world.living().into_iter().for_each(|host| world.get_ready(host));
    inject(&mut world, 1, Fault::Segfault);
    world.tell(Trigger::Asked(Control::Kill { worker: 1 }));
    world.die(0, LifeEnd::Signal(9));
    assert_eq!(world.dispatcher.log().deaths.get(0).unwrap().end, LifeEnd::Killed);
    world.run_to_the_end();
    world.check_end();
}

#[test]
fn a_crash_that_comes_without_a_wish_is_blamed_as_ever() {
    let mut world = World::new(20, Mode::Process, 2, ChunkRule::Fixed(1));
    world.living().into_iter().for_each(|host| world.get_ready(host));
    inject(&mut world, 2, Fault::Flood);
    world.die(1, LifeEnd::Signal(11));
    world.run_to_the_end();
    assert_eq!((world.dispatcher.log().counts.ok, world.dispatcher.log().counts.failed), (19, 1));
}
