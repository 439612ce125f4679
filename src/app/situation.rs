//! What goes on in the window, as far as it decides what can be asked of it.

/// What decides which commands can do something now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// A pool is at work.
    pub is_live: bool,
    pub is_paused: bool,
    /// It was asked to stop, now or after what runs.
    pub is_ending: bool,
    /// The last run left inputs without an output.
    pub has_undone: bool,
    pub has_deaths: bool,
    /// A run is over and has rows.
    pub has_results: bool,
    /// Two runs lie beside each other.
    pub is_comparing: bool,
    /// An example, a lesson or a file took the place of another setup.
    pub has_setup_before: bool,
    /// The code can be written to a file.
    pub has_code_to_save: bool,
    /// There is a run that a note can be written on.
    pub has_run: bool,
    /// The function is being tried with one input.
    pub is_trying: bool,
}
