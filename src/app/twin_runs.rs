//! How the window runs a job in both modes, one run after the other, and shows both in the end.

use std::time::Instant;

use egui::Context;

use super::PoolscopeApp;
use super::state::{Phase, TwinRun, TwinStep};

impl PoolscopeApp {
    /// Begins to run what is set up with processes and with threads, in turns.
    pub(super) fn run_both(&mut self, ctx: &Context) {
        if self.runner.is_live() {
            return;
        }
        self.show_page(None);
        self.setup.follow_function(ctx);
        let Ok(job) = self.setup.job() else {
            self.layout.show_setup();
            return;
        };
        self.layout.show_runs();
        self.twin = Some(TwinRun::new(&job, Instant::now()));
        self.take_twin_step(ctx);
    }

    /// Counts the run of both modes that has just ended, and begins the next; once a frame.
    pub(super) fn follow_twin(&mut self, ctx: &Context) {
        let Some(twin) = &mut self.twin else { return };
        if self.runner.is_live() {
            return;
        }
        let (Some(run), Some(kept)) = (self.runner.snapshot(), self.kept.shown()) else {
            // It could not be started.
            self.twin = None;
            return;
        };
        if self.runner.phase() != Phase::Done {
            // A person has stopped it, or it came to a bad end: what is there is shown.
            self.twin = None;
            return;
        }
        if twin.count(&run.log, kept.number) {
            self.take_twin_step(ctx);
        }
    }

    fn take_twin_step(&mut self, ctx: &Context) {
        let Some(twin) = &self.twin else { return };
        match twin.next(Instant::now()) {
            TwinStep::Run { mode, instead_of } => {
                let job = twin.job(mode).clone();
                if let Some(number) = instead_of {
                    self.kept.give_way(number);
                }
                self.forget_last_run();
                self.runner.start_measured(job, ctx);
            }
            TwinStep::Done(both) => {
                let measured = twin.comparison();
                self.twin = None;
                if let Some([processes, threads]) = both {
                    self.kept.show_both(processes, threads);
                    if let Some(found) = measured {
                        self.kept.set_comparison([processes, threads], found);
                    }
                    self.show_other_run();
                }
            }
        }
    }
}
