//! What hosts report: items finished, work given back, lines written.

use std::sync::Arc;

use super::super::control::HostId;
use super::super::record::{Batch, Event, ItemsFinished, Message, MessageContent, MessageSource, Obstacle};
use super::host::KillReason;
use super::queue::Chunk;
use super::{Dispatcher, LaneLook};
use crate::function::OutputStream;

impl Dispatcher {
    pub(super) fn finished(&mut self, id: HostId, lane: usize, batch: Batch) {
        let Some(host) = self.hosts.get_mut(id).filter(|host| lane < host.lanes) else { return };
        if host.kill_reason.as_ref().is_some_and(KillReason::is_of_host) {
            // What it said before was no sense: its items run again.
            return;
        }
        if !host.held.note_finished(batch.first, batch.count as u64) {
            return self.garbled(id, "it sent results that it was not asked for".to_owned());
        }
        host.heartbeat.note_activity();
        let lane = host.first_lane + lane;
        let is_alone = host.is_for_suspects;
        let (again, flaky) = (self.tries.again_in(&batch), self.tries.flaky_in(&batch));
        let finished = Arc::new(ItemsFinished { lane, batch, again, flaky });
        self.emit(Event::ItemsFinished(Arc::clone(&finished)));
        let batch = &finished.batch;
        self.keep_outputs(batch);
        self.retry_failures(batch, is_alone);
        self.forget_ended_tries(batch);
        self.timeouts.learn(batch);
        self.fruitless_deaths.forget();
        self.sizing.measured(batch.count as u64, batch.timing.extent().2);
        self.halt_if_due();
        let has_successor = self.close_if_drained(id);
        self.check_memory_soon(id);
        if self.release_due() || has_successor {
            self.launch_for_suspects();
            self.feed_all();
        }
        self.feed(id);
        self.recall_for_idle();
        self.close_if_done();
    }

    pub(super) fn returned(&mut self, id: HostId, chunks: &[Chunk]) {
        let Some(host) = self.hosts.get_mut(id) else { return };
        host.recall = None;
        if !chunks.is_empty() {
            host.heartbeat.note_activity();
        }
        let mut are_known = true;
        for chunk in chunks.iter().rev() {
            match host.held.give_back(*chunk) {
                true => self.queue.put_back(*chunk),
                false => are_known = false,
            }
        }
        if !are_known {
            self.garbled(id, "it gave back work that it did not have".to_owned());
        }
        self.close_if_drained(id);
        self.recall_rest(id);
        self.feed_all();
        self.close_if_done();
    }

    pub(super) fn lanes_seen(&mut self, looks: &[LaneLook]) {
        for look in looks {
            let Some(host) = self.hosts.get(look.host).filter(|host| look.lane < host.lanes) else {
                continue;
            };
            let lane = host.first_lane + look.lane;
            self.emit(Event::CoreTimeSeen { lane, core_time: look.core_time });
            if let Some(stay) = look.stay() {
                self.emit(Event::CoreSeen { lane, stay });
            }
        }
    }

    pub(super) fn said(
        &mut self,
        id: HostId,
        lane: Option<usize>,
        stream: OutputStream,
        item: Option<u64>,
        at_ns: u64,
        text: &str,
    ) {
        let Some(host) = self.hosts.get_mut(id) else { return };
        let text: Arc<str> = text.into();
        // What it was asked for is not the last that it wrote.
        if stream != OutputStream::Stack {
            host.note_line(&text);
        }
        let lane = if host.lanes == 1 { Some(0) } else { lane.filter(|lane| *lane < host.lanes) };
        let worker = lane.map_or(0, |lane| host.first_lane + lane + 1);
        let source = MessageSource::Worker { worker, pid: host.pid, stream };
        self.emit(Event::MessageSaid(Message { at_ns, source, item, content: MessageContent::Text(text) }));
    }

    /// Nothing that such a host says can be trusted: it is ended, and lost like one that died.
    pub(super) fn garbled(&mut self, id: HostId, reason: String) {
        self.kill(id, KillReason::Garbled(reason));
    }

    /// It cannot go on: it is ended, and lost like one that died.
    pub(super) fn obstructed(&mut self, id: HostId, obstacle: Obstacle) {
        self.kill(id, KillReason::Obstructed(obstacle));
    }
}
