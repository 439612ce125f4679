//! What a host does when its program is gone: it ends all that the run has started. There may be no keeper to do so: a
//! run that is young has none yet.

use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, getppid, kill_current_process_group};

use super::keeper;
use super::process::Stat;

/// The second argument of a host's program that makes it one of whom the program is gone; an interpreter goes on as this.
pub const ARGUMENT: &str = "end";
/// The second argument of a host.
pub const HOST_ARGUMENT: &str = "of";
/// A program that is ending closes its channels a moment before it is gone.
const LONGEST_END: Duration = Duration::from_millis(200);
/// For so long does a host wait for another one that ends what they all have started, and it too.
const LONGEST_TURN: Duration = Duration::from_secs(6);

/// The program that has started a host. It may be gone before the host could ask who it is.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    pid: u32,
    /// When it was started.
    since_ticks: u64,
}

impl Program {
    /// This one, for its hosts.
    pub fn this() -> Self {
        let pid = std::process::id();
        // Where the system does not tell, nothing is that young.
        Self { pid, since_ticks: Stat::read(pid).map_or(u64::MAX, |stat| stat.start_ticks) }
    }

    /// What a host is told of it.
    pub fn arguments(self) -> [String; 2] {
        [self.pid.to_string(), self.since_ticks.to_string()]
    }

    /// That of this host.
    fn of_this_host() -> Option<Self> {
        static PROGRAM: OnceLock<Option<Program>> = OnceLock::new();
        *PROGRAM.get_or_init(|| {
            let mut arguments = std::env::args().skip(3);
            let pid = arguments.next()?.parse().ok()?;
            Some(Self { pid, since_ticks: arguments.next()?.parse().ok()? })
        })
    }
}

/// What an interpreter, as which a host goes on, has to say to become this program again; see [`ARGUMENT`].
pub fn arguments_for_interpreter() -> String {
    Program::of_this_host().map_or(String::new(), |program| program.arguments().join(" "))
}

fn parent() -> u32 {
    getppid().map_or(0, |pid| pid.as_raw_nonzero().get() as u32)
}

/// Ends this host and what it started: its channel has ended. Where the program is gone, one of its hosts ends what they
/// all have started, and the others.
pub fn end_own_tree() -> ! {
    if let Some(program) = Program::of_this_host() {
        let began = Instant::now();
        while parent() == program.pid && began.elapsed() < LONGEST_END {
            thread::sleep(Duration::from_millis(1));
        }
        while parent() != program.pid && began.elapsed() < LONGEST_TURN {
            // If two of them did this, they would end each other and leave the rest.
            if let Some(_turn) = turn(program.pid) {
                keeper::end_run_of_this_host(program.pid, program.since_ticks, parent());
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
    let _ = kill_current_process_group(Signal::KILL);
    std::process::exit(1)
}

/// Only one host of a program has it, until it ends.
#[cfg(target_os = "linux")]
fn turn(program: u32) -> Option<impl Sized> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};
    let name = format!("poolscope-{}-{program}", rustix::process::getuid().as_raw());
    UnixListener::bind_addr(&SocketAddr::from_abstract_name(name).ok()?).ok()
}

/// Nothing is told about processes here.
#[cfg(not(target_os = "linux"))]
fn turn(_program: u32) -> Option<impl Sized> {
    Some(())
}
