//! The desktop's own dialogs for choosing a file or a folder, which block the thread they are asked from.

use std::path::PathBuf;

use egui::Context;

use super::background::Task;
use crate::error::{Error, Result};

/// What is to be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choose {
    File,
    Folder,
    /// A script, a Python file or a notebook.
    Code,
    /// A Python interpreter.
    Interpreter,
    /// Where results are saved.
    Results,
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

mod os;
