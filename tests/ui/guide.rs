//! The guide in the window: opened by a key, searched by typing, closed by Escape.

use std::collections::HashSet;

use egui::{Event, Key, ModifierNames, Modifiers, Role, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, Node};
use poolscope::app::command::{Command, PLAIN};
use poolscope::app::guide::GuideView;
use poolscope::guide::topics;

use crate::program::Program;
use crate::stage::Stage;

const FIELD: &str = "Search the guide";

/// The guide alone, opened.
fn guide() -> Harness<'static, Stage> {
    let mut view = GuideView::default();
    view.open();
    let stage = Stage::new(move |ui, cx| view.ui(ui.ctx(), cx));
    stage.open_with(Harness::builder().with_size(Vec2::new(1280.0, 800.0)))
}

fn press<State>(harness: &mut Harness<'_, State>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn type_text<State>(harness: &mut Harness<'_, State>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run_steps(3);
}

/// The line of the list with this title, which is before a link of the same name; or that link.
fn line<'a>(harness: &'a Harness<'_, Stage>, title: &'a str) -> Node<'a> {
    harness.get_all_by_role_and_label(Role::Button, title).next().unwrap()
}

#[test]
fn f1_opens_it_typing_finds_and_escape_closes() {
    for size in [Vec2::new(1280.0, 800.0), Vec2::new(700.0, 500.0)] {
        let mut harness = Program::open(size, None);
        assert!(harness.query_by_label(FIELD).is_none());
        press(&mut harness, Modifiers::NONE, Key::F1);
        let field = harness.get_by_role_and_label(Role::SearchInput, FIELD);
        assert!(field.accesskit_node().is_focused());
        let window = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
        assert!(window.contains_rect(field.rect()), "{:?}", field.rect());
        type_text(&mut harness, "held by the lock");
        let found = "Workers: Where the time goes: the ledger";
        harness.get_by_role_and_label(Role::Button, found);
        harness.get_by_role_and_label(Role::Heading, "Where the time goes: the ledger");
        press(&mut harness, Modifiers::NONE, Key::Escape);
        assert!(harness.query_by_label(FIELD).is_none());
        press(&mut harness, Modifiers::NONE, Key::F1);
        harness.get_by_label(found);
    }
}

#[test]
fn escape_closes_the_guide_before_a_lesson() {
    let mut harness = Program::open(Vec2::new(1280.0, 800.0), None);
    let lesson = "leave the lessons";
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::L);
    harness.get_by_label(lesson);
    press(&mut harness, Modifiers::NONE, Key::F1);
    harness.get_by_label(FIELD);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label(FIELD).is_none());
    harness.get_by_label(lesson);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label(lesson).is_none());
}

#[test]
fn the_list_of_keys_is_on_shift_and_f1() {
    let mut harness = Program::open(Vec2::new(1280.0, 800.0), None);
    press(&mut harness, Modifiers::SHIFT, Key::F1);
    // The title, and its line among the keys.
    assert_eq!(harness.get_all_by_label("Keyboard shortcuts").count(), 2);
    assert!(harness.query_by_label(FIELD).is_none());
}

#[test]
fn topics_are_chosen_by_clicks_and_keys() {
    let mut harness = guide();
    harness.get_by_role_and_label(Role::Heading, "First run");
    for topic in topics() {
        line(&harness, &topic.title).click();
        harness.run_steps(3);
        harness.get_by_role_and_label(Role::Heading, &topic.title);
    }
    // The field has the keys again.
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    let [.., before, last] = topics() else { panic!("there are several topics") };
    let (last, before) = (&last.title, &before.title);
    harness.get_by_role_and_label(Role::Heading, before);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    harness.get_by_role_and_label(Role::Heading, last);
}

#[test]
fn what_is_searched_for_may_be_nowhere() {
    let mut harness = guide();
    type_text(&mut harness, "xylophone");
    harness.get_by_label_contains("No section of the guide holds this word");
    // What was read stays.
    harness.get_by_role_and_label(Role::Heading, "First run");
}

#[test]
fn a_link_leads_to_its_topic_and_code_can_be_copied() {
    let mut harness = guide();
    type_text(&mut harness, "command line");
    harness.get_by_role_and_label(Role::Heading, "Command line");
    harness.get_all_by_role_and_label(Role::Button, "Copy this").next().unwrap().click();
    harness.run_steps(3);
    let copied = harness.state().sent.iter().find_map(|command| match command {
        Command::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert!(copied.is_some_and(|text| text.starts_with("poolscope ")));
    // The links are at the end of the text.
    (0..20).for_each(|_| press(&mut harness, Modifiers::NONE, Key::PageDown));
    line(&harness, "Trouble").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Heading, "Trouble");
    // The search is over, and all topics are listed again.
    line(&harness, "Inputs");
}

/// Keys of the window that stand in the texts, which are of commands; Ctrl+C is of a terminal.
#[test]
fn every_key_that_the_guide_names_does_something() {
    let of_commands = PLAIN.iter().filter_map(Command::shortcut);
    let known: HashSet<String> = of_commands.map(|keys| keys.format(&ModifierNames::NAMES, false)).collect();
    let mut count = 0;
    for topic in topics() {
        let text = topic.plain(usize::MAX);
        let is_sign = |letter: char| !letter.is_ascii_alphanumeric() && letter != '+';
        for word in text.split(is_sign).filter(|word| word.starts_with("Ctrl+") || word.ends_with("F1")) {
            count += 1;
            assert!(known.contains(word) || word == "Ctrl+C", "{}: {word} of {known:?}", topic.name);
        }
    }
    assert!(count > 25, "only {count} keys were found");
}
