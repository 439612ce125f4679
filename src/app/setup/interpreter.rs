//! Which interpreter runs Python code: the one that goes with it, another of those that were found, or any other.

use std::path::{Path, PathBuf};

use egui::{Align, Layout, Margin, TextEdit, Ui, WidgetInfo};

use super::SetupView;
use crate::app::command::Command;
use crate::app::state::CodeChoice;
use crate::app::widgets::{self, Pick};

/// The widest that the word gets.
const WIDTH: f32 = 200.0;
const TOOLTIP: &str = "The Python that runs the code: that of a virtual environment beside it, of the active one, or the \
                       first on the PATH, unless you choose another.";

/// What can be chosen.
#[derive(Debug, Clone, PartialEq)]
enum Choice {
    /// The one that goes with the code.
    Fitting,
    Named(PathBuf),
    Browse,
    Write,
}

/// Draws the choice, and the field for a path where that is wanted.
pub fn ui(ui: &mut Ui, view: &SetupView<'_, '_>, code: &mut CodeChoice) {
    let theme = view.cx.theme;
    let written = code.interpreter_text.trim().to_owned();
    let chosen = match written.as_str() {
        "" => Choice::Fitting,
        path => Choice::Named(path.into()),
    };
    let shown = match &chosen {
        Choice::Named(path) => path.display().to_string(),
        _ => "the one found for the code".to_owned(),
    };
    let look = Pick {
        name: "Interpreter",
        shown: &shown,
        tooltip: TOOLTIP,
        is_chosen: chosen != Choice::Fitting,
        most_width: WIDTH,
    };
    let options = options(code.interpreters(), &chosen);
    let newly = ui.horizontal(|ui| {
        widgets::weak(ui, theme, "Python");
        let layout = Layout::right_to_left(Align::Center);
        ui.with_layout(layout, |ui| widgets::pick(ui, theme, &look, &chosen, &options)).inner
    });
    match newly.inner {
        None => {}
        Some(Choice::Fitting) => name(ui, code, ""),
        Some(Choice::Named(path)) => name(ui, code, &path.display().to_string()),
        Some(Choice::Browse) => view.cx.commands.send(Command::BrowseInterpreter),
        Some(Choice::Write) => code.writes_interpreter = true,
    }
    if code.writes_interpreter {
        path_ui(ui, code);
    }
}

fn options(found: &[PathBuf], chosen: &Choice) -> Vec<(Choice, String)> {
    let label = |path: &Path| path.display().to_string();
    let mut options = vec![(Choice::Fitting, "the one found for the code".to_owned())];
    options.extend(found.iter().map(|path| (Choice::Named(path.clone()), label(path))));
    if let Choice::Named(path) = chosen
        && !found.contains(path)
    {
        options.push((chosen.clone(), label(path)));
    }
    options.push((Choice::Browse, Command::BrowseInterpreter.label()));
    options.push((Choice::Write, "Write its path…".to_owned()));
    options
}

fn name(ui: &Ui, code: &mut CodeChoice, path: &str) {
    path.clone_into(&mut code.interpreter_text);
    code.edited(ui.ctx());
}

/// For desktops that have no dialogs.
fn path_ui(ui: &mut Ui, code: &mut CodeChoice) {
    let field = TextEdit::singleline(&mut code.interpreter_text)
        .hint_text("the path of an interpreter")
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(8, 4));
    let response = ui.add(field);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, true, "Path of the interpreter"));
    if response.changed() {
        code.edited(ui.ctx());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_offered_also_where_it_was_not_found() {
        let found = [PathBuf::from("/usr/bin/python3")];
        let chosen = Choice::Named("/opt/python".into());
        let labels: Vec<String> = options(&found, &chosen).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels[1..3], ["/usr/bin/python3", "/opt/python"]);
        assert_eq!(options(&found, &Choice::Named(found[0].clone())).len(), 4);
    }
}
