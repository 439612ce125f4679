//! Faults that a person has workers make: whom they hit is said before they are made, and no item is blamed for them.

use super::super::control::HostId;
use super::super::record::{Injection, LifeEnd, NotInjected, Notice, When};
use super::host::{Host, Stage};
use super::{Dispatcher, Effect};
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

    /// Notes that it is to make this fault; says why not where that would change nothing.
    fn note(&mut self, lane: u16, fault: Fault, when: When) -> Result<(), NotInjected> {
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

    fn note_deadly(&mut self, fault: Fault) {
        self.deadly = self.deadly.or(fault.is_deadly().then_some(fault));
    }
}

impl Dispatcher {
    /// Has a worker (from 1) make a fault, and says first what that hits.
    pub(super) fn inject(&mut self, worker: usize, fault: Fault) {
        match self.note_injection(worker, fault) {
            Err(reason) => self.notify(Notice::NotInjected { worker, fault, reason }),
            Ok((id, lane, injection)) => {
                self.notify(Notice::Injected(injection));
                if injection.when != When::Ready {
                    self.send_fault(id, lane, fault);
                }
            }
        }
    }

    fn note_injection(
        &mut self,
        worker: usize,
        fault: Fault,
    ) -> Result<(HostId, u16, Injection), NotInjected> {
        let id = self.host_under(worker).ok_or(NotInjected::NoProcess)?;
        let host = self.hosts.get_mut(id).ok_or(NotInjected::NoProcess)?;
        if host.kill_reason.is_some() {
            return Err(NotInjected::Ending);
        }
        let when = when(host);
        let lane = (worker - 1 - host.first_lane) as u16;
        host.injected.note(lane, fault, when)?;
        Ok((id, lane, Injection::new(&self.log, worker, fault, when)))
    }

    /// Has a host that has just become ready make the faults that waited for that.
    pub(super) fn send_waiting_faults(&mut self, id: HostId) {
        let Some(host) = self.hosts.get_mut(id) else { return };
        let waiting = std::mem::take(&mut host.injected.waiting);
        waiting.into_iter().for_each(|(lane, fault)| self.send_fault(id, lane, fault));
    }

    fn send_fault(&mut self, id: HostId, lane: u16, fault: Fault) {
        let Some(host) = self.hosts.get_mut(id) else { return };
        let worker = host.first_lane + usize::from(lane) + 1;
        let Injection { is_apart, most_bytes, .. } = Injection::new(&self.log, worker, fault, When::Now);
        if !is_apart {
            host.injected.note_deadly(fault);
        }
        self.effects.push(Effect::Inject { host: id, lane, fault, most_bytes });
    }
}

/// A host hears nothing before it is ready, and nothing while it is suspended.
fn when(host: &Host) -> When {
    match host.stage {
        Stage::Launching | Stage::Postponed | Stage::Loading => When::Ready,
        _ if host.is_suspended => When::Woken,
        _ => When::Now,
    }
}
