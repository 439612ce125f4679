//! The question before an interpreter that lies in a file's own folder is started, and what comes of the answers.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use poolscope::app::command::Situation;
use poolscope::app::state::Phase;
use poolscope::function::FunctionSpec;
use poolscope::function::python::{Trust, installed_interpreter};
use tempfile::TempDir;

use crate::setup::{COLUMN, Shared, stage};
use crate::stage::Stage;

/// A folder with a file and an environment whose interpreter leaves a trace when it is started.
struct Project {
    setup: Shared,
    harness: Harness<'static, Stage>,
    folder: TempDir,
}

impl Project {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let programs = folder.path().join("project").join(".venv").join("bin");
        fs::create_dir_all(&programs).unwrap();
        fs::write(folder.path().join("project").join("task.py"), "def task(n):\n    return n * 2\n").unwrap();
        let (trace, python) = (folder.path().join("started"), installed_interpreter().unwrap());
        let program = programs.join("python3");
        let script = format!("#!/bin/sh\ntouch '{}'\nexec '{}' \"$@\"\n", trace.display(), python.display());
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        let (setup, stage) = stage(Phase::Ready, Situation::default());
        let harness = stage.open_with(Harness::builder().with_size(COLUMN));
        let mut project = Self { setup, harness, folder };
        project.load();
        project
    }

    /// Opens the file in a window that was never asked.
    fn load(&mut self) {
        let settings = self.folder.path().join("settings").join("trusted.json");
        {
            let setup = &mut *self.setup.borrow_mut();
            setup.function.code.consent.trust = Trust::at(settings);
            setup.inputs.type_text("1, 2", Instant::now(), &self.harness.ctx);
            setup.function.open(self.folder.path().join("project").join("task.py"), &self.harness.ctx);
        }
        self.settle();
    }

    fn settle(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            self.harness.run_steps(2);
            if !self.setup.borrow().function.is_being_looked_at() {
                break;
            }
            assert!(Instant::now() < deadline, "the code is still being looked at");
        }
        self.harness.run_steps(2);
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_role_and_label(Role::Button, label).click();
        self.harness.run_steps(2);
        self.settle();
    }

    fn is_asked(&self) -> bool {
        self.harness.query_by_label("Which Python runs it?").is_some()
    }

    fn was_started(&self) -> bool {
        self.folder.path().join("started").exists()
    }

    /// Why the pool cannot be started.
    fn why_not(&self) -> String {
        self.setup.borrow_mut().job().unwrap_err().to_string()
    }

    fn interpreter(&self) -> PathBuf {
        let FunctionSpec::Python(python) = self.setup.borrow_mut().job().unwrap().function else {
            panic!("no Python function")
        };
        python.interpreter
    }
}

#[test]
fn nothing_of_a_folder_is_started_before_a_person_says_so() {
    let mut project = Project::open();
    assert!(project.is_asked());
    assert!(project.why_not().contains("say beside the code which Python runs it"), "{}", project.why_not());
    // The functions are listed all the same.
    project.harness.get_by_role_and_label(Role::ComboBox, "function");
    assert_eq!(project.setup.borrow().function.name(), "task");
    assert!(!project.was_started());
    project.click("Use it");
    assert!(!project.is_asked() && project.was_started());
    assert!(project.setup.borrow_mut().job().is_ok());
}

#[test]
fn an_answer_is_remembered_and_can_be_taken_back() {
    let mut project = Project::open();
    project.click("Use it");
    project.load();
    assert!(!project.is_asked());
    project.harness.get_by_label("You allowed it for this folder.");
    project.click("Ask again");
    assert!(project.is_asked());
    assert!(project.setup.borrow_mut().job().is_err());
}

#[test]
fn another_python_is_taken_instead_of_that_of_the_folder() {
    let mut project = Project::open();
    let instead = project.setup.borrow().function.code.question().unwrap().instead.clone().unwrap();
    project.click(&format!("Use {instead} instead"));
    assert!(!project.is_asked() && !project.was_started());
    assert!(!project.interpreter().starts_with(project.folder.path()), "{:?}", project.interpreter());
    project.load();
    assert!(!project.is_asked() && !project.was_started());
    project.click("Ask again");
    assert!(project.is_asked());
}

#[test]
fn an_interpreter_that_cannot_run_it_is_told_from_code_that_is_none() {
    let mut project = Project::open();
    project.setup.borrow_mut().function.code.interpreter_text = "/no/such/python".to_owned();
    project.setup.borrow_mut().function.code.edited(&project.harness.ctx);
    project.settle();
    assert!(project.why_not().contains("this Python cannot run the code"), "{}", project.why_not());
    project.setup.borrow_mut().function.code.interpreter_text.clear();
    project.setup.borrow_mut().function.code.source.text = "def task(n:\n".to_owned();
    project.setup.borrow_mut().function.code.edited(&project.harness.ctx);
    project.settle();
    assert!(project.why_not().contains("line 1"), "{}", project.why_not());
}
