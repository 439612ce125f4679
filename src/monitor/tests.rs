//! The monitor at work on this very process: each test waits for a condition, with a deadline.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

const INTERVAL: Duration = sysinfo::MINIMUM_CPU_UPDATE_INTERVAL;
const DEADLINE: Duration = Duration::from_secs(20);

fn started() -> Monitor {
    Monitor::start(INTERVAL, Arc::new(|| {})).unwrap()
}

/// The first figures of which `condition` holds.
fn wait_for(monitor: &Monitor, condition: impl Fn(&MonitorSnapshot) -> bool) -> Arc<MonitorSnapshot> {
    let start = Instant::now();
    loop {
        let latest = monitor.latest();
        if condition(&latest) {
            return latest;
        }
        assert!(start.elapsed() < DEADLINE, "not within {DEADLINE:?}: {:?} {:?}", latest.own, latest.hosts);
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn it_samples_cores_memory_and_this_program() {
    let monitor = started();
    let latest = wait_for(&monitor, |latest| latest.shares.own.len() >= 2);
    assert!(!latest.cores.is_empty() && latest.usable_cores >= 1);
    let shares = latest.cores.iter().flat_map(Series::points).map(|point| point.mean);
    assert!(shares.clone().count() >= 2 * latest.cores.len());
    assert!(shares.into_iter().all(|share| (0.0..=1.0).contains(&share)));
    assert!(latest.memory_used_bytes > 0 && latest.memory_used_bytes < latest.memory_total_bytes);
    assert_eq!(latest.own.pid, std::process::id());
    assert!(latest.own.rss_bytes > 0 && latest.own.cores_used < latest.cores.len() as f32 + 0.5);
    assert!(latest.hosts.is_empty());
    assert_eq!(latest.shares.pool.last().map(|point| point.max), Some(0.0));
    let busy = latest.cores.iter().filter_map(Series::last).map(|point| point.mean).sum::<f32>();
    let shares = &latest.shares;
    let [pool, own, others] =
        [&shares.pool, &shares.own, &shares.others].map(|share| share.last().unwrap().mean);
    assert!((pool + own + others - busy).abs() < 1e-4 || others == 0.0, "{shares:?}");
}

#[test]
fn a_busy_host_is_seen_and_goes_when_it_is_no_longer_watched() {
    let monitor = started();
    let pid = std::process::id();
    // Twice, as nobody should but anybody might.
    monitor.watch(vec![pid, pid]);
    let is_done = Arc::new(AtomicBool::new(false));
    let of_thread = Arc::clone(&is_done);
    let busy = thread::spawn(move || while !black_box(of_thread.load(Ordering::Relaxed)) {});
    let latest =
        wait_for(&monitor, |latest| latest.hosts.get(&pid).is_some_and(|host| host.cores_used > 0.3));
    is_done.store(true, Ordering::Relaxed);
    busy.join().unwrap();
    // This program is a host here as well, and both say the same.
    assert_eq!(latest.hosts[&pid], latest.own);
    assert!(latest.hosts[&pid].cpu_s > 0.0 && latest.hosts[&pid].rss_bytes > 0);
    assert!(latest.shares.pool.last().is_some_and(|point| point.max > 0.3));
    monitor.watch(Vec::new());
    wait_for(&monitor, |latest| latest.hosts.is_empty());
}

#[test]
fn a_host_that_is_not_there_is_left_out_and_the_pool_is_idle() {
    let monitor = started();
    // Beyond the largest process id of all systems that are supported, and not negative where they are signed.
    monitor.watch(vec![i32::MAX as u32]);
    let latest = wait_for(&monitor, |latest| !latest.shares.pool.is_empty());
    assert!(latest.hosts.is_empty());
    assert_eq!(latest.shares.pool.last().map(|point| point.mean), Some(0.0));
}

#[test]
fn each_publication_wakes() {
    let wakes = Arc::new(AtomicUsize::new(0));
    let of_waker = Arc::clone(&wakes);
    let waker = move || {
        of_waker.fetch_add(1, Ordering::SeqCst);
    };
    let monitor = Monitor::start(INTERVAL, Arc::new(waker)).unwrap();
    wait_for(&monitor, |latest| wakes.load(Ordering::SeqCst) >= 2 && !latest.shares.own.is_empty());
}

#[test]
fn it_stops_without_waiting_for_the_next_sample() {
    let monitor = Monitor::start(Duration::from_secs(3600), Arc::new(|| {})).unwrap();
    let start = Instant::now();
    drop(monitor);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn an_interval_that_is_too_short_is_refused() {
    let error = Monitor::start(Duration::from_millis(10), Arc::new(|| {})).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "could not sample each 10 ms: it cannot be shorter than 200 ms");
}
