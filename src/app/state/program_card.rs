//! A program that the window runs step by step: how far it is, and the Python that runs it, which is started and ended in the
//! background.

use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use crate::app::background::{Task, drop_elsewhere, finished};
use crate::error::Result;
use crate::lessons::Reveal;
use crate::lessons::steps::{PROGRAMS, Phase, Program, StartMethod, Stepping, Story};
use crate::pool::Launch;

/// A program and its run.
pub struct ProgramCard {
    pub program: &'static Program,
    /// How it starts processes; nothing for Python's own choice.
    pub method: Option<StartMethod>,
    starting: Option<Task<Result<Stepping>>>,
    stepping: Option<Stepping>,
    /// What is shown as long as no Python is there.
    without: Story,
}

impl ProgramCard {
    /// The program at this place, from its beginning; nothing behind the last.
    pub fn at(place: usize) -> Option<Self> {
        let program = PROGRAMS.get(place)?;
        let (starting, stepping, without) = (None, None, Story::default());
        Some(Self { program, method: program.method, starting, stepping, without })
    }

    /// The same with a run that is told, for a look at it without a Python.
    pub fn telling(program: &'static Program, story: Story) -> Self {
        Self { program, method: program.method, starting: None, stepping: None, without: story }
    }

    /// Its place among the programs.
    pub fn place(&self) -> usize {
        PROGRAMS.iter().position(|program| program.name == self.program.name).unwrap_or_default()
    }

    /// What is known of its run.
    pub fn story(&self) -> &Story {
        self.stepping.as_ref().map_or(&self.without, |stepping| &stepping.story)
    }

    /// What it has shown, once it is over.
    pub fn reveal(&self) -> Option<Reveal> {
        let story = self.story();
        story.is_at_end().then(|| self.program.reveal(story))
    }

    /// The process that runs it, where one does.
    pub fn host_pids(&self) -> Vec<u32> {
        self.stepping.as_ref().map_or(Vec::new(), Stepping::host_pids)
    }

    /// Whether it is before its first step or over, so that another run can begin.
    pub fn is_at_rest(&self) -> bool {
        self.starting.is_none() && (self.story().phase == Phase::Ready || self.story().is_at_end())
    }

    /// Makes the next step; the first one starts Python.
    pub fn step(&mut self, launch: &Launch, ctx: &Context) {
        if let Some(stepping) = &mut self.stepping {
            return stepping.step();
        }
        if self.without.phase != Phase::Ready || self.starting.is_some() {
            return;
        }
        self.without.phase = Phase::Running;
        let (program, method, launch, woken) = (self.program, self.method, launch.clone(), ctx.clone());
        let waker = Arc::new(move || woken.request_repaint());
        self.starting = Some(Task::spawn("start the program", ctx, move || {
            Stepping::start(program, method, &launch, waker)
        }));
    }

    /// Begins anew; a run that is on is ended.
    pub fn reset(&mut self) {
        self.end_elsewhere();
        self.without = Story::default();
    }

    /// Chooses the next way to start processes, and begins anew.
    pub fn next_method(&mut self) {
        let all = StartMethod::ALL;
        let next =
            self.method.map_or(Some(0), |method| all.iter().position(|own| *own == method).map(|at| at + 1));
        self.method = next.and_then(|next| all.get(next)).copied();
        self.reset();
    }

    /// Takes what has been told meanwhile; once a frame.
    pub fn poll(&mut self, ctx: &Context) {
        match finished(&mut self.starting).map(|done| done.and_then(|started| started)) {
            Some(Ok(stepping)) => self.stepping = Some(stepping),
            Some(Err(error)) => self.without.phase = Phase::Failed(error.to_string()),
            None => {}
        }
        if let Some(stepping) = &mut self.stepping {
            stepping.poll();
            if let Some(wait) = stepping.next_look() {
                ctx.request_repaint_after(wait.max(Duration::from_millis(10)));
            }
        }
    }

    /// Ends its run and waits until no process of it is left; for the end of the program.
    pub fn shut_down(&mut self) {
        // A Python that is just being started has to be there before it can be ended.
        drop(self.starting.take().and_then(Task::wait));
        self.stepping = None;
    }

    fn end_elsewhere(&mut self) {
        // What is being started is dropped by the thread that starts it.
        self.starting = None;
        self.stepping.take().into_iter().for_each(drop_elsewhere);
    }
}

impl Drop for ProgramCard {
    fn drop(&mut self) {
        self.end_elsewhere();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_start_processes_is_had_in_turn() {
        let mut card = ProgramCard::at(0).unwrap();
        let mut seen = vec![card.method];
        for _ in 0..4 {
            card.next_method();
            seen.push(card.method);
        }
        let [fork, spawn, server] = StartMethod::ALL.map(Some);
        assert_eq!(seen, [None, fork, spawn, server, None]);
        assert!(ProgramCard::at(PROGRAMS.len()).is_none());
    }

    #[test]
    fn a_python_that_cannot_be_started_is_told() {
        let (mut card, ctx) = (ProgramCard::at(0).unwrap(), Context::default());
        card.without.phase = Phase::Running;
        card.starting = Some(Task::spawn("start", &ctx, || {
            Err(crate::error::Error::usage("find Python", "there is none"))
        }));
        while card.starting.is_some() {
            card.poll(&ctx);
            std::thread::yield_now();
        }
        let reveal = card.reveal().unwrap();
        assert_eq!(reveal.verdict.to_string(), "Nothing was measured: could not find Python: there is none");
    }
}
