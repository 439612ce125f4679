//! Hosts on Windows: frames go down through standard input and come up through a named pipe that the host opens by
//! name (one duplex handle would let a waiting read hold up every write); the status page is a mapped temporary file;
//! a job object each ends the whole tree, also when this program is gone.
//!
//! Waiting is done by a thread a pipe, which all feed one queue. A host is put into its job before it is greeted, so
//! nothing of it can escape: it runs no user code before.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::windows::io::AsHandle;
use std::os::windows::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use memmap2::MmapOptions;
use windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;

use super::{Exit, HostChannel, HostEvent, HostId, HostProgram, Launched, Leftovers, Pipe, retry};

mod facts;
mod job;
mod listening;

pub use facts::{
    ThreadClock, can_fence_threads, core_clocks, core_of_this_thread, fence_threads, lower_priority,
    machine_memory, monotonic_ns, own_cpu_ns, own_peak_rss_bytes, this_thread, thread_cpu_ns,
};
use job::JobObject;
use listening::{Listening, listen};

const READ_BYTES: usize = 1 << 18;
/// How long the last words of a dead host are waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);
const CHANNEL_VARIABLE: &str = "POOLSCOPE_CHANNEL";
const PAGE_VARIABLE: &str = "POOLSCOPE_PAGE";

/// No signals here.
pub fn ending_signals() -> Vec<i32> {
    Vec::new()
}

/// No limits of files here.
pub fn outlive_file_limits() {}

/// Programs inherit no signals here.
pub fn reset_inherited_signals() {}

/// See Unix; here the system itself ends what belongs to a job when its owner is gone.
pub fn serve_as_helper() -> Option<io::Result<()>> {
    None
}

/// The program that hosts are: this one.
pub fn program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// Windows sets no limit that a pool could meet.
pub fn allow_many_files() {}

/// Whether threads can be bound to cores here.
pub const CAN_PIN: bool = false;

/// Threads run where the system puts them.
pub fn pin_this_thread(_nth: usize) {}

/// Why a process could not be started.
pub fn why_no_process(error: &io::Error) -> String {
    format!("a process could not be started: {error}")
}

/// See Unix.
pub fn arguments_for_interpreter() -> String {
    String::new()
}

/// Ends this host; its job ends what it started.
pub fn end_own_tree() -> ! {
    std::process::exit(1)
}

/// The host's end of the private channel: reads from one pipe, writes to another.
pub struct Channel {
    down: Arc<File>,
    up: Arc<File>,
}

impl Channel {
    /// The same channel once more.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { down: Arc::clone(&self.down), up: Arc::clone(&self.up) })
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match (&*self.down).read(buffer) {
            // The parent is gone.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
            other => other,
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.up).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes over the channel and the page that the parent has prepared.
pub fn host_channel() -> io::Result<HostChannel> {
    let missing = || io::Error::other("no channel was prepared");
    let pipe = std::env::var_os(CHANNEL_VARIABLE).ok_or_else(missing)?;
    let page = std::env::var_os(PAGE_VARIABLE).ok_or_else(missing)?;
    let down = File::from(io::stdin().as_handle().try_clone_to_owned()?);
    let up = OpenOptions::new().write(true).open(pipe)?;
    let page = MmapOptions::new().map_raw(&OpenOptions::new().read(true).write(true).open(page)?)?;
    let channel = Channel { down: Arc::new(down), up: Arc::new(up) };
    Ok(HostChannel { channel, page, page_handle: PageHandle })
}

/// Does the work; its memory is not limited on this system.
pub fn with_memory_limit<R>(_bytes: u64, work: impl FnOnce() -> R) -> R {
    work()
}

/// Nothing here: the page is found by its path.
pub struct PageHandle;

/// A process cannot become another one on this system, and no driver for its channels is written yet.
pub fn become_interpreter(
    _interpreter: &Path,
    _bootstrap: &str,
    _channel: &Channel,
    _page: &PageHandle,
    _job: &[u8],
) -> io::Error {
    io::Error::other("Python functions do not run on Windows yet; a script (--script) does")
}

/// What the threads that read and wait have to tell.
enum News {
    Bytes(HostId, Pipe, Vec<u8>),
    Closed(HostId, Pipe),
    Woken,
}

struct Peer {
    child: Child,
    job: JobObject,
    out: Vec<u8>,
    /// To the thread that writes; frames wait there while the host is busy.
    writer: Sender<Vec<u8>>,
    page: PathBuf,
    open_pipes: usize,
}

/// All hosts of a run.
pub struct HostProcesses {
    peers: BTreeMap<HostId, Peer>,
    tell: Sender<News>,
    news: Receiver<News>,
    pages: Vec<PathBuf>,
    /// Hosts that did not end although they were killed.
    unended: Vec<Child>,
}

/// Ends a wait from another thread.
#[derive(Debug)]
pub struct WakeHandle(Sender<News>);

impl WakeHandle {
    /// Makes the current or next wait return.
    pub fn wake(&self) {
        // A run that is over has nobody to wake.
        let _ = self.0.send(News::Woken);
    }
}

impl std::fmt::Debug for News {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("News")
    }
}

impl HostProcesses {
    /// No hosts yet; the handle ends waits from other threads.
    pub fn new() -> io::Result<(Self, WakeHandle)> {
        let (tell, news) = channel();
        let wake = WakeHandle(tell.clone());
        Ok((Self { peers: BTreeMap::new(), tell, news, pages: Vec::new(), unended: Vec::new() }, wake))
    }

    /// Starts a host in a job of its own.
    pub fn launch(&mut self, id: HostId, program: &HostProgram<'_>) -> io::Result<Launched> {
        let name = format!("poolscope-{}-{id}-{}", std::process::id(), monotonic_ns());
        let pipe = format!(r"\\.\pipe\{name}");
        let up = listen(OsStr::new(&pipe))?;
        let page_path = std::env::temp_dir().join(name);
        let page_file = OpenOptions::new().read(true).write(true).create_new(true).open(&page_path)?;
        self.pages.push(page_path.clone());
        page_file.set_len(program.page_bytes as u64)?;
        let page = MmapOptions::new().len(program.page_bytes).map_raw(&page_file)?;
        let mut child = Command::new(program.path)
            .arg("host")
            .env(CHANNEL_VARIABLE, &pipe)
            .env(PAGE_VARIABLE, &page_path)
            .envs(program.env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .creation_flags(CREATE_NO_WINDOW)
            .spawn()?;
        let job = JobObject::around(&child)?;
        let writer = spawn_writer(child.stdin.take())?;
        self.spawn_reader(id, Pipe::Channel, Some(Listening::at(up)), || {})?;
        // A host that ended before it opened the channel would be waited for for ever: it is opened in its place. Where it
        // was opened, there is no second one to open.
        let open_channel = move || drop(OpenOptions::new().write(true).open(&pipe));
        self.spawn_reader(id, Pipe::Stdout, child.stdout.take(), open_channel)?;
        self.spawn_reader(id, Pipe::Stderr, child.stderr.take(), || {})?;
        let pid = child.id();
        let peer = Peer { child, job, out: Vec::new(), writer, page: page_path, open_pipes: 3 };
        self.peers.insert(id, peer);
        Ok(Launched { pid, page })
    }

    fn spawn_reader(
        &self,
        id: HostId,
        pipe: Pipe,
        source: Option<impl Read + Send + 'static>,
        at_end: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let mut source = source.ok_or_else(|| io::Error::other("a pipe of a host is missing"))?;
        let tell = self.tell.clone();
        let read = move || {
            let mut buffer = vec![0; READ_BYTES];
            while let Ok(bytes @ 1..) = retry(|| source.read(&mut buffer)) {
                if tell.send(News::Bytes(id, pipe, buffer[..bytes].to_vec())).is_err() {
                    return;
                }
            }
            at_end();
            // Nobody is left to be told when the run is over.
            let _ = tell.send(News::Closed(id, pipe));
        };
        std::thread::Builder::new().name("pipe".to_owned()).spawn(read).map(drop)
    }

    /// Where frames for a host are appended; nothing where it is over.
    pub fn outgoing(&mut self, id: HostId) -> Option<&mut Vec<u8>> {
        self.peers.get_mut(&id).map(|peer| &mut peer.out)
    }

    /// Ends a host and what it started, at once.
    pub fn kill(&mut self, id: HostId) {
        if let Some(peer) = self.peers.get(&id) {
            peer.job.terminate();
        }
    }

    /// Lets go of a host that does not end although it was killed; its job ends what it can be ended of it.
    pub fn give_up(&mut self, id: HostId) {
        if let Some(peer) = self.peers.remove(&id) {
            self.unended.push(peer.child);
        }
    }

    /// Windows has no call to suspend a process.
    pub fn suspend(&mut self, _id: HostId, _is_suspended: bool) -> bool {
        false
    }

    /// Whether the system has stopped a host, which cannot be told here: it may be.
    pub fn is_stopped(&self, _id: HostId) -> bool {
        true
    }

    /// The memory that a host holds now, without what it started; 0 where the system does not tell.
    pub fn held_bytes(&self, id: HostId, _that_counts: u64) -> u64 {
        self.peers.get(&id).map_or(0, |peer| facts::rss_bytes(&peer.child))
    }

    /// Writes what waits, then waits until something happens (or `timeout`) and gives it to `on_event`.
    pub fn wait(
        &mut self,
        timeout: Duration,
        on_event: &mut dyn FnMut(HostId, HostEvent<'_>),
    ) -> io::Result<()> {
        for peer in self.peers.values_mut().filter(|peer| !peer.out.is_empty()) {
            // A host that is over will be told as an event of its own.
            let _ = peer.writer.send(std::mem::take(&mut peer.out));
        }
        let mut next = match self.news.recv_timeout(timeout) {
            Ok(news) => Some(news),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("the pipe threads are gone")),
        };
        while let Some(news) = next {
            self.hear(news, on_event)?;
            next = self.news.try_recv().ok();
        }
        Ok(())
    }

    fn hear(&mut self, news: News, on_event: &mut dyn FnMut(HostId, HostEvent<'_>)) -> io::Result<()> {
        match news {
            News::Woken => Ok(()),
            News::Bytes(id, pipe, bytes) => {
                on_event(id, HostEvent::Bytes(pipe, &bytes));
                Ok(())
            }
            News::Closed(id, Pipe::Channel) => self.reap(id, on_event),
            News::Closed(id, _) => {
                if let Some(peer) = self.peers.get_mut(&id) {
                    peer.open_pipes -= 1;
                }
                Ok(())
            }
        }
    }

    /// Ends what a dead host left running, hears its last words, and lets go of it.
    fn reap(&mut self, id: HostId, on_event: &mut dyn FnMut(HostId, HostEvent<'_>)) -> io::Result<()> {
        let Some(mut peer) = self.peers.remove(&id) else { return Ok(()) };
        let status = peer.child.wait()?;
        peer.job.terminate();
        peer.open_pipes -= 1;
        let mut put_off = Vec::new();
        let deadline = Instant::now() + LAST_WORDS;
        while peer.open_pipes > 0 {
            match self.news.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(News::Bytes(of, pipe, bytes)) if of == id => on_event(id, HostEvent::Bytes(pipe, &bytes)),
                Ok(News::Closed(of, _)) if of == id => peer.open_pipes -= 1,
                Ok(other) => put_off.push(other),
                Err(_) => break,
            }
        }
        // An exit code that means a crash is an NTSTATUS, which reads as a large negative number.
        on_event(id, HostEvent::Ended(Exit::Code(status.code().unwrap_or_default())));
        put_off.into_iter().try_for_each(|news| self.hear(news, on_event))
    }

    /// CPU time of the processes of the run; asked for only where that of the cores is known.
    pub fn cpu_ns(&self) -> u64 {
        0
    }

    /// Removes the files of the run and tells what resisted. Job objects leave no process behind.
    pub fn sweep(&mut self) -> Leftovers {
        self.pages.retain(|path| fs::remove_file(path).is_err() && path.exists());
        self.unended.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        let processes = self.unended.iter().map(Child::id).collect();
        Leftovers { processes, temp_files: self.pages.clone(), ..Leftovers::default() }
    }
}

impl Drop for HostProcesses {
    fn drop(&mut self) {
        for peer in self.peers.values_mut() {
            peer.job.terminate();
            // Terminated for certain, so this wait is short; nothing is left to do where it fails.
            let _ = peer.child.wait();
            let _ = fs::remove_file(&peer.page);
        }
    }
}

fn spawn_writer(stdin: Option<ChildStdin>) -> io::Result<Sender<Vec<u8>>> {
    let mut stdin = stdin.ok_or_else(|| io::Error::other("the channel of a host is missing"))?;
    let (writer, frames) = channel::<Vec<u8>>();
    let write = move || {
        for bytes in frames {
            if stdin.write_all(&bytes).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("pipe".to_owned()).spawn(write)?;
    Ok(writer)
}
