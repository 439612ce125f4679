//! The fault lab: what a person can do to the worker that is chosen in the timeline, by key or in its menu, and whom else that
//! hits.

use egui::{Context, Event, InputState, Key, Modifiers, Popup};

use super::command::Command;
use super::setup::capitalised;
use crate::function::Fault;
use crate::pool::{HostName, Injection, RunLog, When};

/// Something that is done to a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabAct {
    Kill,
    Make(Fault),
    Suspend,
    Wake,
}

/// All of them, in the order in which they are shown.
pub const ACTS: [LabAct; 8] = [
    LabAct::Kill,
    LabAct::Make(Fault::Segfault),
    LabAct::Make(Fault::Abort),
    LabAct::Make(Fault::Hang),
    LabAct::Suspend,
    LabAct::Wake,
    LabAct::Make(Fault::Leak),
    LabAct::Make(Fault::Flood),
];

impl LabAct {
    /// The key that does it to the chosen worker.
    pub fn key(self) -> Key {
        match self {
            Self::Kill => Key::K,
            Self::Make(Fault::Segfault) => Key::G,
            Self::Make(Fault::Abort) => Key::A,
            Self::Make(Fault::Hang) => Key::H,
            Self::Make(Fault::Leak) => Key::L,
            Self::Make(Fault::Flood) => Key::F,
            Self::Suspend => Key::S,
            Self::Wake => Key::W,
        }
    }

    /// The words in menus.
    pub fn label(self) -> &'static str {
        match self {
            Self::Kill => "Kill this worker",
            Self::Make(Fault::Segfault) => "Crash it: segmentation fault",
            Self::Make(Fault::Abort) => "Have it abort",
            Self::Make(Fault::Hang) => "Have it hang",
            Self::Make(Fault::Leak) => "Have it leak memory",
            Self::Make(Fault::Flood) => "Have it flood the messages",
            Self::Suspend => "Suspend",
            Self::Wake => "Wake up",
        }
    }

    /// The same in a word, beside its key.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Make(Fault::Segfault) => "segfault",
            Self::Make(Fault::Abort) => "abort",
            Self::Make(Fault::Hang) => "hang",
            Self::Make(Fault::Leak) => "leak",
            Self::Make(Fault::Flood) => "flood",
            Self::Suspend => "suspend",
            Self::Wake => "wake",
        }
    }

    /// What does it to this worker, counted from 1.
    pub fn command(self, worker: usize) -> Command {
        match self {
            Self::Kill => Command::KillWorker(worker),
            Self::Make(fault) => Command::InjectFault(worker, fault),
            Self::Suspend => Command::SuspendWorker(worker),
            Self::Wake => Command::WakeWorker(worker),
        }
    }

    /// What it does to this worker (from 1), and whom else it hits.
    pub fn told(self, log: &RunLog, worker: usize) -> String {
        let what = match self {
            Self::Make(fault) => {
                return format!(
                    "{}.",
                    capitalised(&Injection::new(log, worker, fault, When::Now).to_string())
                );
            }
            Self::Suspend => {
                "Has the system stop its process where it is (SIGSTOP), as a debugger would. Nobody else takes its items."
            }
            Self::Wake => "Has its process go on where it was stopped (SIGCONT).",
            Self::Kill => {
                "Ends its process at once (SIGKILL). The item it has in hand is blamed, and a new worker takes its place."
            }
        };
        let hit = match HostName::of(log, worker) {
            HostName::Worker(_) | HostName::Suspects => return what.to_owned(),
            HostName::AllThreads(_) => "all workers".to_owned(),
            HostName::Workers { first, last } => format!("the workers {first} to {last}"),
        };
        format!("{what}\nIt hits {hit}: they are threads of this one process.")
    }
}

/// What the keys of the fault lab ask for, while a worker (from 1) is chosen.
pub fn key_commands(ctx: &Context, chosen: Option<usize>) -> Vec<Command> {
    let Some(worker) = chosen.filter(|_| !ctx.text_edit_focused() && !Popup::is_any_open(ctx)) else {
        return Vec::new();
    };
    let is_hit = |key| ctx.input_mut(|input| take_press(input, key));
    let acts = ACTS.into_iter().filter(|act| is_hit(act.key()));
    let mut commands: Vec<Command> = acts.map(|act| act.command(worker)).collect();
    if is_hit(Key::Escape) {
        commands.push(Command::ChooseWorker(None));
    }
    commands
}

/// Whether a key was pressed with no other; one that is held down is heard once.
fn take_press(input: &mut InputState, wanted: Key) -> bool {
    let mut is_hit = false;
    input.events.retain(|event| match event {
        Event::Key { key, pressed: true, repeat, modifiers, .. }
            if *key == wanted && *modifiers == Modifiers::NONE =>
        {
            is_hit |= !repeat;
            false
        }
        _ => true,
    });
    is_hit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::offered;

    #[test]
    fn each_act_has_a_key_of_its_own() {
        let mut keys: Vec<Key> = ACTS.into_iter().map(LabAct::key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), ACTS.len());
        // Keys that act everywhere.
        let taken = offered().filter_map(|command| command.shortcut());
        let plain = taken.filter(|keys| keys.modifiers == Modifiers::NONE).map(|keys| keys.logical_key);
        let others = [Key::B, Key::Space, Key::Escape];
        assert!(plain.chain(others).all(|key| !keys.contains(&key)));
    }
}
