//! All hosts of a run, by their numbers.

use std::collections::BTreeMap;

use super::host::{Host, Stage};
use crate::pool::control::HostId;

/// The hosts that are there or about to be.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    of: BTreeMap<HostId, Host>,
    next: HostId,
    /// All of them had a process at some time.
    were_all_started: bool,
}

impl Hosts {
    /// Takes in a host, and gives its number.
    pub(super) fn add(&mut self, host: Host) -> HostId {
        let id = self.next;
        self.next += 1;
        self.of.insert(id, host);
        id
    }

    pub(super) fn get(&self, id: HostId) -> Option<&Host> {
        self.of.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: HostId) -> Option<&mut Host> {
        self.of.get_mut(&id)
    }

    pub(super) fn remove(&mut self, id: HostId) -> Option<Host> {
        self.of.remove(&id)
    }

    /// Takes out those that have no process yet.
    pub(super) fn remove_unstarted(&mut self) -> Vec<Host> {
        let ids = self.ids_where(|host| !host.is_started());
        ids.into_iter().filter_map(|id| self.remove(id)).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.of.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (HostId, &Host)> {
        self.of.iter().map(|(id, host)| (*id, host))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (HostId, &mut Host)> {
        self.of.iter_mut().map(|(id, host)| (*id, host))
    }

    pub(super) fn any(&self, is_wanted: impl FnMut(&Host) -> bool) -> bool {
        self.of.values().any(is_wanted)
    }

    pub(super) fn ids_where(&self, is_wanted: impl Fn(&Host) -> bool) -> Vec<HostId> {
        self.iter().filter(|(_, host)| is_wanted(host)).map(|(id, _)| id).collect()
    }

    pub(super) fn all_ids(&self) -> Vec<HostId> {
        self.of.keys().copied().collect()
    }

    /// Those with the least in hand first.
    pub(super) fn ids_by_load(&self) -> Vec<HostId> {
        let mut order: Vec<(usize, HostId)> =
            self.iter().map(|(id, host)| (host.held.len() * 1000 / host.lanes, id)).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, id)| id).collect()
    }

    /// The host under a lane: the one that takes work, where another is about to leave.
    pub(super) fn under(&self, lane: usize) -> Option<HostId> {
        let under = self
            .iter()
            .filter(|(_, host)| host.lane_range().contains(&lane) && host.is_started() && !host.is_closing());
        under.max_by_key(|(id, host)| (!host.is_draining(), *id)).map(|(id, _)| id)
    }

    /// The lanes whose process is not ready yet, without those for suspects.
    pub(super) fn starting_lanes(&self) -> usize {
        let is_starting = |host: &&Host| {
            matches!(host.stage, Stage::Launching | Stage::Postponed | Stage::Loading)
                && !host.is_for_suspects
        };
        self.of.values().filter(is_starting).map(|host| host.lanes).sum()
    }

    /// The lanes of a host on which its predecessor still finishes what it has in hand.
    pub(super) fn lanes_in_use(&self, id: HostId) -> usize {
        let Some(host) = self.get(id) else { return 0 };
        let before = self.of.range(..id).map(|(_, other)| other);
        let sharing = before
            .filter(|other| other.is_draining() && !other.held.is_empty() && other.shares_lanes_with(host));
        sharing.map(|other| other.held.len().min(other.lanes)).sum()
    }

    /// Whether all have a process, for the first time.
    pub(super) fn are_newly_all_started(&mut self) -> bool {
        let are_all_started = self.of.values().all(Host::is_started);
        let is_new = are_all_started && !self.were_all_started;
        self.were_all_started |= are_all_started;
        is_new
    }
}
