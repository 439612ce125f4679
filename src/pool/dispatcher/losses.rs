//! What the death of a host means: who is blamed, what runs again, when the host is replaced.

use super::super::Executing;
use super::super::os::HostId;
use super::super::record::{Death, FailedSpan, Lane, LifeEnd, RowState, RunState, Segment, Source, Tries};
use super::Dispatcher;
use super::hosts::{Host, Phase};
use super::queue::Chunk;
use crate::value::grouped;

/// Hosts that may end before any was ever ready until the pool is given up.
const FAILED_LAUNCHES: usize = 3;

impl Dispatcher {
    /// A host is over: notes it, and decides what that means for what it had in hand.
    pub(super) fn died(
        &mut self,
        now_ns: u64,
        id: HostId,
        end: LifeEnd,
        executing: Vec<(usize, Executing)>,
        rss_bytes: u64,
    ) {
        let Some(mut host) = self.hosts.remove(&id) else { return };
        let is_ending = self.log.state == RunState::Stopping || host.phase == Phase::Closing;
        let end = match (host.garbled.take(), end) {
            (_, LifeEnd::Exit(0)) if host.phase == Phase::Closing => LifeEnd::Closed,
            (_, LifeEnd::Signal(9)) if is_ending => LifeEnd::Stopped,
            (Some(reason), _) => LifeEnd::Broken(reason),
            (None, end) => end,
        };
        for lane in host.lane_range() {
            if let Some(life) = self.log.lanes[lane].lives.last_mut()
                && life.ended_ns.is_none()
            {
                life.ended_ns = Some(now_ns);
                life.end = Some(end.clone());
                life.peak_rss_bytes = rss_bytes;
            }
        }
        if host.phase != Phase::Closing && self.log.state == RunState::Stopping {
            self.stopped_in_hand(now_ns, &host, &executing);
        } else if host.phase != Phase::Closing {
            self.lost(now_ns, &host, end, executing, rss_bytes);
        }
        self.close_if_done(now_ns);
        self.audit_if_over(now_ns);
    }

    fn stopped_in_hand(&mut self, now_ns: u64, host: &Host, executing: &[(usize, Executing)]) {
        for (lane, item) in executing {
            if host.holds(item.index) && !self.log.rows.is_final(item.index) {
                let lane = host.first_lane + lane;
                self.end_in_hand(now_ns, lane, *item, RowState::Stopped, "stopped while it ran".to_owned());
            }
        }
    }

    /// Records that an item ended together with its host.
    fn end_in_hand(&mut self, now_ns: u64, lane: usize, item: Executing, state: RowState, reason: String) {
        let Executing { index, since_ns } = item;
        let attempts = self.attempts.get(&index).map_or(1, |tries| tries.attempts);
        let duration_ns = now_ns.saturating_sub(since_ns);
        let span = FailedSpan { worker: lane + 1, attempts, start_ns: since_ns, duration_ns };
        self.log.rows.fail(index, state, reason.into(), span);
        self.log.counts.failed += 1;
        self.log.counts.stopped += u64::from(state == RowState::Stopped);
        self.log.last_row_ns = self.log.last_row_ns.max(now_ns);
        self.log.lanes[lane].add(Segment {
            start_ns: since_ns,
            end_ns: now_ns,
            busy_ns: duration_ns,
            first: index,
            last: index,
            items: 1,
            failed: u64::from(state == RowState::Failed),
        });
    }

    /// A host died that was not asked to: blames, saves the rest, replaces it.
    fn lost(
        &mut self,
        now_ns: u64,
        host: &Host,
        end: LifeEnd,
        executing: Vec<(usize, Executing)>,
        rss_bytes: u64,
    ) {
        let mut blamed: Vec<(usize, Executing)> = executing;
        blamed.retain(|(_, item)| host.holds(item.index) && !self.log.rows.is_final(item.index));
        let death = Death {
            worker: host.first_lane + 1,
            pid: host.pid,
            at_ns: now_ns,
            cause: end.clone(),
            executing: blamed.iter().map(|(_, item)| item.index).collect(),
            peak_rss_bytes: rss_bytes,
            replaced_after: None,
            last_lines: Vec::new(),
            likely_cause: String::new(),
        };
        self.log.counts.hosts_lost += 1;
        self.announce(&death);
        self.log.deaths.push(death);
        self.save_the_rest(host, &blamed);
        match blamed.as_slice() {
            [] => {}
            [(lane, item)] => self.convict(now_ns, host, *lane, *item, &end),
            several => several.iter().for_each(|(_, item)| self.suspect(item.index)),
        }
        self.fruitless_deaths = if blamed.is_empty() { self.fruitless_deaths + 1 } else { 0 };
        if self.fruitless_deaths >= self.deaths_to_give_up() {
            return self.give_up(now_ns, format!("its processes end before they do any work: {end}"));
        }
        let replaces = (self.log.deaths.len() - 1, now_ns);
        if !host.is_alone && self.has_work_left() {
            self.launch(host.first_lane, host.lanes, Some(replaces));
        }
        self.launch_for_suspects();
        self.feed_all();
    }

    /// A pool that never was is given up soon; one that has worked may be under attack from outside.
    fn deaths_to_give_up(&self) -> usize {
        let was_ever_ready = self.log.startup_ns.is_some();
        if was_ever_ready { FAILED_LAUNCHES * (self.log.lanes.len() + 3) } else { FAILED_LAUNCHES }
    }

    fn announce(&mut self, death: &Death) {
        let on = match death.executing.as_slice() {
            [] => String::new(),
            [index] => format!(" while on input {}", grouped(*index)),
            several => format!(" while on {} inputs", several.len()),
        };
        let text = format!("{} (pid {}) died: {}{on}", self.host_name(death.worker), death.pid, death.cause);
        self.tell(death.at_ns, Source::Trouble, text);
    }

    fn save_the_rest(&mut self, host: &Host, blamed: &[(usize, Executing)]) {
        for chunk in host.unfinished().rev() {
            let blamed_here = |index: &u64| blamed.iter().any(|(_, item)| item.index == *index);
            let mut end = chunk.first + chunk.count;
            for index in (chunk.first..chunk.first + chunk.count).rev().filter(blamed_here) {
                self.queue.put_back(Chunk { first: index + 1, count: end - index - 1 });
                end = index;
            }
            if host.is_alone {
                (chunk.first..end).for_each(|index| self.suspects.push_front(index));
            } else {
                self.queue.put_back(Chunk { first: chunk.first, count: end - chunk.first });
            }
        }
    }

    /// The only item that was executing when its host died is the one that did it.
    fn convict(&mut self, now_ns: u64, host: &Host, lane: usize, item: Executing, end: &LifeEnd) {
        let reason = match end {
            LifeEnd::Exit(code) => format!("the worker process left with exit code {code}"),
            LifeEnd::Signal(_) => format!("the worker process was ended by {end}"),
            end => format!("the worker process was lost: {end}"),
        };
        self.end_in_hand(now_ns, host.first_lane + lane, item, RowState::Failed, reason);
    }

    fn suspect(&mut self, index: u64) {
        let tries = self.attempts.entry(index).or_insert(Tries { attempts: 1, failed: 0 });
        tries.attempts = tries.attempts.saturating_add(1);
        self.log.counts.retries += 1;
        self.suspects.push_back(index);
    }

    fn launch_for_suspects(&mut self) {
        if self.suspects.is_empty() || self.hosts.values().any(|host| host.is_alone) {
            return;
        }
        let workers = self.log.plan.job.settings.workers;
        if self.log.lanes.len() == workers {
            self.log.lanes.push(Lane::default());
        }
        self.launch(workers, 1, None);
        if let Some(host) = self.hosts.get_mut(&(self.next_host - 1)) {
            host.is_alone = true;
        }
    }
}
