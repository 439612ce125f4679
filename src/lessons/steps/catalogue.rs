//! The programs, in the order of the gallery, and what each of their lines does.

use super::judge;
use super::{Program, StartMethod};

macro_rules! code {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/lessons/steps/", $file))
    };
}

const MAPPED: &str = "`map()` handed the five inputs to the workers and waited for all results.";

/// All of them.
pub static PROGRAMS: [Program; 4] = [
    Program {
        name: "process-start-join",
        topic: "Process: start and join",
        claim: "A process that was started runs beside the program; `join()` waits for its end.",
        file: "process_start_join.py",
        code: code!("process_start_join.py"),
        method: None,
        remember: "`start()` begins a process and goes on at once; `join()` waits for its end, and then there is an exit code.",
        sentences: &[
            (
                "child = Process(target=work)",
                "The process is an object of Python so far: the system knows nothing of it, and it has no number.",
            ),
            ("child.start()", "`start()` returned at once: the child runs beside this program."),
            ("print(\"the program goes on\")", "The program went on; it does not wait for the child."),
            ("child.join()", "`join()` came back when the child had ended: the program has waited for it."),
            ("print(\"exit code\", child.exitcode)", "An exit code of 0 says that the child has ended well."),
        ],
        leaving: "",
        judge: judge::process_start_join,
    },
    Program {
        name: "pool-map",
        topic: "Pool(4).map",
        claim: "A pool keeps its workers until it is closed, and gives results in the order of the inputs.",
        file: "pool_map.py",
        code: code!("pool_map.py"),
        method: None,
        remember: "`map()` waits for all results and keeps the order of the inputs; `close()`, then `join()`, ends a pool in peace.",
        sentences: &[
            ("pool = Pool(4)", "Four workers were started; they wait for something to do."),
            ("results = pool.map(task, [1, 2, 3, 4, 5])", MAPPED),
            (
                "print(results)",
                "The results stand in the order of the inputs, whoever computed them. The workers are still there.",
            ),
            ("pool.close()", "`close()` takes no more work; the workers end once nothing is left to do."),
            ("pool.join()", "`join()` waited until all workers had ended by themselves."),
        ],
        leaving: "",
        judge: judge::pool_map,
    },
    Program {
        name: "with-pool",
        topic: "with Pool(4)",
        claim: "`with Pool` ends its workers: it calls `terminate()`, not `close()`.",
        file: "with_pool.py",
        code: code!("with_pool.py"),
        method: None,
        remember: "`with Pool` ends in `terminate()`: fetch all results within it, since what is not finished then is lost.",
        sentences: &[
            ("with Pool(4) as pool:", "Four workers were started; they wait for something to do."),
            ("results = pool.map(task, [1, 2, 3, 4, 5])", MAPPED),
            (
                "late = pool.map_async(task, [50, 50, 50, 50])",
                "`map_async()` handed out more work and came back at once: the workers are busy for five seconds.",
            ),
            ("print(results)", "The first results are there; nobody has waited for the others."),
            (
                "print(\"late is ready:\", late.ready())",
                "The late results will never come: their workers are gone.",
            ),
        ],
        leaving: "The end of `with` called `terminate()`: workers are ended, in the middle of a task, too.",
        judge: judge::with_pool,
    },
    Program {
        name: "printing-workers",
        topic: "Workers that print",
        claim: "Workers print by themselves: in any order, and not where a notebook looks.",
        file: "printing_workers.py",
        code: code!("printing_workers.py"),
        // What Windows and macOS do, and most notebooks there.
        method: Some(StartMethod::Spawn),
        remember: "Return what you want to see: lines of workers come in any order, and a notebook or IDLE may not show them at all.",
        sentences: &[
            (
                "print(\"the program is process\", os.getpid())",
                "The program printed a line by its own `sys.stdout`.",
            ),
            ("with Pool(4) as pool:", "Four workers were started, each with a `sys.stdout`."),
            (
                "pool.map(task, [1, 2, 3, 4, 5])",
                "Each worker printed when it came to it: whose line is first is up to the system.",
            ),
            (
                "print(\"map is over\")",
                "The program printed again, after `map()` had waited for all of them.",
            ),
            ("print(\"the program ends\")", "The last line is the program's own."),
        ],
        leaving: "The end of `with` called `terminate()`: the workers are gone.",
        judge: judge::printing_workers,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::lessons::LESSONS;

    #[test]
    fn each_line_of_each_main_block_is_explained_and_nothing_else() {
        for program in &PROGRAMS {
            let source = program.source();
            let lines: HashSet<&str> = source.main_lines().map(|line| source.line(line).trim()).collect();
            let explained: HashSet<&str> = program.sentences.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, explained, "{}", program.name);
            assert_eq!(program.code.contains("    with "), !program.leaving.is_empty(), "{}", program.name);
            for (_, sentence) in program.sentences {
                assert!(sentence.ends_with('.') && sentence.len() < 130, "{sentence}");
            }
        }
    }

    #[test]
    fn no_name_is_that_of_a_lesson() {
        let mut names: HashSet<&str> = LESSONS.iter().map(|lesson| lesson.name).collect();
        for program in &PROGRAMS {
            assert!(names.insert(program.name) && Program::find(program.name).is_some());
            assert!(program.claim.ends_with('.') && program.remember.ends_with('.'));
        }
        assert!(Program::find("nope").is_none());
    }
}
