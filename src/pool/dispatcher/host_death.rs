//! What the death of a host means: who is blamed, what runs again, when the host is replaced.
//!
//! A host that dies while it executes items dies of one of them. One that dies between two items, or loses the channel
//! to this program, dies of an item that is over: probably of the last one it began, but what came before it and was
//! not reported may have done it as well. The last one runs again alone, and those before it one at a time, so that
//! after the next such death the last one begun is the one.

use std::sync::Arc;

use super::super::Executing;
use super::super::control::HostId;
use super::super::record::{
    Cause, Death, DiedAt, Event, FailedSpan, LifeEnd, Notice, RunLog, RunState, Segment,
};
use super::Dispatcher;
use super::host::{DrainReason, KillReason};
use super::host::{Host, Stage};
use super::queue::Chunk;
use super::tries::Failure;

/// Hosts that may end before any was ever ready until the pool is given up.
const FAILED_LAUNCHES: usize = 3;

/// Items that become suspects at most because a host sent what is not valid, and may have finished them.
const MAX_UNHEARD: usize = 32;

/// Deaths since an item was last finished or blamed: they tell that the pool cannot work.
#[derive(Debug, Default)]
pub(super) struct FruitlessDeaths {
    count: usize,
}

impl FruitlessDeaths {
    /// Some item has come to its end.
    pub(super) fn forget(&mut self) {
        self.count = 0;
    }

    /// Counts another death; says whether the pool is to be given up. One that never was is given up soon, one that has
    /// worked may be under attack from outside.
    fn are_too_many(&mut self, is_fruitless: bool, log: &RunLog) -> bool {
        self.count = if is_fruitless { self.count + 1 } else { 0 };
        let was_ever_ready = log.startup_ns.is_some();
        let limit = if was_ever_ready { FAILED_LAUNCHES * (log.lanes.len() + 3) } else { FAILED_LAUNCHES };
        self.count >= limit
    }
}

/// A host that is lost, and how.
struct LostHost {
    host: Host,
    end: LifeEnd,
    kill_reason: Option<KillReason>,
    peak_rss_bytes: u64,
    /// A fault that a person has made is why it ended.
    is_by_hand: bool,
}

impl LostHost {
    /// Whether an item may have ended it, and not this program or a person for another reason.
    fn may_be_of_items(&self) -> bool {
        !self.is_by_hand && self.kill_reason.as_ref().is_none_or(KillReason::is_of_host)
    }

    /// Which of the items that may have ended it did so, as far as that is certain.
    fn guilty(&self, involved: &[InHand], is_certain: bool) -> Vec<u64> {
        match (&self.kill_reason, involved) {
            (Some(KillReason::TimedOut { stood_still: true, .. }), [_, _, ..]) => Vec::new(),
            (Some(KillReason::TimedOut { late, .. }), _) => late.clone(),
            (_, [(_, only)]) if is_certain && !self.is_by_hand => vec![only.index],
            _ => Vec::new(),
        }
    }

    /// What was executing then need not have done it.
    fn lost_its_channel(&self) -> bool {
        matches!(self.end, LifeEnd::Broken(_) | LifeEnd::Obstructed(_))
    }
}

/// How the life of a host is recorded that ended like this.
fn end_of(host: &Host, kill_reason: Option<&KillReason>, end: LifeEnd) -> LifeEnd {
    // It may fall silent in the middle of a message, which is no sense then, and be killed by hand a moment later.
    let may_be_injected =
        kill_reason.is_none_or(|reason| reason.is_of_host() || matches!(reason, KillReason::ByHand));
    let injected = host.injected.end(&end).filter(|_| may_be_injected);
    match (host.stage, kill_reason, end) {
        (Stage::Closing { drained: Some(DrainReason::Recycled), .. }, _, LifeEnd::Exit(0)) => {
            LifeEnd::Recycled
        }
        (Stage::Closing { .. }, _, LifeEnd::Exit(0)) => LifeEnd::Closed,
        (_, kill_reason, end) => injected.or(kill_reason.map(KillReason::end)).unwrap_or(end),
    }
}

/// An item in hand, and the lane of the record on which it was.
type InHand = (usize, Executing);

impl Dispatcher {
    /// A host is over: notes it, and decides what that means for what it had in hand.
    pub(super) fn host_ended(
        &mut self,
        id: HostId,
        end: LifeEnd,
        (executing, begun_last): (Vec<InHand>, Vec<InHand>),
        rss_bytes: u64,
    ) {
        let Some(mut host) = self.hosts.remove(id) else { return };
        let kill_reason = host.kill_reason.take();
        let end = end_of(&host, kill_reason.as_ref(), end);
        let peak_rss_bytes = rss_bytes.max(host.peak_rss_bytes);
        let (lanes, pid, was_suspended) = (host.lane_range(), host.pid, host.is_suspended);
        self.emit(Event::HostEnded { lanes, pid, end: end.clone(), peak_rss_bytes, was_suspended });
        let is_open =
            |item: &Executing| host.held.contains(item.index) && !self.log.rows.is_final(item.index);
        let [in_hand, begun_last] = [executing, begun_last].map(|items| {
            let items = items.into_iter().filter(|(_, item)| is_open(item));
            items.map(|(lane, item)| (host.first_lane + lane, item)).collect::<Vec<InHand>>()
        });
        match (host.is_closing(), self.log.state == RunState::Stopping) {
            (true, _) => {}
            (_, true) => self.stopped_in_hand(&in_hand),
            (_, false) => {
                let is_by_hand = host.injected.explains(&end);
                let loss = LostHost { host, end, kill_reason, peak_rss_bytes, is_by_hand };
                self.lost(loss, &in_hand, begun_last)
            }
        }
        self.launch_postponed();
        // The host for suspects may have given way while some waited for it.
        self.launch_for_suspects();
        self.close_if_done();
        self.audit_if_over();
    }

    fn stopped_in_hand(&mut self, in_hand: &[InHand]) {
        for (lane, item) in in_hand {
            let span = self.record_cut_off_item(*lane, *item, false);
            self.end_in_hand(item.index, Failure { cause: Cause::Stopped, span });
        }
    }

    /// Records an item that was cut off because its host ended.
    fn record_cut_off_item(&mut self, lane: usize, item: Executing, has_failed: bool) -> FailedSpan {
        let Executing { index, since_ns } = item;
        let duration_ns = self.now_ns.saturating_sub(since_ns);
        let segment = Segment {
            start_ns: since_ns,
            end_ns: self.now_ns,
            busy_ns: duration_ns,
            first: index,
            last: index,
            items: 1,
            failed: u64::from(has_failed),
        };
        self.emit(Event::ItemCutOff { lane, segment });
        FailedSpan { worker: lane + 1, attempts: self.tries.number(index), start_ns: since_ns, duration_ns }
    }

    /// Records what lanes did whose items are not to blame, and run again: that time went by, too.
    fn record_spared(&mut self, executing: &[InHand], guilty: &[u64]) {
        for (lane, item) in executing.iter().filter(|(_, item)| !guilty.contains(&item.index)) {
            self.record_cut_off_item(*lane, *item, false);
        }
    }

    /// Records that an item ended together with its host, for good.
    fn end_in_hand(&mut self, index: u64, failure: Failure) {
        let Failure { cause, span } = failure;
        self.emit(Event::ItemFailed { index, cause, span });
        self.tries.forget(index);
    }

    /// A host died that was not asked to: blames, saves the rest, replaces it.
    fn lost(&mut self, loss: LostHost, in_hand: &[InHand], begun_last: Vec<InHand>) {
        self.sizing.stop_joining();
        self.record_death(&loss, in_hand, &begun_last);
        let is_certain = in_hand.len() == 1 && begun_last.is_empty() && !loss.lost_its_channel();
        // What was over and had not come yet took its time as well.
        let over = if loss.lost_its_channel() { &[] } else { begun_last.as_slice() };
        let executing = [in_hand, over].concat();
        let in_hand = &self.involved(&loss, in_hand, begun_last);
        let is_certain = is_certain || loss.host.is_for_suspects;
        self.record_spared(&executing, &loss.guilty(in_hand, is_certain));
        if !is_certain && loss.may_be_of_items() {
            let before = in_hand.iter().flat_map(|(_, item)| loss.host.held.unfinished_before(item.index));
            before.for_each(|chunk| self.queue.give_one_by_one(chunk));
        }
        self.count_reruns(&loss.host, in_hand);
        self.save_the_rest(&loss.host, in_hand);
        let is_fruitless = match &loss.kill_reason {
            // One item stopped its process, or kept all of its threads from running.
            Some(KillReason::TimedOut { stood_still: true, .. }) if in_hand.len() > 1 => {
                in_hand.iter().for_each(|(_, item)| self.suspect(item.index));
                false
            }
            Some(KillReason::TimedOut { late, cause, .. }) => {
                self.blame_late(&loss.host, in_hand, late, cause)
            }
            // A person's fault does not tell that the pool cannot work.
            _ if loss.is_by_hand => {
                in_hand.iter().rev().for_each(|(_, item)| self.run_again(&loss.host, item.index));
                false
            }
            _ => self.blame(&loss, in_hand, is_certain),
        };
        if self.fruitless_deaths.are_too_many(is_fruitless, &self.log) {
            let reason = format!("its processes end before they do any work: {}", loss.end);
            return self.give_up(reason);
        }
        self.halt_if_due();
        if self.is_ending() {
            return;
        }
        if loss.host.is_staying() && self.has_work_left() && !self.log.is_draining {
            let replaces = Some((self.log.deaths.len() - 1, self.now_ns));
            self.launch(Host { replaces, ..Host::new(loss.host.first_lane, loss.host.lanes) });
        }
        self.release_due();
        self.launch_for_suspects();
        self.feed_all();
    }

    /// The items that may have ended the host, as far as they are known.
    fn involved(&self, loss: &LostHost, in_hand: &[InHand], begun_last: Vec<InHand>) -> Vec<InHand> {
        if !loss.may_be_of_items() {
            return in_hand.to_vec();
        }
        let in_hand = [in_hand, &begun_last].concat();
        match loss.kill_reason {
            Some(_) => self.unheard(&loss.host, &in_hand),
            None => in_hand,
        }
    }

    /// What a host has in hand that sent what is not valid, together with what it may have finished since it was understood last:
    /// that came of one of these. No more than a few, which is enough to come nearer with each such death.
    fn unheard(&self, host: &Host, in_hand: &[InHand]) -> Vec<InHand> {
        let items = host.held.unfinished().flat_map(Chunk::items);
        let is_open = |index: &u64| !self.log.rows.is_final(*index);
        let is_in_hand = |index: &u64| in_hand.iter().any(|(_, item)| item.index == *index);
        let others = items.filter(|index| is_open(index) && !is_in_hand(index));
        let others = others.map(|index| (host.first_lane, Executing { index, since_ns: self.now_ns }));
        in_hand.iter().copied().chain(others.take(MAX_UNHEARD)).collect()
    }

    /// Only the late items are guilty; the others run again. Says whether nobody was.
    fn blame_late(&mut self, host: &Host, in_hand: &[InHand], late: &[u64], cause: &Cause) -> bool {
        let mut is_fruitless = true;
        for (lane, item) in in_hand.iter().rev() {
            if late.contains(&item.index) {
                self.blame_item(host, *lane, *item, cause.clone());
                is_fruitless = false;
            } else {
                self.run_again(host, item.index);
            }
        }
        is_fruitless
    }

    /// The item was cut off through no fault of its own.
    fn run_again(&mut self, host: &Host, index: u64) {
        if host.is_for_suspects {
            return self.suspect(index);
        }
        self.tries.again(index);
        self.emit(Event::ItemRetried { index });
        self.queue.put_back(Chunk::one(index));
    }

    /// An item alone is guilty, several are suspects, and so is one that was over. Says whether the death tells nothing
    /// of any item, and of the pool only that it cannot work.
    fn blame(&mut self, loss: &LostHost, in_hand: &[InHand], is_certain: bool) -> bool {
        match in_hand {
            // A person's kill does not tell that the pool cannot work.
            [] => loss.end != LifeEnd::Killed,
            [(lane, item)] if is_certain => {
                let cause = Cause::HostEnded(Arc::new(loss.end.clone()));
                self.blame_item(&loss.host, *lane, *item, cause);
                false
            }
            several => {
                several.iter().for_each(|(_, item)| self.suspect(item.index));
                false
            }
        }
    }

    fn record_death(&mut self, loss: &LostHost, in_hand: &[InHand], begun_last: &[InHand]) {
        let LostHost { host, end, peak_rss_bytes, .. } = loss;
        let executing: Vec<u64> = in_hand.iter().map(|(_, item)| item.index).collect();
        let death = Death {
            worker: host.first_lane + 1,
            pid: host.pid,
            at_ns: self.now_ns,
            end: end.clone(),
            executing,
            peak_rss_bytes: *peak_rss_bytes,
            replaced_after: None,
            last_lines: host.last_lines.iter().cloned().collect(),
            threads: host.lanes,
        };
        // Before it is among the deaths: the notice names its place there.
        self.announce(&death, begun_last);
        self.emit(Event::HostDied(Box::new(death)));
    }

    fn announce(&mut self, death: &Death, begun_last: &[InHand]) {
        let at = match (death.executing.as_slice(), begun_last) {
            ([], [(_, item)]) => DiedAt::After(item.index),
            ([], _) => DiedAt::Idle,
            ([index], _) => DiedAt::Input(*index),
            (several, _) => DiedAt::Inputs(several.len()),
        };
        self.notify(Notice::Died {
            death: self.log.deaths.len(),
            host: self.host_name(death.worker),
            pid: death.pid,
            end: death.end.clone(),
            at,
        });
    }

    /// Items that a lane has begun before the one in hand, and of which nothing was heard: they are run once more.
    fn count_reruns(&mut self, host: &Host, in_hand: &[InHand]) {
        let begun = in_hand.iter().flat_map(|(_, item)| host.held.begun_before(item.index, host.lanes));
        let begun: Vec<u64> = begun.flat_map(Chunk::items).collect();
        let is_in_hand = |index: &u64| in_hand.iter().any(|(_, item)| item.index == *index);
        for index in begun.into_iter().filter(|index| !is_in_hand(index)) {
            self.tries.again(index);
            self.emit(Event::ItemRetried { index });
        }
    }

    fn save_the_rest(&mut self, host: &Host, in_hand: &[InHand]) {
        for chunk in host.held.unfinished().rev() {
            let is_in_hand = |index: &u64| in_hand.iter().any(|(_, item)| item.index == *index);
            let mut end = chunk.end();
            for index in chunk.items().rev().filter(is_in_hand) {
                self.queue.put_back(Chunk { first: index + 1, count: end - index - 1 });
                end = index;
            }
            let rest = Chunk { first: chunk.first, count: end - chunk.first };
            if host.is_for_suspects {
                self.queue.put_suspects_back(rest);
            } else {
                self.queue.put_back(rest);
            }
        }
    }

    /// The item that ended its host has failed in this try. Where others may go with the host, the next try is alone.
    fn blame_item(&mut self, host: &Host, lane: usize, item: Executing, cause: Cause) {
        let span = self.record_cut_off_item(lane, item, true);
        let failure = Failure { cause, span };
        if self.may_try_again(item.index) {
            self.try_again_later(item.index, failure, host.is_for_suspects || host.lanes > 1);
        } else {
            self.end_in_hand(item.index, failure);
        }
    }

    fn suspect(&mut self, index: u64) {
        self.tries.again(index);
        self.emit(Event::ItemRetried { index });
        self.queue.add_suspect(index);
    }

    pub(super) fn launch_for_suspects(&mut self) {
        let is_wanted = self.queue.has_suspects() && !self.log.is_draining && !self.is_ending();
        if !is_wanted || self.hosts.any(|host| host.is_for_suspects) {
            return;
        }
        let known = self.log.lanes.iter().position(|lane| lane.is_for_suspects);
        let lane = known.unwrap_or_else(|| {
            self.emit(Event::SuspectLaneAdded);
            self.log.lanes.len() - 1
        });
        self.launch(Host { is_for_suspects: true, ..Host::new(lane, 1) });
    }
}
