//! Programs that are run step by step: what is shown before the first step, and what keys and buttons ask for.

use egui::{Key, Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use poolscope::app::command::Command;
use poolscope::app::lesson::{LessonView, key_commands};
use poolscope::app::lesson_command::LessonCommand;
use poolscope::app::state::{LessonPage, ProgramCard};
use poolscope::lessons::steps::{PROGRAMS, Phase, Story};

use crate::stage::Stage;

fn open(card: ProgramCard, why_not: Option<&'static str>, size: Vec2) -> Harness<'static, Stage> {
    let (page, mut view) = (LessonPage::Program(card.into()), LessonView::default());
    let stage = Stage::new(move |ui, cx| {
        for command in key_commands(ui.ctx(), &page) {
            cx.commands.send(Command::Lesson(command));
        }
        view.ui(ui, cx, &page, None, why_not);
    });
    stage.open_with(Harness::builder().with_size(size))
}

#[test]
fn before_the_first_step_the_source_stands_there_and_a_key_starts_it() {
    for size in [Vec2::new(1280.0, 700.0), Vec2::new(700.0, 430.0)] {
        let mut harness = open(ProgramCard::at(1).unwrap(), None, size);
        for text in [
            "PROGRAM 2 OF 4 · POOL(4).MAP",
            "    results = pool.map(task, [1, 2, 3, 4, 5])",
            "None yet: Space starts the program.",
            "Before the first step",
        ] {
            harness.get_by_label(text);
        }
        // In a small window it is below what is seen, and the key is there.
        let button = harness.get_by_role_and_label(Role::Button, "Start the program   Space");
        assert!(!button.accesskit_node().is_disabled());
        for key in [Key::Space, Key::M, Key::R, Key::Escape] {
            harness.key_press(key);
            harness.run_steps(1);
        }
        use LessonCommand::{Again, Gallery, NextMethod, Step};
        assert_eq!(harness.state().sent_to_lessons(), [Step, NextMethod, Again, Gallery]);
    }
}

#[test]
fn while_a_pool_is_at_work_it_says_why_it_waits() {
    let why_not = "A pool is at work: stop it first, or wait.";
    let harness = open(ProgramCard::at(0).unwrap(), Some(why_not), Vec2::new(1280.0, 700.0));
    harness.get_by_label(why_not);
    let button = harness.get_by_role_and_label(Role::Button, "Start the program   Space");
    assert!(button.accesskit_node().is_disabled());
}

#[test]
fn a_program_that_could_not_be_started_says_why_and_another_one_is_next() {
    let mut story = Story::default();
    story.fail("could not find Python: no `python3` is on the PATH".to_owned());
    assert!(matches!(story.phase, Phase::Failed(_)));
    let card = ProgramCard::telling(&PROGRAMS[2], story);
    let mut harness = open(card, None, Vec2::new(1280.0, 700.0));
    harness.get_by_label("Nothing was measured: could not find Python: no `python3` is on the PATH");
    assert!(harness.query_by_label_contains("Remember").is_none());
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert_eq!(harness.state().sent_to_lessons(), [LessonCommand::Program(3)]);
}
