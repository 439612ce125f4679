//! The whole program without a window of its own, whose workers end with it.

use std::path::PathBuf;
use std::time::Duration;

use eframe::App;
use egui::{ThemePreference, Vec2};
use egui_kittest::Harness;
use poolscope::app::PoolscopeApp;
use poolscope::app::repaint_rate::RepaintRate;
use poolscope::app::theme;
use poolscope::pool::Launch;

/// The program, from its first frame on.
pub struct Program {
    /// The file that it is opened for.
    file: Option<PathBuf>,
    app: Option<PoolscopeApp>,
}

impl Program {
    /// The program in a window of this size.
    pub fn open(size: Vec2, file: Option<PathBuf>) -> Harness<'static, Self> {
        let builder = Harness::builder().with_size(size).with_context_setup(theme::apply);
        let program = Self { file, app: None };
        let mut harness = builder.build_ui_state(|ui, program: &mut Self| program.ui(ui), program);
        harness.run_steps(3);
        harness
    }

    fn ui(&mut self, ui: &mut egui::Ui) {
        let app = self.app.get_or_insert_with(|| {
            let rate = RepaintRate { at_rest: Duration::from_secs(3600), ..RepaintRate::WITH_GPU };
            let launch = Launch { program: env!("CARGO_BIN_EXE_poolscope").into(), niceness: 0 };
            PoolscopeApp::new(ui.ctx(), launch, self.file.take(), ThemePreference::Dark, rate).unwrap()
        });
        let mut frame = eframe::Frame::_new_kittest();
        app.logic(ui.ctx(), &mut frame);
        app.ui(ui, &mut frame);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.app.iter_mut().for_each(PoolscopeApp::on_exit);
    }
}
