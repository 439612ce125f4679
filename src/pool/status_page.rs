//! The status page: a little memory that a host and its parent share, so that watching costs no messages and a host
//! that is killed leaves word of what it was executing.
//!
//! Layout: one line of 64 bytes for the host, then one a lane, so that lanes do not fight for a cache line. Each word
//! is an atomic of its own; a reader may see the start of an item a moment before or after its number, which is good
//! enough to watch, and exact once the host is dead.

use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::MmapRaw;

use super::os;
use super::record::{Obstacle, Readiness};
use super::{Executing, LiveLane};

/// Why a host could not go on although its parent lived, by the number that it leaves here, from 1.
const OBSTACLES: [Obstacle; 3] = [Obstacle::CutOff, Obstacle::ThreadEnded, Obstacle::PythonChanged];

const LINE_BYTES: usize = 64;
/// Words of the host's line.
const PEAK_RSS: usize = 0;
const BEATS: usize = 1;
const OBSTACLE: usize = 2;
const LOADING_SINCE: usize = 3;
const LOCK: usize = 4;
/// Of an interpreter whose threads take turns; other numbers but 0 are of one whose threads do not.
const HAS_LOCK: u64 = 1;
/// Words of a lane's line.
const EXECUTING: usize = 0;
const SINCE: usize = 1;
const CORE: usize = 2;
const THREAD: usize = 3;
/// Marks the number of an item as that of one which is over; what it came to may not have been sent yet.
const IS_OVER: u64 = 1 << 63;

/// A status page as the parent or the host sees it.
pub struct Page {
    memory: MmapRaw,
    lanes: usize,
}

impl Page {
    /// The bytes that a page for `lanes` lanes takes.
    pub fn size_bytes(lanes: usize) -> usize {
        (lanes + 1) * LINE_BYTES
    }

    /// Takes shared memory as the page of a host of `lanes` lanes; nothing where it is too small.
    pub fn new(memory: MmapRaw, lanes: usize) -> Option<Self> {
        (memory.len() >= Self::size_bytes(lanes)).then_some(Self { memory, lanes })
    }

    fn word(&self, line: usize, word: usize) -> &AtomicU64 {
        debug_assert!(line <= self.lanes && word * 8 < LINE_BYTES);
        // SAFETY: the mapping lives as long as `self`, `new` has checked that it holds all lines, a mapping starts at
        // a page boundary, so each word is aligned, and both processes touch it through atomics only.
        unsafe { AtomicU64::from_ptr(self.memory.as_mut_ptr().add(line * LINE_BYTES + word * 8).cast()) }
    }

    /// Notes that `lane` begins item `index` now (`since_ns` after Start).
    pub fn begin(&self, lane: usize, index: u64, since_ns: u64) {
        self.word(lane + 1, SINCE).store(since_ns, Ordering::Relaxed);
        // 0 stands for "none", so that a fresh page needs no filling.
        self.word(lane + 1, EXECUTING).store(index + 1, Ordering::Release);
    }

    /// Where `lane` notes that it goes on with another item, for many in a row.
    pub fn progress(&self, lane: usize) -> ItemProgress<'_> {
        ItemProgress(self.word(lane + 1, EXECUTING))
    }

    /// Notes that `lane` has no item in hand.
    pub fn end(&self, lane: usize) {
        self.word(lane + 1, EXECUTING).store(0, Ordering::Release);
    }

    /// Notes the core that `lane` is on, and the most memory the host held.
    pub fn note_usage(&self, lane: usize, peak_rss_bytes: Option<u64>) {
        let core = os::core_of_this_thread().map_or(0, |core| u64::from(core) + 1);
        self.word(lane + 1, CORE).store(core, Ordering::Relaxed);
        if let Some(bytes) = peak_rss_bytes {
            self.word(0, PEAK_RSS).fetch_max(bytes, Ordering::Relaxed);
        }
    }

    /// Notes which thread of the system `lane` is; called on it.
    pub fn note_thread(&self, lane: usize) {
        self.word(lane + 1, THREAD).store(os::this_thread().unwrap_or_default(), Ordering::Relaxed);
    }

    /// The thread that `lane` is, by its number in the system, where that has threads with numbers.
    pub fn thread(&self, lane: usize) -> Option<u64> {
        Some(self.word(lane + 1, THREAD).load(Ordering::Relaxed)).filter(|number| *number > 0)
    }

    /// Notes that the host is up and loads the function from now on (`now_ns` after Start).
    pub fn note_loading(&self, now_ns: u64) {
        self.word(0, LOADING_SINCE).store(now_ns, Ordering::Relaxed);
    }

    /// What the host told of itself.
    pub fn readiness(&self) -> Readiness {
        let [since_ns, lock] = [LOADING_SINCE, LOCK].map(|word| self.word(0, word).load(Ordering::Relaxed));
        Readiness {
            loading_since_ns: (since_ns > 0).then_some(since_ns),
            has_lock: (lock > 0).then_some(lock == HAS_LOCK),
        }
    }

    /// What `lane` does now, or did when its host died.
    pub fn live(&self, lane: usize) -> LiveLane {
        let executing = self.word(lane + 1, EXECUTING).load(Ordering::Acquire);
        let since_ns = self.word(lane + 1, SINCE).load(Ordering::Relaxed);
        let core = self.word(lane + 1, CORE).load(Ordering::Relaxed);
        let executing = executing.checked_sub(1).filter(|index| index & IS_OVER == 0);
        LiveLane {
            executing: executing.map(|index| Executing { index, since_ns }),
            core: core.checked_sub(1).map(|core| core as u32),
            silent_for_ns: None,
        }
    }

    /// The item that `lane` began last, where it is over. Only hosts that run foreign code tell.
    pub fn begun_last(&self, lane: usize) -> Option<Executing> {
        let number = self.word(lane + 1, EXECUTING).load(Ordering::Acquire);
        let since_ns = self.word(lane + 1, SINCE).load(Ordering::Relaxed);
        let index = (number & !IS_OVER).checked_sub(1).filter(|_| number & IS_OVER != 0)?;
        Some(Executing { index, since_ns })
    }

    /// Why the host could not go on, where it was not its parent's end.
    pub fn obstacle(&self) -> Option<Obstacle> {
        let number = self.word(0, OBSTACLE).load(Ordering::Relaxed);
        OBSTACLES.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }

    /// Shows that the host is alive.
    pub fn beat(&self) {
        self.word(0, BEATS).fetch_add(1, Ordering::Relaxed);
    }

    /// How often the host has shown that it is alive; it does so several times a second.
    pub fn beats(&self) -> u64 {
        self.word(0, BEATS).load(Ordering::Relaxed)
    }

    /// The lanes of the page.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// The most memory that the host held at once, as far as it told.
    pub fn peak_rss_bytes(&self) -> u64 {
        self.word(0, PEAK_RSS).load(Ordering::Relaxed)
    }
}

/// What a lane executes, as it notes it.
#[derive(Clone, Copy)]
pub struct ItemProgress<'a>(&'a AtomicU64);

impl ItemProgress<'_> {
    /// Notes that the lane goes on with item `index`, in the same moment as far as anybody watches.
    pub fn go_on(self, index: u64) {
        self.0.store(index + 1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use memmap2::MmapMut;

    use super::*;

    #[test]
    fn a_page_tells_what_each_lane_executes() {
        let memory = MmapMut::map_anon(Page::size_bytes(2)).unwrap().into();
        let page = Page::new(memory, 2).unwrap();
        assert_eq!(page.live(1).executing, None);
        page.begin(1, 0, 77);
        assert_eq!(page.live(1).executing, Some(Executing { index: 0, since_ns: 77 }));
        assert_eq!(page.live(0).executing, None);
        page.end(1);
        assert_eq!((page.live(1).executing, page.begun_last(1)), (None, None));
        page.word(2, EXECUTING).store(5 | IS_OVER, Ordering::Relaxed);
        assert_eq!(page.live(1).executing, None);
        assert_eq!(page.begun_last(1), Some(Executing { index: 4, since_ns: 77 }));
    }

    #[test]
    fn memory_that_is_too_small_is_no_page() {
        let memory = MmapMut::map_anon(Page::size_bytes(1)).unwrap().into();
        assert!(Page::new(memory, 2).is_none());
    }
}
