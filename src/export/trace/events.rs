//! Single events of a trace as JSON, one a line.

use std::io::{self, Write};

use serde::Serialize;

/// A place in the viewer: a process and a thread of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Track {
    pub(super) pid: u64,
    pub(super) tid: u64,
}

/// One event; the fields have the names of the format.
#[derive(Serialize)]
pub(super) struct TraceEvent<'a, A> {
    name: &'a str,
    /// What kind of event it is.
    ph: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'static str>,
    pid: u64,
    tid: u64,
    /// Microseconds.
    ts: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    /// How far the line of a moment reaches: `t` its thread, `p` its process.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    args: A,
}

/// Writes events into the list of a trace.
pub(super) struct EventWriter<'a> {
    out: &'a mut dyn Write,
    line: Vec<u8>,
    has_events: bool,
}

impl<'a> EventWriter<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, line: Vec::new(), has_events: false }
    }

    /// A stretch of time.
    pub(super) fn span(
        &mut self,
        track: Track,
        (cat, name): (&'static str, &str),
        (start_ns, end_ns): (u64, u64),
        args: impl Serialize,
    ) -> io::Result<()> {
        let dur = Some(microseconds(end_ns.saturating_sub(start_ns)));
        let Track { pid, tid } = track;
        let ts = microseconds(start_ns);
        self.write(&TraceEvent { name, ph: "X", cat: Some(cat), pid, tid, ts, dur, s: None, args })
    }

    /// A moment of a thread (`t`) or of a whole process (`p`).
    pub(super) fn moment(
        &mut self,
        track: Track,
        (cat, name): (&'static str, &str),
        (scope, at_ns): (&'static str, u64),
        args: impl Serialize,
    ) -> io::Result<()> {
        let Track { pid, tid } = track;
        let ts = microseconds(at_ns);
        self.write(&TraceEvent {
            name,
            ph: "i",
            cat: Some(cat),
            pid,
            tid,
            ts,
            dur: None,
            s: Some(scope),
            args,
        })
    }

    /// What some figures are from a time on, drawn one above the other.
    pub(super) fn counter(
        &mut self,
        track: Track,
        name: &str,
        at_ns: u64,
        args: impl Serialize,
    ) -> io::Result<()> {
        let Track { pid, tid } = track;
        let ts = microseconds(at_ns);
        self.write(&TraceEvent { name, ph: "C", cat: None, pid, tid, ts, dur: None, s: None, args })
    }

    /// What a process or thread is called and where it stands.
    pub(super) fn describe(&mut self, track: Track, what: &str, args: impl Serialize) -> io::Result<()> {
        let Track { pid, tid } = track;
        self.write(&TraceEvent {
            name: what,
            ph: "M",
            cat: None,
            pid,
            tid,
            ts: 0.0,
            dur: None,
            s: None,
            args,
        })
    }

    fn write<A: Serialize>(&mut self, event: &TraceEvent<'_, A>) -> io::Result<()> {
        self.line.clear();
        self.line.extend_from_slice(if self.has_events { b",\n" } else { b"\n" });
        self.has_events = true;
        serde_json::to_writer(&mut self.line, event)?;
        self.out.write_all(&self.line)
    }
}

/// As the format has it, nanoseconds behind the point.
fn microseconds(ns: u64) -> f64 {
    ns as f64 / 1e3
}
