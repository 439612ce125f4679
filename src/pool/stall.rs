//! Notices a frame that was begun and never goes on: something other than the engine has written to the channel, and
//! all that follows would be taken for the rest of that frame.

/// A host is looked at this often at most.
const LOOK_NS: u64 = 250_000_000;
/// So many looks at a host that is alive and adds nothing to its frame are enough: about 3 s.
const LOOKS: u32 = 12;

/// How long the frame that a host has begun has stood still.
#[derive(Debug, Default)]
pub struct Stall {
    looks: u32,
    looked_ns: u64,
    beats: u64,
}

impl Stall {
    /// More of the frame has come.
    pub fn goes_on(&mut self) {
        self.looks = 0;
    }

    /// Looks at a host with a frame in progress; says whether the rest of it will never come. Only looks between which
    /// the host has shown that it is alive count: one that is suspended goes on when it is woken.
    pub fn is_for_ever(&mut self, now_ns: u64, beats: u64) -> bool {
        if beats != self.beats && now_ns.saturating_sub(self.looked_ns) >= LOOK_NS {
            (self.looked_ns, self.beats) = (now_ns, beats);
            self.looks += 1;
        }
        self.looks > LOOKS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND_NS: u64 = 1_000_000_000;

    #[test]
    fn a_frame_that_stands_still_for_seconds_is_given_up() {
        let mut stall = Stall::default();
        let looks = (0..100).map(|look| look * SECOND_NS / 10);
        let given_up = looks.into_iter().find(|now_ns| stall.is_for_ever(*now_ns, *now_ns)).unwrap();
        assert!((3 * SECOND_NS..5 * SECOND_NS).contains(&given_up), "{given_up}");
        stall.goes_on();
        assert!(!stall.is_for_ever(11 * SECOND_NS, 1));
    }

    #[test]
    fn one_of_a_suspended_host_is_waited_for() {
        let mut stall = Stall::default();
        assert!((0..1000).all(|look| !stall.is_for_ever(look * SECOND_NS, 7)));
    }
}
