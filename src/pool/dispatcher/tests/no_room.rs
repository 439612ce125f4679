//! Pools that get no other process than those they have.

use super::*;

fn ready(total: usize, settings: Settings) -> World {
    let mut world = World::with(total, Settings { chunk: ChunkRule::Fixed(1), ..settings });
    world.living().into_iter().for_each(|host| world.get_ready(host));
    world.room = world.hosts.len();
    world
}

fn says(world: &World, what: &str) -> usize {
    let messages = world.dispatcher.log().messages.iter_from(0);
    messages.filter(|message| message.text().contains(what)).count()
}

#[test]
fn a_process_that_cannot_be_replaced_lives_on_and_is_not_to_be_replaced_again_at_once() {
    for mode in [Mode::Thread, Mode::Process] {
        let mut settings = Settings { mode, workers: 2, ..Settings::default() };
        settings.worker.recycle_items = Some(3);
        let mut world = ready(40, settings);
        for _ in 0..4 {
            world.living().into_iter().for_each(|host| world.finish_one(host, |_| false));
        }
        let launches = world.launches;
        // Nothing ends meanwhile, so that nothing is to be done.
        (0..100).for_each(|_| world.tell(Trigger::Tick));
        assert!(world.launches <= launches + 1, "{} launches", world.launches - launches);
        world.run_to_the_end();
        world.check_end();
        assert_eq!(world.dispatcher.log().counts.ok, 40);
        assert!(says(&world, "the pool stays as it was: no room") <= 40 / 3, "{mode:?}");
    }
}

#[test]
fn suspects_wait_for_a_process_until_another_has_nothing_to_do() {
    for (mode, workers, processes) in [(Mode::Process, 2, 1), (Mode::Thread, 4, 2), (Mode::Process, 1, 1)] {
        let mut world = ready(20, Settings { mode, workers, processes, ..Settings::default() });
        let first = world.living()[0];
        world.finish_one(first, |_| false);
        // It need not have been what was executing: that is to run alone, beside the process that takes its place.
        world.die(first, LifeEnd::Broken("it sent nonsense".to_owned()));
        work_for(&mut world, 1000);
        world.check_end();
        let log = world.dispatcher.log();
        assert_eq!(log.state, RunState::Finished(Ending::Completed), "{mode:?}, {workers} workers");
        assert_eq!(log.counts.ok, 20);
        assert!(log.lanes.iter().any(|lane| lane.is_for_suspects));
        assert!(log.lanes.iter().all(|lane| !lane.is_retired), "{:?}", log.lanes);
    }
}

/// The rows behind that of a suspect are kept until it has one: nothing more is read and run meanwhile.
#[test]
fn a_stream_that_waits_for_a_suspect_goes_on_with_all_its_workers() {
    for workers in [1, 2] {
        let settings = Settings { workers, chunk: ChunkRule::Fixed(1), ..Settings::default() };
        let mut world = World::of(Dispatcher::new(RunLog::streaming(plan_over_numbers(0, settings))));
        world.tell(Trigger::Inputs(Arc::new(Column::Int((0..8).collect()))));
        world.living().into_iter().for_each(|host| world.get_ready(host));
        world.room = workers;
        let first = world.living()[0];
        world.die(first, LifeEnd::Broken("it sent nonsense".to_owned()));
        work_for(&mut world, 100);
        assert_eq!(world.dispatcher.log().counts.ok, 8, "{workers} workers");
        world.tell(Trigger::Released { index: 8 });
        world.tell(Trigger::Inputs(Arc::new(Column::Int((8..16).collect()))));
        world.tell(Trigger::InputsEnd { reason: None });
        work_for(&mut world, 20);
        assert!(world.dispatcher.log().is_finished(), "{:?}", world.dispatcher.log().counts);
        let lanes = world.dispatcher.log().lanes.iter().filter(|lane| !lane.is_for_suspects);
        assert!(lanes.filter(|lane| lane.lives.len() > 1).count() >= 1);
        assert_eq!(world.dispatcher.log().counts.ok, 16);
    }
}

/// All do what they are told to, while time goes by.
fn work_for(world: &mut World, ticks: usize) {
    for _ in 0..ticks {
        world.now_ns += 100_000_000;
        world.tell(Trigger::Tick);
        for host in world.living() {
            if world.hosts.contains_key(&host) {
                world.get_ready(host);
                world.finish_one(host, |_| false);
            }
        }
        world.leave_if_told();
    }
}
