//! Code that a person brings, as a script or for Python: the editor, the function, and who runs it.

use std::borrow::Cow;

use egui::{Align, ComboBox, Context, Id, Key, Label, Layout, Margin, RichText, TextEdit, Ui, Window, vec2};
use egui_material_icons::icons::{ICON_FOLDER_OPEN, ICON_OPEN_IN_FULL, ICON_SAVE};

use super::{SetupView, capitalised, consent, interpreter};
use crate::app::command::Command;
use crate::app::setup_command::SetupCommand;
use crate::app::state::{CodeChoice, FunctionKind, Setup, path_from_text};
use crate::app::theme::{GAP, Theme};
use crate::app::widgets::{self, Editor};
use crate::error::Remedy;
use crate::function::{FunctionSpec, Listed, ListedKind};
use crate::pool::RunLog;

/// The editor's height in the column, and its size in a window of its own.
const HEIGHT: f32 = 150.0;
const LARGE: [f32; 2] = [680.0, 420.0];
const SCRIPT: &str = "Python's syntax, run by this program itself: no imports, no files.";
const SCRIPT_MORE: &str = "Scripts are in Starlark, a small Python: functions, loops over what is there, lists, dicts, texts \
                           and the usual mathematics. They need no Python, start at once and can do no harm.";
/// What is run of a file when a worker loads it.
const RULE: &str =
    "Runs definitions, what the function depends on, and what is done at once and shows nothing.";
const WHOLE: &str = "Definitions are run, every top-level statement that the function's names depend on, and what is done at \
                     once and shows nothing. A skipped statement that could change one of those names is reported once, in the \
                     messages. With the whole file, all else is run as well, but for what stands under `if __name__ == \"__main__\":`.";
const INITIALIZER: &str = "A function of the file that each worker calls once before its first item, as \
                           Pool(initializer=...) does: its name, and behind a colon its arguments.";
/// Beside the setup.
const LARGE_AT: [f32; 2] = [330.0, 90.0];

/// Draws the part.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let is_python = setup.function.kind == FunctionKind::Python;
    let code = &mut setup.function.code;
    let failure = failure_of(view);
    let failure = failure.as_deref();
    head_ui(ui, view, code);
    if is_python {
        consent::question_ui(ui, theme, code);
    }
    if *view.is_editor_large {
        widgets::weak(ui, theme, "The code is in the window beside.");
        large_ui(ui, view, code, failure);
    } else {
        editor_ui(ui, theme, code, failure, HEIGHT);
    }
    ui.add_space(GAP / 2.0);
    if !is_python {
        let note = RichText::new(SCRIPT).text_style(egui::TextStyle::Small).color(theme.weak);
        ui.add(Label::new(note).wrap()).on_hover_text(SCRIPT_MORE);
    }
    error_ui(ui, theme, code);
    if !is_python && code.error().is_some_and(|error| error.remedy() == Some(Remedy::RunWithPython)) {
        if widgets::link(ui, theme, "Run it with Python instead").clicked() {
            setup.function.show(FunctionKind::Python, ui.ctx());
        }
        return;
    }
    chosen_ui(ui, theme, code);
    if is_python {
        python_ui(ui, view, code);
    }
}

/// The error of the row that is chosen, or of the last try.
fn failure_of(view: &SetupView<'_, '_>) -> Option<String> {
    let log = view.cx.run.map(|run| &run.log);
    let is_code =
        |log: &&RunLog| matches!(log.plan.job.function, FunctionSpec::Script(_) | FunctionSpec::Python(_));
    let chosen =
        view.cx.selected_row.and_then(|row| log.filter(is_code)?.row(row)?.error().map(Cow::into_owned));
    chosen.or_else(|| view.trial?.row(0)?.error().map(Cow::into_owned))
}

/// The name of the file, and what opens another or makes room.
fn head_ui(ui: &mut Ui, view: &mut SetupView<'_, '_>, code: &mut CodeChoice) {
    let theme = view.cx.theme;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, ICON_OPEN_IN_FULL, "Edit in a larger window", None).clicked() {
                *view.is_editor_large = !*view.is_editor_large;
            }
            let open = Command::OpenCode;
            if widgets::icon_button(ui, ICON_FOLDER_OPEN, &open.label(), None).clicked() {
                view.cx.commands.send(open);
            }
            let save = Command::Setup(SetupCommand::SaveCode);
            if code.can_be_saved() && widgets::icon_button(ui, ICON_SAVE, &save.label(), None).clicked() {
                view.cx.commands.send(save);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if code.is_changed() {
                    let changed = RichText::new("changed").color(theme.warn);
                    ui.label(changed).on_hover_text(changed_text(code));
                }
                let name = widgets::elided(ui, RichText::new(code.file_name()).color(theme.weak));
                name.on_hover_text(code.source.file.display().to_string());
            });
        });
    });
    if *view.focus_code_path {
        let field = TextEdit::singleline(&mut code.path_text)
            .hint_text("the path of a .py or .ipynb file")
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(8, 5));
        let response = ui.add(field);
        if !response.has_focus() && !response.lost_focus() {
            response.request_focus();
        }
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if response.lost_focus() {
            *view.focus_code_path = false;
        }
        if is_entered && !code.path_text.trim().is_empty() {
            let path = path_from_text(&code.path_text);
            code.open(path, ui.ctx());
        }
    }
}

fn changed_text(code: &CodeChoice) -> &'static str {
    if code.source.is_of_notebook() {
        "What stands here is run. The notebook is as it was: this program does not write notebooks."
    } else {
        "What stands here is run. The file is as it was, until the code is saved."
    }
}

/// Another text has a history of its own.
fn editor_id(code: &CodeChoice) -> Id {
    Id::unique(("code", code.texts_read))
}

/// Whether what is typed goes to the code.
pub fn is_in_code(ctx: &Context, code: &CodeChoice) -> bool {
    ctx.memory(|memory| memory.has_focus(editor_id(code)))
}

fn editor_ui(ui: &mut Ui, theme: &Theme, code: &mut CodeChoice, failure: Option<&str>, height: f32) {
    let marked_line = code.marked_line(failure);
    let editor = Editor {
        id: editor_id(code),
        text: &mut code.source.text,
        cells: &code.source.cells,
        marked_line,
        wanted_line: &mut code.wanted_line,
        height,
    };
    let response = widgets::editor(ui, theme, editor);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::MultilineTextInput, true, "Code"));
    if response.changed() {
        code.edited(ui.ctx());
    }
}

fn large_ui(ui: &mut Ui, view: &mut SetupView<'_, '_>, code: &mut CodeChoice, failure: Option<&str>) {
    let theme = view.cx.theme;
    let mut is_open = true;
    Window::new(code.file_name())
        .id(Id::unique("large editor"))
        .open(&mut is_open)
        .default_pos(LARGE_AT)
        .default_size(LARGE)
        .collapsible(false)
        .show(ui.ctx(), |ui| {
            let size = ui.available_size();
            let height = (size.y - 40.0).max(120.0);
            ui.set_min_size(vec2(size.x, 160.0));
            editor_ui(ui, theme, code, failure, height);
            ui.add_space(GAP / 2.0);
            error_ui(ui, theme, code);
        });
    *view.is_editor_large = is_open;
}

fn error_ui(ui: &mut Ui, theme: &Theme, code: &CodeChoice) {
    if let Some(error) = code.error() {
        let mut text = capitalised(&error.without_remedy().to_string());
        // The other remedy has a link of its own.
        if error.remedy() == Some(Remedy::NameInterpreter) {
            text += "; or choose another Python below; a script needs none";
        }
        ui.add(Label::new(RichText::new(text).color(theme.bad)).wrap());
    }
}

/// The drop-down of the functions that were found.
fn chosen_ui(ui: &mut Ui, theme: &Theme, code: &mut CodeChoice) {
    if code.functions().is_empty() {
        if code.is_being_looked_at() {
            widgets::weak(ui, theme, "Looking for functions…");
        } else if code.error().is_none() {
            widgets::weak(ui, theme, "No function yet: one begins with a line like def task(n):");
        }
        return;
    }
    let before = code.function.clone();
    ui.horizontal(|ui| {
        let label = widgets::weak(ui, theme, "function");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let shown = code.chosen().map_or_else(|| "choose one".to_owned(), signature);
            let list = ComboBox::from_id_salt("function of the code").width(190.0).truncate();
            let response = list.selected_text(shown).show_ui(ui, |ui| functions_ui(ui, theme, code));
            response.response.labelled_by(label.id);
        });
    });
    if code.function != before {
        code.choose();
    }
    if let Some(doc) = code.chosen().and_then(|function| function.doc.clone()) {
        widgets::elided(ui, RichText::new(doc).color(theme.weak));
    }
}

/// All that can be called: functions, and under their titles what is called like one.
fn functions_ui(ui: &mut Ui, theme: &Theme, code: &mut CodeChoice) {
    let functions: Vec<_> = code.functions().to_vec();
    let mut kind = ListedKind::Function;
    for function in functions {
        if std::mem::replace(&mut kind, function.kind) != function.kind {
            widgets::section_title(ui, theme, kind_title(function.kind));
        }
        let text = function.doc.clone().unwrap_or_default();
        let name = Some(function.name.clone());
        let row = ui.selectable_value(&mut code.function, name, signature(&function));
        row.on_hover_text(format!("{} {text}", code.source.place(function.line)));
    }
}

fn kind_title(kind: ListedKind) -> &'static str {
    match kind {
        ListedKind::Function => "functions",
        ListedKind::Value => "called like functions",
        ListedKind::Class => "classes",
        ListedKind::Imported => "imported",
    }
}

/// "task(n)"; of a function of which a notebook has several, "task(n) · cell 4".
fn signature(function: &Listed) -> String {
    let whole = function.signature();
    match function.in_cell() {
        Some((name, cell)) => format!("{name}{} · cell {cell}", &whole[function.name.len()..]),
        None => whole,
    }
}

fn python_ui(ui: &mut Ui, view: &SetupView<'_, '_>, code: &mut CodeChoice) {
    let theme = view.cx.theme;
    if let Some(interpreter) = code.interpreter() {
        let lock = if interpreter.has_gil { "GIL" } else { "no GIL" };
        let text = format!("Python {} · {lock} · {}", interpreter.version, interpreter.path.display());
        widgets::elided(ui, RichText::new(&text).color(theme.weak)).on_hover_text(text);
    }
    consent::answer_ui(ui, theme, code);
    interpreter::ui(ui, view, code);
    let mut is_changed = false;
    ui.horizontal(|ui| {
        let whole = ui.checkbox(&mut code.is_whole, "Whole file");
        is_changed |= whole.on_hover_text(WHOLE).changed();
        let field = TextEdit::singleline(&mut code.initializer_text)
            .hint_text("initializer: start:10")
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(8, 4));
        let response = ui.add(field).on_hover_text(INITIALIZER);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Initializer"));
        if response.changed() {
            code.choose();
        }
    });
    let rule = if code.is_whole { "Runs the whole file when it is loaded." } else { RULE };
    let rule = RichText::new(rule).text_style(egui::TextStyle::Small).color(theme.weak);
    ui.add(Label::new(rule).wrap()).on_hover_text(WHOLE);
    if is_changed {
        code.edited(ui.ctx());
    }
}
