//! When the keys of the fault lab are heard: while a worker of the run that is on is chosen, and nothing lies over the views.

use egui::Context;

use super::PoolscopeApp;
use super::fault_lab;

impl PoolscopeApp {
    pub(super) fn hear_fault_keys(&self, ctx: &Context) {
        let shows_live_run = self.runner.is_live() && self.shows_newest() && self.kept.beside().is_none();
        let is_covered = self.lesson.is_some() || self.layout.dialog.is_some();
        if !shows_live_run || is_covered {
            return;
        }
        for command in fault_lab::key_commands(ctx, self.layout.chosen_worker) {
            self.commands.send(command);
        }
    }
}
