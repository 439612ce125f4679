//! What a person has set up, as a lesson: with words to begin with, to be predicted, run in both modes and saved.

use super::setup::Setup;
use crate::lessons::file::{Answer, FileLesson, LessonText, SavedSetup};

impl FileLesson {
    /// The lesson that asks whether processes or threads are faster at what is set up.
    pub fn of_setup(setup: &Setup) -> Self {
        let own = |text: &str| text.to_owned();
        let alone = match setup.settings.workers {
            1 => {
                " With one worker, as here, neither has anything to do side by side: choose more, and predict again."
            }
            _ => "",
        };
        let text = LessonText {
            claim: own("My function is faster with processes than with threads."),
            question: own(
                "It runs over the inputs that are set up, with processes and then with threads. Which are faster?",
            ),
            choices: ["processes", "threads", "about the same"].map(own).to_vec(),
            answer: Answer::Measured,
            why: format!(
                "Where a function computes in Python, its threads take turns under the interpreter's lock. Where it waits, or \
                 computes in a library that gives the lock away, they do as well as processes, with less memory.{alone}"
            ),
            otherwise: own(
                "It would be otherwise with much shorter items, which cost more to hand over than to run.",
            ),
            runs_both_modes: true,
            ..LessonText::default()
        };
        Self { file: own("what is set up"), text, setup: SavedSetup::with_code(setup), is_own: true }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use egui::Context;

    use super::*;
    use crate::lessons::TEMPLATE;
    use crate::lessons::file::PoolFile;
    use crate::pool::Mode;

    #[test]
    fn the_template_comes_back_from_its_file_as_a_lesson_that_can_be_run() {
        let (folder, mut setup) = (tempfile::tempdir().unwrap(), Setup::new(2).unwrap());
        setup.load_example(&TEMPLATE.example(2), Instant::now(), &Context::default()).unwrap();
        let own = FileLesson::of_setup(&setup);
        let path = folder.path().join("mine.pool");
        PoolFile::new(own.setup.clone(), Some(own.text.clone())).write(&path).unwrap();
        let lesson = FileLesson::of(PoolFile::read(&path).unwrap().0, "mine.pool".to_owned()).unwrap();
        assert_eq!((&lesson.text, lesson.is_own), (&own.text, false));
        assert!(lesson.setup.is_powerful(), "it is asked for before it runs elsewhere");
        let job = lesson.job(1, |_| Ok("python3".into())).unwrap();
        assert_eq!((job.settings.mode, job.inputs.len()), (Mode::Thread, 8));
    }
}
