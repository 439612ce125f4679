//! What a person decides before Start: inputs, function, pool; and whether that makes a job.

use std::sync::Arc;
use std::time::Instant;

use egui::Context;

use super::function::FunctionChoice;
use super::inputs::InputsSetup;
use super::loading::Origin;
use crate::error::{Error, Result};
use crate::function::FunctionSpec;
use crate::lessons::file::Rules;
use crate::pool::examples::Example;
use crate::pool::{ChunkRule, Job, Mode, RunLog, Settings, Shape};
use crate::value::{Column, ColumnType};

/// The setup.
pub struct Setup {
    pub inputs: InputsSetup,
    pub function: FunctionChoice,
    /// Mode, workers and chunks; the rules of the job are those written in `rules`.
    pub settings: Settings,
    pub rules: Rules,
    /// The number that a fixed chunk size has or would have.
    pub chunk_items: u32,
    /// What went wrong with a command that concerns the setup; shown until it is dismissed.
    pub error: Option<Error>,
    /// What the end of the last window left to be said; shown until it is dismissed.
    pub notice: Option<String>,
    mixed_check: MixedCheck,
}

/// Whether inputs of several types fit a function takes a look at each; it is kept for as long as both stay.
#[derive(Default)]
struct MixedCheck(Option<(Arc<Column>, Arc<FunctionSpec>, Result<()>)>);

impl Setup {
    /// A setup without inputs and with as many processes as there are cores.
    pub fn new(usable_cores: usize) -> Result<Self> {
        let function = FunctionChoice::first()
            .ok_or_else(|| Error::usage("open the window", "there are no functions"))?;
        let workers = usable_cores.clamp(1, crate::pool::MAX_WORKERS);
        let settings = Settings { workers, ..Settings::default() };
        let (inputs, rules, mixed_check) = (InputsSetup::default(), Rules::default(), MixedCheck::default());
        Ok(Self {
            inputs,
            function,
            settings,
            rules,
            chunk_items: 100,
            error: None,
            notice: None,
            mixed_check,
        })
    }

    /// Sets everything up as the example has it.
    pub fn load_example(&mut self, example: &Example, now: Instant, ctx: &Context) -> Result<()> {
        self.function.choose(example.runs, ctx)?;
        self.settings = example.settings();
        if let ChunkRule::Fixed(items) = example.chunk {
            self.chunk_items = items;
        }
        self.rules = Rules::default();
        match (example.sample_file, example.sample_text()) {
            (Some(name), Some(text)) => self.inputs.load(Origin::Sample { name, text }, false, ctx),
            _ => self.inputs.type_text(example.inputs, now, ctx),
        }
        self.inputs.calls = 1;
        self.error = None;
        Ok(())
    }

    /// Takes results of the background; once a frame.
    pub fn poll(&mut self, now: Instant, ctx: &Context) {
        self.inputs.poll(now, ctx);
        self.function.poll(ctx);
        self.follow_function(ctx);
    }

    /// Has the inputs read as what the function takes, as soon as that is known.
    pub fn follow_function(&mut self, ctx: &Context) {
        if let Ok(function) = self.function.spec() {
            self.inputs.want(&function.wants(), ctx);
        }
    }

    /// The job that the setup makes; the error says why it makes none.
    pub fn job(&mut self) -> Result<Job> {
        let function = self.function.spec()?;
        let inputs = self.inputs_for(&function)?;
        self.mixed_check.check(&inputs, &function)?;
        let mut settings = self.rules.in_settings(self.settings)?;
        settings.processes = settings.shape().hosts();
        let function = FunctionSpec::clone(&function);
        Ok(Job { inputs_name: self.inputs_name(&inputs).to_owned(), inputs, function, settings })
    }

    /// The inputs, read as what this function takes.
    fn inputs_for(&self, function: &FunctionSpec) -> Result<Arc<Column>> {
        let column = self.inputs.column(self.function.takes())?;
        match self.inputs.are_wanted(&function.wants()) {
            true => Ok(column),
            false => Err(Error::input("start the pool", "the inputs are still being read")),
        }
    }

    /// The job that calls the function once: with the input of this number, or the first.
    pub fn trial(&self, row: Option<u64>) -> Result<Job> {
        let cannot = |error: Error| Error::usage("try the function", error.reason());
        let function = self.function.spec().map_err(cannot)?;
        let inputs = self.inputs_for(&function).map_err(cannot)?;
        let chosen = row.and_then(|row| inputs.get(row as usize)).or_else(|| inputs.get(0));
        let Some(input) = chosen else {
            return Err(Error::input("try the function", "there is no input yet"));
        };
        let inputs: Arc<Column> = Arc::new([input.to_value()].into_iter().collect());
        function.check_inputs(&inputs)?;
        let settings = self.rules.in_settings(self.settings)?.with_workers(1);
        let function = FunctionSpec::clone(&function);
        Ok(Job { inputs_name: "one input".to_owned(), inputs, function, settings })
    }

    fn inputs_name(&self, inputs: &Column) -> &str {
        if inputs.column_type() == ColumnType::None { "no inputs" } else { self.inputs.name() }
    }

    /// "primes.csv · is_prime · 4 processes", for titles.
    pub fn title(&self) -> String {
        title(self.shown_inputs_name(), &self.function.name(), self.settings.shape())
    }

    fn shown_inputs_name(&self) -> &str {
        let column = self.inputs.column(self.function.takes());
        let is_empty = column.map_or(true, |column| column.column_type() == ColumnType::None);
        if is_empty && self.inputs.loading().is_none() { "no inputs" } else { self.inputs.name() }
    }

    /// Whether the inputs are those that ran, as far as a look in each frame can tell: of many, how many they are.
    fn has_inputs_of(&self, job: &Job) -> bool {
        let Ok(own) = self.inputs.column(self.function.takes()) else { return true };
        let are_many = own.len() > COMPARED_INPUTS;
        Arc::ptr_eq(&own, &job.inputs) || (own.len() == job.inputs.len() && (are_many || own == job.inputs))
    }

    /// Whether what is set up is what ran, so that what is shown can be taken for it.
    pub fn is_that_of(&self, log: &RunLog) -> bool {
        let job = &log.plan.job;
        // A run of a few items that were left has no more workers than these.
        let left = log.counts.total - log.counts.resumed;
        let is_of_few =
            log.counts.resumed > 0 && log.workers as u64 == left.min(self.settings.workers as u64);
        let is_spread_alike =
            self.settings.mode == Mode::Process || self.settings.processes == job.settings.processes;
        self.shown_inputs_name() == job.inputs_name
            && self.has_inputs_of(job)
            && self.settings.mode == job.settings.mode
            && is_spread_alike
            && (self.settings.workers == log.workers || is_of_few)
            && self.function.spec().is_ok_and(|function| *function == job.function)
    }
}

/// With more inputs than this, they are not compared in each frame.
const COMPARED_INPUTS: usize = 10_000;

/// The title of a run, with the workers that it has now.
pub fn log_title(log: &RunLog) -> String {
    let job = &log.plan.job;
    title(&job.inputs_name, job.function.name(), log.shape())
}

fn title(inputs: &str, function: &str, pool: Shape) -> String {
    format!("{inputs} · {function} · {pool}")
}

impl MixedCheck {
    /// Whether the inputs fit the function.
    fn check(&mut self, inputs: &Arc<Column>, spec: &Arc<FunctionSpec>) -> Result<()> {
        match &self.0 {
            _ if inputs.is_empty() => Err(Error::input("start the pool", "there are no inputs")),
            _ if inputs.column_type() != ColumnType::Mixed => spec.check_inputs(inputs),
            Some((seen, of, result)) if Arc::ptr_eq(seen, inputs) && of == spec => result.clone(),
            _ => {
                let result = spec.check_inputs(inputs);
                self.0 = Some((Arc::clone(inputs), Arc::clone(spec), result.clone()));
                result
            }
        }
    }
}

/// The job of a setup, once what it reads is read.
#[cfg(test)]
pub(super) fn job_of(setup: &mut Setup) -> Job {
    use std::time::Duration;

    let (ctx, begun) = (Context::default(), Instant::now());
    loop {
        setup.poll(Instant::now() + Duration::from_secs(1), &ctx);
        match setup.job() {
            Ok(job) => return job,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(20), "{error}"),
        }
        std::thread::yield_now();
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::pool::Plan;
    use crate::pool::examples::EXAMPLES;

    #[test]
    fn a_new_setup_says_what_is_missing() {
        let error = Setup::new(2).unwrap().job().unwrap_err().to_string();
        assert_eq!(error, "could not start the pool: there are no inputs yet");
    }

    #[test]
    fn inputs_that_do_not_fit_name_the_first_of_them() {
        let (mut setup, ctx) = (Setup::new(2).unwrap(), Context::default());
        setup.inputs.type_text("red, green", Instant::now(), &ctx);
        setup.follow_function(&ctx);
        let error = setup.job().unwrap_err().to_string();
        assert!(error.contains("takes an integer, but item 0 is text: red"), "{error}");
    }

    #[test]
    fn a_run_of_other_inputs_is_not_that_of_the_setup_and_one_input_can_be_tried_in_any_pool() {
        let ctx = Context::default();
        let mut setup = Setup::new(2).unwrap();
        setup.settings = Settings { mode: Mode::Thread, workers: 8, processes: 2, ..setup.settings };
        setup.inputs.type_text("7, 8", Instant::now(), &ctx);
        let job = job_of(&mut setup);
        let log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
        assert!(setup.is_that_of(&log));
        let trial = setup.trial(None).unwrap();
        assert_eq!((trial.check(), trial.settings.shape().hosts()), (Ok(()), 1));
        setup.inputs.type_text("7, 9", Instant::now(), &ctx);
        job_of(&mut setup);
        setup.poll(Instant::now() + std::time::Duration::from_secs(1), &ctx);
        assert!(!setup.is_that_of(&log));
    }

    #[test]
    fn every_example_makes_a_job() {
        let ctx = Context::default();
        for example in &EXAMPLES {
            let mut setup = Setup::new(2).unwrap();
            setup.load_example(example, Instant::now(), &ctx).unwrap();
            let job = job_of(&mut setup);
            assert_eq!(job.check(), Ok(()), "{}", example.name);
            let plan = Plan { job, started: Instant::now(), started_wall: SystemTime::now() };
            assert!(setup.is_that_of(&RunLog::new(plan)), "{}", example.name);
        }
    }
}
