//! All lessons, in the order of the gallery.

mod beyond;
mod claims;
mod pictures;

use self::beyond::BEYOND;
use self::claims::CLAIMS;
use self::pictures::PICTURES;
use super::{Lesson, LessonGroup, LessonRun, Shown, Workers};
use crate::pool::examples::{ExampleCode, Runs};
use crate::pool::{ChunkRule, Mode};

/// A file of the examples, or of the lessons; by its whole path, since files of two folders name some.
macro_rules! code {
    ($folder:literal, $name:literal) => {
        ExampleCode {
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $folder, "/", $name)),
        }
    };
}
use code;

const COUNT_DOWN: (ExampleCode, &str) = (code!("examples", "the_gil.py"), "count_down");
const FETCH: (ExampleCode, &str) = (code!("examples", "waiting.py"), "fetch");

/// A run of a function of Python.
const fn run(
    title: &'static str,
    (code, function): (ExampleCode, &'static str),
    inputs: &'static str,
    mode: Mode,
    workers: Workers,
) -> LessonRun {
    let (runs, chunk) = (Runs::Python(code, function), ChunkRule::Auto);
    LessonRun { title, runs, inputs, mode, workers, chunk, shown: Shown::Nothing }
}

/// What a function of one's own begins with: to be changed, and to be run over inputs of one's own.
pub static TEMPLATE: LessonRun = run(
    "your own function",
    (code!("lessons", "your_function.py"), "task"),
    "[40_000] * 8",
    Mode::Process,
    Workers::OnePerCore,
);

const COUNT: usize = CLAIMS.len() + BEYOND.len() + PICTURES.len();

/// All lessons.
pub static LESSONS: [Lesson; COUNT] = {
    let mut all = [CLAIMS[0]; COUNT];
    let mut place = 1;
    while place < COUNT {
        const OTHERS: usize = CLAIMS.len() + BEYOND.len();
        all[place] = match place {
            _ if place < CLAIMS.len() => CLAIMS[place],
            _ if place < OTHERS => BEYOND[place - CLAIMS.len()],
            _ => PICTURES[place - OTHERS],
        };
        place += 1;
    }
    all
};

/// The same, under headings.
pub static GROUPS: [LessonGroup; 2] = {
    let (claims, beyond) = LESSONS.split_at(CLAIMS.len());
    [
        LessonGroup { heading: "Fourteen claims", lessons: claims },
        LessonGroup { heading: "Beyond them", lessons: beyond },
    ]
};
