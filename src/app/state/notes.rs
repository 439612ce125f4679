//! Notes on the runs that the window holds: a run that has another note is another snapshot, which shares all else.

use std::sync::Arc;

use crate::app::note_command::NoteOn;
use crate::pool::{Event, Margin, NotePlace, RunSnapshot};

impl NoteOn {
    /// Writes the note if this is the run; says whether it is. One that is refused is left out: see [`Margin::check`].
    pub fn write(self, run: &mut Arc<RunSnapshot>, text: &str) -> bool {
        let is_it = run.log.plan.started == self.run;
        if is_it {
            write(run, [(self.place, text.into())]);
        }
        is_it
    }
}

/// Has a snapshot of a run that goes on show these notes.
pub(super) fn with_notes(run: &Arc<RunSnapshot>, margin: &Margin) -> Arc<RunSnapshot> {
    let mut run = Arc::clone(run);
    if *margin != run.log.margin {
        write(&mut run, margin.iter().map(|(place, text)| (place, Arc::clone(text))));
    }
    run
}

fn write(run: &mut Arc<RunSnapshot>, notes: impl IntoIterator<Item = (NotePlace, Arc<str>)>) {
    let run = Arc::make_mut(run);
    let at_ns = run.now_ns;
    for (place, text) in notes {
        run.log.apply(at_ns, &Event::NoteWritten { place, text });
    }
}
