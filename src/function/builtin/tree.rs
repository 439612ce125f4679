//! Trees of work: parts that are worked on beside each other, and joined in pairs up to one.
//!
//! An item is a node of the tree. All nodes of a process share what is made already: one that needs what another thread is at
//! waits for it, and makes itself what nobody has begun. So the result is the same in any order, with threads and with
//! processes; but only threads gain by it.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::{SplitMix64, boxed, int, integer};
use crate::function::{Builtin, Function, Nature, Param, Takes};
use crate::value::{Value, grouped};

/// The input that stands for the whole tree, done at once. Nodes are counted from the parts, level by level.
const AT_ONCE: i64 = -1;
const SAMPLE_INPUTS: &str = "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14";
const PARTS: Param =
    int("parts", "How many parts there are, which are the first nodes of the tree.", 1, 64, 8);
const SEED: Param = int("seed", "The seed that the parts are made of.", 0, i64::MAX, 1);
const MOST_IN_A_PART: i64 = 1 << 24;

pub(super) const MERGE_SORT_TREE: Builtin = Builtin {
    name: "merge_sort_tree",
    summary: "Sorts one part of random numbers, or merges two sorted ones: a node of a tree; -1 sorts all at once.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: SAMPLE_INPUTS,
    params: &[PARTS, int("part_numbers", "How many numbers a part has.", 1, MOST_IN_A_PART, 1 << 19), SEED],
    make: |params| {
        let sorting = Sorting { numbers: params.int("part_numbers") as usize, seed: params.int("seed") };
        tree(sorting, params.int("parts"))
    },
};

pub(super) const WORD_COUNT_TREE: Builtin = Builtin {
    name: "word_count_tree",
    summary: "Counts the words of one part of a text, or joins two counts: a node of a tree; -1 counts all at once.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: SAMPLE_INPUTS,
    params: &[PARTS, int("part_words", "How many words a part has.", 1, MOST_IN_A_PART, 2_000_000), SEED],
    make: |params| {
        let counting = Counting { words: params.int("part_words") as u64, seed: params.int("seed") };
        tree(counting, params.int("parts"))
    },
};

/// What is done in a tree.
trait Work: Send + Sync + 'static {
    type Piece: Send;

    /// Makes these neighbouring parts and does all of them at once.
    fn leaf(&self, first: u64, count: u64) -> Self::Piece;

    fn join(&self, left: Self::Piece, right: Self::Piece) -> Self::Piece;

    /// What a person is told of a piece; pieces that differ are told differently.
    fn told(&self, piece: &Self::Piece) -> String;
}

struct Tree<W: Work> {
    work: W,
    parts: u64,
    nodes: Vec<OnceLock<Node<W::Piece>>>,
}

struct Node<P> {
    told: String,
    /// Its parent takes it away.
    piece: Mutex<Option<P>>,
}

fn tree<W: Work>(work: W, parts: i64) -> Box<dyn Function> {
    let nodes = (1..2 * parts).map(|_| OnceLock::new()).collect();
    let tree = Tree { work, parts: parts as u64, nodes };
    boxed(move |_, input| tree.called(integer(input)?).map(Value::Text))
}

impl<W: Work> Tree<W> {
    fn called(&self, input: i64) -> Result<String, String> {
        match usize::try_from(input) {
            Ok(node) if node < self.nodes.len() => Ok(self.node(node).told.clone()),
            _ if input == AT_ONCE => Ok(self.work.told(&self.work.leaf(0, self.parts))),
            _ => Err(format!(
                "there is no node {input}: the tree has {}, counted from 0, and {AT_ONCE} stands for all at once",
                self.nodes.len()
            )),
        }
    }

    /// The node, made now if nobody has begun it; otherwise this waits until it is made.
    fn node(&self, place: usize) -> &Node<W::Piece> {
        self.nodes[place].get_or_init(|| {
            let piece = match place.checked_sub(self.parts as usize) {
                None => self.work.leaf(place as u64, 1),
                Some(pair) => match [2 * pair, 2 * pair + 1].map(|child| self.node(child).taken()) {
                    [Some(left), Some(right)] => self.work.join(left, right),
                    // Each node has one parent, which is made once.
                    _ => unreachable!("a piece was taken twice"),
                },
            };
            Node { told: self.work.told(&piece), piece: Mutex::new(Some(piece)) }
        })
    }
}

impl<P> Node<P> {
    fn taken(&self) -> Option<P> {
        // The lock guards nothing that could be left half done.
        self.piece.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Merge sort, as in Knuth, "The Art of Computer Programming", volume 3, section 5.2.4.
struct Sorting {
    numbers: usize,
    seed: i64,
}

impl Work for Sorting {
    type Piece = Vec<u32>;

    fn leaf(&self, first: u64, count: u64) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.numbers * count as usize);
        for part in first..first + count {
            let mut source = SplitMix64::for_item(self.seed, part);
            numbers.extend((0..self.numbers).map(|_| (source.next() >> 32) as u32));
        }
        sorted(numbers)
    }

    fn join(&self, left: Vec<u32>, right: Vec<u32>) -> Vec<u32> {
        let mut merged = vec![0; left.len() + right.len()];
        merge(&left, &right, &mut merged);
        merged
    }

    fn told(&self, numbers: &Vec<u32>) -> String {
        let sum = numbers.iter().fold(FNV_START, |sum, number| fnv(sum, (*number).into()));
        format!("{} numbers, checksum {sum:016x}", grouped(numbers.len() as u64))
    }
}

/// Merges runs of one number, then of two, of four and so on, to and fro between two buffers.
fn sorted(mut numbers: Vec<u32>) -> Vec<u32> {
    let mut merged = vec![0; numbers.len()];
    let mut run = 1;
    while run < numbers.len() {
        for (from, to) in numbers.chunks(2 * run).zip(merged.chunks_mut(2 * run)) {
            let (left, right) = from.split_at(run.min(from.len()));
            merge(left, right, to);
        }
        std::mem::swap(&mut numbers, &mut merged);
        run *= 2;
    }
    numbers
}

/// Merges two sorted slices into a third one, which is as long as both.
fn merge(left: &[u32], right: &[u32], merged: &mut [u32]) {
    let (mut next_left, mut next_right) = (0, 0);
    for place in merged {
        let is_left = match (left.get(next_left), right.get(next_right)) {
            (Some(left), Some(right)) => left <= right,
            (left, _) => left.is_some(),
        };
        let (from, next) = if is_left { (left, &mut next_left) } else { (right, &mut next_right) };
        *place = from[*next];
        *next += 1;
    }
}

/// Counts the words of a text that is made of a seed.
struct Counting {
    words: u64,
    seed: i64,
}

type Counts = HashMap<String, u64, BuildHasherDefault<DefaultHasher>>;

/// So many different words there can be.
const VOCABULARY: f64 = 20_000.0;
const SYLLABLES: [&str; 16] =
    ["ka", "lo", "mi", "ne", "ru", "ta", "so", "vi", "pe", "du", "ha", "ji", "bo", "ge", "wa", "zu"];

impl Work for Counting {
    type Piece = Counts;

    fn leaf(&self, first: u64, count: u64) -> Counts {
        let mut counts = Counts::default();
        let mut text = String::new();
        for part in first..first + count {
            text.clear();
            self.write_part(part, &mut text);
            for word in text.split_ascii_whitespace() {
                match counts.get_mut(word) {
                    Some(count) => *count += 1,
                    None => _ = counts.insert(word.to_owned(), 1),
                }
            }
        }
        counts
    }

    fn join(&self, mut left: Counts, right: Counts) -> Counts {
        for (word, count) in right {
            *left.entry(word).or_default() += count;
        }
        left
    }

    fn told(&self, counts: &Counts) -> String {
        let words: u64 = counts.values().sum();
        // A sum, since the order of the words is no part of the counts.
        let of_word = |(word, count): (&String, &u64)| fnv(counts.hasher().hash_one(word), *count);
        let sum = counts.iter().map(of_word).fold(0, u64::wrapping_add);
        format!("{} words, {} different, checksum {sum:016x}", grouped(words), grouped(counts.len() as u64))
    }
}

impl Counting {
    /// Words as often as in any language: that of rank n about 1/n as often as the first (G. K. Zipf, "Human Behavior and the
    /// Principle of Least Effort", 1949).
    fn write_part(&self, part: u64, text: &mut String) {
        let mut source = SplitMix64::for_item(self.seed, part);
        for _ in 0..self.words {
            let mut rank = VOCABULARY.powf(source.unit()) as usize;
            while rank > 0 {
                text.push_str(SYLLABLES[rank % SYLLABLES.len()]);
                rank /= SYLLABLES.len();
            }
            text.push(' ');
        }
    }
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// One step of FNV-1a (Fowler, Noll and Vo) over eight bytes at a time.
fn fnv(sum: u64, number: u64) -> u64 {
    (sum ^ number).wrapping_mul(0x0000_0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn sorting() -> Tree<Sorting> {
        new(Sorting { numbers: 1000, seed: 7 }, 8)
    }

    fn new<W: Work>(work: W, parts: u64) -> Tree<W> {
        Tree { work, parts, nodes: (1..2 * parts).map(|_| OnceLock::new()).collect() }
    }

    #[test]
    fn a_tree_comes_to_what_is_done_at_once_whoever_makes_which_node() {
        let (tree, at_once) = (sorting(), sorting().called(AT_ONCE).unwrap());
        assert!(at_once.starts_with("8,000 numbers, checksum "), "{at_once}");
        // The root first: it makes all others itself, and they are told all the same.
        assert_eq!(
            [14, 14, 0].map(|node| tree.called(node).unwrap()).map(|told| told == at_once),
            [true, true, false]
        );
        let shared = sorting();
        thread::scope(|scope| {
            for worker in 0..3 {
                let shared = &shared;
                scope.spawn(move || (worker..15).step_by(3).for_each(|node| _ = shared.called(node)));
            }
        });
        assert_eq!(shared.called(14).unwrap(), at_once);
        for parts in [1, 2, 3, 5] {
            let tree = new(Counting { words: 500, seed: 3 }, parts);
            assert_eq!(tree.called(2 * parts as i64 - 2), tree.called(AT_ONCE), "{parts} parts");
        }
    }

    #[test]
    fn numbers_are_sorted_and_words_counted() {
        let mut numbers: Vec<u32> = vec![5, 1, 4, 1, 3, 9, 2];
        let merged = sorted(numbers.clone());
        numbers.sort_unstable();
        assert_eq!(merged, numbers);
        assert_eq!(sorted(Vec::new()), Vec::<u32>::new());
        let counting = Counting { words: 10_000, seed: 1 };
        let counts = counting.leaf(0, 1);
        assert_eq!(counts.values().sum::<u64>(), 10_000);
        assert!(counts["lo"] > 5 * counts["kalo"], "the first word comes most often");
        let twice = counting.join(counting.leaf(0, 1), counts.clone());
        assert!(counts.iter().all(|(word, count)| twice[word] == 2 * count));
    }

    #[test]
    fn a_node_that_is_not_there_is_told() {
        let told = sorting().called(15).unwrap_err();
        assert_eq!(
            told,
            "there is no node 15: the tree has 15, counted from 0, and -1 stands for all at once"
        );
        assert!(sorting().called(-2).is_err());
    }
}
