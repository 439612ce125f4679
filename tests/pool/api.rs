//! The pool as a Rust program uses it, against real hosts.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use poolscope::function::FunctionSpec;
use poolscope::pool::{ChunkRule, Mode, Outcome, Pool, PoolBuilder, RowState};
use poolscope::value::{Column, Value};

use crate::harness::{MODES, is_running, launch, wait_for};

/// What is over at once takes less, even on a machine that does much else; what sleeps here sleeps far longer.
const AT_ONCE: Duration = Duration::from_secs(20);
const LONG_MS: i64 = 600_000;

fn builder(mode: Mode) -> PoolBuilder {
    Pool::builder().mode(mode).workers(3).launch(launch())
}

fn pool(mode: Mode) -> Pool {
    builder(mode).build().unwrap()
}

fn function(name: &str) -> FunctionSpec {
    FunctionSpec::builtin(name, []).unwrap()
}

fn int(outcome: &Outcome) -> i64 {
    if let Ok(Value::Int(number)) = outcome { *number } else { panic!("{outcome:?}") }
}

#[test]
fn map_gives_all_results_in_input_order() {
    for mode in MODES {
        let pool = pool(mode);
        let results = pool.map(&function("double"), 0..20_000).unwrap();
        assert!(results.iter().map(int).eq((0..20_000).map(|number| number * 2)));
        let texts = pool.map(&function("echo"), ["a", "", "ä"]).unwrap();
        assert_eq!(texts, ["a", "", "ä"].map(|text| Ok(text.into())));
        // The pool is there for the next call, with a column as well.
        assert_eq!(pool.map(&function("double"), Column::from(vec![0.5])).unwrap(), [Ok(1.0.into())]);
    }
}

#[test]
fn no_inputs_give_no_results() {
    let pool = pool(Mode::Process);
    assert_eq!(pool.map(&function("double"), [0_i64; 0]), Ok(Vec::new()));
    assert_eq!(pool.imap(&function("double"), [0_i64; 0]).unwrap().count(), 0);
    assert_eq!(pool.imap_unordered(&function("double"), [0_i64; 0]).unwrap().count(), 0);
}

#[test]
fn an_input_that_does_not_fit_is_named_before_anything_runs() {
    let error = pool(Mode::Process).map(&function("double"), ["x"]).unwrap_err();
    assert!(error.to_string().contains("item 0 is text: x"), "{error}");
    let outcomes: Vec<Outcome> = pool(Mode::Process).imap(&function("double"), ["x"]).unwrap().collect();
    assert!(outcomes[0].as_ref().unwrap_err().reason.contains("takes a number"), "{outcomes:?}");
}

#[test]
fn an_item_that_fails_or_crashes_is_an_outcome_among_others() {
    for mode in MODES {
        for (name, reason) in [("fail", "failed as asked on 3"), ("abort", "SIGABRT")] {
            let struck = FunctionSpec::builtin(name, [("only", "3")]).unwrap();
            let pool = builder(mode).retries(1).build().unwrap();
            let lazily: Vec<Outcome> = pool.imap(&struck, 1..=5).unwrap().collect();
            for outcomes in [pool.map(&struck, 1..=5).unwrap(), lazily] {
                let well: Vec<i64> = [0, 1, 3, 4].map(|place: usize| int(&outcomes[place])).into();
                assert_eq!(well, [1, 2, 4, 5]);
                let error = outcomes[2].as_ref().unwrap_err();
                assert_eq!((error.index, error.state), (2, RowState::Failed));
                // One more where another thread was in an item when it ended them all: it runs alone first.
                assert!((2..=3).contains(&error.attempts), "{error:?}");
                assert!(error.worker.is_some() && error.reason.contains(reason), "{error:?}");
            }
        }
    }
}

#[test]
fn the_first_failure_can_be_raised_as_python_does() {
    let struck = FunctionSpec::builtin("fail", [("only", "3")]).unwrap();
    let outcomes = pool(Mode::Process).map(&struck, 1..=5).unwrap();
    let error = outcomes.into_iter().collect::<Result<Vec<Value>, _>>().unwrap_err();
    assert_eq!(error.to_string(), "item 2 failed: failed as asked on 3");
}

#[test]
fn a_timeout_ends_the_item_and_not_the_call() {
    let pool = builder(Mode::Process).timeout(Duration::from_millis(300)).build().unwrap();
    let outcomes = pool.map(&function("sleep_ms"), [1, LONG_MS]).unwrap();
    assert_eq!(int(&outcomes[0]), 1);
    assert_eq!(outcomes[1].as_ref().unwrap_err().state, RowState::TimedOut);
}

#[test]
fn apply_runs_once() {
    for mode in MODES {
        assert_eq!(pool(mode).apply(&function("double"), 21).unwrap(), Ok(42.into()));
        assert_eq!(pool(mode).apply(&function("worker_function"), ()).unwrap(), Ok(Value::None));
    }
}

#[test]
fn starmap_gives_each_call_its_arguments() {
    for mode in MODES {
        let pool = pool(mode);
        let ints = pool.starmap(&function("power"), [(2, 10), (3, 3)]).unwrap();
        assert_eq!(ints, [Ok(1024.into()), Ok(27.into())]);
        let floats = pool.starmap(&function("power"), [[2.0, 0.5], [0.0, -1.0]]).unwrap();
        assert_eq!(floats[0], Ok(2.0_f64.sqrt().into()));
        assert!(floats[1].is_err());
        assert!(pool.starmap(&function("power"), [(2.0, f64::NAN)]).is_err());
    }
}

/// Integers from 0 on, which note how many were asked for.
fn counted(asked: &Arc<AtomicI64>) -> impl Iterator<Item = i64> + Send + use<> {
    let asked = Arc::clone(asked);
    std::iter::repeat_with(move || asked.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn imap_reads_endless_inputs_only_as_far_as_is_needed() {
    for mode in MODES {
        let asked = Arc::new(AtomicI64::new(0));
        let pool = pool(mode);
        let first: Vec<Outcome> = pool.imap(&function("double"), counted(&asked)).unwrap().take(10).collect();
        assert!(first.iter().map(int).eq((0..10).map(|number| number * 2)));
        assert!(asked.load(Ordering::Relaxed) <= 10 + 1024, "{asked:?}");
    }
}

#[test]
fn no_more_than_the_bound_is_in_flight() {
    let asked = Arc::new(AtomicI64::new(0));
    let pool = builder(Mode::Process).in_flight(8).build().unwrap();
    let mut results = pool.imap(&function("double"), counted(&asked)).unwrap();
    for taken in 0..40 {
        assert_eq!(int(&results.next().unwrap()), taken * 2);
        assert!(asked.load(Ordering::Relaxed) <= taken + 1 + 8);
    }
    let mut results = pool.imap_unordered(&function("double"), counted(&asked)).unwrap();
    let before = asked.load(Ordering::Relaxed);
    for taken in 0..40 {
        assert!(results.next().unwrap().1.is_ok());
        // Those of the first call may have been on their way still.
        assert!(asked.load(Ordering::Relaxed) <= before + taken + 1 + 8 + 8);
    }
}

#[test]
fn imap_gives_hundreds_of_thousands_in_order_and_none_twice() {
    const COUNT: i64 = 400_000;
    for mode in MODES {
        let pool = pool(mode);
        let results = pool.imap(&function("double"), 0..COUNT).unwrap();
        let mut expected = 0;
        for result in results {
            assert_eq!(int(&result), expected * 2);
            expected += 1;
        }
        assert_eq!(expected, COUNT);
        let mut seen = vec![false; COUNT as usize];
        for (index, result) in pool.imap_unordered(&function("double"), 0..COUNT).unwrap() {
            assert_eq!(int(&result), index as i64 * 2);
            assert!(!std::mem::replace(&mut seen[index as usize], true), "{index} twice");
        }
        assert!(seen.into_iter().all(|is_seen| is_seen));
    }
}

#[test]
fn imap_gives_what_is_finished_while_inputs_are_awaited() {
    let (send, inputs) = std::sync::mpsc::channel::<i64>();
    let pool = pool(Mode::Process);
    let mut results = pool.imap(&function("double"), inputs).unwrap();
    for number in 0..20 {
        // The next input comes only when this result is there.
        send.send(number).unwrap();
        assert_eq!(int(&results.next().unwrap()), number * 2);
    }
    drop(send);
    assert!(results.next().is_none());
    assert!(results.next().is_none());
}

#[test]
fn imap_unordered_gives_the_fast_one_first() {
    for mode in MODES {
        let pool = builder(mode).chunk(ChunkRule::Fixed(1)).build().unwrap();
        let mut results = pool.imap_unordered(&function("sleep_ms"), [LONG_MS, 1]).unwrap();
        assert_eq!(results.next(), Some((1, Ok(1.into()))));
    }
}

#[test]
fn inputs_that_break_off_are_told() {
    let pool = pool(Mode::Process);
    let broken =
        (0..3).chain(std::iter::once_with(|| panic!("a reader that breaks down, as it should here")));
    let outcomes: Vec<Outcome> = pool.imap(&function("double"), broken).unwrap().collect();
    let (last, others) = outcomes.split_last().unwrap();
    let error = last.as_ref().unwrap_err();
    assert_eq!((error.index, others.len()), (others.len() as u64, others.len()));
    assert!(error.reason.contains("their iterator panicked"), "{error}");
    assert_eq!(others.len(), 3);
}

#[test]
fn a_host_program_that_is_missing_is_an_error_of_the_call() {
    let nowhere = poolscope::pool::Launch { program: "no/such/program".into(), niceness: 0 };
    let pool = Pool::builder().workers(1).launch(nowhere).build().unwrap();
    let error = pool.map(&function("double"), [1]).unwrap_err();
    assert!(error.to_string().contains("could not be started"), "{error}");
    let outcomes: Vec<Outcome> = pool.imap(&function("double"), [1]).unwrap().collect();
    assert_eq!(outcomes.len(), 1);
    assert!(outcomes[0].as_ref().unwrap_err().reason.contains("could not be started"), "{outcomes:?}");
}

#[test]
fn settings_that_cannot_be_are_named() {
    for (builder, word) in [
        (Pool::builder().workers(0), "0 workers"),
        (Pool::builder().workers(513), "513 workers"),
        (Pool::builder().chunk(ChunkRule::Fixed(0)), "chunk"),
        (Pool::builder().timeout(Duration::ZERO), "timeout"),
        (Pool::builder().recycle_after(0), "recycled"),
        (Pool::builder().in_flight(0), "in flight"),
    ] {
        let error = builder.launch(launch()).build().unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn a_closed_pool_takes_no_calls_and_lets_go_on_what_runs() {
    let pool = pool(Mode::Process);
    let pending = pool.map_async(&function("sleep_ms"), [100, 100]).unwrap();
    pool.close();
    let closed = "could not call the pool: it is closed and takes no more calls";
    assert_eq!(pool.map(&function("double"), [1]).unwrap_err().to_string(), closed);
    assert_eq!(pool.map(&function("double"), [0_i64; 0]).unwrap_err().to_string(), closed);
    assert_eq!(pool.imap(&function("double"), [1]).err().unwrap().to_string(), closed);
    pool.join();
    assert!(pending.is_ready());
    assert_eq!(pending.get().unwrap(), [Ok(100.into()), Ok(100.into())]);
}

#[test]
fn calls_from_several_threads_run_side_by_side() {
    let pool = pool(Mode::Thread);
    thread::scope(|scope| {
        for start in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                let results = pool.map(&function("double"), start..start + 100).unwrap();
                assert!(results.iter().map(int).eq((start..start + 100).map(|number| number * 2)));
            });
        }
    });
}

#[test]
fn terminate_ends_a_sleeping_call_at_once_from_another_thread() {
    for mode in MODES {
        let pool = builder(mode).workers(2).build().unwrap();
        let pending = pool.map_async(&function("sleep_ms"), [LONG_MS; 5]).unwrap();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.map(&function("sleep_ms"), [LONG_MS; 5]).unwrap());
            let lazily = scope.spawn(|| {
                pool.imap(&function("sleep_ms"), std::iter::repeat(LONG_MS))
                    .unwrap()
                    .collect::<Vec<Outcome>>()
            });
            wait_for("work to begin", || pids_of(&pending).len() == pids_wanted(mode), || format!("{mode}"));
            let begun = Instant::now();
            pool.terminate();
            assert!(begun.elapsed() < AT_ONCE);
            // A thread that came to call only now finds the pool closed, and then its unwrap fails: not so here,
            // as the first call's hosts were awaited.
            for outcomes in [waiting.join().unwrap(), lazily.join().unwrap()] {
                let is_ended = |outcome: &Outcome| matches!(outcome, Err(error) if matches!(error.state, RowState::Stopped | RowState::NotRun));
                assert!(outcomes.iter().all(is_ended), "{outcomes:?}");
            }
        });
        assert!(pending.is_ready());
    }
}

fn pids_wanted(mode: Mode) -> usize {
    if mode == Mode::Process { 2 } else { 1 }
}

fn pids_of(pending: &poolscope::pool::Pending) -> Vec<u32> {
    pending.snapshot().unwrap().host_pids.clone()
}

#[test]
fn one_call_can_be_stopped_and_the_pool_goes_on() {
    let pool = pool(Mode::Process);
    let pending = pool.map_async(&function("sleep_ms"), [LONG_MS]).unwrap();
    assert!(!pending.wait(Duration::from_millis(20)));
    pending.stop();
    assert!(pending.wait(AT_ONCE));
    assert!(pending.get().unwrap()[0].is_err());
    assert_eq!(pool.apply(&function("double"), 1).unwrap(), Ok(2.into()));
}

#[test]
fn letting_go_of_the_pool_leaves_no_process() {
    for mode in MODES {
        let pool = builder(mode).workers(2).build().unwrap();
        let pending = pool.map_async(&function("hang"), [1, 2]).unwrap();
        wait_for("hosts", || pids_of(&pending).len() == pids_wanted(mode), || format!("{mode}"));
        let pids = pids_of(&pending);
        drop(pool);
        assert!(pids.iter().all(|pid| !is_running(*pid)));
        assert!(pending.is_ready());
    }
}

#[test]
fn a_call_that_fails_or_is_late_leaves_the_others_alone() {
    for mode in MODES {
        let pool = builder(mode).timeout(Duration::from_secs(2)).build().unwrap();
        let good = pool.map_async(&function("sleep_ms"), [1500, 1]).unwrap();
        let failing = pool.map_async(&function("fail"), [1]).unwrap();
        let late = pool.map_async(&function("sleep_ms"), [LONG_MS]).unwrap();
        assert!(failing.get().unwrap()[0].is_err(), "{mode}");
        assert_eq!(good.get().unwrap().iter().map(int).collect::<Vec<i64>>(), [1500, 1], "{mode}");
        assert_eq!(late.get().unwrap()[0].as_ref().unwrap_err().state, RowState::TimedOut, "{mode}");
    }
}
