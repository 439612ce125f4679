//! All commands in one list that is searched by typing: the way for who knows the word and not the place.

use egui::{Align2, Area, Button, Context, Id, Key, Modal, Order, RichText, TextEdit, Ui, vec2};

use super::command::{self, Command, Situation};
use super::context::ViewContext;
use super::help_command::HelpCommand;
use super::top_bar::shortcut_text;
use super::widgets;

const WIDTH: f32 = 440.0;
/// The height of the list, where it has so many lines.
const LIST_HEIGHT: f32 = 320.0;

/// What is sought and which of what was found is chosen.
#[derive(Debug, Default)]
pub struct Palette {
    search: String,
    chosen: usize,
}

/// Draws the palette over the window; whether it stays open.
pub fn ui(ctx: &Context, cx: &ViewContext<'_>, situation: Situation, state: &mut Palette) -> bool {
    let id = Id::unique("palette");
    let area = Area::new(id)
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, vec2(0.0, 72.0))
        .constrain_to(ctx.content_rect());
    let modal = Modal::new(id).area(area).show(ctx, |ui| {
        ui.set_width(WIDTH.min(ctx.content_rect().width() - 48.0));
        search_ui(ui, state);
        let found = found(&state.search, situation);
        let sent = keys(ui, state, &found).or_else(|| list_ui(ui, cx, state, &found));
        if found.is_empty() {
            widgets::weak(ui, cx.theme, why_nothing(&state.search, situation));
        }
        sent.map(|command| cx.commands.send(command)).is_some()
    });
    !modal.inner && !modal.should_close()
}

fn search_ui(ui: &mut Ui, state: &mut Palette) {
    let field = TextEdit::singleline(&mut state.search)
        .hint_text("Type a command")
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::symmetric(8, 6));
    let response = ui.add(field);
    if !response.has_focus() {
        response.request_focus();
    }
    if response.changed() {
        state.chosen = 0;
    }
}

/// The commands that make sense now and match what is sought.
fn found(search: &str, situation: Situation) -> Vec<Command> {
    matching(search).into_iter().filter(|command| command.is_possible(situation)).collect()
}

/// What is said where nothing was found: who seeks a command that waits for something shall not think that there is none.
fn why_nothing(search: &str, situation: Situation) -> String {
    match matching(search).first() {
        None => "No command matches.".to_owned(),
        Some(first) if situation.is_live => format!("Not while a pool is at work: {}", first.label()),
        Some(first) => format!("Not possible now: {}", first.label()),
    }
}

/// The commands whose label holds all words that are sought, then those that are found by other words for them.
fn matching(search: &str) -> Vec<Command> {
    let search = search.to_lowercase();
    let is_offered = |command: &Command| *command != Command::Help(HelpCommand::Palette);
    let holds = |text: &str| search.split_whitespace().all(|word| text.contains(word));
    let fits = |command: &Command| {
        let label = command.label().to_lowercase();
        if holds(&label) {
            Some(true)
        } else {
            holds(&format!("{label} {}", command.keywords().to_lowercase())).then_some(false)
        }
    };
    let found = command::offered().filter(is_offered).filter_map(|command| Some((fits(&command)?, command)));
    let (by_label, by_keywords): (Vec<_>, Vec<_>) = found.partition(|(is_by_label, _)| *is_by_label);
    by_label.into_iter().chain(by_keywords).map(|(_, command)| command).collect()
}

fn keys(ui: &Ui, state: &mut Palette, found: &[Command]) -> Option<Command> {
    let (up, down, enter) = ui.input(|input| {
        (input.key_pressed(Key::ArrowUp), input.key_pressed(Key::ArrowDown), input.key_pressed(Key::Enter))
    });
    let last = found.len().saturating_sub(1);
    if down {
        state.chosen = (state.chosen + 1).min(last);
    }
    if up {
        state.chosen = state.chosen.saturating_sub(1);
    }
    state.chosen = state.chosen.min(last);
    enter.then(|| found.get(state.chosen).cloned()).flatten()
}

fn list_ui(ui: &mut Ui, cx: &ViewContext<'_>, state: &Palette, found: &[Command]) -> Option<Command> {
    let mut sent = None;
    widgets::list_area(LIST_HEIGHT).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (place, command) in found.iter().enumerate() {
            let button = Button::selectable(
                place == state.chosen,
                RichText::new(command.label()).color(cx.theme.text),
            )
            .shortcut_text(shortcut_text(ui, command))
            .min_size(vec2(ui.available_width(), 26.0));
            let response = ui.add(button);
            if place == state.chosen {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                sent = Some(command.clone());
            }
        }
    });
    sent
}

#[cfg(test)]
mod tests {
    use egui::{Pos2, RawInput, Rect};

    use super::*;
    use crate::app::theme::{self, Theme};

    /// The height of the palette when it has been shown for a few frames, with this searched for.
    fn height(ctx: &Context, search: &str) -> f32 {
        let (commands, _received) = command::channel(ctx);
        let theme = Theme::dark();
        let cx = ViewContext::before_runs(&theme, &commands);
        let mut state = Palette { search: search.to_owned(), chosen: 0 };
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(1280.0, 800.0));
        for is_open in [true, true, true, true, false, false] {
            let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
            let output = ctx.run_ui(input, |root| {
                if is_open {
                    ui(root.ctx(), &cx, Situation::default(), &mut state);
                }
            });
            output.drop_without_applying_deltas();
        }
        ctx.memory(|memory| memory.area_rect(Id::unique("palette"))).map_or(0.0, |rect| rect.height())
    }

    #[test]
    fn the_list_is_as_high_as_ever_after_a_search_that_found_little() {
        let ctx = Context::default();
        theme::apply(&ctx);
        let whole = height(&ctx, "");
        assert!(whole > LIST_HEIGHT, "{whole}");
        assert!(height(&ctx, "save results") < whole / 2.0);
        assert_eq!(height(&ctx, ""), whole);
    }

    #[test]
    fn commands_are_found_by_their_words() {
        let found = |search| found(search, Situation::default());
        assert!(found("dark").contains(&Command::SetTheme(egui::ThemePreference::Dark)));
        assert!(found("open fold").contains(&Command::OpenFolder));
        assert!(found("no such words").is_empty());
    }

    #[test]
    fn only_what_makes_sense_now_is_offered() {
        let (rest, live) = (Situation::default(), Situation { is_live: true, ..Situation::default() });
        let paused = Situation { is_paused: true, ..live };
        assert!(found("", rest).contains(&Command::Start) && !found("", rest).contains(&Command::Stop));
        assert!(!found("", live).contains(&Command::Start) && found("", live).contains(&Command::Stop));
        assert!(found("", live).contains(&Command::Pause) && !found("", live).contains(&Command::Resume));
        assert!(!found("", paused).contains(&Command::Pause) && found("", paused).contains(&Command::Resume));
        assert!(!found("", rest).contains(&Command::RerunFailed));
        assert_eq!(why_nothing("run in both", live), "Not while a pool is at work: Run in both modes");
        assert_eq!(why_nothing("rerun", rest), "Not possible now: Rerun failed and not run");
        assert_eq!(why_nothing("no such words", live), "No command matches.");
    }

    #[test]
    fn the_fault_lab_is_found_while_a_pool_is_at_work() {
        let live = Situation { is_live: true, ..Situation::default() };
        assert_eq!(found("fault lab", live), [Command::ChooseWorker(Some(1))]);
        assert_eq!(found("fault lab", Situation::default()), []);
    }
}
