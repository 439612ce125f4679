//! Runs whose inputs come while they go on, and whose rows are let go.

use super::*;

const LARGE_BYTES: usize = 1 << 20;

/// A run over so many inputs of a stream, all of which are there.
fn streamed(inputs: i64, workers: usize) -> World {
    streamed_in_chunks(inputs, workers, 1)
}

fn streamed_in_chunks(inputs: i64, workers: usize, items: u32) -> World {
    let settings = Settings { workers, chunk: ChunkRule::Fixed(items), ..Settings::default() };
    let mut world = World::of(Dispatcher::new(RunLog::streaming(plan_over_numbers(0, settings))));
    world.tell(Trigger::Inputs(Arc::new(Column::Int((0..inputs).collect()))));
    world.tell(Trigger::InputsEnd { reason: None });
    world
}

/// All hosts finish what they have, until they have nothing more.
fn finish_all_with_large_outputs(world: &mut World) {
    while let Some(host) = world.living().into_iter().find(|host| !world.hosts[host].chunks.is_empty()) {
        let Some(chunk) = world.host(host).chunks.pop_front() else { return };
        let outputs: Column = chunk.items().map(|_| Value::Text("x".repeat(LARGE_BYTES))).collect();
        let timing = Timing::Whole { start_ns: world.now_ns, duration_ns: 1000, cpu_ns: 900 };
        let batch = Batch {
            first: chunk.first,
            count: chunk.count as usize,
            outputs: outputs.into(),
            failures: vec![],
            timing,
        };
        world.tell(Trigger::Finished { host, lane: 0, batch });
    }
}

#[test]
fn large_outputs_that_nobody_has_taken_hold_up_the_workers_and_not_the_run() {
    let mut world = streamed(1000, 2);
    (0..2).for_each(|host| world.get_ready(host));
    finish_all_with_large_outputs(&mut world);
    let done = world.dispatcher.log().counts.ok;
    assert!((100..=160).contains(&done), "{done} MiB are kept");
    let mut released = 0;
    while !world.dispatcher.log().is_finished() {
        let done = world.dispatcher.log().counts.ok;
        assert!(done > released && done - released <= 160, "{done} done, {released} let go");
        released = done;
        world.tell(Trigger::Released { index: released });
        finish_all_with_large_outputs(&mut world);
        world.leave_if_told();
    }
    assert_eq!(world.dispatcher.log().counts.ok, 1000);
}

#[test]
fn a_row_that_all_others_wait_for_is_run_again_however_much_is_kept() {
    let mut world = streamed(1000, 2);
    (0..2).for_each(|host| world.get_ready(host));
    let first = world.living().into_iter().find(|host| world.hosts[host].chunks[0].first == 0).unwrap();
    let kept = std::mem::take(&mut world.host(first).chunks);
    finish_all_with_large_outputs(&mut world);
    world.host(first).chunks = kept;
    // Its death is nobody's fault, and its row is the one before all others.
    world.host(first).is_ready = false;
    world.die(first, LifeEnd::Signal(9));
    let other = world.living().into_iter().max().unwrap();
    world.get_ready(other);
    finish_all_with_large_outputs(&mut world);
    assert!(world.dispatcher.log().row(0).unwrap().state.is_final());
}

#[test]
fn a_chunk_of_a_size_that_was_asked_for_is_cut_where_outputs_turn_out_large() {
    let mut world = streamed_in_chunks(2000, 2, 1000);
    (0..2).for_each(|host| world.get_ready(host));
    let host = world.living()[0];
    let chunk = &mut world.host(host).chunks[0];
    let first = chunk.first;
    *chunk = Chunk { first: first + 2, count: chunk.count - 2 };
    let outputs: Column = std::iter::repeat_n(Value::Text("x".repeat(LARGE_BYTES)), 2).collect();
    let timing = Timing::Whole { start_ns: world.now_ns, duration_ns: 1000, cpu_ns: 900 };
    let batch = Batch { first, count: 2, outputs: outputs.into(), failures: vec![], timing };
    world.tell(Trigger::Finished { host, lane: 0, batch });
    let held: u64 = world.hosts.values().flat_map(|host| &host.chunks).map(|chunk| chunk.count).sum();
    assert!((2..=128).contains(&held), "{held} MiB are to come");
}
