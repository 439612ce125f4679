//! Everything a person can ask of the window, in one list: buttons, menus, shortcuts and the palette all send these.
//!
//! What a command does is the business of `carry_out`; here are its words and its keys.

use std::path::PathBuf;
use std::sync::mpsc;

use egui::{Context, Key, KeyboardShortcut, Modifiers, ThemePreference};

use super::help_command::HelpCommand;
use super::lesson_command::LessonCommand;
use super::note_command::NoteCommand;
use super::setup_command::SetupCommand;
pub use super::situation::Situation;
use super::theme_choice::theme_word;
use super::widgets::Card;
use crate::function::Fault;
use crate::lessons::LESSONS;
use crate::lessons::steps::PROGRAMS;
use crate::pool::Mode;
use crate::pool::examples::{EXAMPLES, Example};

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Start,
    Stop,
    /// Ends the run when what is executing now is finished.
    StopSoon,
    Pause,
    Resume,
    /// Starts the last job again with the inputs that have no output.
    RerunFailed,
    /// Changes the number of workers of the run that is on.
    SetWorkers(usize),
    /// Ends the process under a worker, counted from 1.
    KillWorker(usize),
    SuspendWorker(usize),
    WakeWorker(usize),
    /// Has a worker make a fault.
    InjectFault(usize, Fault),
    /// Has the keys of the fault lab act on this worker, or on none.
    ChooseWorker(Option<usize>),
    /// Has a worker say in which calls of a Python function it is.
    ShowStack(usize),
    /// Shows all about the death of this number, counted from 0.
    ShowDeath(u64),
    ShowLastDeath,
    HideDeath,
    /// Runs the function with one input, apart from any run.
    TryOne,
    StopTrial,
    OpenFile,
    OpenFolder,
    /// Reads a script, a Python file or a notebook into the editor.
    OpenCode,
    /// Chooses the interpreter of Python code from disk.
    BrowseInterpreter,
    /// Brings a line of the code into view in the editor, counted from 1.
    ShowCodeLine(usize),
    /// Writes all rows of the run that is shown to a file.
    SaveResults,
    /// Saves a run whole, by its number.
    SaveRun(u32),
    /// Saves the run that is shown whole.
    SaveShownRun,
    /// Writes the run that is shown in a form for others.
    ExportShownRun,
    OpenRun,
    /// Shows the list of the runs in the place of the setup, or the setup again.
    ToggleRuns,
    ShowRun(u32),
    /// Lays a run beside the one that is shown, or takes it away from there.
    CompareRun(u32),
    EndComparison,
    PinRun(u32),
    RenameRun(u32, String),
    DeleteRun(u32),
    /// Runs the job that is set up with processes and with threads, in turns.
    RunBoth,
    /// Opens files and folders, each as what it is.
    LoadPaths(Vec<PathBuf>),
    /// Sets everything up as an example has it, and starts.
    RunExample(&'static Example),
    /// Types the chosen function's sample inputs.
    UseSampleInputs,
    /// Puts the cursor into the field for typed inputs.
    TypeInputs,
    /// Sets up whether workers are processes or threads.
    SetMode(Mode),
    Lesson(LessonCommand),
    Note(NoteCommand),
    Setup(SetupCommand),
    SetTheme(ThemePreference),
    ZoomIn,
    ZoomOut,
    ZoomReset,
    /// Folds the setup away or brings it back.
    ToggleSetup,
    /// Gives all cards the sizes that they have at first.
    ResetLayout,
    /// Has the card of this title fill the place of all, or no more.
    Enlarge(Card),
    Help(HelpCommand),
    /// Shows one row as chosen in all panels.
    SelectRow(u64),
    ClearSelection,
    CopyText(String),
    Quit,
}

/// The commands that need no more to be said, in the order of the palette; the examples follow them.
pub const PLAIN: [Command; 49] = [
    Command::Start,
    Command::Stop,
    Command::StopSoon,
    Command::Pause,
    Command::Resume,
    Command::RerunFailed,
    Command::ShowLastDeath,
    Command::TryOne,
    Command::StopTrial,
    Command::OpenFile,
    Command::OpenFolder,
    Command::OpenCode,
    Command::SaveResults,
    Command::SaveShownRun,
    Command::ExportShownRun,
    Command::OpenRun,
    Command::Setup(SetupCommand::Open),
    Command::Setup(SetupCommand::Save),
    Command::Setup(SetupCommand::SaveCode),
    Command::Setup(SetupCommand::Before),
    Command::RunBoth,
    Command::ToggleRuns,
    Command::EndComparison,
    Command::TypeInputs,
    Command::UseSampleInputs,
    Command::SetMode(Mode::Process),
    Command::SetMode(Mode::Thread),
    Command::ToggleSetup,
    Command::ResetLayout,
    Command::Enlarge(Card::Timeline),
    Command::Enlarge(Card::Results),
    Command::Enlarge(Card::Messages),
    Command::Lesson(LessonCommand::Gallery),
    Command::Lesson(LessonCommand::Template),
    Command::Lesson(LessonCommand::Own),
    Command::Lesson(LessonCommand::Present),
    Command::SetTheme(ThemePreference::System),
    Command::SetTheme(ThemePreference::Light),
    Command::SetTheme(ThemePreference::Dark),
    Command::ZoomIn,
    Command::ZoomOut,
    Command::ZoomReset,
    Command::ClearSelection,
    Command::Note(NoteCommand::OnChosen),
    Command::Help(HelpCommand::Guide),
    Command::Help(HelpCommand::Palette),
    Command::Help(HelpCommand::Shortcuts),
    Command::Help(HelpCommand::About),
    Command::Quit,
];

/// All commands that the palette offers.
pub fn offered() -> impl Iterator<Item = Command> {
    let lessons = (0..LESSONS.len()).map(|place| Command::Lesson(LessonCommand::Show(place)));
    let programs = (0..PROGRAMS.len()).map(|place| Command::Lesson(LessonCommand::Program(place)));
    let fault_lab = [Command::ChooseWorker(Some(1))];
    let plain = PLAIN.into_iter().chain(fault_lab).chain(EXAMPLES.iter().map(Command::RunExample));
    plain.chain(lessons).chain(programs)
}

impl Command {
    /// The words on buttons, in menus and in the palette.
    pub fn label(&self) -> String {
        match self {
            Self::Start => "Start".into(),
            Self::Stop => "Stop".into(),
            Self::StopSoon => "Finish current items".into(),
            Self::Pause => "Pause".into(),
            Self::Resume => "Resume".into(),
            Self::RerunFailed => "Rerun failed and not run".into(),
            Self::SetWorkers(count) => format!("Set the workers to {count}"),
            Self::KillWorker(worker) => format!("Kill worker {worker}"),
            Self::SuspendWorker(worker) => format!("Suspend worker {worker}"),
            Self::WakeWorker(worker) => format!("Wake up worker {worker}"),
            Self::InjectFault(worker, fault) => format!("Make a fault of worker {worker}: {fault}"),
            Self::ChooseWorker(worker) => choice_of(*worker),
            Self::ShowStack(worker) => format!("Show where worker {worker} is in the code"),
            Self::ShowDeath(number) => format!("Show death {}", number + 1),
            Self::ShowLastDeath => "Show the last death".into(),
            Self::HideDeath => "Close the details of the death".into(),
            Self::TryOne => "Try on one".into(),
            Self::StopTrial => "Cancel the try".into(),
            Self::OpenCode => "Open code…".into(),
            Self::BrowseInterpreter => "Browse…".into(),
            Self::ShowCodeLine(line) => format!("Show line {line} of the code"),
            Self::OpenFile => "Open file…".into(),
            Self::OpenFolder => "Open folder…".into(),
            Self::SaveResults => "Save results…".into(),
            Self::SaveRun(number) => format!("Save run {number}"),
            Self::SaveShownRun => "Save the run…".into(),
            Self::ExportShownRun => "Export the run…".into(),
            Self::OpenRun => "Open a run…".into(),
            Self::ToggleRuns => "Runs or setup".into(),
            Self::ShowRun(number) => format!("Show run {number}"),
            Self::CompareRun(number) => format!("Compare with run {number}"),
            Self::EndComparison => "End the comparison".into(),
            Self::PinRun(number) => format!("Pin run {number}"),
            Self::RenameRun(number, _) => format!("Rename run {number}"),
            Self::DeleteRun(number) => format!("Delete run {number}"),
            Self::RunBoth => "Run in both modes".into(),
            Self::LoadPaths(paths) => open_label(paths),
            Self::RunExample(example) => format!("Example: {}", example.name),
            Self::UseSampleInputs => "Use sample inputs".into(),
            Self::TypeInputs => "Type inputs".into(),
            Self::SetMode(mode) => format!("Use {}", mode.plural()),
            Self::Lesson(command) => command.label(),
            Self::Note(command) => command.label().into(),
            Self::Setup(command) => command.label(),
            Self::SetTheme(theme) => format!("Colours: {}", theme_word(*theme)),
            Self::ZoomIn => "Zoom in".into(),
            Self::ZoomOut => "Zoom out".into(),
            Self::ZoomReset => "Zoom to 100 %".into(),
            Self::ToggleSetup => "Fold or unfold the setup".into(),
            Self::ResetLayout => "Reset the layout".into(),
            Self::Enlarge(card) => format!("Fill the window: {}", card.title().to_lowercase()),
            Self::Help(command) => command.label().into(),
            Self::SelectRow(index) => format!("Choose item {index}"),
            Self::ClearSelection => "Clear the selection".into(),
            Self::CopyText(_) => "Copy".into(),
            Self::Quit => "Quit".into(),
        }
    }

    /// Other words by which it is found.
    pub fn keywords(&self) -> String {
        match self {
            Self::Lesson(command) => command.keywords(),
            Self::Enlarge(_) => "enlarge maximize card full".into(),
            Self::ChooseWorker(_) => "fault lab kill crash hang suspend leak flood".into(),
            Self::SetTheme(_) => "theme mode".into(),
            _ => String::new(),
        }
    }

    /// What it does, in a sentence; empty where the label says all.
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::Start => "Runs the function over all inputs, in a new pool.",
            Self::Stop => "Ends all workers within two seconds and keeps what is finished.",
            Self::StopSoon => {
                "Starts no more items; the run ends when those that are running now are finished."
            }
            Self::Pause => "Starts no more items until Resume; those that are running now are finished.",
            Self::Resume => "Goes on where it was paused.",
            Self::RerunFailed => {
                "Runs the items that failed, timed out, were stopped or never ran, with the pool as it is set up now. What went well is kept."
            }
            Self::ShowLastDeath => "Shows why the last worker process died, and what it was running.",
            Self::TryOne => {
                "Calls the function with the chosen input, or the first, and shows what comes of it."
            }
            Self::StopTrial => "Ends the process in which the function is tried.",
            Self::OpenCode => "Reads a script, a Python file or a notebook; nothing of it is run.",
            Self::OpenFile => "Takes inputs from a CSV, JSON or text file.",
            Self::OpenFolder => "Takes the paths of the files in a folder as inputs.",
            Self::SaveResults => {
                "Writes the rows of a run that is over to a file: CSV, JSON or JSON Lines, as the ending of its name says."
            }
            Self::SaveShownRun => {
                "Saves the run that is shown with all its rows, messages and times, to be opened and compared later."
            }
            Self::ExportShownRun => {
                "Writes the run that is shown as a report (.html), as a trace for Perfetto (.json), as a program in Python (.py), or its figures (.md, .csv)."
            }
            Self::OpenRun => "Opens a run that was saved; nothing of it is run.",
            Self::ToggleRuns => "Shows the runs that are kept in the place of the setup, or the setup again.",
            Self::RunBoth => {
                "Runs what is set up with processes and with threads, in turns, and lays both on one clock."
            }
            Self::EndComparison => "Shows one run alone again.",
            Self::RunExample(example) => example.summary,
            Self::UseSampleInputs => "Fills in inputs that show the chosen function at work.",
            Self::SetMode(Mode::Process) => {
                "Workers have their own memory each, and a crash costs one of them."
            }
            Self::SetMode(Mode::Thread) => {
                "Workers share one process and its memory; a crash ends all of them."
            }
            Self::Lesson(command) => command.tooltip(),
            Self::Note(command) => command.tooltip(),
            Self::Setup(command) => command.tooltip(),
            Self::SetTheme(ThemePreference::System) => "Follows the colours of the desktop.",
            Self::ToggleSetup => "Hides the setup, so that the views get its width.",
            Self::ResetLayout => "Gives all cards the sizes that they have at first.",
            Self::Enlarge(_) => "Shows this card alone; Escape gives all cards their places back.",
            Self::Help(command) => command.tooltip(),
            _ => "",
        }
    }

    /// The keys that send it.
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        let (modifiers, key) = match self {
            // Both are on one key: which of them it sends depends on whether a run is on.
            Self::Start | Self::Stop => (Modifiers::COMMAND, Key::Enter),
            Self::StopSoon => (COMMAND_SHIFT, Key::Enter),
            // On one key as well, for the same reason.
            Self::Pause | Self::Resume => (Modifiers::COMMAND, Key::P),
            Self::TryOne | Self::StopTrial => (Modifiers::COMMAND, Key::T),
            Self::RerunFailed => (Modifiers::COMMAND, Key::R),
            Self::ShowLastDeath => (Modifiers::COMMAND, Key::D),
            Self::OpenFile => (Modifiers::COMMAND, Key::O),
            Self::OpenFolder => (COMMAND_SHIFT, Key::O),
            Self::SaveResults => (Modifiers::COMMAND, Key::S),
            Self::SaveShownRun => (COMMAND_SHIFT, Key::S),
            Self::ExportShownRun => (Modifiers::COMMAND, Key::E),
            Self::RunBoth => (COMMAND_SHIFT, Key::B),
            Self::ToggleRuns => (Modifiers::COMMAND, Key::L),
            Self::Lesson(LessonCommand::Gallery) => (COMMAND_SHIFT, Key::L),
            Self::Lesson(LessonCommand::Present) => (Modifiers::NONE, Key::F11),
            // As those of lessons, it is a letter alone: it is written while something is shown, not while something is typed.
            Self::Note(NoteCommand::OnChosen) => (Modifiers::NONE, Key::N),
            Self::TypeInputs => (Modifiers::COMMAND, Key::I),
            Self::ToggleSetup => (Modifiers::COMMAND, Key::B),
            Self::ZoomIn => (Modifiers::COMMAND, Key::Plus),
            Self::ZoomOut => (Modifiers::COMMAND, Key::Minus),
            Self::ZoomReset => (Modifiers::COMMAND, Key::Num0),
            Self::Help(command) => return command.shortcut(),
            Self::Quit => (Modifiers::COMMAND, Key::Q),
            _ => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// Whether it would do something now.
    pub fn is_possible(&self, situation: Situation) -> bool {
        match self {
            Self::Start | Self::RunExample(_) | Self::UseSampleInputs => !situation.is_live,
            Self::Stop | Self::ChooseWorker(Some(_)) => situation.is_live,
            Self::StopSoon => situation.is_live && !situation.is_ending,
            Self::Pause => situation.is_live && !situation.is_ending && !situation.is_paused,
            Self::Resume => situation.is_live && !situation.is_ending && situation.is_paused,
            Self::RerunFailed => !situation.is_live && situation.has_undone,
            Self::ShowLastDeath => situation.has_deaths,
            Self::SaveResults | Self::SaveShownRun | Self::ExportShownRun => situation.has_results,
            Self::SetMode(_) | Self::RunBoth => !situation.is_live,
            Self::EndComparison => situation.is_comparing,
            Self::Setup(SetupCommand::SaveCode) => situation.has_code_to_save,
            Self::Setup(SetupCommand::Before) => situation.has_setup_before && !situation.is_live,
            Self::Note(NoteCommand::OnChosen) => situation.has_run,
            Self::TryOne => !situation.is_trying,
            Self::StopTrial => situation.is_trying,
            _ => true,
        }
    }

    /// Whether egui acts on the keys itself, so that the window must not do it again.
    pub fn is_bound_by_egui(&self) -> bool {
        matches!(self, Self::ZoomIn | Self::ZoomOut | Self::ZoomReset)
    }
}

fn open_label(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    format!("Open {}", names.join(", "))
}

fn choice_of(worker: Option<usize>) -> String {
    worker.map_or("Choose no worker".to_owned(), |worker| format!("Choose worker {worker}"))
}

/// Where views and background threads put commands; cheap to clone and to use.
#[derive(Clone)]
pub struct CommandSender {
    sender: mpsc::Sender<Command>,
    ctx: Context,
}

impl CommandSender {
    /// Puts a command into the queue and wakes the window, which acts on it in its next frame.
    pub fn send(&self, command: Command) {
        // It fails only when the window is gone, and then there is nobody left to do it.
        let _ = self.sender.send(command);
        self.ctx.request_repaint();
    }
}

/// A queue of commands for the window of `ctx`.
pub fn channel(ctx: &Context) -> (CommandSender, mpsc::Receiver<Command>) {
    let (sender, receiver) = mpsc::channel();
    (CommandSender { sender, ctx: ctx.clone() }, receiver)
}

#[cfg(test)]
mod tests;
