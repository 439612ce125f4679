//! Too much, too large, and wrong: what hosts send.

use poolscope::pool::{Mode, RunLog};
use poolscope::value::{Column, ValueRef};

use crate::harness::{MODES, check_end, error_of, kill, pool, texts, wait_until};

const MIB: usize = 1 << 20;

#[test]
fn a_result_of_256_mib_arrives() {
    for mode in MODES {
        let log = &pool(mode, "make_bytes", "7, 268435456, 8").workers(2).finish().log;
        check_end(log);
        let sizes: Vec<usize> = (0..3)
            .map(|index| match log.row(index).unwrap().output {
                // The last byte tells that it is whole.
                Some(ValueRef::Bytes(bytes)) if bytes.last() == Some(&0xa5) => bytes.len(),
                other => panic!("{mode}: row {index} is {}", other.is_some()),
            })
            .collect();
        assert_eq!(sizes, [7, 256 * MIB, 8]);
    }
}

#[test]
fn a_million_lines_of_one_item_are_counted_and_bounded() {
    for mode in MODES {
        let run = pool(mode, "flood", "1000000, 3").workers(2).start();
        wait_until(&run, "the end of the run", RunLog::is_finished);
        let log = &run.join().log;
        check_end(log);
        assert_eq!((log.counts.ok, log.messages.from_workers()), (2, 1_000_003), "{mode}");
        let kept = log.messages.len() - log.messages.dropped();
        assert!((90_000..=100_200).contains(&kept), "{mode}: {kept} lines kept");
    }
}

#[test]
fn a_message_without_a_newline_is_kept() {
    for mode in MODES {
        for descriptor in ["1", "2"] {
            let params = [("text", "no end in sight"), ("descriptor", descriptor)];
            let log = &pool(mode, "scribble", "1").workers(1).params(&params).finish().log;
            check_end(log);
            let said = texts(log).into_iter().filter(|text| text == "no end in sight").count();
            assert_eq!(said, 1, "{mode} {descriptor}: {:?}", texts(log));
        }
    }
}

#[test]
fn a_huge_message_without_a_newline_comes_in_pieces() {
    let huge: Column = [&*"x".repeat(5 * MIB / 2), "short"].into_iter().collect();
    let log = &pool(Mode::Process, "scribble", "1").workers(1).inputs(huge).finish().log;
    check_end(log);
    let sizes: Vec<usize> =
        texts(log).iter().filter(|text| text.starts_with("xx")).map(String::len).collect();
    assert!(sizes.iter().all(|size| *size <= 2 * MIB), "{sizes:?}");
    let letters: usize =
        texts(log).iter().filter(|text| text.starts_with("xx")).map(|text| text.matches('x').count()).sum();
    assert_eq!(letters, 5 * MIB / 2, "{sizes:?}");
}

#[test]
fn the_last_words_of_a_killed_host_are_kept() {
    let words = [("text", "my last wor"), ("hold_ms", "600000"), ("only", "2")];
    let run = pool(Mode::Process, "scribble", "1, 2, 3").params(&words).workers(1).start();
    wait_until(&run, "the first item", |log| log.counts.ok == 1);
    let is_held = || run.snapshot().live[0].executing.is_some_and(|executing| executing.index == 1);
    crate::harness::wait_for("the second item", is_held, || crate::harness::state_of(&run.snapshot()));
    kill("-9", run.snapshot().log.lanes[0].pid().unwrap());
    wait_until(&run, "the end of the run", RunLog::is_finished);
    let log = &run.join().log;
    check_end(log);
    assert_eq!((log.counts.ok, log.counts.failed), (2, 1));
    assert!(texts(log).iter().any(|text| text == "my last wor"), "{:?}", texts(log));
    assert_eq!(&*log.deaths.get(0).unwrap().last_lines[0], "my last wor");
}

/// Runs 1..40 where 7 writes this into the channel of its host, and stays a while.
fn only_seven_scribbles(mode: Mode, text: &str, hold_ms: &str) -> RunLog {
    let params = [("only", "7"), ("descriptor", "3"), ("text", text), ("hold_ms", hold_ms)];
    let run = pool(mode, "scribble", "1..40").params(&params).start();
    wait_until(&run, "the end of the run", RunLog::is_finished);
    let log = run.join().log.clone();
    check_end(&log);
    log
}

#[test]
fn a_malformed_frame_costs_its_item_only() {
    for mode in MODES {
        // Found out while it is executing, and when its host is at others already.
        for hold_ms in ["60000", "0"] {
            let log = only_seven_scribbles(mode, "Traceback (most recent call last):", hold_ms);
            assert_eq!((log.counts.ok, log.counts.failed), (39, 1), "{mode}: {:?}", texts(&log));
            assert!(error_of(&log, 6).contains("a frame of an impossible size"), "{}", error_of(&log, 6));
        }
    }
}

#[test]
fn a_frame_that_never_goes_on_holds_up_nothing() {
    for (mode, hold_ms) in [(Mode::Process, "60000"), (Mode::Thread, "0")] {
        let log = only_seven_scribbles(mode, "\u{1}", hold_ms);
        assert_eq!((log.counts.ok, log.counts.failed), (39, 1), "{mode}: {:?}", texts(&log));
        assert!(error_of(&log, 6).contains("the worker process was lost: "), "{}", error_of(&log, 6));
    }
}
