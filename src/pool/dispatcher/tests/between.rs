//! Hosts that die of an item that is over.

use super::*;

/// Hosts that end after item 7 whenever they have run it: the item is over, and none is executing.
fn ends_after_seven(end: &LifeEnd, chunk: ChunkRule) {
    let mut world = World::new(60, Mode::Process, 3, chunk);
    for _ in 0..1000 {
        for host in world.living() {
            if !world.hosts.contains_key(&host) {
                continue;
            }
            world.get_ready(host);
            let front = world.host(host).chunks.front().copied();
            let holds_seven = |chunk: &Chunk| (chunk.first..chunk.first + chunk.count).contains(&7);
            let Some(chunk) = front.filter(holds_seven) else {
                world.finish_one(host, |_| false);
                continue;
            };
            // The chunk is over, and nothing of it was sent.
            let item = Executing { index: chunk.first + chunk.count - 1, since_ns: 0 };
            world.hosts.remove(&host);
            let (end, begun_last) = (end.clone(), vec![(0, item)]);
            world.tell(Trigger::HostEnded {
                host,
                end,
                executing: Vec::new(),
                begun_last,
                peak_rss_bytes: 0,
            });
        }
        world.leave_if_told();
    }
    world.check_end();
    let failed: Vec<usize> = (0..60).filter(|place| world.states()[*place] != RowState::Ok).collect();
    assert_eq!(failed, [7]);
    assert!(world.dispatcher.log().counts.hosts_lost <= 4, "{:?}", world.dispatcher.log().counts);
}

#[test]
fn an_item_after_which_its_host_ends_is_found_though_it_executes_no_more() {
    for end in [LifeEnd::Signal(9), LifeEnd::Exit(1), LifeEnd::Broken("cut off".to_owned())] {
        ends_after_seven(&end, ChunkRule::Fixed(1));
        ends_after_seven(&end, ChunkRule::Fixed(20));
    }
}

#[test]
fn what_executes_when_a_host_loses_its_channel_is_not_blamed_for_the_item_before() {
    let mut world = World::new(4, Mode::Process, 1, ChunkRule::Fixed(4));
    world.get_ready(0);
    world.hosts.remove(&0);
    let executing = vec![(0, Executing { index: 1, since_ns: 0 })];
    let end = LifeEnd::Broken("cut off".to_owned());
    world.tell(Trigger::HostEnded { host: 0, end, executing, begun_last: Vec::new(), peak_rss_bytes: 0 });
    world.run_to_the_end();
    world.check_end();
    assert_eq!((world.dispatcher.log().counts.failed, world.dispatcher.log().counts.ok), (0, 4));
}

#[test]
fn items_that_were_begun_and_not_reported_are_counted_when_they_run_again() {
    let mut world = World::new(9, Mode::Process, 1, ChunkRule::Fixed(5));
    world.get_ready(0);
    world.hosts.remove(&0);
    let executing = vec![(0, Executing { index: 2, since_ns: 0 })];
    let end = LifeEnd::Signal(11);
    world.tell(Trigger::HostEnded { host: 0, end, executing, begun_last: Vec::new(), peak_rss_bytes: 0 });
    world.run_to_the_end();
    world.check_end();
    let log = world.dispatcher.log();
    let attempts: Vec<u8> = (0..9).map(|index| log.row(index).unwrap().attempts).collect();
    assert_eq!((attempts.as_slice(), log.counts.retries), (&[2, 2, 1, 1, 1, 1, 1, 1, 1][..], 2));
}

#[test]
fn an_item_after_which_its_host_talks_rubbish_is_found_though_it_executes_no_more() {
    let mut world = World::new(60, Mode::Process, 3, ChunkRule::Fixed(5));
    for _ in 0..1000 {
        for host in world.living() {
            if !world.hosts.contains_key(&host) {
                continue;
            }
            world.get_ready(host);
            let holds_seven = |chunk: &Chunk| (chunk.first..chunk.first + chunk.count).contains(&7);
            if world.host(host).chunks.front().is_some_and(holds_seven) {
                world.tell(Trigger::Garbled { host, reason: "rubbish".to_owned() });
                world.hosts.remove(&host);
                let end = LifeEnd::Signal(9);
                world.tell(Trigger::HostEnded {
                    host,
                    end,
                    executing: Vec::new(),
                    begun_last: Vec::new(),
                    peak_rss_bytes: 0,
                });
            } else {
                world.finish_one(host, |_| false);
            }
        }
        world.leave_if_told();
    }
    world.check_end();
    let failed: Vec<usize> = (0..60).filter(|place| world.states()[*place] != RowState::Ok).collect();
    assert_eq!(failed, [7]);
}
