//! The faults that one host makes because a person wants it.

use super::super::record::{LifeEnd, NotInjected, When};
use crate::function::Fault;

/// How a person or a system that has no memory left ends a process.
const SIGKILL: i32 = 9;

/// The faults that one host makes because a person wanted it.
#[derive(Debug, Default)]
pub(super) struct Injected {
    /// It ends by this one.
    deadly: Option<Fault>,
    is_leaking: bool,
    /// They wait until it has loaded the function: the lane of the host, and what it is to do.
    waiting: Vec<(u16, Fault)>,
}

impl Injected {
    /// How the life of the host is recorded, where it was to end by a fault and has ended so.
    pub(super) fn end(&self, end: &LifeEnd) -> Option<LifeEnd> {
        let fault = self.deadly?;
        // Somebody may have been quicker.
        let is_its_own = match end {
            LifeEnd::Signal(signal) => *signal != SIGKILL,
            LifeEnd::Exit(_) => true,
            _ => false,
        };
        is_its_own.then_some(LifeEnd::Injected(fault))
    }

    /// Whether this end came of a fault that was made by hand, and of no item.
    pub(super) fn explains(&self, end: &LifeEnd) -> bool {
        let is_for_memory = matches!(
            end,
            LifeEnd::OverMemory { .. } | LifeEnd::MachineFull { .. } | LifeEnd::Signal(SIGKILL)
        );
        matches!(end, LifeEnd::Injected(_)) || (self.is_leaking && is_for_memory)
    }

    /// Takes the faults that waited until now.
    pub(super) fn take_waiting(&mut self) -> Vec<(u16, Fault)> {
        std::mem::take(&mut self.waiting)
    }

    /// Notes that it is to make this fault; says why not where that would change nothing.
    pub(super) fn note(&mut self, lane: u16, fault: Fault, when: When) -> Result<(), NotInjected> {
        if self.deadly.is_some() {
            return Err(NotInjected::Ending);
        }
        if self.waiting.contains(&(lane, fault)) || (fault == Fault::Leak && self.is_leaking) {
            return Err(NotInjected::Already);
        }
        if when == When::Ready {
            self.waiting.push((lane, fault));
        }
        self.is_leaking |= fault == Fault::Leak;
        Ok(())
    }

    /// Whether it is about to end by one of them.
    pub(super) fn is_deadly(&self) -> bool {
        self.deadly.is_some()
    }

    /// It is made now: where it is one that ends the host, that is expected from here on.
    pub(super) fn note_deadly(&mut self, fault: Fault) {
        self.deadly = self.deadly.or(fault.is_deadly().then_some(fault));
    }
}
