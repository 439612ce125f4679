//! The desktop's own dialogs for choosing a file or a folder, which block the thread they are asked from.

use std::path::PathBuf;

use egui::Context;

use super::background::Task;
use crate::error::{Error, Result};
use crate::export::RUN_ENDING;

/// What is to be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choose {
    File,
    Folder,
    /// A script, a Python file or a notebook.
    Code,
    /// Where code is saved, and what it is called.
    SavedCode(String),
    /// A Python interpreter.
    Interpreter,
    /// Where results are saved.
    Results,
    /// Where a run is saved whole.
    SavedRun,
    /// Where a run is written for others.
    Export,
    /// Where a lesson is written as a page to hand out, and what it is called.
    Handout(String),
    /// Where a picture of a card is saved.
    Picture,
    /// A run that was saved.
    OpenRun,
    /// A setup or a lesson that was saved.
    OpenSetup,
    /// Where a setup or a lesson is saved, and what it is called.
    SavedSetup(String),
}

/// The chosen path, or nothing where the person changed their mind.
pub type Chosen = Result<Option<PathBuf>>;

/// Opens the dialog.
pub fn choose(what: Choose, ctx: &Context) -> Task<Chosen> {
    Task::spawn("open the file dialog", ctx, move || {
        if !os::has_dialogs() {
            let reason =
                "this desktop has neither a file portal nor zenity; write the path into the field instead";
            return Err(Error::io("open the file dialog", reason));
        }
        Ok(match what {
            Choose::File => file_dialog().pick_file(),
            Choose::Code => rfd::FileDialog::new()
                .set_title("Take functions from a file")
                .add_filter("Python", &["py", "ipynb", "star"])
                .add_filter("All files", &["*"])
                .pick_file(),
            Choose::SavedCode(name) => rfd::FileDialog::new()
                .set_title("Save the code")
                .set_file_name(name)
                .add_filter("Python", &["py"])
                .save_file(),
            Choose::Interpreter => {
                rfd::FileDialog::new().set_title("Choose the Python that runs the code").pick_file()
            }
            Choose::Results => rfd::FileDialog::new()
                .set_title("Save the results")
                .set_file_name("results.csv")
                .add_filter("CSV", &["csv"])
                .add_filter("JSON", &["json"])
                .add_filter("JSON Lines", &["jsonl"])
                .save_file(),
            Choose::Handout(name) => rfd::FileDialog::new()
                .set_title("Save the handout")
                .set_file_name(format!("{name}.html"))
                .add_filter("Web page", &["html"])
                .save_file(),
            Choose::SavedRun => run_dialog("Save the run").set_file_name("run.poolrun").save_file(),
            Choose::Export => rfd::FileDialog::new()
                .set_title("Export the run")
                .set_file_name("run.html")
                .add_filter("Report", &["html"])
                .add_filter("Trace for Perfetto", &["json"])
                .add_filter("Program in Python", &["py"])
                .add_filter("Figures in Markdown", &["md"])
                .add_filter("Figures as CSV", &["csv"])
                .save_file(),
            Choose::Picture => rfd::FileDialog::new()
                .set_title("Save the picture")
                .set_file_name("card.png")
                .add_filter("Picture", &["png"])
                .save_file(),
            Choose::OpenSetup => setup_dialog("Open a setup or lesson").pick_file(),
            Choose::SavedSetup(name) => {
                setup_dialog("Save the setup").set_file_name(format!("{name}.pool")).save_file()
            }
            Choose::OpenRun => run_dialog("Open a run").pick_file(),
            Choose::Folder => {
                rfd::FileDialog::new().set_title("Take the files of a folder as inputs").pick_folder()
            }
        })
    })
}

fn file_dialog() -> rfd::FileDialog {
    rfd::FileDialog::new()
        .set_title("Take inputs from a file")
        .add_filter("Inputs", &["csv", "tsv", "json", "jsonl", "ndjson", "txt", "lst", "dat"])
        .add_filter("All files", &["*"])
}

fn run_dialog(title: &str) -> rfd::FileDialog {
    rfd::FileDialog::new().set_title(title).add_filter("Saved runs", &[RUN_ENDING])
}

fn setup_dialog(title: &str) -> rfd::FileDialog {
    rfd::FileDialog::new().set_title(title).add_filter("Setups and lessons", &["pool"])
}

mod os;
