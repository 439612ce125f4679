//! The bar on top: the mark, the menus, what the window is about, and the way to all commands.

use std::path::PathBuf;

use egui::{
    Align, Align2, Button, CornerRadius, Layout, MenuBar, Rect, RichText, Sense, TextStyle, ThemePreference,
    Ui, UiBuilder, pos2, vec2,
};

use super::command::{Command, Situation};
use super::context::ViewContext;
use super::help_command::HelpCommand;
use super::lesson_command::LessonCommand;
use super::setup_command::SetupCommand;
use super::theme::{Theme, strong};
use super::widgets;
use crate::lessons::LESSONS;
use crate::lessons::steps::PROGRAMS;
use crate::pool::examples::EXAMPLES;
use crate::value::shortened;

/// What the bar shows.
pub struct TopBar<'a> {
    pub situation: Situation,
    pub preference: ThemePreference,
    pub title: &'a str,
    /// The files and folders that were opened last.
    pub recent: &'a [PathBuf],
}

/// Draws the bar into all of `ui`.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, bar: &TopBar<'_>) {
    let title = bar.title;
    let all = ui.available_rect_before_wrap();
    let mut left = all.left();
    side(ui, all, Layout::left_to_right(Align::Center), |ui| {
        mark(ui, cx.theme);
        ui.label(RichText::new("Poolscope").text_style(strong()).color(cx.theme.text));
        ui.add_space(4.0);
        // The bar takes all there is: where the menus end is told by the last of them.
        MenuBar::new().ui(ui, |ui| {
            menus_ui(ui, cx, bar);
            left = ui.cursor().left();
        });
    });
    let palette = Command::Help(HelpCommand::Palette);
    let keys = shortcut_text(ui, &palette);
    let right = if all.right() - left > 180.0 {
        side(ui, all, Layout::right_to_left(Align::Center), |ui| {
            let chip = widgets::chip_button(ui, cx.theme, &format!("{keys}  commands"), false);
            if chip.on_hover_text(palette.tooltip()).clicked() {
                cx.commands.send(palette);
            }
        })
    } else {
        Rect::from_min_max(all.right_top(), all.right_bottom())
    };
    centre_title(ui, cx.theme, title, all, left + 16.0, right.left() - 16.0);
}

fn side(ui: &mut Ui, rect: Rect, layout: Layout, contents: impl FnOnce(&mut Ui)) -> Rect {
    let salt = format!("{:?}", layout.main_dir());
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect).layout(layout));
    contents(&mut child);
    child.min_rect()
}

/// The title in the middle of the window where it fits there, in the middle of the gap else, or not at all.
fn centre_title(ui: &Ui, theme: &Theme, title: &str, all: Rect, from: f32, to: f32) {
    let font = TextStyle::Body.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(title.to_owned(), font.clone(), theme.weak);
    let half = galley.size().x / 2.0;
    if to - from < galley.size().x {
        return;
    }
    let x = all.center().x.clamp(from + half, to - half);
    ui.painter().text(pos2(x, all.center().y), Align2::CENTER_CENTER, title, font, theme.weak);
}

/// Four lanes, the mark of the program.
fn mark(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(24.0, 20.0), Sense::hover());
    let lanes: [(f32, f32); 4] = [(4.0, 12.0), (0.0, 10.0), (6.0, 12.0), (9.0, 11.0)];
    for (place, (left, width)) in lanes.into_iter().enumerate() {
        let min = pos2(rect.left() + left, rect.top() + 1.0 + 5.0 * place as f32);
        let lane = Rect::from_min_size(min, vec2(width, 3.0));
        ui.painter().rect_filled(lane, CornerRadius::same(1), theme.worker(place + 1));
    }
}

/// What was opened last, by name; the tooltip has the whole path.
fn recent_ui(ui: &mut Ui, cx: &ViewContext<'_>, recent: &[PathBuf]) {
    for path in recent {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        if ui.button(&*shortened(&name, 60)).on_hover_text(path.display().to_string()).clicked() {
            cx.commands.send(Command::LoadPaths(vec![path.clone()]));
        }
    }
}

fn menus_ui(ui: &mut Ui, cx: &ViewContext<'_>, bar: &TopBar<'_>) {
    let TopBar { situation, preference, recent, .. } = *bar;
    ui.spacing_mut().button_padding = vec2(6.0, 4.0);
    ui.spacing_mut().item_spacing.x = 2.0;
    let widgets = &mut ui.visuals_mut().widgets;
    widgets.inactive.fg_stroke.color = cx.theme.weak;
    ui.menu_button("File", |ui| file_menu_ui(ui, cx, situation, recent));
    ui.menu_button("Run", |ui| {
        let pause = if situation.is_paused { Command::Resume } else { Command::Pause };
        items(ui, cx, situation, &[Command::Start, pause, Command::StopSoon, Command::Stop]);
        ui.separator();
        items(ui, cx, situation, &[Command::RunBoth, Command::RerunFailed, Command::ShowLastDeath]);
        ui.separator();
        items(ui, cx, situation, &[Command::UseSampleInputs]);
    });
    ui.menu_button("View", |ui| view_menu_ui(ui, cx, situation, preference));
    ui.menu_button("Examples", |ui| {
        for example in &EXAMPLES {
            let button = ui.add_enabled(!situation.is_live, Button::new(example.name));
            let button = button.on_hover_ui(|ui| example_tooltip(ui, cx.theme, example));
            if button.on_disabled_hover_text("A pool is at work: stop it first, or wait.").clicked() {
                cx.commands.send(Command::RunExample(example));
            }
        }
    });
    ui.menu_button("Lessons", |ui| {
        use LessonCommand::{Gallery, Own, Template};
        items(ui, cx, situation, &[Gallery, Template, Own].map(Command::Lesson));
        ui.separator();
        // In a small window not all have room.
        egui::ScrollArea::vertical().show(ui, |ui| {
            for (place, lesson) in LESSONS.iter().enumerate() {
                if ui.button(format!("{}  {}", lesson.number(), lesson.claim)).clicked() {
                    cx.commands.send(Command::Lesson(LessonCommand::Show(place)));
                }
            }
            ui.separator();
            for place in 0..PROGRAMS.len() {
                items(ui, cx, situation, &[Command::Lesson(LessonCommand::Program(place))]);
            }
        });
    });
    ui.menu_button("Help", |ui| {
        use HelpCommand::{About, Guide, Palette, Shortcuts};
        items(ui, cx, situation, &[Guide, Shortcuts, Palette, About].map(Command::Help));
    });
}

fn file_menu_ui(ui: &mut Ui, cx: &ViewContext<'_>, situation: Situation, recent: &[PathBuf]) {
    items(
        ui,
        cx,
        situation,
        &[
            Command::OpenFile,
            Command::OpenFolder,
            Command::OpenCode,
            Command::Setup(SetupCommand::Open),
            Command::OpenRun,
        ],
    );
    ui.add_enabled_ui(!recent.is_empty(), |ui| {
        ui.menu_button("Open recent", |ui| recent_ui(ui, cx, recent));
    });
    ui.separator();
    let saves = [
        Command::SaveResults,
        Command::SaveShownRun,
        Command::ExportShownRun,
        Command::Setup(SetupCommand::Save),
        Command::Setup(SetupCommand::SaveCode),
        Command::Setup(SetupCommand::Before),
    ];
    items(ui, cx, situation, &saves);
    ui.separator();
    items(ui, cx, situation, &[Command::Quit]);
}

fn example_tooltip(ui: &mut Ui, theme: &Theme, example: &crate::pool::examples::Example) {
    ui.label(example.summary);
    ui.label(RichText::new(format!("Watch: {}", example.watch)).color(theme.accent));
    if !example.python.is_empty() {
        ui.label(RichText::new(example.python).text_style(TextStyle::Monospace).color(theme.weak));
    }
}

fn view_menu_ui(ui: &mut Ui, cx: &ViewContext<'_>, situation: Situation, preference: ThemePreference) {
    for choice in [ThemePreference::System, ThemePreference::Light, ThemePreference::Dark] {
        let command = Command::SetTheme(choice);
        let button = ui.selectable_label(preference == choice, command.label());
        if button.clicked() {
            cx.commands.send(command);
        }
    }
    ui.separator();
    items(ui, cx, situation, &[Command::ZoomIn, Command::ZoomOut, Command::ZoomReset]);
    ui.separator();
    items(ui, cx, situation, &[Command::ToggleRuns, Command::ToggleSetup, Command::ResetLayout]);
}

/// Lines of a menu, each with its keys.
fn items(ui: &mut Ui, cx: &ViewContext<'_>, situation: Situation, commands: &[Command]) {
    for command in commands {
        let button = Button::new(command.label()).shortcut_text(shortcut_text(ui, command));
        let response = ui.add_enabled(command.is_possible(situation), button);
        let response = match command.tooltip() {
            "" => response,
            tooltip => response.on_hover_text(tooltip),
        };
        if response.clicked() {
            cx.commands.send(command.clone());
        }
    }
}

/// "Ctrl+O", or nothing for a command without keys.
pub fn shortcut_text(ui: &Ui, command: &Command) -> String {
    command.shortcut().map_or_else(String::new, |keys| ui.ctx().format_shortcut(&keys))
}
