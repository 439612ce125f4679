//! What the cores of the machine did, all programs together, as Linux counts it: see proc(5), `/proc/stat`.

use super::super::CoreClocks;
use super::clock_ns;

/// What the cores that this program may use have done since the machine was started; nothing where the system does not
/// tell.
pub fn core_clocks() -> Option<CoreClocks> {
    #[cfg(target_os = "linux")]
    {
        let text = std::fs::read_to_string("/proc/stat").ok()?;
        let allowed = rustix::thread::sched_getaffinity(None).ok();
        let is_allowed = |core: usize| {
            allowed.is_none_or(|set| core >= rustix::thread::CpuSet::MAX_CPU || set.is_set(core))
        };
        let ticks_a_second = rustix::param::clock_ticks_per_second();
        parse(&text, ticks_a_second, is_allowed)
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// CPU time that this program has used, all its threads together.
pub fn own_cpu_ns() -> u64 {
    clock_ns(rustix::time::ClockId::ProcessCPUTime)
}

/// Adds up the lines `cpuN user nice system idle iowait irq softirq steal guest guest_nice` of those cores; all in ticks.
/// Time of guests is part of user and nice already, and is not counted again.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn parse(text: &str, ticks_a_second: u64, is_allowed: impl Fn(usize) -> bool) -> Option<CoreClocks> {
    let (mut clocks, mut is_told) = (CoreClocks { cores: 0, busy_ns: 0, steal_ns: 0 }, false);
    let ns = |ticks: u64| (u128::from(ticks) * 1_000_000_000 / u128::from(ticks_a_second.max(1))) as u64;
    for line in text.lines().take_while(|line| line.starts_with("cpu")) {
        let mut words = line.split_ascii_whitespace();
        // The first line is the sum of all.
        let Some(core) = words.next().and_then(|name| name.strip_prefix("cpu")?.parse().ok()) else {
            continue;
        };
        let ticks: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        let &[user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = ticks.as_slice() else {
            continue;
        };
        if is_allowed(core) {
            is_told = true;
            clocks.cores += 1;
            clocks.busy_ns += ns(user + nice + system + irq + softirq);
            clocks.steal_ns += ns(steal);
        }
    }
    is_told.then_some(clocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  300 30 60 900 90 9 12 15 100 10\n\
                        cpu0 100 10 20 300 30 3 4 5 50 5\n\
                        cpu1 200 20 40 600 60 6 8 10 50 5\n\
                        intr 12 0 0\nctxt 7\n";

    #[test]
    fn busy_is_all_but_idle_waiting_and_stolen_and_guests_count_once() {
        let all = parse(STAT, 100, |_| true).unwrap();
        assert_eq!(all, CoreClocks { cores: 2, busy_ns: 4_110_000_000, steal_ns: 150_000_000 });
    }

    #[test]
    fn cores_that_this_program_may_not_use_do_not_count() {
        let one = parse(STAT, 1000, |core| core == 0).unwrap();
        assert_eq!(one, CoreClocks { cores: 1, busy_ns: 137_000_000, steal_ns: 5_000_000 });
        assert_eq!((parse(STAT, 100, |_| false), parse("nothing", 100, |_| true)), (None, None));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_clocks_of_cores_and_of_this_program_go_on() {
        let (begun, cores, own_ns) = (std::time::Instant::now(), core_clocks().unwrap(), own_cpu_ns());
        assert!(cores.cores >= 1 && cores.busy_ns > 0);
        // This loop itself makes both move.
        while own_cpu_ns() < own_ns + 30_000_000 || core_clocks().unwrap().busy_ns == cores.busy_ns {
            assert!(begun.elapsed().as_secs() < 60, "{cores:?}");
        }
    }
}
