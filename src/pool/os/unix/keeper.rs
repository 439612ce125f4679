//! Ends a run's processes when this program is gone: a small process of its own, for a host may be unable to see that.
//! An interpreter that is deep in C code runs nothing else, and what a host has started in other sessions would go on.
//!
//! The program tells its keeper the hosts through a pipe, which ends with the program. The keeper also remembers which
//! orphans the program has adopted, and finds those that it has not seen by the badge that they wear. What it ends is
//! known by number and time of start, so that a number that was given to somebody else meanwhile does no harm.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::Signal;

use super::badge;
use super::process::{
    CLEANERS_PATIENCE, Stat, ancestors_of, children_of, descendants_of, has_ended, is_cleaner, send,
    send_to_group,
};
use super::retry;

/// The second argument of a host's program that makes it a keeper.
pub const ARGUMENT: &str = "keep";
/// Orphans are looked for so often.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A run that is over sooner needs no keeper, and hosts that are still starting, as those of Python are for a tenth of a
/// second, are not held up by its start.
const STARTED_AFTER: Duration = Duration::from_millis(150);
/// What starts others faster than it can be ended is given up.
const PATIENCE: Duration = Duration::from_secs(5);
/// All have ended when so many looks have found nobody: what one leaves that dies during a look is seen in the next.
const QUIET_LOOKS: u32 = 10;

/// The keeper of a run, which is started when there have been hosts for a moment, and again where somebody ends it.
#[derive(Default)]
pub struct Keeping {
    keeper: Option<Keeper>,
    /// Of which program a keeper is made.
    program: Option<PathBuf>,
    due: Option<Instant>,
}

impl Keeping {
    /// Has a host kept from now on, or once there is a keeper.
    pub fn add_host(&mut self, program: &Path, pid: u32) {
        match &mut self.keeper {
            Some(keeper) => keeper.note(pid, true),
            None => {
                self.program.get_or_insert_with(|| program.to_owned());
                self.due.get_or_insert_with(|| Instant::now() + STARTED_AFTER);
            }
        }
    }

    /// Has a host that is reaped not be kept any more.
    pub fn forget_host(&mut self, pid: u32) {
        if let Some(keeper) = &mut self.keeper {
            keeper.note(pid, false);
        }
    }

    /// In how long a keeper is to be started.
    pub fn due_in(&self) -> Option<Duration> {
        self.due.map(|due| due.saturating_duration_since(Instant::now()))
    }

    /// Starts a keeper of these hosts when that is due; gives its pid.
    pub fn start_if_due(&mut self, hosts: impl Iterator<Item = u32>) -> Option<u32> {
        if !self.due_in()?.is_zero() {
            return None;
        }
        self.due = None;
        let keeper = self.keeper.insert(Keeper::start(self.program.as_deref()?)?);
        hosts.for_each(|pid| keeper.note(pid, true));
        Some(keeper.child.id())
    }

    /// Has another one started where somebody has ended or stopped it.
    pub fn replace_if_ended(&mut self) {
        let is_useless = |pid| has_ended(pid) || Stat::read(pid).is_some_and(|stat| stat.is_stopped);
        if self.keeper.as_ref().is_some_and(|keeper| is_useless(keeper.child.id())) {
            self.keeper = None;
            self.due = Some(Instant::now());
        }
    }
}

/// A keeper as the program holds it.
struct Keeper {
    child: Child,
    orders: ChildStdin,
}

impl Keeper {
    /// Starts a keeper. Without one the hosts see for themselves when this program is gone, if they can.
    fn start(program: &Path) -> Option<Self> {
        let mut command = Command::new(program);
        command.arg0("poolscope").args(["host", ARGUMENT]).args(Charge::of_this_program().arguments());
        command.process_group(0).env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let orders = child.stdin.take()?;
        Some(Self { child, orders })
    }

    /// Has it keep a host, or forget one that is reaped.
    fn note(&mut self, host: u32, is_alive: bool) {
        // One that somebody has ended is replaced soon.
        let _ = writeln!(self.orders, "{}{host}", if is_alive { '+' } else { '-' });
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Before its pipe ends, which would mean that this program is gone.
        let _ = self.child.kill();
        // An item may trace it, as it may trace hosts.
        let _ = super::traced::wait(&mut self.child);
    }
}

/// What a keeper is told of the program at its start: that may be gone before it could be asked.
#[derive(Default)]
struct Charge {
    program: u32,
    /// When the program was started.
    since_ticks: u64,
    /// Who may adopt what the program leaves.
    heirs: Vec<u32>,
}

impl Charge {
    fn of_this_program() -> Self {
        let program = std::process::id();
        // Where the system does not tell, nothing is that young.
        let since_ticks = Stat::read(program).map_or(u64::MAX, |stat| stat.start_ticks);
        Self { program, since_ticks, heirs: ancestors_of(program) }
    }

    fn arguments(&self) -> Vec<String> {
        let numbers = [u64::from(self.program), self.since_ticks];
        numbers.iter().map(u64::to_string).chain(self.heirs.iter().map(u32::to_string)).collect()
    }

    fn from_arguments(arguments: impl IntoIterator<Item = String>) -> Option<Self> {
        let mut arguments = arguments.into_iter();
        let (program, since_ticks) = (arguments.next()?.parse().ok()?, arguments.next()?.parse().ok()?);
        let heirs = arguments.map(|heir| heir.parse().ok()).collect::<Option<_>>()?;
        Some(Self { program, since_ticks, heirs })
    }
}

/// Serves as a keeper until the program that has started this process is gone.
pub fn serve() -> io::Result<()> {
    let charge = Charge::from_arguments(std::env::args().skip(3));
    let charge = charge.ok_or_else(|| io::Error::other("only a run starts its keeper"))?;
    let mut kept = Kept { charge, ..Kept::default() };
    let mut orders = BufReader::new(File::from(rustix::io::fcntl_dupfd_cloexec(io::stdin().as_fd(), 3)?));
    let mut line = String::new();
    let mut looked = Instant::now();
    loop {
        // Not with each order: a look reads about all children.
        if looked.elapsed() >= LOOK_EVERY {
            kept.look();
            looked = Instant::now();
        }
        if orders.buffer().is_empty() && !is_readable(orders.get_ref(), LOOK_EVERY)? {
            continue;
        }
        line.clear();
        if orders.by_ref().take(32).read_line(&mut line)? == 0 {
            break;
        }
        kept.obey(line.trim());
    }
    kept.end_all();
    Ok(())
}

fn is_readable(orders: &File, patience: Duration) -> io::Result<bool> {
    let timeout = Timespec { tv_sec: patience.as_secs() as i64, tv_nsec: i64::from(patience.subsec_nanos()) };
    let mut fds = [PollFd::new(orders, PollFlags::IN)];
    Ok(retry(|| Ok(rustix::event::poll(&mut fds, Some(&timeout))?))? > 0)
}

/// For a host whose program is gone, in place of a keeper: ends the other hosts of the run and what all have started, but
/// for this process. `heir` has adopted what the program left.
pub fn end_run_of_this_host(program: u32, since_ticks: u64, heir: u32) {
    let own = std::process::id();
    let charge = Charge { program, since_ticks, heirs: vec![heir] };
    Kept { charge, spared: Some(own), ..Kept::default() }.end_all();
}

/// What a keeper is to end; each by its pid, with its time of start.
#[derive(Default)]
struct Kept {
    hosts: BTreeMap<u32, u64>,
    orphans: BTreeMap<u32, u64>,
    charge: Charge,
    /// What this process has started itself is ended, and not this process.
    spared: Option<u32>,
}

impl Kept {
    fn obey(&mut self, order: &str) {
        let Some((sign, pid)) = order.split_at_checked(1) else { return };
        match (sign, pid.parse()) {
            ("+", Ok(pid)) => {
                if let Some(stat) = Stat::read(pid) {
                    self.hosts.insert(pid, stat.start_ticks);
                }
            }
            ("-", Ok(pid)) => {
                self.hosts.remove(&pid);
            }
            _ => {}
        }
    }

    /// Remembers what the program has adopted: children in other groups than its own that are no hosts.
    fn look(&mut self) {
        let Some(program) = Stat::read(self.charge.program) else { return };
        let own = std::process::id();
        let children = children_of(program.pid).into_iter().filter(|pid| *pid != own);
        let strangers = children.filter(|pid| !self.hosts.contains_key(pid)).filter_map(Stat::read);
        let adopted = strangers.filter(|stat| stat.group != program.group && stat.parent == program.pid);
        self.orphans = adopted.map(|stat| (stat.pid, stat.start_ticks)).collect();
    }

    /// Ends all that there is, and what that has started meanwhile.
    fn end_all(&self) {
        let began = Instant::now();
        let mut known: BTreeMap<u32, u64> =
            self.hosts.iter().chain(&self.orphans).map(|(pid, start)| (*pid, *start)).collect();
        let mut quiet_looks = 0;
        while began.elapsed() < PATIENCE {
            let alive: BTreeSet<u32> = known
                .iter()
                .filter(|(pid, start)| {
                    Stat::read(**pid).is_some_and(|stat| stat.start_ticks == **start && !stat.is_zombie)
                })
                .map(|(pid, _)| *pid)
                .collect();
            // Looked for after it was seen who lives: what the dead have left has other parents by then.
            let left = badge::wearers(self.charge.program, &self.charge.heirs, self.charge.since_ticks);
            let roots = alive.iter().chain(&self.spared);
            let descendants = roots.flat_map(|pid| descendants_of(*pid)).filter_map(Stat::read);
            let found = left.into_iter().chain(descendants);
            let found: Vec<Stat> =
                found.filter(|stat| !stat.is_zombie && Some(stat.pid) != self.spared).collect();
            quiet_looks = if alive.is_empty() && found.is_empty() { quiet_looks + 1 } else { 0 };
            if quiet_looks >= QUIET_LOOKS {
                return;
            }
            known.extend(found.iter().map(|stat| (stat.pid, stat.start_ticks)));
            let all: BTreeSet<u32> = alive.iter().copied().chain(found.iter().map(|stat| stat.pid)).collect();
            // These end by themselves after the others, and remove what those have left.
            let may_clean = |pid: u32| began.elapsed() < CLEANERS_PATIENCE && is_cleaner(pid);
            let cleaners: BTreeSet<u32> = all.iter().copied().filter(|pid| may_clean(*pid)).collect();
            for pid in all.difference(&cleaners) {
                send(*pid, Signal::KILL);
            }
            self.hosts.keys().filter(|pid| cleaners.is_empty() && alive.contains(pid)).for_each(|pid| {
                send_to_group(*pid, Signal::KILL);
            });
            thread::sleep(Duration::from_millis(3));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_is_told_by_arguments() {
        let own = Charge::of_this_program();
        let told = Charge::from_arguments(own.arguments()).unwrap();
        assert_eq!((told.program, told.since_ticks, &told.heirs), (own.program, own.since_ticks, &own.heirs));
        assert_eq!(told.program, std::process::id());
        for wrong in [&["7"][..], &["7", "x"], &["7", "8", "x"], &[]] {
            assert!(
                Charge::from_arguments(wrong.iter().map(|text| (*text).to_owned())).is_none(),
                "{wrong:?}"
            );
        }
    }
}
