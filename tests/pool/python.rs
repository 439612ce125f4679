//! Hosts that are Python interpreters: what they owe to the pool is what all hosts owe.

use std::path::Path;
use std::time::{Duration, Instant};

use poolscope::function::python::{PythonSource, PythonSpec, find_interpreter};
use poolscope::function::{FunctionSpec, OutputStream};
use poolscope::pool::{
    ChunkRule, Control, Ending, LifeEnd, Message, MessageSource, Mode, RowState, RunLog, RunState,
};

use crate::ends::no_host_survives_the_killing_of;
use crate::harness::{
    MODES, Pool, check_end, error_of, finish, ints, is_running, kill, pool, until, wait_until,
};

/// Four workers of `mode` that run the function of a Python file over `inputs`.
fn python(mode: Mode, text: &str, inputs: &str) -> Pool {
    let file = std::env::temp_dir().join("tasks.py");
    let interpreter = find_interpreter(Path::new("/tasks.py")).expect("these tests need a python3");
    let source = PythonSource { file, text: text.to_owned(), cells: Vec::new() };
    let spec = PythonSpec::new(&source, &interpreter, None, false).unwrap();
    pool(mode, "echo", inputs).function(FunctionSpec::Python(spec))
}

#[test]
fn an_item_that_kills_its_python_is_the_only_one_blamed() {
    let text = "import os\ndef f(n):\n    if n == 7:\n        os.kill(os.getpid(), 9)\n    return n\n";
    for mode in MODES {
        let log = finish(python(mode, text, "1..40").start());
        assert!(error_of(&log, 6).contains("SIGKILL"), "{mode}: {}", error_of(&log, 6));
        assert_eq!((log.counts.ok, log.counts.failed), (39, 1), "{mode}");
        assert!(log.deaths.iter().all(|death| death.executing.contains(&6)), "{mode}");
    }
}

const SLEEPS: &str = "from time import sleep\ndef f(ms):\n    sleep(ms / 1000)\n    return ms\n";

#[test]
fn a_python_host_killed_by_hand_costs_what_it_executed() {
    for mode in MODES {
        let run = python(mode, SLEEPS, &["30"; 60].join(", ")).start();
        wait_until(&run, "every lane to have finished an item", |log| {
            log.lanes.iter().all(|lane| lane.items > 0)
        });
        let pid = run.snapshot().log.lanes[0].pid().unwrap();
        kill("-9", pid);
        let log = finish(run);
        let death = log.deaths.get(0).unwrap();
        assert_eq!((death.pid, &death.end, log.counts.hosts_lost), (pid, &LifeEnd::Signal(9), 1));
        if mode == Mode::Process {
            // Nothing where it was killed between two items.
            let executing = death.executing.len() as u64;
            assert!(executing <= 1, "{:?}", death.executing);
            assert_eq!((log.counts.ok, log.counts.failed), (60 - executing, executing));
            death.executing.iter().for_each(|index| assert!(error_of(&log, *index).contains("SIGKILL")));
        } else {
            // Of several suspects each is tried again alone, and none is guilty.
            assert!((2..=4).contains(&death.executing.len()), "{:?}", death.executing);
            assert_eq!(log.counts.ok, 60);
            // An item that a thread had finished, and of which nothing was heard yet, runs again, too.
            let suspects = death.executing.len() as u64;
            assert!((suspects..=suspects + 4).contains(&log.counts.retries), "{:?}", log.counts);
        }
    }
}

#[test]
fn stop_ends_an_endless_python_loop() {
    let text = "def f(n):\n    while n > 2:\n        pass\n    return n\n";
    for mode in MODES {
        let run = python(mode, text, "1..6").start();
        wait_until(&run, "the items that end", |log| log.counts.ok == 2);
        until(&run, Duration::from_secs(60), "the endless ones to be executing", |snapshot| {
            snapshot.live.iter().filter(|lane| lane.executing.is_some()).count() == 4
        });
        let pids = run.snapshot().host_pids.clone();
        let asked = Instant::now();
        run.stop();
        let log = &run.join().log;
        assert!(asked.elapsed() < Duration::from_secs(2), "{mode}: {:?}", asked.elapsed());
        assert_eq!(log.state, RunState::Finished(Ending::Stopped));
        assert_eq!((log.counts.ok, log.row(2).unwrap().state), (2, RowState::Stopped));
        check_end(log);
        assert!(pids.iter().all(|pid| !is_running(*pid)));
    }
}

#[test]
fn no_python_survives_a_program_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tasks.py");
    std::fs::write(&file, "def f(n):\n    print('begun')\n    while True:\n        pass\n").unwrap();
    let file = file.to_str().unwrap();
    for mode in ["process", "thread"] {
        no_host_survives_the_killing_of(&["run", "-m", mode, "-w", "2", "1", "2", "--python", file]);
    }
}

#[test]
fn a_python_item_that_sleeps_holds_back_neither_results_nor_its_chunk() {
    let inputs = ["1", "1", "600000"].into_iter().chain(["1"; 37]).collect::<Vec<_>>().join(", ");
    for mode in MODES {
        let run = python(mode, SLEEPS, &inputs).workers(2).chunk(ChunkRule::Fixed(20)).start();
        wait_until(&run, "all but the one that sleeps", |log| log.counts.ok == 39);
        run.stop();
        let log = &run.join().log;
        check_end(log);
        assert_eq!(log.row(2).unwrap().state, RowState::Stopped);
    }
}

#[test]
fn half_a_mebibyte_of_prints_is_kept_line_by_line() {
    let text = "import os, sys\n\
                def f(n):\n    for i in range(4096):\n        print('%05d %s' % (i, 'o' * 57))\n\
                \x20   for i in range(4096):\n        os.write(2, b'%05d %s\\n' % (i, b'e' * 57))\n    return n\n";
    for mode in MODES {
        let log = finish(python(mode, text, "1").workers(1).start());
        assert_eq!((log.counts.ok, log.messages.from_workers()), (1, 2 * 4096), "{mode}");
        let texts = |letter: &str| {
            let end = letter.repeat(57);
            let lines = log.messages.iter_from(0).map(|message| message.text().into_owned());
            lines.filter(|line| line.ends_with(&end)).collect::<Vec<String>>()
        };
        for letter in ["o", "e"] {
            let expected: Vec<String> = (0..4096).map(|i| format!("{i:05} {}", letter.repeat(57))).collect();
            assert!(texts(letter) == expected, "{mode}: {letter}");
        }
    }
}

#[test]
fn many_small_python_items_each_have_their_row() {
    let text = "def f(n):\n    return -n\n";
    for mode in MODES {
        let log = finish(python(mode, text, "1..100000").start());
        assert!(ints(&log).into_iter().eq((1..=100_000).map(|n: i64| -n)), "{mode}");
    }
}

#[test]
fn an_item_that_closes_what_its_process_speaks_through_is_the_only_one_to_fail() {
    let text = "import os\ndef f(n):\n    if n == 2:\n        os.closerange(3, 64)\n    return n\n";
    let reused = "import os, socket\nkept = []\ndef f(n):\n    if n == 2:\n        os.closerange(3, 64)\n\
                  \x20       kept.extend(socket.socketpair() for _ in range(4))\n    return n\n";
    for (mode, text) in MODES.into_iter().flat_map(|mode| [(mode, text), (mode, reused)]) {
        let log = finish(python(mode, text, "1..400").start());
        assert_eq!((log.counts.ok, log.counts.failed), (399, 1), "{mode}");
        assert!(error_of(&log, 1).contains("closed or replaced the descriptor"), "{}", error_of(&log, 1));
    }
}

#[test]
fn a_forked_child_that_comes_back_from_its_item_is_not_heard() {
    let text = "import os\ndef f(n):\n    if os.fork() == 0:\n        if n == 2:\n            print('child of 2')\n\
                \x20       if n == 3:\n            raise ValueError('child of 3')\n\
                \x20       if n == 4 and os.fork() == 0:\n            return 4\n        return 0\n\
                \x20   return os.wait()[1] >> 8\n";
    for mode in MODES {
        let log = finish(python(mode, text, "1..5").workers(1).start());
        let outputs: Vec<String> =
            (0..5).map(|index| log.row(index).unwrap().output.unwrap().to_string()).collect();
        assert_eq!((outputs.join(" ").as_str(), log.counts.ok), ("0 0 1 0 0", 5), "{mode}");
        let mut lines: Vec<String> = log
            .messages
            .iter_from(0)
            .filter(|message| matches!(message.source, poolscope::pool::MessageSource::Worker { .. }))
            .map(|message| message.text().into_owned())
            .collect();
        lines.retain(|line| !line.contains("^^^"));
        assert_eq!(lines.len(), 5, "{mode}: {lines:?}");
        assert!(
            lines.contains(&"child of 2".to_owned()) && lines.contains(&"ValueError: child of 3".to_owned())
        );
        assert!(!lines.iter().any(|line| line.contains("poolscope driver")), "{mode}: {lines:?}");
    }
}

#[test]
fn a_worker_says_in_which_calls_it_is() {
    let text = "import time\nclass Counter:\n    def count(self, n):\n        total = 0\n        while total < n:\n            \
                total += 1\n\ndef f(n):\n    if n < 0:\n        time.sleep(60)\n    return Counter().count(n)\n";
    for mode in MODES {
        let run = python(mode, text, "-1, 100000000000, -1, -1").chunk(ChunkRule::Fixed(1)).start();
        let at = |log: &RunLog, item: u64| {
            let said = log.messages.iter_from(0).filter(|message| message.item == Some(item));
            let is_stack = |message: &&Message| {
                matches!(message.source, MessageSource::Worker { stream: OutputStream::Stack, .. })
            };
            said.filter(is_stack).map(|message| message.text().into_owned()).last()
        };
        for item in 0..4 {
            wait_until(&run, "the calls of each item", |log| {
                (1..=4).for_each(|worker| run.ask(Control::Stack { worker }));
                at(log, item).is_some()
            });
        }
        let log = run.snapshot().log.clone();
        let (sleeps, counts) = (at(&log, 0).unwrap(), at(&log, 1).unwrap());
        assert!(sleeps.starts_with("now at line 10: `time.sleep(60)`\n  File"), "{mode}: {sleeps}");
        assert!(sleeps.ends_with("line 10, in f\n    time.sleep(60)"), "{mode}: {sleeps}");
        assert!(
            counts.contains(", in f\n    return Counter().count(n)\n") && counts.contains(", in count\n"),
            "{mode}: {counts}"
        );
        run.stop();
        assert_eq!(finish(run).counts.hosts_lost, 0, "{mode}");
    }
}
