//! The host side: the process that runs user work. It takes chunks from its private channel, runs them on its lanes
//! (a rayon pool of as many threads) and sends back what they made.
//!
//! The main thread only reads the channel. That is what ends a host whose parent is gone, at once, whatever its
//! lanes are doing.

mod calls;
mod chunk_progress;
mod clocks;
mod fast_batch;
mod faults;
mod flusher;
mod lane;
mod output;

use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::chunk_progress::{ChunkProgress, Work};
use self::fast_batch::ClaimRing;
use self::faults::HangingLanes;
use self::flusher::Wakeup;
use self::output::Output;
use super::os::{self, HostChannel};
use super::status_page::Page;
use super::wire::{self, Down, Hello, Up};
use crate::error::{Error, Result};
use crate::function::python::{self, PythonSpec};
use crate::function::{Function, FunctionSpec};

/// Bytes asked of the channel at a time.
const READ_BYTES: usize = 1 << 18;
/// Loading a function takes no more: compiling a script calculates what is constant in it, however large that gets.
const LOADING_BYTES: u64 = 2 << 30;
/// Deep recursion in a function ends in its own error long before this.
const STACK_BYTES: usize = 8 << 20;

/// Runs this process as a host until its parent closes it or is gone.
pub fn serve() -> Result<()> {
    if let Some(served) = os::serve_as_helper() {
        return served.map_err(|error| Error::pool("keep the processes of a run", error));
    }
    let HostChannel { channel, page, page_handle } = os::host_channel().map_err(|_| {
        Error::usage(
            "run as a host",
            "only a pool starts hosts; `poolscope run --help` tells how to start a pool",
        )
    })?;
    let broken = |error: io::Error| Error::pool("speak to the pool", error);
    let mut frames = FrameReader::new(channel.try_clone().map_err(broken)?);
    let Some(Down::Hello(hello)) = frames.next().map_err(broken)? else { os::end_own_tree() };
    os::lower_priority(hello.niceness);
    if let FunctionSpec::Python(python) = &hello.function {
        let error = become_python(python, &hello, &channel, &page_handle);
        refuse(&Output::new(channel), &mut frames, &error)
    }
    let output = Output::new(channel);
    let page = Page::new(page, hello.lanes as usize)
        .ok_or_else(|| Error::pool("speak to the pool", "its status page is too small"))?;
    page.note_loading(os::monotonic_ns().saturating_sub(hello.start_ns));
    match os::with_memory_limit(LOADING_BYTES, || hello.function.load()) {
        Ok(function) => HostServer::new(&hello, function, page, output)?.serve_loop(&mut frames),
        Err(error) => refuse(&output, &mut frames, &error),
    }
}

fn refuse(output: &Output, frames: &mut FrameReader, error: &Error) -> ! {
    output.send(&Up::Refused { reason: error.to_string() });
    // The parent ends this process when it has read why.
    while let Ok(Some(_)) = frames.next() {}
    os::end_own_tree()
}

/// Goes on as a Python interpreter, which serves the pool from then on; comes back where there is none.
fn become_python(python: &PythonSpec, hello: &Hello, channel: &os::Channel, page: &os::PageHandle) -> Error {
    if hello.pins && hello.lanes == 1 {
        os::pin_this_thread(hello.first_worker as usize - 1);
    }
    let job = python.job(python::Start {
        lanes: hello.lanes,
        first_worker: hello.first_worker,
        start_ns: hello.start_ns,
        wants_spans: hello.wants_spans,
        pins: hello.pins,
        version: wire::VERSION,
        // Where it cannot be told, the interpreter ends its own group.
        program: std::env::current_exe().unwrap_or_default(),
        end_arguments: os::arguments_for_interpreter(),
    });
    let error = os::become_interpreter(&python.interpreter, python::BOOTSTRAP, channel, page, &job);
    Error::pool(format!("start {}", python.interpreter.display()), error)
}

/// What the lanes of a host share.
struct Shared {
    function: Box<dyn Function>,
    page: Page,
    output: Output,
    queue: Mutex<VecDeque<Work>>,
    /// One a lane each.
    progresses: Vec<Mutex<ChunkProgress>>,
    rings: Vec<ClaimRing>,
    hanging: HangingLanes,
    /// The parent waits for unbegun work.
    is_recalled: AtomicBool,
    /// It waits for the rest of the chunks that lanes are in, too.
    is_recalled_whole: AtomicBool,
    wakeup: Wakeup,
    first_worker: usize,
    start_ns: u64,
    are_threads: bool,
}

struct HostServer {
    shared: Arc<Shared>,
    lanes: rayon::ThreadPool,
}

impl HostServer {
    fn new(hello: &Hello, function: Box<dyn Function>, page: Page, output: Output) -> Result<Self> {
        lane::keep_panics_for_rows();
        let is_fenced = os::can_fence_threads();
        let shared = Shared {
            function,
            page,
            output,
            queue: Mutex::default(),
            progresses: (0..hello.lanes).map(|_| Mutex::new(ChunkProgress::new(hello.wants_spans))).collect(),
            rings: (0..hello.lanes).map(|_| ClaimRing::new(is_fenced)).collect(),
            hanging: HangingLanes::new(hello.lanes),
            is_recalled: AtomicBool::new(false),
            is_recalled_whole: AtomicBool::new(false),
            wakeup: Wakeup::default(),
            first_worker: hello.first_worker as usize,
            start_ns: hello.start_ns,
            are_threads: hello.are_threads,
        };
        let shared = Arc::new(shared);
        let first_worker = shared.first_worker;
        let (pins, of_lanes) = (hello.pins, Arc::clone(&shared));
        let lanes = rayon::ThreadPoolBuilder::new()
            .num_threads(hello.lanes as usize)
            .thread_name(move |lane| format!("worker {}", first_worker + lane))
            .stack_size(STACK_BYTES)
            .start_handler(move |lane| {
                of_lanes.page.note_thread(lane);
                if pins {
                    os::pin_this_thread(first_worker - 1 + lane);
                }
            })
            .build()
            .map_err(|error| Error::pool(format!("start {} threads", hello.lanes), error))?;
        let looked_after = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("flusher".to_owned())
            .spawn(move || flusher::flush_loop(&looked_after))
            .map_err(|error| Error::pool("start a thread", error))?;
        Ok(Self { shared, lanes })
    }

    fn serve_loop(&self, frames: &mut FrameReader) -> Result<()> {
        self.shared.output.send(&Up::Ready { version: wire::VERSION, lock_turned_on_by: None });
        loop {
            match frames.next() {
                Ok(Some(Down::Work { first, inputs })) => self.take(Work { first, inputs }),
                Ok(Some(Down::Recall { whole })) => self.recall(whole),
                Ok(Some(Down::Close)) => return Ok(()),
                // What runs here has no stack that a person would know.
                Ok(Some(Down::Stack { .. })) => {}
                Ok(Some(Down::Fault { lane, fault, most_bytes })) => {
                    self.shared.make_fault(lane.into(), fault, most_bytes);
                }
                Ok(Some(Down::Hello(_)) | None) => os::end_own_tree(),
                Err(error) => return Err(Error::pool("speak to the pool", error)),
            }
        }
    }

    fn take(&self, work: Work) {
        self.shared.queue().push_back(work);
        let shared = Arc::clone(&self.shared);
        // Whichever lane is free first takes the oldest chunk; one that was given back meanwhile is nobody's.
        self.lanes.spawn(move || {
            let work = shared.queue().pop_front();
            if let Some(work) = work {
                calls::run(&shared, rayon::current_thread_index().unwrap_or_default(), work);
            }
        });
    }

    /// The flusher answers a moment later: what is done by then need not travel.
    fn recall(&self, whole: bool) {
        self.shared.is_recalled_whole.fetch_or(whole, Ordering::SeqCst);
        self.shared.is_recalled.store(true, Ordering::SeqCst);
        self.shared.wakeup.notify();
    }
}

impl Shared {
    /// A lane that panicked outside a function leaves the queue whole: it is only popped and pushed.
    fn queue(&self) -> MutexGuard<'_, VecDeque<Work>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As for the queue: nothing panics half-way through changing it.
    fn chunk_progress(&self, lane: usize) -> MutexGuard<'_, ChunkProgress> {
        self.progresses[lane].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nanoseconds since the run's Start.
    fn now_ns(&self) -> u64 {
        os::monotonic_ns().saturating_sub(self.start_ns)
    }
}

/// Reads whole frames off the channel.
struct FrameReader {
    channel: os::Channel,
    bytes: Vec<u8>,
    /// What of the bytes was read and not taken yet.
    unread: Range<usize>,
}

impl FrameReader {
    fn new(channel: os::Channel) -> Self {
        Self { channel, bytes: Vec::new(), unread: 0..0 }
    }

    /// The next frame; nothing when the parent is gone.
    fn next(&mut self) -> io::Result<Option<Down>> {
        loop {
            let frame = wire::split_frame(&self.bytes[self.unread.clone()]).map_err(io::Error::other)?;
            if let Some((kind, payload, length)) = frame {
                let down = wire::read_down(kind, payload).map_err(io::Error::other)?;
                self.unread.start += length;
                return Ok(Some(down));
            }
            self.bytes.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
            if self.fill()? == 0 {
                return Ok(None);
            }
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        let end = self.unread.end;
        if self.bytes.len() < end + READ_BYTES {
            self.bytes.resize(end + READ_BYTES, 0);
        }
        let read = loop {
            match self.channel.read(&mut self.bytes[end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A parent that died with our frames unread resets the channel: it is gone all the same.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => break 0,
                other => break other?,
            }
        };
        self.unread.end += read;
        Ok(read)
    }
}
