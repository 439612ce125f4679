//! A program that is being run step by step: a pool of one worker, whose function is asked for a step, or for a look, again
//! and again, and tells what happened. The pool is what ends it, with all that it has started, however this program ends.

use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::story::{Phase, Story};
use super::told::Told;
use super::{Program, StartMethod};
use crate::error::{Error, Result};
use crate::function::FunctionSpec;
use crate::function::python::{PythonSpec, installed_interpreter};
use crate::pool::examples::ExampleCode;
use crate::pool::{self, ChunkRule, Job, Launch, Run, RunState, Settings, Waker};
use crate::value::ValueRef;

const RELAY: ExampleCode =
    ExampleCode { name: "relay.py", text: include_str!("../../../assets/lessons/steps/relay.py") };
const STEPPER: &str = include_str!("../../../assets/lessons/steps/stepper.py");
const SAID: &str = include_str!("../../../assets/lessons/steps/said.py");
const CLOCK: &str = include_str!("../../../assets/lessons/steps/clock.py");
/// While a program waits, it is asked this often what its children do meanwhile; seldom where nothing has happened lately.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const LOOK_SELDOM: Duration = Duration::from_secs(1);
const LATELY: Duration = Duration::from_secs(3);
const STEP: &str = "step";
const LOOK: &str = "look";
const END: &str = "end";

/// What the Python side is given first.
#[derive(Serialize)]
struct Given<'a> {
    stepper: &'a str,
    said: &'a str,
    clock: &'a str,
    program: &'a str,
    name: &'a str,
    method: Option<String>,
}

/// A program that is let go may take so long to remove its semaphores and folders before it is killed.
const LEAVE_PATIENCE: Duration = Duration::from_millis(2500);
const LOOK_WHETHER_LEFT: Duration = Duration::from_millis(5);

/// A program at its first line or further. Letting it go ends it, and waits until no process of it is left.
pub struct Stepping {
    pub story: Story,
    /// Ends the inputs of the pool when it goes.
    requests: Option<Sender<String>>,
    run: Run,
    asked: u64,
    heard: u64,
    last_asked: Instant,
    last_step: Instant,
}

impl Stepping {
    /// Starts a Python that goes up to the main block of the program. It asks an interpreter first, and so is called in the
    /// background.
    pub fn start(
        program: &Program,
        method: Option<StartMethod>,
        launch: &Launch,
        waker: Waker,
    ) -> Result<Self> {
        let interpreter = installed_interpreter()?;
        let relay = PythonSpec::new(&RELAY.source()?, &interpreter, Some("relay"), true)?;
        let job = Job {
            inputs_name: program.file.to_owned(),
            inputs: Default::default(),
            function: FunctionSpec::Python(relay),
            settings: Settings { chunk: ChunkRule::Fixed(1), ..Settings::default() },
        };
        let (requests, requested) = channel::<String>();
        let run = pool::start_stream(job, launch, waker, move |sender| {
            while let Ok(request) = requested.recv() {
                if !sender.push([request.as_str()].into_iter().collect()) {
                    break;
                }
            }
            Ok(())
        })?;
        let (story, now) = (Story::default(), Instant::now());
        let requests = Some(requests);
        let mut own = Self { story, requests, run, asked: 0, heard: 0, last_asked: now, last_step: now };
        let method = method.map(|method| method.to_string());
        let (code, name) = (program.code, program.file);
        let given = Given { stepper: STEPPER, said: SAID, clock: CLOCK, program: code, name, method };
        own.story.begin_step();
        own.ask(serde_json::to_string(&given).map_err(|error| Error::pool("start the program", error))?);
        Ok(own)
    }

    /// Executes the line that is next, where it waits before one.
    pub fn step(&mut self) {
        if self.story.can_step() {
            self.story.begin_step();
            self.last_step = Instant::now();
            self.ask(STEP.to_owned());
        }
    }

    /// Takes what has been told meanwhile, and asks on; to be called again and again.
    pub fn poll(&mut self) {
        let snapshot = self.run.snapshot();
        while self.heard < self.asked {
            let Some(row) = snapshot.log.row(self.heard).filter(|row| row.state.is_final()) else { break };
            self.heard += 1;
            match row.output {
                Some(ValueRef::Text(text)) => match serde_json::from_str::<Told>(text) {
                    Ok(told) => self.story.take(told),
                    Err(error) => self.story.fail(format!("what Python has told cannot be read: {error}")),
                },
                _ => {
                    let cause = row.cause.map_or(String::new(), |cause| format!(": {cause}"));
                    self.story.fail(format!("the program was lost{cause}"));
                }
            }
        }
        self.run.release(self.heard);
        if let RunState::Finished(ending) = &snapshot.log.state {
            self.story.fail(format!("the program was ended: {ending}"));
        }
        self.look();
    }

    /// The process that it runs in, while that lives.
    pub fn host_pids(&self) -> Vec<u32> {
        self.run.snapshot().host_pids.clone()
    }

    /// How soon it has to be polled again, whoever is woken by the pool meanwhile; nothing where nothing can happen.
    pub fn next_look(&self) -> Option<Duration> {
        match self.story.phase {
            Phase::Running => Some(LOOK_EVERY),
            _ if self.story.has_living() => Some(self.look_every().saturating_sub(self.last_asked.elapsed())),
            _ => None,
        }
    }

    fn look_every(&self) -> Duration {
        if self.last_step.elapsed() < LATELY { LOOK_EVERY } else { LOOK_SELDOM }
    }

    /// Asks how it is, where nobody has asked for more.
    fn look(&mut self) {
        let is_due = self.last_asked.elapsed() >= self.look_every() && self.story.has_living();
        if self.heard == self.asked && (self.story.phase == Phase::Running || is_due) {
            self.ask(LOOK.to_owned());
        }
    }

    fn ask(&mut self, request: String) {
        // The run being over is seen at the next poll.
        if self.requests.as_ref().is_some_and(|requests| requests.send(request).is_ok()) {
            self.asked += 1;
            self.last_asked = Instant::now();
        }
    }
}

impl Drop for Stepping {
    fn drop(&mut self) {
        self.ask(END.to_owned());
        self.requests = None;
        let begun = Instant::now();
        while !self.run.snapshot().log.is_finished() && begun.elapsed() < LEAVE_PATIENCE {
            std::thread::sleep(LOOK_WHETHER_LEFT);
        }
    }
}
