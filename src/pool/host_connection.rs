//! One host as the driver hears it: says what the frames and lines mean that come through its pipes.

use std::collections::BTreeMap;

use super::control::HostId;
use super::dispatcher::{Chunk, Trigger};
use super::frames::{Frame, FrameDecoder};
use super::lines::{Lines, MAX_LINE_BYTES};
use super::os::{Exit, HostEvent, Pipe};
use super::record::LifeEnd;
use super::status_page::Page;
use super::wire::{self, Said, Up};
use crate::function::{OutputStream, python};

/// A host as the driver holds it.
pub(super) struct HostConnection {
    pub(super) pid: u32,
    pub(super) page: Page,
    frames: FrameDecoder,
    stdout: Lines,
    stderr: Lines,
    /// By lane and stream: what was flushed of a line that is not ended, the last that is known if the host dies.
    flushed: BTreeMap<(u32, OutputStream), Said>,
}

/// What was heard of a host.
pub(super) enum HostUpdate {
    Trigger(Trigger),
    Ended(LifeEnd),
}

impl HostConnection {
    /// A host that was launched, and of which nothing was heard yet.
    pub(super) fn new(pid: u32, page: Page) -> Self {
        let (stdout, stderr) = (Lines::default(), Lines::default());
        Self { pid, page, frames: FrameDecoder::default(), stdout, stderr, flushed: BTreeMap::new() }
    }

    /// Whether it began a message and does not complete it.
    pub(super) fn is_stalled(&mut self, now_ns: u64) -> bool {
        self.frames.are_stalled(now_ns, self.page.beats())
    }

    /// Takes what came from it, at a time since Start, and adds what that means.
    pub(super) fn hear(
        &mut self,
        host: HostId,
        event: HostEvent<'_>,
        now_ns: u64,
        heard: &mut Vec<(HostId, HostUpdate)>,
    ) {
        match event {
            HostEvent::Bytes(Pipe::Channel, bytes) => {
                let (page, flushed) = (&self.page, &mut self.flushed);
                self.frames.take(bytes, |frame| {
                    let triggers = heard_frame(host, page, flushed, frame);
                    heard.extend(triggers.map(|trigger| (host, HostUpdate::Trigger(trigger))));
                });
            }
            HostEvent::Bytes(pipe, bytes) => {
                let (lines, stream) = match pipe {
                    Pipe::Stdout => (&mut self.stdout, OutputStream::Stdout),
                    Pipe::Channel | Pipe::Stderr => (&mut self.stderr, OutputStream::Stderr),
                };
                let said = Self::said(&self.page, host, stream, now_ns);
                lines.take(bytes, &mut |text| {
                    if !python::is_of_driver(&text) {
                        heard.push((host, HostUpdate::Trigger(said(text))));
                    }
                });
            }
            HostEvent::Obstructed(obstacle) => {
                heard.push((host, HostUpdate::Trigger(Trigger::Obstructed { host, obstacle })));
            }
            HostEvent::Ended(exit) => {
                for (lines, stream) in
                    [(&mut self.stdout, OutputStream::Stdout), (&mut self.stderr, OutputStream::Stderr)]
                {
                    let said = Self::said(&self.page, host, stream, now_ns);
                    lines.end(&mut |text| heard.push((host, HostUpdate::Trigger(said(text)))));
                }
                for mut said in std::mem::take(&mut self.flushed).into_values() {
                    // What a carriage return has overwritten, nobody would see in a terminal.
                    let shown = said.text.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
                    said.text = shown.to_owned();
                    heard.push((host, HostUpdate::Trigger(line(host, said))));
                }
                heard.push((host, HostUpdate::Ended(exit.into())));
            }
        }
    }

    /// A line that went past the engine: its item is the one in hand, where only one lane can have written it.
    fn said(page: &Page, host: HostId, stream: OutputStream, at_ns: u64) -> impl Fn(String) -> Trigger {
        let item =
            (page.lanes() == 1).then(|| page.live(0).executing).flatten().map(|executing| executing.index);
        move |text| Trigger::Said { host, lane: None, stream, item, at_ns, text }
    }
}

/// What a frame means; nothing for what is only noted.
fn heard_frame(
    host: HostId,
    page: &Page,
    flushed: &mut BTreeMap<(u32, OutputStream), Said>,
    frame: Frame<'_>,
) -> Option<Trigger> {
    let up = match frame.and_then(|(kind, payload)| wire::read_up(kind, payload)) {
        Ok(up) => up,
        Err(malformed) => return Some(Trigger::Garbled { host, reason: malformed.to_string() }),
    };
    Some(match up {
        Up::Ready { version: wire::VERSION, lock_turned_on_by } => {
            Trigger::Ready { host, readiness: page.readiness(), lock_turned_on_by }
        }
        Up::Ready { .. } => {
            let reason = "the program was replaced while it ran; start it again".to_owned();
            Trigger::Refused { host, reason }
        }
        Up::Refused { reason } => Trigger::Refused { host, reason },
        Up::Finished { lane, batch } => Trigger::Finished { host, lane: lane as usize, batch },
        Up::Returned(chunks) => {
            let chunks = chunks.into_iter().map(|(first, count)| Chunk { first, count }).collect();
            Trigger::Returned { host, chunks }
        }
        Up::Said(said) => {
            flushed.remove(&(said.lane, said.stream));
            line(host, said)
        }
        Up::Flushed(said) => {
            note_flushed(flushed, said, page.lanes());
            return None;
        }
    })
}

/// Adds to what is known of a line, where a lane of the host says it.
fn note_flushed(flushed: &mut BTreeMap<(u32, OutputStream), Said>, said: Said, lanes: usize) {
    let known = flushed.get_mut(&(said.lane, said.stream)).filter(|known| known.index == said.index);
    match known {
        Some(known) if known.text.len() + said.text.len() <= MAX_LINE_BYTES => {
            known.text.push_str(&said.text);
        }
        Some(_) => {}
        None if (said.lane as usize) < lanes && said.text.len() <= MAX_LINE_BYTES => {
            flushed.insert((said.lane, said.stream), said);
        }
        None => {}
    }
}

fn line(host: HostId, said: Said) -> Trigger {
    let Said { lane, index, stream, at_ns, text } = said;
    Trigger::Said { host, lane: Some(lane as usize), stream, item: Some(index), at_ns, text }
}

impl From<Exit> for LifeEnd {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Code(code) => Self::Exit(code),
            Exit::Signal(signal) => Self::Signal(signal),
        }
    }
}
