//! What can be asked of the lessons.

use crate::lessons::LESSONS;
use crate::lessons::steps::PROGRAMS;

/// Something to be done with the lessons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LessonCommand {
    /// Shows all lessons.
    Gallery,
    /// Shows the lesson at this place of the catalogue, as it was left.
    Show(usize),
    /// Shows the lesson that is none of the catalogue, as it was left.
    Left,
    /// Shows the program at this place, to be run step by step.
    Program(usize),
    /// Executes the next line of the program.
    Step,
    /// Ends the run of the program and begins anew.
    Again,
    /// Has the program start its processes in another way, from the beginning.
    NextMethod,
    /// Sets up a function of Python to be changed; nothing of it runs.
    Template,
    /// Shows what is set up as a lesson, from its beginning.
    Own,
    /// Counts a vote for the answer at this place.
    Vote(usize),
    ForgetVotes,
    /// Makes the runs of the lesson.
    Run,
    /// Ends the run that is on; the lesson shows that nothing was measured.
    Stop,
    /// Takes the last run of the lesson into the setup, to be changed.
    Change,
    /// Writes what came of it as a page to hand out.
    Handout,
    /// Writes the lesson with its votes to a file.
    Save,
    /// Copies a program in Python that does what the last run did.
    CopyPython,
    /// Fills the screen, with larger type and without bars; or no more.
    Present,
    /// Makes the screen black until the next key, where it is filled.
    Blacken,
    /// Goes back to the setup and the views.
    Leave,
}

impl LessonCommand {
    /// The words on buttons and in the palette.
    pub fn label(self) -> String {
        match self {
            Self::Gallery => "Lessons".into(),
            Self::Show(place) => match LESSONS.get(place) {
                Some(lesson) => format!("Lesson {}: {}", lesson.number(), lesson.claim),
                None => "Lesson".into(),
            },
            Self::Left => "Go on with your lesson".into(),
            Self::Program(place) => match PROGRAMS.get(place) {
                Some(program) => format!("Step by step: {}", program.topic),
                None => "Step by step".into(),
            },
            Self::Step => "Step".into(),
            Self::Again => "Run again".into(),
            Self::NextMethod => "Start processes in another way".into(),
            Self::Template => "Begin a function of your own".into(),
            Self::Own => "Predict what is set up".into(),
            Self::Vote(place) => format!("Vote for answer {}", place + 1),
            Self::ForgetVotes => "Forget the votes".into(),
            Self::Run => "Run".into(),
            Self::Stop => "Stop".into(),
            Self::Change => "Change it".into(),
            Self::Handout => "Handout…".into(),
            Self::Save => "Save the lesson…".into(),
            Self::CopyPython => "Copy as Python".into(),
            Self::Present => "Present".into(),
            Self::Blacken => "Black screen".into(),
            Self::Leave => "Leave the lessons".into(),
        }
    }

    /// Other words by which it is found: what it is about.
    pub fn keywords(self) -> String {
        match self {
            Self::Show(place) => LESSONS.get(place).map(|lesson| lesson.keywords()).unwrap_or_default(),
            Self::Program(place) => {
                PROGRAMS.get(place).map(|program| program.file).unwrap_or_default().to_owned()
            }
            _ => String::new(),
        }
    }

    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Gallery => {
                "Claims about processes and threads, each to be predicted and measured on this machine."
            }
            Self::Template => "A Python file with inputs, set up to be changed.",
            Self::Own => "Makes a lesson of it: predict, run it in both modes, save it or hand it in.",
            Self::Run => "Makes the runs of this lesson and shows what they came to.",
            Self::Change => {
                "Takes the function and inputs of this lesson into the setup, to try something else with them."
            }
            Self::Handout => "Writes the claim, the votes, the runs and what they came to as one web page.",
            Self::CopyPython => "Copies a program in Python that does what the last of these runs did.",
            Self::Save => {
                "Saves this lesson with what was predicted as a file, to be opened elsewhere or changed."
            }
            Self::Present => {
                "Fills the screen with the lesson or the views, in larger type and without bars; B makes it black. Once more, and all is as before."
            }
            Self::Blacken => "Makes the screen black; any key or click brings it back.",
            Self::Program(_) => {
                "A program of multiprocessing, run for real in your Python, one line at a time."
            }
            Self::Step => "Runs the marked line in your Python and stops before the next one.",
            Self::Again => "Ends the program with its processes, and begins it anew.",
            Self::NextMethod => {
                "How Python starts a process: fork copies the program, spawn starts a new Python, forkserver has a helper copy \
                 itself. Begins anew with the next of them."
            }
            Self::ForgetVotes => "Begins the counting of votes anew.",
            _ => "",
        }
    }
}
