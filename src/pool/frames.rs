//! Cuts what a host sends into frames: whole ones, whatever pieces they come in. Notices a frame that was begun and
//! never goes on: something other than the engine has written to the channel then, and all that follows would be
//! taken for the rest of that frame.

use super::wire::{self, Decoded};

/// The kind and payload of a frame, or why it is none.
pub type Frame<'a> = Decoded<(u8, &'a [u8])>;

/// A host is looked at this often at most.
const LOOK_NS: u64 = 250_000_000;
/// So many looks at a host that is alive and adds nothing to its frame are enough: about 3 s.
const LOOKS: u32 = 12;
/// More room than this is given back when it is not needed any more.
const KEPT_ROOM_BYTES: usize = 1 << 20;

/// The frame in progress of one host.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    bytes: Vec<u8>,
    /// Something came that makes no sense: nothing that follows can be trusted.
    is_broken: bool,
    /// Looks since more of it has come.
    looks: u32,
    looked_ns: u64,
    beats: u64,
}

impl FrameDecoder {
    /// Takes what came and gives the kind and payload of each frame that is whole. What makes no sense is given as that,
    /// and all that comes with it or after it is thrown away.
    pub fn take(&mut self, bytes: &[u8], mut on_frame: impl FnMut(Frame<'_>)) {
        if self.is_broken {
            return;
        }
        self.looks = 0;
        let is_broken = &mut self.is_broken;
        let mut on_frame = |frame: Frame<'_>| {
            *is_broken |= frame.is_err();
            on_frame(frame);
        };
        if self.bytes.is_empty() {
            // The usual case: whole frames are read where they lie.
            let read = whole_frames(bytes, &mut on_frame);
            self.bytes.extend_from_slice(&bytes[read..]);
        } else {
            self.bytes.extend_from_slice(bytes);
            let read = whole_frames(&self.bytes, &mut on_frame);
            self.bytes.drain(..read);
            // One large result is no reason to hold as much for as long as the host lives.
            if self.bytes.capacity() > KEPT_ROOM_BYTES && self.bytes.len() < KEPT_ROOM_BYTES / 2 {
                self.bytes.shrink_to(KEPT_ROOM_BYTES);
            }
        }
    }

    /// Looks whether a frame was begun of which the rest will never come. Only looks between which the host has shown
    /// that it is alive count: one that is suspended goes on when it is woken.
    pub fn are_stalled(&mut self, now_ns: u64, beats: u64) -> bool {
        if beats != self.beats && now_ns.saturating_sub(self.looked_ns) >= LOOK_NS {
            (self.looked_ns, self.beats) = (now_ns, beats);
            self.looks += 1;
        }
        !self.bytes.is_empty() && self.looks > LOOKS
    }
}

/// Gives the whole frames at the front and says how many bytes they took; all of them where they make no sense.
fn whole_frames(bytes: &[u8], on_frame: &mut impl FnMut(Frame<'_>)) -> usize {
    let mut start = 0;
    loop {
        match wire::split_frame(&bytes[start..]) {
            Ok(None) => return start,
            Ok(Some((kind, payload, length))) => {
                on_frame(Ok((kind, payload)));
                start += length;
            }
            Err(malformed) => {
                on_frame(Err(malformed));
                return bytes.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND_NS: u64 = 1_000_000_000;
    /// Two bytes of a frame of three.
    const BEGUN: [u8; 6] = [3, 0, 0, 0, 65, 1];

    fn taken(frames: &mut FrameDecoder, bytes: &[u8]) -> Vec<Option<Vec<u8>>> {
        let mut taken = Vec::new();
        frames.take(bytes, |frame| taken.push(frame.ok().map(|(_, payload)| payload.to_vec())));
        taken
    }

    #[test]
    fn frames_are_whole_whatever_pieces_they_come_in() {
        let mut frames = FrameDecoder::default();
        assert_eq!(taken(&mut frames, &BEGUN), []);
        assert_eq!(taken(&mut frames, &[2, 1, 0, 0, 0, 65, 2]), [Some(vec![1, 2]), Some(vec![])]);
        assert_eq!(taken(&mut frames, &[0, 0, 0, 65, 7]), [Some(vec![7])]);
        assert_eq!(taken(&mut frames, b"rubbish"), [None]);
        assert_eq!(taken(&mut frames, &[1, 0, 0, 0, 65]), [], "what follows rubbish cannot be trusted");
    }

    #[test]
    fn a_large_frame_leaves_no_room_behind() {
        let mut frames = FrameDecoder::default();
        let mut large = (4_u32 << 20).to_le_bytes().to_vec();
        large.push(65);
        large.resize(large.len() + (4 << 20), 7);
        let (begin, rest) = large.split_at(100);
        assert_eq!(taken(&mut frames, begin), []);
        assert_eq!(taken(&mut frames, rest).len(), 1);
        assert!(frames.bytes.capacity() <= KEPT_ROOM_BYTES);
    }

    #[test]
    fn a_frame_that_stands_still_for_seconds_is_given_up() {
        let mut frames = FrameDecoder::default();
        let stalls = |frames: &mut FrameDecoder| {
            let mut looks = (0..100).map(|look| look * SECOND_NS / 10);
            looks.find(|now_ns| frames.are_stalled(*now_ns, *now_ns))
        };
        assert_eq!(stalls(&mut frames), None);
        taken(&mut frames, &BEGUN);
        let stalled_ns =
            stalls(&mut FrameDecoder { bytes: BEGUN.to_vec(), ..FrameDecoder::default() }).unwrap();
        assert!((3 * SECOND_NS..5 * SECOND_NS).contains(&stalled_ns), "{stalled_ns}");
    }

    #[test]
    fn the_frame_of_a_suspended_host_is_waited_for() {
        let mut frames = FrameDecoder::default();
        taken(&mut frames, &BEGUN);
        assert!((0..1000).all(|look| !frames.are_stalled(look * SECOND_NS, 7)));
    }
}
