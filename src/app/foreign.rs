//! The question before something runs that a file has brought: whoever made the file decides what it does.

use egui::{Context, CornerRadius, Frame, Id, Label, Margin, Modal, RichText};

use super::PoolscopeApp;
use super::background::{Task, TaskFor, finished_for};
use super::command::Command;
use super::context::ViewContext;
use super::lesson_command::LessonCommand;
use super::setup_command::SetupCommand;
use super::state::{LessonCard, LessonPage, LessonSource, SavedSetup};
use super::theme::{CARD_RADIUS, GAP, strong};

/// So many functions that were allowed to run are remembered.
const MOST_ALLOWED: usize = 200;

/// Where what is set up comes from, and what may be run.
#[derive(Default)]
pub struct Foreign {
    /// The file that brought what is set up, where nobody has allowed that to run.
    pub file: Option<String>,
    /// What a person has allowed to run, or has saved: see [`SavedSetup::fingerprint`].
    pub allowed: Vec<String>,
    /// A command that waits until the fingerprint of what it would run is known, for which a file is read.
    looked_up: Option<TaskFor<Wanted, String>>,
    /// What was allowed, and is carried out the next time it comes.
    cleared: Option<Wanted>,
}

/// What a person wants to run that a file has brought.
#[derive(PartialEq)]
struct Wanted {
    /// The name of that file.
    file: String,
    setup: SavedSetup,
    command: Command,
}

impl Foreign {
    /// Remembers that what has this fingerprint may run.
    pub fn allow(&mut self, fingerprint: String) {
        self.allowed.retain(|other| *other != fingerprint);
        self.allowed.push(fingerprint);
        let too_many = self.allowed.len().saturating_sub(MOST_ALLOWED);
        self.allowed.drain(..too_many);
    }
}

impl PoolscopeApp {
    /// Whether a command has to wait, because it would run what a file has brought: until it is known whether that was allowed,
    /// and otherwise for a person's answer.
    pub(super) fn waits_for_leave(&mut self, command: &Command, ctx: &Context) -> bool {
        let Some(wanted) = self.brought(command).filter(|wanted| wanted.setup.is_powerful()) else {
            return false;
        };
        // Only that: something else may have been set up meanwhile.
        if self.foreign.cleared.take().is_some_and(|cleared| cleared == wanted) {
            return false;
        }
        // A second press asks for the same.
        if self.foreign.looked_up.is_none() {
            let setup = wanted.setup.clone();
            let look_up = Task::spawn("read the code", ctx, move || Ok(setup.fingerprint()));
            self.foreign.looked_up = Some((wanted, look_up));
        }
        true
    }

    /// What a command would run that a file has brought.
    fn brought(&self, command: &Command) -> Option<Wanted> {
        let (file, setup) = match (command, &self.lesson) {
            (
                Command::Lesson(LessonCommand::Run),
                Some(LessonPage::Lesson(LessonCard { lesson: LessonSource::File(lesson), .. })),
            ) => {
                // What is set up is the person's own, unless a file has brought it.
                let file = if lesson.is_own { self.foreign.file.clone() } else { Some(lesson.file.clone()) };
                (file?, lesson.setup.clone())
            }
            (Command::Start | Command::RunBoth | Command::TryOne, _) => {
                (self.foreign.file.clone()?, SavedSetup::with_code(&self.setup))
            }
            _ => return None,
        };
        Some(Wanted { file, setup, command: command.clone() })
    }

    /// Carries out what was allowed, or asks; once a frame.
    pub(super) fn follow_leave(&mut self) {
        let Some((wanted, fingerprint)) = finished_for(&mut self.foreign.looked_up) else { return };
        match fingerprint {
            Ok(fingerprint) if self.foreign.allowed.contains(&fingerprint) => {
                self.commands.send(wanted.command.clone());
                self.foreign.cleared = Some(wanted);
            }
            Ok(fingerprint) => {
                let Wanted { file, setup, command } = wanted;
                let what = setup.shown_function();
                self.layout.ask(ForeignQuestion { file, what, fingerprint, then: command });
            }
            Err(error) => self.complain(error),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignQuestion {
    /// The name of the file.
    pub file: String,
    /// What would run: "the command `gzip {}`".
    pub what: String,
    /// Stands for it among what was allowed.
    pub fingerprint: String,
    /// What was wanted.
    pub then: Command,
}

/// Draws the question; whether it stays open.
pub fn ui(ctx: &Context, cx: &ViewContext<'_>, question: &ForeignQuestion) -> bool {
    let theme = cx.theme;
    let frame = Frame::new().fill(theme.panel).stroke(theme.hairline());
    let frame = frame.corner_radius(CornerRadius::same(CARD_RADIUS)).inner_margin(Margin::same(16));
    let modal = Modal::new(Id::unique("foreign")).frame(frame).show(ctx, |ui| {
        ui.set_width(420.0);
        ui.label(RichText::new(format!("Run what {} has brought?", question.file)).text_style(strong()));
        ui.add_space(GAP / 2.0);
        let text = format!(
            "It would run {}, which can do everything that you can. Run it only if you trust whoever made the file, or \
             have read it. You are asked again when it changes, but not when something that it imports or starts does.",
            question.what
        );
        ui.add(Label::new(RichText::new(text).color(theme.text)).wrap());
        ui.add_space(GAP);
        ui.horizontal(|ui| {
            let allows = ui.button("Run it").clicked();
            (allows, ui.button("Not now").clicked())
        })
        .inner
    });
    let (allows, declines) = modal.inner;
    if allows {
        cx.commands.send(Command::Setup(SetupCommand::Allow(question.fingerprint.clone())));
        cx.commands.send(question.then.clone());
    }
    !allows && !declines && !modal.should_close()
}
