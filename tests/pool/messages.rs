//! What workers print is kept whole, with its worker, and never touches the results.

use poolscope::function::OutputStream;
use poolscope::pool::{Message, MessageSource, Mode, RunLog};

use crate::harness::{MODES, check_end, pool, texts};

fn from_workers(log: &RunLog) -> Vec<&Message> {
    log.messages
        .iter_from(0)
        .filter(|message| matches!(message.source, MessageSource::Worker { .. }))
        .collect()
}

#[test]
fn pool_that_prints_of_the_notes_names_its_workers() {
    for mode in MODES {
        let run = pool(mode, "print_number", "[1, 2, 3, 4]").finish();
        let lines = from_workers(&run.log);
        assert_eq!(lines.len(), 4);
        for line in lines {
            assert!(
                matches!(line.source, MessageSource::Worker { stream: OutputStream::Stdout, .. }),
                "{line:?}"
            );
            let number = line.item.unwrap() + 1;
            let who = if mode == Mode::Thread { "Thread" } else { "Process" };
            assert_eq!(line.text(), format!("{who} {number}: {number}"));
        }
    }
}

#[test]
fn one_process_starts_and_is_joined_before_the_main_process_is_done() {
    let run = pool(Mode::Process, "worker_function", "").workers(1).finish();
    let expected = [
        "pool of 1 process started",
        "Worker process is running",
        "closed: no more work will be given",
        "joined: 1 process ended",
        "main process is done",
    ];
    assert_eq!(texts(&run.log), expected);
}

#[test]
fn a_flood_of_lines_is_counted_and_bounded() {
    let run = pool(Mode::Process, "flood", "150000, 150000").workers(2).finish();
    assert_eq!(run.log.messages.from_workers(), 300_000);
    let kept = run.log.messages.len() - run.log.messages.dropped();
    assert!((90_000..=100_200).contains(&kept), "{kept} lines kept");
    assert_eq!(run.log.counts.ok, 2);
    check_end(&run.log);
}

#[test]
fn the_last_lines_of_a_dying_worker_are_kept() {
    let run = pool(Mode::Process, "abort", "1").workers(1).finish();
    let texts = texts(&run.log);
    assert!(texts.iter().any(|text| text.contains("died: SIGABRT while on item 0")), "{texts:?}");
}
