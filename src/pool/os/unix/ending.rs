//! What a host does when its program is gone: it ends all that the run has started. There may be no keeper to do so: a
//! run that is young has none yet.

use std::io;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, getppid, kill_current_process_group};

use super::keeper;

/// The second argument of a host's program that makes it one of whom the program is gone; an interpreter goes on as this.
pub const ARGUMENT: &str = "end";
/// A program that is ending closes its channels a moment before it is gone.
const LONGEST_END: Duration = Duration::from_millis(200);

/// The program that has started this host.
static PROGRAM: OnceLock<u32> = OnceLock::new();

/// Remembers whose host this process is.
pub fn note_program() {
    PROGRAM.get_or_init(parent);
}

fn parent() -> u32 {
    getppid().map_or(0, |pid| pid.as_raw_nonzero().get() as u32)
}

/// Ends this host and what it started: its channel has ended. Where the program is gone, one of its hosts ends what they
/// all have started.
pub fn end_own_tree() -> ! {
    let program = *PROGRAM.get_or_init(parent);
    let began = Instant::now();
    while parent() == program && began.elapsed() < LONGEST_END {
        thread::sleep(Duration::from_millis(1));
    }
    // If two of them did this, they would end each other and leave the rest.
    if parent() != program
        && let Some(_turn) = turn(program)
    {
        keeper::end_run_of_this_host(parent());
    }
    let _ = kill_current_process_group(Signal::KILL);
    std::process::exit(1)
}

/// Ends what an interpreter that has become this process has started, as its program's pid on the command line says.
pub fn end_for_interpreter() -> io::Result<()> {
    let program = std::env::args().nth(3).and_then(|pid| pid.parse().ok());
    let program = program.ok_or_else(|| io::Error::other("only a host goes on as this"))?;
    let _ = PROGRAM.set(program);
    end_own_tree()
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
fn turn(_program: u32) -> Option<()> {
    None
}
