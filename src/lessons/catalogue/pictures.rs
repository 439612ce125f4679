//! Lessons that are seen as a picture: a table, two trees, and a picture itself.

use super::{Lesson, LessonRun, Shown, Workers, code};
use crate::lessons::Workers::{Of, OnePerCore};
use crate::lessons::judge::pictures;
use crate::pool::ChunkRule;
use crate::pool::Mode::{Process, Thread};
use crate::pool::examples::{ExampleCode, Runs};

const DINING: ExampleCode = code!("lessons", "dining.py");
const ONE_BY_ONE: ChunkRule = ChunkRule::Fixed(1);

/// A dinner, each seat a thread.
const fn dinner(title: &'static str, function: &'static str) -> LessonRun {
    let (runs, inputs) = (Runs::Python(DINING, function), "1, 2, 3, 4, 5");
    LessonRun { title, runs, inputs, mode: Thread, workers: Of(5), chunk: ONE_BY_ONE, shown: Shown::Seats }
}

const DINNERS: [LessonRun; 2] =
    [dinner("left, then right", "left_then_right"), dinner("one order for all", "lower_first")];

/// A built-in function whose items are nodes of a tree; threads, since these share what they made.
const fn tree(title: &'static str, name: &'static str, workers: Workers) -> LessonRun {
    let (runs, inputs) = (Runs::Builtin(name), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14");
    LessonRun { title, runs, inputs, mode: Thread, workers, chunk: ONE_BY_ONE, shown: Shown::Tree }
}

/// One thread that makes all nodes, and a thread for each core.
const fn alone_and_together(name: &'static str) -> [LessonRun; 2] {
    let alone = LessonRun { shown: Shown::Nothing, ..tree("one thread", name, Of(1)) };
    [alone, tree("a thread for each core", name, OnePerCore)]
}

const COUNTING: [LessonRun; 2] = alone_and_together("word_count_tree");
const SORTING: [LessonRun; 2] = alone_and_together("merge_sort_tree");

/// Most of the set lies in the right half.
macro_rules! picture {
    ($tile_px:literal) => {
        Runs::BuiltinWith(
            "mandelbrot_tile",
            &[
                ("picture_width_px", "640"),
                ("picture_height_px", "320"),
                ("tile_px", $tile_px),
                ("max_iterations", "30000"),
                ("centre_x", "-0.75"),
            ],
        )
    };
}

/// Two processes, of which whoever is free takes the next part. Chunks would not do for halves: what a worker has not begun of
/// one is taken back for another that has nothing to do.
const fn drawing(title: &'static str, runs: Runs, inputs: &'static str) -> LessonRun {
    LessonRun { title, runs, inputs, mode: Process, workers: Of(2), chunk: ONE_BY_ONE, shown: Shown::Tiles }
}

const HALVES_AND_TILES: [LessonRun; 2] =
    [drawing("two halves", picture!("320"), "0, 1"), drawing("32 tiles", picture!("80"), "0..31")];

pub(super) const PICTURES: [Lesson; 4] = [
    Lesson {
        name: "dining-philosophers",
        topic: "deadlock",
        claim: "Locks taken in a circle end in a deadlock; in one order they do not.",
        question: "Five philosophers, five forks: each takes the left fork, then the right one, for three meals. How many are \
                   eaten in all?",
        choices: ["all fifteen", "some, then no more", "none"],
        otherwise: "It would be otherwise with a seat left empty (4 workers), or if whoever waits too long put the first fork \
                    down again.",
        runs: &DINNERS,
        is_timed: false,
        judge: pictures::dining,
    },
    Lesson {
        name: "word-count-tree",
        topic: "map and reduce",
        claim: "A tree of work gains from all cores where joining is cheap.",
        question: "Sixteen million words in eight parts: each is counted, and counts are joined in pairs. How much faster is a \
                   thread for each core?",
        choices: [
            "about as many times as there are cores",
            "half as many: joining takes as long as counting",
            "not at all",
        ],
        otherwise: "It would be otherwise if nearly all words were different: then a count would be as long as its part of the \
                    text. In Python it takes processes, to which the parts have to be sent.",
        runs: &COUNTING,
        is_timed: true,
        judge: pictures::word_count,
    },
    Lesson {
        name: "merge-sort-tree",
        topic: "divide and conquer",
        claim: "A tree of work is never faster than its path from leaf to root.",
        question: "Eight parts are sorted beside each other and merged in pairs. How much faster than one worker are many \
                   at most?",
        choices: [
            "as many times as there are workers",
            "eight times: there are eight parts",
            "less than eight times",
        ],
        otherwise: "It would be otherwise if a merge could be shared out, too. More parts make the leaves shorter; the last \
                    merge takes all numbers, and is one worker's alone.",
        runs: &SORTING,
        is_timed: true,
        judge: pictures::merge_sort,
    },
    Lesson {
        name: "mandelbrot",
        topic: "uneven work",
        claim: "Equal parts of a picture are not equal work: in tiles it is done sooner.",
        question: "Two processes draw a picture: each one half of it, or 32 tiles, of which whoever is free takes the next one. \
                   Which is faster?",
        choices: ["in halves", "in tiles", "neither: it is the same work"],
        otherwise: "It would be otherwise if both halves took equally long, or with tiles so small that handing each over cost \
                    more than to draw it.",
        runs: &HALVES_AND_TILES,
        is_timed: true,
        judge: pictures::mandelbrot,
    },
];
