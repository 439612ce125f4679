//! Hosts on Unix: a socket pair each, handed over as standard input and moved away before user code runs; a status
//! page of anonymous shared memory, passed through that socket; a process group each, so that a tree can be ended.
//!
//! Nothing runs between fork and exec, so the standard library can use `posix_spawn`, which stays quick when this
//! program holds gigabytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use memmap2::MmapOptions;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Mode, OFlags};
use rustix::process::Signal;

use self::descriptors::{page_file, receive_descriptor, send_descriptor};
use self::ending::Program;
use self::keeper::Keeping;
use self::peer::Peer;
use self::process::{kill_tree, signal_tree};
use super::{Exit, HostChannel, HostEvent, HostId, HostProgram, Launched, Leftovers, Pipe, retry};

mod badge;
mod cores;
mod descendants;
mod descriptors;
mod ending;
mod facts;
mod interpreter;
mod keeper;
mod membarrier;
mod memory;
mod peer;
mod process;
mod signals;
mod thread_clock;
mod traced;
mod waiting;

pub use cores::{core_clocks, own_cpu_ns};
pub use ending::{arguments_for_interpreter, end_own_tree};
use facts::clock_ns;
pub use facts::{
    CAN_PIN, allow_many_files, core_of_this_thread, lower_priority, monotonic_ns, own_peak_rss_bytes,
    pin_this_thread, this_thread, thread_cpu_ns, why_no_process,
};
pub use membarrier::{can_fence_threads, fence_threads};
pub use memory::{machine_memory, with_memory_limit};
pub use signals::{ending_signals, outlive_file_limits, reset_inherited_signals};
pub use thread_clock::ThreadClock;

/// Bytes read from one pipe before the next has its turn.
const READ_BYTES: usize = 1 << 18;
/// Hosts are looked at this often where the system cannot tell of them.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Hosts that are looked at together, four times a second.
const LOOKS_AT_ONCE: usize = 16;

/// The host's end of the private channel.
pub type Channel = UnixStream;
pub use interpreter::{PageHandle, become_interpreter};

/// Serves as a helper of a run that is no host, where the second argument says so.
pub fn serve_as_helper() -> Option<io::Result<()>> {
    match std::env::args().nth(2)?.as_str() {
        keeper::ARGUMENT => Some(keeper::serve()),
        ending::ARGUMENT => end_own_tree(),
        _ => None,
    }
}

/// The program that hosts are: this one, even when its file was replaced meanwhile.
pub fn program() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() { Ok(own) } else { std::env::current_exe() }
}

/// Takes over the channel and the page that the parent has prepared, and leaves an empty standard input behind.
pub fn host_channel() -> io::Result<HostChannel> {
    badge::wear();
    hear_of_parents_end();
    leave_terminal();
    show_own_name();
    let stdin = io::stdin();
    let socket = UnixStream::from(rustix::io::fcntl_dupfd_cloexec(stdin.as_fd(), 3)?);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    let page_file = receive_descriptor(&socket)?;
    let page = MmapOptions::new().map_raw(&page_file)?;
    Ok(HostChannel { channel: socket, page, page_handle: page_file })
}

/// Has a host that was suspended go on when its parent dies: only then can it see that its channel has ended, and end
/// what it started too. Being told to continue does no harm otherwise.
fn hear_of_parents_end() {
    #[cfg(target_os = "linux")]
    // Where the system refuses, only suspended hosts are the worse for it.
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::CONT));
}

/// Lets go of the terminal of the program, as do all that this host starts: user code that opens it gets an error. It would be
/// suspended when it reads, since only one group of processes may, and its run would wait for ever.
fn leave_terminal() {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    // Without a terminal there is none to leave.
    if let Ok(terminal) = rustix::fs::open("/dev/tty", flags, Mode::empty()) {
        // SAFETY: the call has no argument, and the descriptor is open. Where it fails, the terminal stays.
        unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCNOTTY as _) };
    }
}

/// Hosts are executed through a link, which would be their name in lists of processes.
fn show_own_name() {
    #[cfg(target_os = "linux")]
    // Only for the eye.
    let _ = rustix::thread::set_name(c"poolscope");
}

/// What a wait has found.
struct Polled {
    ready: Vec<(HostId, Pipe)>,
    ended: Vec<HostId>,
}

/// All hosts of a run.
pub struct HostProcesses {
    peers: BTreeMap<HostId, Peer>,
    family: descendants::Descendants,
    keeping: Keeping,
    program: Program,
    wake: UnixStream,
    buffer: Vec<u8>,
    /// How far the looks for those that are cut off have come.
    cut_off_next: usize,
    /// CPU time of hosts that are reaped.
    cpu_ns: u64,
    /// Hosts that did not end although they were killed, by pid.
    unended: Vec<u32>,
}

/// Ends a wait from another thread.
#[derive(Debug)]
pub struct WakeHandle(UnixStream);

impl WakeHandle {
    /// Makes the current or next wait return.
    pub fn wake(&self) {
        // A full pipe wakes just as well, and a closed one has nobody to wake.
        let _ = (&self.0).write(&[1]);
    }
}

impl HostProcesses {
    /// No hosts yet; the handle ends waits from other threads.
    pub fn new() -> io::Result<(Self, WakeHandle)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        theirs.set_nonblocking(true)?;
        let family = descendants::Descendants::found();
        let hosts = Self {
            peers: BTreeMap::new(),
            family,
            keeping: Keeping::default(),
            program: Program::this(),
            wake: ours,
            buffer: vec![0; READ_BYTES],
            cut_off_next: 0,
            cpu_ns: 0,
            unended: Vec::new(),
        };
        Ok((hosts, WakeHandle(theirs)))
    }

    /// Starts a host in a process group of its own.
    pub fn launch(&mut self, id: HostId, program: &HostProgram<'_>) -> io::Result<Launched> {
        let page_file = page_file(program.page_bytes)?;
        let page = MmapOptions::new().len(program.page_bytes).map_raw(&page_file)?;
        let (ours, theirs) = UnixStream::pair()?;
        // Sent before the launch: the socket keeps it, and a host never waits for its page.
        send_descriptor(&ours, page_file.as_fd())?;
        let mut command = Command::new(program.path);
        command.arg0("poolscope").args(["host", ending::HOST_ARGUMENT]).args(self.program.arguments());
        command.process_group(0).env(descendants::MARK, self.family.mark());
        command.envs(program.env.iter().copied());
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let peer = Peer::new(command.spawn()?, ours)?;
        let pid = peer.child.id();
        self.family.add(pid);
        self.keeping.add_host(program.path, pid);
        self.peers.insert(id, peer);
        Ok(Launched { pid, page })
    }

    /// Where frames for a host are appended; nothing where it is over.
    pub fn outgoing(&mut self, id: HostId) -> Option<&mut Vec<u8>> {
        self.peers.get_mut(&id).map(|peer| &mut peer.out)
    }

    /// Ends a host and what it started, at once.
    pub fn kill(&mut self, id: HostId) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.is_killed = true;
            peer.is_cleaned_up = self.family.kill_sparing_cleaners(peer.child.id());
        }
    }

    /// Lets go of a host that does not end although it was killed. It is looked for again when the run is over.
    pub fn give_up(&mut self, id: HostId) {
        if let Some(peer) = self.peers.remove(&id) {
            self.unended.push(peer.child.id());
        }
    }

    /// Has the system stop a host and what it started, or have it go on; says whether it did.
    pub fn suspend(&mut self, id: HostId, is_suspended: bool) -> bool {
        let signal = if is_suspended { Signal::STOP } else { Signal::CONT };
        self.peers.get(&id).is_some_and(|peer| signal_tree(peer.child.id(), signal))
    }

    /// Whether the system has stopped a host, by a signal or for a debugger; so it is where the system does not tell.
    pub fn is_stopped(&self, id: HostId) -> bool {
        let stat = self.peers.get(&id).and_then(|peer| process::Stat::read(peer.child.id()));
        stat.is_none_or(|stat| stat.is_stopped)
    }

    /// The memory that a host and what it started hold now; 0 where the system does not tell. More than `that_counts` is
    /// told exactly; up to there what processes share may be counted for each.
    pub fn held_bytes(&self, id: HostId, that_counts: u64) -> u64 {
        self.peers.get(&id).map_or(0, |peer| memory::tree_bytes(peer.child.id(), that_counts))
    }

    /// Writes what waits, then waits until something happens (or `timeout`) and gives it to `on_event`.
    pub fn wait(
        &mut self,
        timeout: Duration,
        on_event: &mut dyn FnMut(HostId, HostEvent<'_>),
    ) -> io::Result<()> {
        let pids = self.peers.values().map(|peer| peer.child.id());
        if let Some(keeper) = self.keeping.start_if_due(pids) {
            self.family.add_helper(keeper);
        }
        let timeout = self.keeping.due_in().map_or(timeout, |left| timeout.min(left));
        for peer in self.peers.values_mut() {
            peer.flush();
        }
        let Polled { ready, ended } = self.poll(timeout)?;
        for (id, pipe) in ready {
            if let Some(peer) = self.peers.get_mut(&id) {
                peer.read(pipe, &mut self.buffer, 4, &mut |bytes| {
                    on_event(id, HostEvent::Bytes(pipe, bytes))
                });
            }
        }
        for (id, peer) in &mut self.peers {
            if let Some(obstacle) = peer.obstacle.take() {
                on_event(*id, HostEvent::Obstructed(obstacle));
            }
        }
        for id in ended {
            self.reap(id, on_event);
        }
        if self.family.reap_now_and_then() {
            self.keeping.replace_if_ended();
            let ending =
                self.peers.values().filter(|peer| peer.is_killed || !peer.is_open[Pipe::Channel as usize]);
            ending.for_each(|peer| traced::reap_threads(peer.child.id()));
            self.look_for_cut_off();
        }
        Ok(())
    }

    /// Looks at a few of the hosts at a time, in turns: each look reads a file.
    fn look_for_cut_off(&mut self) {
        let count = self.peers.len();
        let first = self.cut_off_next % count.max(1);
        self.cut_off_next = first + LOOKS_AT_ONCE;
        let ids = self.peers.keys().copied().cycle().skip(first).take(LOOKS_AT_ONCE.min(count));
        for id in ids.collect::<Vec<_>>() {
            if let Some(peer) = self.peers.get_mut(&id) {
                peer.look_whether_cut_off();
            }
        }
    }

    fn poll(&mut self, timeout: Duration) -> io::Result<Polled> {
        let mut slots = Vec::with_capacity(self.peers.len() * 4 + 1);
        let mut fds = Vec::with_capacity(self.peers.len() * 4 + 1);
        for (id, peer) in &self.peers {
            peer.watch(*id, &mut slots, &mut fds);
        }
        fds.push(PollFd::new(&self.wake, PollFlags::IN));
        let timeout =
            Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: i64::from(timeout.subsec_nanos()) };
        if retry(|| Ok(rustix::event::poll(&mut fds, Some(&timeout))?)).is_err() {
            drop(fds);
            return Ok(self.look_without_poll());
        }
        let mut ready = Vec::new();
        let mut ended = Vec::new();
        for ((id, pipe), fd) in slots.iter().zip(&fds) {
            let happened = fd.revents() & !PollFlags::OUT;
            match pipe {
                _ if happened.is_empty() => {}
                Some(pipe) => ready.push((*id, *pipe)),
                None => ended.push(*id),
            }
        }
        let woken = fds.last().is_some_and(|fd| !fd.revents().is_empty());
        drop(fds);
        while woken && (&self.wake).read(&mut [0; 64]).is_ok_and(|bytes| bytes == 64) {}
        let without_watch = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.exit.is_none() && !peer.is_open[Pipe::Channel as usize]);
        ended.extend(without_watch.map(|(id, _)| *id));
        Ok(Polled { ready, ended })
    }

    /// Asks each host in turn: a limit of open files that somebody has lowered meanwhile leaves no other way.
    fn look_without_poll(&self) -> Polled {
        std::thread::sleep(LOOK_EVERY);
        let pipes = [Pipe::Channel, Pipe::Stdout, Pipe::Stderr];
        let ready = self.peers.keys().flat_map(|id| pipes.map(|pipe| (*id, pipe))).collect();
        let ended = self.peers.iter().filter(|(_, peer)| process::has_ended(peer.child.id()));
        Polled { ready, ended: ended.map(|(id, _)| *id).collect() }
    }

    /// Reads the last words of a host, ends what it left running, and reaps it.
    fn reap(&mut self, id: HostId, on_event: &mut dyn FnMut(HostId, HostEvent<'_>)) {
        let Some(mut peer) = self.peers.remove(&id) else { return };
        for pipe in [Pipe::Channel, Pipe::Stdout, Pipe::Stderr] {
            // Whoever else holds the pipe may write to it for ever: what was there at the death is enough.
            peer.read(pipe, &mut self.buffer, 4096, &mut |bytes| on_event(id, HostEvent::Bytes(pipe, bytes)));
        }
        let left = match peer.is_killed && !peer.is_cleaned_up {
            true => Vec::new(),
            false => self.family.left_by(peer.child.id()),
        };
        descendants::Descendants::wait_for_cleaners(&left);
        let left = if peer.is_killed { Vec::new() } else { left };
        // Before it is reaped its number cannot be given to another group.
        kill_tree(peer.child.id());
        let ended = traced::wait(&mut peer.child);
        if ended.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            self.unended.push(peer.child.id());
        }
        self.cpu_ns += ended.as_ref().map_or(0, |ended| ended.cpu_ns);
        let status = ended.map(|ended| ended.status);
        self.keeping.forget_host(peer.child.id());
        self.family.forget(peer.child.id());
        if status.as_ref().is_ok_and(ExitStatus::success) {
            self.family.note_ended(left);
        }
        let exit = match status.map(|status| (status.code(), status.signal())) {
            Ok((Some(code), None)) => Exit::Code(code),
            Ok((_, Some(signal))) => Exit::Signal(signal),
            // Somebody else has taken the word of how it ended; it was just killed.
            Ok((None, None)) | Err(_) => Exit::Signal(libc::SIGKILL),
        };
        on_event(id, HostEvent::Ended(exit));
    }

    /// CPU time of all processes of the run that are over and reaped: hosts, and what they had started.
    pub fn cpu_ns(&self) -> u64 {
        self.cpu_ns + self.family.cpu_ns()
    }

    /// Ends and reaps whatever the run's hosts have left behind, and tells what resisted.
    pub fn sweep(&mut self) -> Leftovers {
        self.keeping = Keeping::default();
        self.unended.retain(|pid| matches!(waiting::wait_if_over(*pid), Ok(None)));
        let mut left = self.family.sweep(Duration::from_secs(1));
        left.processes.extend(&self.unended);
        left
    }
}

impl Drop for HostProcesses {
    fn drop(&mut self) {
        for peer in self.peers.values_mut() {
            if self.family.kill_sparing_cleaners(peer.child.id()) {
                descendants::Descendants::wait_for_cleaners(&self.family.left_by(peer.child.id()));
                kill_tree(peer.child.id());
            }
            // Nothing is left to do where it does not end.
            let _ = traced::wait(&mut peer.child);
        }
    }
}
