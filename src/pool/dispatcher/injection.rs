//! Faults that a person has workers make: whom they hit is said before they are made, and no item is blamed for them.

use super::super::control::HostId;
use super::super::record::{Injection, NotInjected, Notice, When};
use super::host::{Host, Stage};
use super::{Dispatcher, Effect};
use crate::function::Fault;

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
        let waiting = host.injected.take_waiting();
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
