//! What can be asked of the lessons.

use crate::lessons::LESSONS;

/// Something to be done with the lessons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LessonCommand {
    /// Shows all lessons.
    Gallery,
    /// Shows the lesson at this place of the catalogue, from its beginning.
    Show(usize),
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
            Self::Leave => "Leave the lessons".into(),
        }
    }

    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Gallery => {
                "Claims about processes and threads, each to be predicted and measured on this machine."
            }
            Self::Template => {
                "Sets up a function of Python with inputs and with words on what to change. Nothing of it runs before you start it."
            }
            Self::Own => {
                "Makes a lesson of what is set up: predict, run it with processes and with threads, save it or hand it in."
            }
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
            Self::ForgetVotes => "Begins the counting of votes anew.",
            _ => "",
        }
    }
}
