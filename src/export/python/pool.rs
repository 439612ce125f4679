//! The pool of a program: its workers, chunks and order, and what of the run's settings Python has not.

use crate::pool::{ChunkRule, HaltRule, Job, Mode, Order, Settings};
use crate::value::amount;

/// Items that go to a worker at a time, as the run's rule has it; by itself Python does as `even`.
fn chunk_items(job: &Job) -> u64 {
    let Settings { workers, chunk, worker, .. } = job.settings;
    let even = job.inputs.len().div_ceil(workers.max(1) * 4).max(1) as u64;
    let items = match chunk {
        ChunkRule::Fixed(items) => items.into(),
        ChunkRule::Auto | ChunkRule::Even => even,
    };
    // Python renews workers between chunks alone.
    items.min(worker.recycle_items.unwrap_or(u64::MAX)).max(1)
}

/// The function `main` of a program.
pub(super) fn main_function(job: &Job, has_start: bool) -> String {
    let Settings { workers, order, .. } = job.settings;
    let chunk = chunk_items(job);
    let method = match order {
        Order::Inputs => "imap",
        Order::Finished => "imap_unordered",
    };
    let pool = match job.settings.mode {
        Mode::Process => process_pool(job, chunk, has_start),
        Mode::Thread => thread_pool(workers, has_start),
    };
    let chunk = if chunk == 1 { String::new() } else { format!(", chunksize={chunk}") };
    format!(
        "def main():\n    \"\"\"Runs the function over all inputs and prints the results, a line each.\"\"\"\n{pool}\
         \x20   code = print_all(pool.{method}(call, enumerate(inputs()){chunk}), out)\n    pool.close()\n    pool.join()\n\
         \x20   out.close()\n    sys.exit(code)\n"
    )
}

fn process_pool(job: &Job, chunk: u64, has_start: bool) -> String {
    let mut arguments = job.settings.workers.to_string();
    if has_start {
        arguments += ", initializer=start";
    }
    if let Some(items) = job.settings.worker.recycle_items {
        // There a task is a chunk.
        arguments += &format!(", maxtasksperchild={}", (items / chunk).max(1));
    }
    format!(
        "    import argparse\n    import multiprocessing\n    import sys\n\n    parser = argparse.ArgumentParser()\n    \
         methods = multiprocessing.get_all_start_methods()\n    \
         parser.add_argument(\"--start-method\", choices=methods, help=\"how worker processes are started\")\n    \
         context = multiprocessing.get_context(parser.parse_args().start_method)\n    out = output_for_results()\n    \
         pool = context.Pool({arguments})\n"
    )
}

fn thread_pool(workers: usize, has_start: bool) -> String {
    let start = if has_start { "    start()\n" } else { "" };
    format!(
        "    import sys\n    from multiprocessing.pool import ThreadPool\n\n    out = output_for_results()\n{start}    \
         pool = ThreadPool({workers})\n"
    )
}

/// What the run had and Python's pool has not, a sentence each.
pub(super) fn differences(settings: &Settings) -> Vec<String> {
    let Settings { mode, chunk, item, worker, halt, .. } = *settings;
    let hosts = settings.shape().hosts();
    let is_threads = mode == Mode::Thread;
    let all = [
        (!is_threads).then(|| {
            "a worker that dies cost its item; here the program waits for ever for what that worker had in hand".to_owned()
        }),
        (chunk == ChunkRule::Auto).then(|| {
            "chunks were as large as takes about 10 ms; here they are as large as Pool.map makes them"
                .to_owned()
        }),
        (is_threads && hosts > 1)
            .then(|| format!("threads were in {hosts} processes; here all of them are in one")),
        item.timeout.map(|timeout| {
            format!("a timeout of {timeout} (seconds, or percent of the median): what hangs, hangs")
        }),
        (item.retries > 0).then(|| {
            let retries = amount::counted(item.retries.into(), "retry", "retries");
            format!("{retries} of an item that failed, {}", item.retry_delay.in_words())
        }),
        worker.recycle_items.filter(|_| is_threads).map(|items| format!("new workers after {items} items")),
        worker.recycle_bytes.map(|bytes| format!("new workers above {}", amount::mib(bytes))),
        worker
            .memory_limit_bytes
            .map(|bytes| format!("a memory limit of {} for each worker", amount::mib(bytes))),
        worker.pins.then(|| "workers that stay on one core each".to_owned()),
        (halt != HaltRule::Never).then(|| format!("an end of the run after failures ({halt})")),
    ];
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::fixture;

    fn main_of(change: impl FnOnce(&mut Settings)) -> String {
        let mut job = fixture::job(Mode::Process, 4, (0..100).collect::<Vec<i64>>().into());
        change(&mut job.settings);
        main_function(&job, true)
    }

    #[test]
    fn settings_become_those_of_python() {
        let main = main_of(|_| {});
        assert!(
            main.contains("Pool(4, initializer=start)")
                && main.contains("pool.imap(call, ")
                && main.contains("chunksize=7"),
            "{main}"
        );
        let main = main_of(|settings| {
            (settings.order, settings.chunk) = (Order::Finished, ChunkRule::Fixed(3));
            settings.worker.recycle_items = Some(10);
        });
        assert!(
            main.contains("maxtasksperchild=3")
                && main.contains("imap_unordered")
                && main.contains("chunksize=3"),
            "{main}"
        );
        // A chunk that is larger than what a worker may do.
        let main = main_of(|settings| settings.worker.recycle_items = Some(2));
        assert!(main.contains("maxtasksperchild=1") && main.contains("chunksize=2"), "{main}");
        let main = main_of(|settings| settings.mode = Mode::Thread);
        assert!(main.contains("start()\n    pool = ThreadPool(4)"), "{main}");
    }

    #[test]
    fn what_python_has_not_is_named() {
        let mut settings = Settings { chunk: ChunkRule::Even, ..Settings::default() };
        assert!(matches!(differences(&settings).as_slice(), [only] if only.contains("a worker that dies")));
        assert_eq!(differences(&Settings { mode: Mode::Thread, ..settings }), [""; 0]);
        settings.item.timeout = Some("2.5".parse().unwrap());
        settings.halt = "now,fail=1".parse().unwrap();
        let told = differences(&settings).join("; ");
        assert!(told.contains("timeout of 2.5") && told.contains("now,fail=1"), "{told}");
    }
}
