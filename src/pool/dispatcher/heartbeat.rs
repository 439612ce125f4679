//! The signs of life of one host: a number that it moves at least four times a second, and whether it does its work.

/// A host is looked at this often.
pub(super) const LOOKS_NS: u64 = 100_000_000;
/// Silent for so long is worth a word.
const SILENT_NS: u64 = 2_000_000_000;
/// A host that has work begins it within microseconds.
const IDLE_NS: u64 = 10_000_000_000;
/// One that neither gives a sign of life nor does its work, though nothing has stopped it, may still be in a call that keeps
/// all of its threads waiting; not for so long.
const SILENT_AND_IDLE_NS: u64 = 60_000_000_000;
/// Within this time it has moved, if it is well.
const BEAT_NS: u64 = 1_000_000_000;

/// What is known of a host's signs of life.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    /// The last one seen. A host may be ready before its first, and an item may then keep it from ever giving one.
    beat: u64,
    /// Since when it is the same; 0 before the first look.
    since_ns: u64,
    is_silent: bool,
    /// Since when it does nothing although it has work.
    idle_since_ns: Option<u64>,
}

/// What a look at a host has brought to light, and for how long it had been silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Silent { for_ns: u64 },
    Back { after_ns: u64 },
}

impl Heartbeat {
    /// Notes that something came from the host.
    pub(super) fn note_activity(&mut self) {
        self.idle_since_ns = None;
    }

    /// Takes the beat as it is seen now. Where this program itself has stood still, hosts may have as well, and their
    /// silence begins anew.
    pub(super) fn look(&mut self, beat: u64, now_ns: u64, have_stood_still: bool) -> Option<Change> {
        let silent_ns = now_ns.saturating_sub(self.since_ns);
        if self.since_ns == 0 || beat != self.beat || have_stood_still {
            (self.beat, self.since_ns) = (beat, now_ns);
            if have_stood_still {
                self.idle_since_ns = None;
            }
            let was_silent = std::mem::take(&mut self.is_silent);
            return was_silent.then_some(Change::Back { after_ns: silent_ns });
        }
        let is_new = silent_ns >= SILENT_NS && !self.is_silent;
        self.is_silent |= is_new;
        is_new.then_some(Change::Silent { for_ns: silent_ns })
    }

    /// For how long it has been silent, where that is too long.
    pub(super) fn silent_for_ns(&self, now_ns: u64) -> Option<u64> {
        self.is_silent.then(|| now_ns.saturating_sub(self.since_ns))
    }

    /// Whether it has not moved for that long, nor for longer than it ever takes where it is well.
    pub(super) fn stands_still(&self, now_ns: u64, least_ns: u64) -> bool {
        self.since_ns != 0 && now_ns.saturating_sub(self.since_ns) >= least_ns.max(BEAT_NS)
    }

    /// Notes that it executes nothing, whether it has work, and whether the system has stopped it; says whether it has been
    /// so for too long: then it does not know of its work, or can do none.
    pub(super) fn has_lost_work(&mut self, has_work: bool, is_stopped: bool, now_ns: u64) -> bool {
        if !has_work || is_stopped {
            self.idle_since_ns = None;
            return false;
        }
        let is_well = now_ns.saturating_sub(self.since_ns) < BEAT_NS;
        let limit_ns = if is_well { IDLE_NS } else { SILENT_AND_IDLE_NS };
        now_ns.saturating_sub(*self.idle_since_ns.get_or_insert(now_ns)) >= limit_ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND_NS: u64 = 1_000_000_000;

    #[test]
    fn silence_is_told_once_and_its_end_too() {
        let mut heartbeat = Heartbeat::default();
        assert_eq!(heartbeat.look(0, 9 * SECOND_NS, false), None);
        assert_eq!(heartbeat.look(1, 10 * SECOND_NS, false), None);
        assert_eq!(heartbeat.look(1, 11 * SECOND_NS, false), None);
        let silent = Some(Change::Silent { for_ns: 2 * SECOND_NS });
        assert_eq!(heartbeat.look(1, 12 * SECOND_NS, false), silent);
        assert_eq!(heartbeat.look(1, 13 * SECOND_NS, false), None);
        assert_eq!(heartbeat.silent_for_ns(13 * SECOND_NS), Some(3 * SECOND_NS));
        assert_eq!(heartbeat.look(2, 14 * SECOND_NS, false), Some(Change::Back { after_ns: 4 * SECOND_NS }));
    }

    #[test]
    fn a_host_that_never_gives_a_sign_is_silent_too() {
        let mut heartbeat = Heartbeat::default();
        assert!(!heartbeat.stands_still(9 * SECOND_NS, 0), "it was not looked at yet");
        assert_eq!(heartbeat.look(0, 10 * SECOND_NS, false), None);
        assert_eq!(heartbeat.look(0, 11 * SECOND_NS, false), None);
        assert!(heartbeat.stands_still(11 * SECOND_NS, 0));
        let silent = Some(Change::Silent { for_ns: 2 * SECOND_NS });
        assert_eq!(heartbeat.look(0, 12 * SECOND_NS, false), silent);
    }

    #[test]
    fn what_stood_still_together_with_this_program_is_not_silent() {
        let mut heartbeat = Heartbeat::default();
        heartbeat.look(1, SECOND_NS, false);
        assert_eq!(heartbeat.look(1, 60 * SECOND_NS, true), None);
        assert_eq!(heartbeat.look(1, 61 * SECOND_NS, false), None);
    }

    #[test]
    fn a_host_that_lives_and_does_nothing_has_lost_its_work() {
        let mut heartbeat = Heartbeat::default();
        let mut look = |at_s: u64, has_work| {
            heartbeat.look(at_s, at_s * SECOND_NS, false);
            heartbeat.has_lost_work(has_work, false, at_s * SECOND_NS)
        };
        assert!(!look(1, true) && !look(10, true));
        assert!(look(11, true));
        assert!(!look(12, false) && !look(20, true));
    }

    #[test]
    fn a_host_that_is_silent_and_not_stopped_has_a_minute() {
        let mut heartbeat = Heartbeat::default();
        heartbeat.look(1, SECOND_NS, false);
        let mut look = |at_s: u64, is_stopped| {
            heartbeat.look(1, at_s * SECOND_NS, false);
            heartbeat.has_lost_work(true, is_stopped, at_s * SECOND_NS)
        };
        assert!(!look(10, false) && !look(69, false));
        assert!(look(70, false));
        assert!(!look(71, true) && !look(1000, true), "somebody has stopped it, and may wake it");
        assert!(!look(1001, false) && look(1061, false));
    }
}
