//! Results come in input order, whatever the mode and the chunks.

use poolscope::pool::{ChunkRule, Ending, Mode, RunState};
use poolscope::value::Value;

use crate::harness::{MODES, check_end, ints, pool};

#[test]
fn pool_map_of_the_notes_gives_its_results() {
    for mode in MODES {
        let run = pool(mode, "double", "[1, 2, 3, 4, 5]").finish();
        assert_eq!(ints(&run.log), [2, 4, 6, 8, 10]);
        assert_eq!(run.log.state, RunState::Finished(Ending::Completed));
        check_end(&run.log);
    }
}

#[test]
fn a_hundred_thousand_items_keep_their_order_in_every_chunking() {
    let expected: Vec<i64> = (1..=100_000).map(|number| number * 2).collect();
    for mode in MODES {
        for chunk in [ChunkRule::Auto, ChunkRule::Even, ChunkRule::Fixed(7)] {
            let run = pool(mode, "double", "1..100000").chunk(chunk).finish();
            assert_eq!(ints(&run.log), expected, "{mode} {chunk}");
            check_end(&run.log);
        }
    }
}

#[test]
fn texts_and_bytes_come_back_as_they_went() {
    let run = pool(Mode::Process, "echo", r#""a, b", "", "äöü""#).finish();
    let texts: Vec<String> = run.log.outputs().iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["a, b", "", "äöü"]);
    let run = pool(Mode::Process, "make_bytes", "0, 1, 3000000").finish();
    let sizes = run.log.outputs();
    let sizes = sizes.iter().map(|cell| if let Value::Bytes(bytes) = cell { bytes.len() } else { 99 });
    assert_eq!(sizes.collect::<Vec<_>>(), [0, 1, 3_000_000]);
}

#[test]
fn all_workers_share_the_work_and_threads_share_a_process() {
    for mode in MODES {
        let run = pool(mode, "sleep_ms", "20, 20, 20, 20, 20, 20, 20, 20").finish();
        let lanes = &run.log.lanes[..4];
        assert!(
            lanes.iter().all(|lane| lane.items > 0),
            "{:?}",
            lanes.iter().map(|l| l.items).collect::<Vec<_>>()
        );
        let mut pids: Vec<u32> = lanes.iter().filter_map(|lane| lane.pid()).collect();
        pids.dedup();
        assert_eq!(pids.len(), if mode == Mode::Process { 4 } else { 1 });
    }
}

#[test]
fn more_workers_than_items_and_cores_are_possible() {
    for mode in MODES {
        let run = pool(mode, "double", "1..10").workers(64).finish();
        assert_eq!(ints(&run.log).len(), 10);
        check_end(&run.log);
    }
}
