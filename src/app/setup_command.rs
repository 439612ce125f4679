//! What can be asked of the setup as a whole.

/// Something to be done with the setup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetupCommand {
    /// Reads a setup, or a lesson, from a file.
    Open,
    /// Writes the setup to a file.
    Save,
    /// Writes the code of the editor to its file, or to a new one.
    SaveCode,
    /// Makes the setup what it was before an example, a lesson or a file took its place.
    Before,
    /// From now on, what has this fingerprint may be run.
    Allow(String),
}

impl SetupCommand {
    /// The words on buttons and in the palette.
    pub fn label(&self) -> String {
        match self {
            Self::Open => "Open a setup or lesson…".into(),
            Self::Save => "Save the setup…".into(),
            Self::SaveCode => "Save the code".into(),
            Self::Before => "Back to the setup before".into(),
            Self::Allow(_) => "Run it".into(),
        }
    }

    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::Open => "Opens a setup, or a lesson, that was saved (.pool); nothing of it is run.",
            Self::Save => {
                "Saves what is set up, with its code, as a file that can be read, sent and opened elsewhere."
            }
            Self::SaveCode => "Writes the code to its file; of code without one, asks for a place.",
            Self::Before => "Sets up again what an example, a lesson or a file took the place of.",
            Self::Allow(_) => "Runs what the file has brought, from now on without asking again.",
        }
    }
}
