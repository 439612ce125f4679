//! The chunks that a host has, and how far its lanes are with them, as it has reported.

use std::collections::VecDeque;

use super::queue::Chunk;

/// A chunk that a host has, and how much of it is finished; a lane works through it from the front.
#[derive(Debug, Clone, Copy)]
struct Held {
    chunk: Chunk,
    finished: u64,
}

impl Held {
    fn rest(&self) -> Chunk {
        Chunk { first: self.chunk.first + self.finished, count: self.chunk.count - self.finished }
    }
}

/// All chunks of one host, in the order in which they were given.
#[derive(Debug, Default)]
pub(super) struct HeldChunks {
    chunks: VecDeque<Held>,
    given_chunks: usize,
    given_items: u64,
}

impl HeldChunks {
    pub(super) fn len(&self) -> usize {
        self.chunks.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Chunks that the host was ever given.
    pub(super) fn given_chunks(&self) -> usize {
        self.given_chunks
    }

    /// Items that it was given and did not give back; since its life was prolonged, where it was.
    pub(super) fn given_items(&self) -> u64 {
        self.given_items
    }

    /// Counts items from here on, as for a new host: what it has in hand is the first of them.
    pub(super) fn count_anew(&mut self) {
        self.given_items = self.chunks.iter().map(|held| held.chunk.count).sum();
    }

    pub(super) fn give(&mut self, chunk: Chunk) {
        self.given_chunks += 1;
        self.given_items += chunk.count;
        self.chunks.push_back(Held { chunk, finished: 0 });
    }

    /// Notes that the next `count` items from `first` on are finished; false where it does not have them.
    pub(super) fn note_finished(&mut self, first: u64, count: u64) -> bool {
        let is_of = |held: &Held| held.rest().first == first && held.rest().count >= count;
        let Some(place) = self.chunks.iter().position(is_of) else { return false };
        self.chunks[place].finished += count;
        self.forget_if_done(place);
        true
    }

    /// Notes that unbegun items were given back, a whole chunk or the rest of one; false where it does not have them.
    pub(super) fn give_back(&mut self, given: Chunk) -> bool {
        let holds = |held: &Held| held.chunk.end() == given.end() && held.rest().count >= given.count;
        let Some(place) = self.chunks.iter().position(holds) else { return false };
        self.chunks[place].chunk.count -= given.count;
        self.given_items -= given.count;
        self.forget_if_done(place);
        true
    }

    fn forget_if_done(&mut self, place: usize) {
        if self.chunks[place].rest().count == 0 {
            self.chunks.remove(place);
        }
    }

    /// What is not finished.
    pub(super) fn unfinished(&self) -> impl DoubleEndedIterator<Item = Chunk> {
        self.chunks.iter().map(Held::rest)
    }

    /// Whether the item is among what is not finished.
    pub(super) fn contains(&self, index: u64) -> bool {
        self.unfinished().any(|chunk| chunk.contains(index))
    }

    /// Whether some item waits that none of so many lanes has begun, which may be known only to the host.
    pub(super) fn may_have_unbegun(&self, lanes: usize) -> bool {
        self.len() > lanes || self.unfinished().any(|chunk| chunk.count > 1)
    }

    /// Whether another lane could run some of it: chunks wait for one of so many lanes, or a chunk, which is one lane's,
    /// has more than one item left.
    pub(super) fn has_to_spare(&self, lanes: usize) -> bool {
        let in_hand = self.len().min(lanes) as u64;
        self.unfinished().map(|chunk| chunk.count).sum::<u64>() > in_hand
    }

    /// The items before this one that are not finished, or are and were not reported.
    pub(super) fn unfinished_before(&self, index: u64) -> Vec<Chunk> {
        let before = self.unfinished().take_while(|chunk| !chunk.contains(index));
        let within = self.unfinished().find(|chunk| chunk.contains(index));
        let within = within.map(|chunk| Chunk { count: index - chunk.first, ..chunk });
        before.chain(within).collect()
    }

    /// Of those, the ones that so many lanes are certain to have begun: lanes beside each other may have begun chunks in
    /// any order.
    pub(super) fn begun_before(&self, index: u64, lanes: usize) -> Vec<Chunk> {
        let mut before = self.unfinished_before(index);
        if lanes > 1 {
            before.drain(..before.len().saturating_sub(1));
        }
        before
    }
}
