//! What each worker did when: the lives of its hosts and the spans in which it ran items.
//!
//! Short spans that follow each other closely are merged, so that a lane's history is bounded by time and not by the
//! number of items; the items of a merged span are found again through their rows.

use serde::{Deserialize, Serialize};

use super::core_stays::{CoreStay, CoreStays};
use super::core_time::CoreTimes;
use super::journal::Journal;
use crate::function::Fault;

/// Neighbouring spans merge while the merged one stays shorter than this.
const MERGED_NS: u64 = 1_000_000;
/// A pause longer than this is kept as a pause.
const PAUSE_NS: u64 = 100_000;

/// A stretch in which the worker ran items without a pause worth drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub start_ns: u64,
    pub end_ns: u64,
    /// Time within items; the rest are the engine's pauses between them.
    pub busy_ns: u64,
    /// The lowest and highest index run in this stretch. Other workers may have run some of those between.
    pub first: u64,
    pub last: u64,
    pub items: u64,
    pub failed: u64,
}

/// Why a host's life ended.
///
/// Run files hold the place of a variant: new ones come last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LifeEnd {
    /// It was told to, after its work.
    Closed,
    /// It was ended by a Stop.
    Stopped,
    /// It gave way to a new one by the pool's rules, after its work.
    Recycled,
    /// It was ended because an item took longer than the timeout.
    TimedOut,
    /// It was ended because it held more memory than this limit.
    OverMemory { limit_bytes: u64 },
    /// It was ended because the machine was about to run out of memory, of which it held so much.
    MachineFull { held_bytes: u64 },
    /// A person ended it through this program.
    Killed,
    /// Something sent it this signal.
    Signal(i32),
    /// It left by itself with this code.
    Exit(i32),
    /// It could not go on, although this program lived.
    Obstructed(Obstacle),
    /// It sent something that makes no sense; the sentence says what.
    Broken(String),
    /// A person had it make this fault.
    Injected(Fault),
}

/// Why a process could not go on.
///
/// Run files hold the place of a variant: new ones come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// The function closed or replaced the descriptor by which its process speaks to this program.
    CutOff,
    /// The function ended the thread of its worker.
    ThreadEnded,
    /// The function changed its Python, or it had no more memory.
    PythonChanged,
    /// The function ended the thread of its worker while that held the interpreter's lock.
    LockLost,
    /// The function took what was sent to its process, or nothing of it reaches the one who should do it.
    WorkLost,
    /// It has work, does nothing and gives no sign of life.
    Silent,
    /// Something has stopped the process between two items, for longer than the timeout.
    StoppedBetween,
    /// The system refuses to carry messages to it or from it.
    Unreachable,
    /// It has closed its channel, and goes on.
    ChannelClosed,
    /// Its first thread was ended, and others go on.
    FirstThreadEnded,
    /// It was killed, and is still there.
    DoesNotEnd,
}

impl LifeEnd {
    /// Whether it was this program that ended the process.
    pub fn is_by_this_program(&self) -> bool {
        match self {
            Self::Closed | Self::Stopped | Self::Recycled | Self::TimedOut | Self::Killed => true,
            Self::OverMemory { .. } | Self::MachineFull { .. } => true,
            Self::Signal(_) | Self::Exit(_) | Self::Obstructed(_) | Self::Broken(_) | Self::Injected(_) => {
                false
            }
        }
    }
}

/// A time in which a lane had nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idle {
    pub from_ns: u64,
    pub upto_ns: u64,
}

/// What a host tells of itself when it has loaded the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Readiness {
    /// When it was up and began to load the function, after Start.
    pub loading_since_ns: Option<u64>,
    /// Whether its threads take turns under an interpreter's lock; nothing where it has no such lock at all.
    pub has_lock: Option<bool>,
}

/// One host under a lane, from its launch to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    pub pid: u32,
    pub launched_ns: u64,
    pub readiness: Readiness,
    pub ready_ns: Option<u64>,
    pub ended_ns: Option<u64>,
    pub end: Option<LifeEnd>,
    /// The most memory it held at once, as far as it told.
    pub peak_rss_bytes: u64,
}

/// The history of one worker.
#[derive(Debug, Clone, Default)]
pub struct Lane {
    /// No worker of the pool, but the one in which suspects run alone.
    pub is_for_suspects: bool,
    /// It was suspended through this program.
    pub is_suspended: bool,
    /// The pool was made smaller: this worker takes no more work.
    pub is_retired: bool,
    pub lives: Journal<Life>,
    /// The highest of lives that are not kept any more.
    pub forgotten_peak_rss_bytes: u64,
    pub segments: Journal<Segment>,
    pub core_times: CoreTimes,
    /// Empty where the system does not tell.
    pub core_stays: CoreStays,
    pub idles: Journal<Idle>,
    /// Items that ended here: not those that were cut off and have not failed by that.
    pub items: u64,
    pub failed: u64,
    pub busy_ns: u64,
    /// Of that, in items that were cut off, whose CPU time nobody could read.
    pub cut_off_ns: u64,
    pub cpu_s: f64,
}

impl Lane {
    /// The process under this lane at a time; the last one where it is later than all.
    pub fn pid_at(&self, at_ns: u64) -> Option<u32> {
        let later = self.lives.partition_point(|life| life.launched_ns <= at_ns);
        let life = later.checked_sub(1).and_then(|place| self.lives.get(place));
        life.or(self.lives.last()).map(|life| life.pid)
    }

    /// The process under this lane now or last.
    pub fn pid(&self) -> Option<u32> {
        self.lives.last().map(|life| life.pid)
    }

    /// Whether a process is under this lane now.
    pub fn is_alive(&self) -> bool {
        self.lives.last().is_some_and(|life| life.ended_ns.is_none())
    }

    /// The most memory that any host under this lane held at once.
    pub fn peak_rss_bytes(&self) -> u64 {
        let kept = self.lives.iter().map(|life| life.peak_rss_bytes).max().unwrap_or_default();
        kept.max(self.forgotten_peak_rss_bytes)
    }

    /// Lets the part of its history go that speaks of no row from `index` on.
    pub fn release(&mut self, index: u64) {
        self.segments.forget_while(|segment| segment.last < index);
        let Some(first_ns) = self.segments.iter().next().map(|segment| segment.start_ns) else { return };
        self.core_times.stretches.forget_while(|stretch| stretch.upto_ns < first_ns);
        self.core_stays.stays.forget_while(|stay| stay.upto_ns < first_ns);
        self.idles.forget_while(|idle| idle.upto_ns < first_ns);
        for life in self.lives.forget_while(|life| life.ended_ns.is_some_and(|ended_ns| ended_ns < first_ns))
        {
            self.forgotten_peak_rss_bytes = self.forgotten_peak_rss_bytes.max(life.peak_rss_bytes);
        }
    }

    /// The segments that touch the time from `from_ns` to `to_ns`, in order.
    pub fn segments_between(&self, from_ns: u64, to_ns: u64) -> impl Iterator<Item = &Segment> {
        let first = self.segments.partition_point(|segment| segment.end_ns < from_ns);
        self.segments.iter_from(first).take_while(move |segment| segment.start_ns <= to_ns)
    }

    /// Records a stretch of finished items.
    pub fn add(&mut self, new: Segment) {
        self.items += new.items;
        self.failed += new.failed;
        self.busy_ns += new.busy_ns;
        if let Some(last) = self.segments.last()
            && new.start_ns >= last.end_ns
            && new.start_ns - last.end_ns <= PAUSE_NS
            && new.end_ns - last.start_ns <= MERGED_NS
            && let Some(last) = self.segments.last_mut()
        {
            last.end_ns = new.end_ns;
            last.busy_ns += new.busy_ns;
            last.first = last.first.min(new.first);
            last.last = last.last.max(new.last);
            last.items += new.items;
            last.failed += new.failed;
        } else {
            self.segments.push(new);
        }
    }

    /// Records the core that the thread was seen on.
    pub fn add_stay(&mut self, new: CoreStay) {
        let last_ns = self.core_stays.stays.last().map_or(0, |stay| stay.upto_ns);
        let is_same_thread = self.pid_at(last_ns) == self.pid_at(new.from_ns);
        self.core_stays.add(new, is_same_thread);
    }

    /// Records an item that was cut off. It is one of this worker's items only where it has failed by that.
    pub fn add_cut_off(&mut self, cut_off: Segment) {
        self.cut_off_ns += cut_off.busy_ns;
        self.add(cut_off);
        self.items -= cut_off.items - cut_off.failed.min(cut_off.items);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(start_ns: u64, end_ns: u64, first: u64) -> Segment {
        Segment { start_ns, end_ns, busy_ns: end_ns - start_ns, first, last: first, items: 1, failed: 0 }
    }

    #[test]
    fn short_neighbours_merge_and_long_ones_do_not() {
        let mut lane = Lane::default();
        lane.add(segment(0, 1_000, 5));
        lane.add(segment(2_000, 3_000, 3));
        assert_eq!(lane.segments.len(), 1);
        let merged = lane.segments.last().unwrap();
        assert_eq!((merged.first, merged.last, merged.items, merged.busy_ns), (3, 5, 2, 2_000));
        lane.add(segment(3_000, 5_000_000, 6));
        lane.add(segment(9_000_000, 9_000_100, 7));
        assert_eq!((lane.segments.len(), lane.items), (3, 4));
    }

    #[test]
    fn what_speaks_of_released_rows_goes() {
        let mut lane = Lane::default();
        for n in 0..10_000 {
            lane.add(segment(n * 10_000_000, n * 10_000_000 + 5_000_000, n));
            lane.lives.push(Life {
                pid: n as u32,
                launched_ns: n * 10_000_000,
                readiness: Readiness::default(),
                ready_ns: None,
                ended_ns: Some(n * 10_000_000 + 6_000_000),
                end: None,
                peak_rss_bytes: 10_000 - n,
            });
        }
        lane.release(9_000);
        let kept = lane.segments.len() - lane.segments.forgotten();
        assert!((1_000..1_200).contains(&kept), "{kept}");
        assert!(lane.segments.iter().any(|segment| segment.first == 9_000));
        assert!(lane.lives.len() - lane.lives.forgotten() < 1_400);
        assert_eq!((lane.pid_at(9_500 * 10_000_000), lane.peak_rss_bytes()), (Some(9_500), 10_000));
    }

    #[test]
    fn segments_are_found_by_time() {
        let mut lane = Lane::default();
        (0..1000).for_each(|n| lane.add(segment(n * 10_000_000, n * 10_000_000 + 5_000_000, n)));
        let found: Vec<u64> =
            lane.segments_between(26_000_000, 41_000_000).map(|segment| segment.first).collect();
        assert_eq!(found, [3, 4]);
    }

    #[test]
    fn the_process_of_a_time_is_the_one_that_lived_then() {
        let mut lane = Lane::default();
        for (pid, launched_ns) in [(11, 0), (12, 100)] {
            let life = Life {
                pid,
                launched_ns,
                readiness: Readiness::default(),
                ready_ns: None,
                ended_ns: None,
                end: None,
                peak_rss_bytes: pid.into(),
            };
            lane.lives.push(life);
        }
        assert_eq!((lane.pid_at(50), lane.pid_at(100), lane.peak_rss_bytes()), (Some(11), Some(12), 12));
    }
}
