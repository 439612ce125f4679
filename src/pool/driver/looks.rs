//! What the driver looks at by itself: clocks of lanes and of the machine, memory and signs of life of hosts, and what each
//! lane has in hand.

use super::super::LiveLane;
use super::super::control::HostId;
use super::super::dispatcher::{PollRequest, PollResult, Trigger};
use super::super::os;
use super::super::record::Obstacle;
use super::Driver;

impl Driver {
    /// What lanes do is recorded; it is nothing for which a snapshot has to be published.
    pub(super) fn look_at_lane_clocks_if_due(&mut self) {
        let now_ns = self.now_ns();
        if self.lane_clocks.next_look_ns() <= now_ns {
            let seen = self.lane_clocks.look(now_ns, &self.connections);
            self.dispatcher.handle(now_ns, Trigger::LanesSeen(seen));
        }
    }

    /// What the machine did is recorded when all processes of the run are reaped, so that all of theirs is known.
    pub(super) fn look_at_machine(&mut self) {
        let now_ns = self.now_ns();
        if let Some(load) = self.load.as_ref().and_then(|load| load.seen(now_ns, self.hosts.cpu_ns())) {
            self.dispatcher.handle(now_ns, Trigger::MachineSeen(load));
        }
    }

    pub(super) fn give_up_stalled(&mut self) {
        let now_ns = self.now_ns();
        let stalled = self
            .connections
            .iter_mut()
            .filter_map(|(host, member)| member.is_stalled(now_ns).then_some(*host));
        let stalled: Vec<HostId> = stalled.collect();
        for host in stalled {
            self.tell(Trigger::Garbled { host, reason: "it sent an incomplete message".to_owned() });
        }
    }

    /// Ends hosts in which an item has ended the thread that runs it while that held the interpreter's lock: no other thread
    /// can say so, or anything else. Looked for in hosts that give no sign of life.
    fn give_up_without_threads(&mut self) {
        let now_ns = self.now_ns();
        let silent = self
            .connections
            .iter()
            .filter(|(host, _)| self.dispatcher.silent_for_ns(**host, now_ns).is_some());
        let lost = silent.filter(|(_, member)| {
            (0..member.page.lanes()).any(|lane| {
                let is_over = |thread| os::ThreadClock::is_over(member.pid, thread);
                member.page.live(lane).executing.is_some() && member.page.thread(lane).is_some_and(is_over)
            })
        });
        let lost: Vec<HostId> = lost.map(|(host, _)| *host).collect();
        for host in lost {
            self.tell(Trigger::Obstructed { host, obstacle: Obstacle::LockLost });
        }
    }

    /// Looks at what the rules need of the hosts.
    pub(super) fn look_at_hosts_if_due(&mut self) {
        let now_ns = self.now_ns();
        let request = self.dispatcher.poll_request(now_ns);
        if !request.any() && self.dispatcher.next_deadline_ns() > now_ns {
            return;
        }
        if request.beats {
            self.give_up_without_threads();
        }
        let was_changed = self.is_changed;
        let before = self.dispatcher.log().messages.len();
        let effects = self.tell(Trigger::Polled(self.poll(request))) + self.tell(Trigger::Tick);
        // A look that finds nothing is nothing to be shown.
        self.is_changed = was_changed || effects > 0 || self.dispatcher.log().messages.len() > before;
    }

    fn poll(&self, request: PollRequest) -> PollResult {
        let mut seen = PollResult { request, ..PollResult::default() };
        seen.machine = request.machine.then(os::machine_memory).flatten();
        for (host, member) in &self.connections {
            if request.executing {
                let lanes = 0..member.page.lanes();
                let executing =
                    lanes.filter_map(|lane| Some((*host, lane, member.page.live(lane).executing?)));
                seen.executing.extend(executing);
            }
            if request.memory {
                seen.memory.push((*host, self.hosts.held_bytes(*host, request.memory_that_counts)));
            }
            if request.beats {
                seen.beats.push((*host, member.page.beats()));
                if (0..member.page.lanes()).all(|lane| member.page.live(lane).executing.is_none()) {
                    seen.idle.push(*host);
                    let is_silent = self.dispatcher.silent_for_ns(*host, self.now_ns()).is_some();
                    if is_silent && self.hosts.is_stopped(*host) {
                        seen.stopped.push(*host);
                    }
                }
            }
        }
        seen
    }

    pub(super) fn live(&self) -> Vec<LiveLane> {
        let mut live = vec![LiveLane::default(); self.dispatcher.log().lanes.len()];
        let now_ns = self.now_ns();
        for (host, member) in &self.connections {
            let silent_for_ns = self.dispatcher.silent_for_ns(*host, now_ns);
            for (lane, place) in self.dispatcher.lanes_of(*host).enumerate() {
                let told = member.page.live(lane);
                // Hosts of an interpreter do not tell.
                let core = told.core.or_else(|| self.lane_clocks.core_of(*host, lane));
                let new = LiveLane { silent_for_ns, core, ..told };
                // Two hosts are under a lane while one gives way to the other.
                if new.executing.is_some() || live[place].executing.is_none() {
                    live[place] = new;
                }
            }
        }
        live
    }
}
