//! The window: state, commands, look, widgets and panels. It draws what `pool` and `monitor` publish and never runs
//! user work; nothing on its thread waits for a file, a process or a long computation.

mod background;
mod card_picture;
mod carry_out;
mod closing;
mod code_saving;
pub mod command;
pub mod compare;
pub mod context;
pub mod death;
mod dialogs;
mod drop_hint;
mod event_order;
pub mod fault_lab;

mod file_role;
mod first_steps;
mod foreign;
pub mod format;
pub mod guide;
mod handout;
mod help;
pub mod help_command;
mod items;
mod keeping;
mod known_files;
mod lab_keys;
pub mod layout;
pub mod lesson;
pub mod lesson_command;
mod lesson_runs;
mod machine_watch;
pub mod note_command;
mod note_writing;
pub mod notes;
mod palette;
pub mod panels;
mod presenting;
mod progress;
pub mod repaint_rate;
mod replaced_setup;
mod rescue;
pub mod runs;
mod saved_runs;
mod saving;
mod session_folder;
pub mod setup;
pub mod setup_command;
mod setup_files;
mod situation;
pub mod splits;
pub mod state;
mod status_bar;
pub mod theme;
mod theme_choice;
mod title;
mod top_bar;
mod twin_runs;
pub mod unsaved;
pub mod verdict;
pub mod widgets;
mod window;
mod window_ui;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use egui::{IconData, ViewportBuilder, ViewportCommand};

use self::file_role::FileRole;
pub use self::window::PoolscopeApp;
use crate::error::{Error, Result};
use crate::pool::Launch;

/// The name of the desktop file, by which a desktop knows the window.
const APP_ID: &str = "io.github.poolscope.Poolscope";

/// How a window that was open ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// A person closed it.
    Asked,
    /// Its display or its drawing failed; what was finished is saved, and said.
    Lost,
}

/// Opens the window and returns when it is closed, with all workers ended. `path` is taken as inputs. The error says why
/// it could not be opened.
pub fn run(launch: Launch, path: Option<PathBuf>) -> Result<Closed> {
    let viewport = ViewportBuilder::default()
        .with_title("Poolscope")
        .with_app_id(APP_ID)
        .with_icon(icon())
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size(window::MIN_SIZE)
        .with_drag_and_drop(true);
    // There are no gradients here that dithering could smooth, and it costs where pixels are painted by cores.
    let options = eframe::NativeOptions { viewport, dithering: false, ..Default::default() };
    let was_opened = Arc::new(AtomicBool::new(false));
    let opens = Arc::clone(&was_opened);
    let ended = eframe::run_native(
        APP_ID,
        options,
        Box::new(move |creation| {
            let (preference, repaint_rate) =
                (theme_choice::stored_theme(creation.storage), repaint_rate::RepaintRate::of(creation));
            // A saved run beside the last setup can be compared with a new one, and a lesson leaves the setup as it is.
            let has_file = path
                .as_deref()
                .is_some_and(|path| matches!(FileRole::of(path), FileRole::Code | FileRole::Inputs));
            let mut app = PoolscopeApp::new(&creation.egui_ctx, launch, path, preference, repaint_rate)?;
            app.restore(creation.storage, has_file, &creation.egui_ctx);
            let (folder, ctx) = (eframe::storage_dir(APP_ID), creation.egui_ctx.clone());
            app.say(folder.as_deref().and_then(rescue::take_notice));
            let closes_unasked = Arc::clone(&app.closes_unasked);
            rescue::begin(folder, move || {
                closes_unasked.store(true, Ordering::Relaxed);
                ctx.send_viewport_cmd(ViewportCommand::Close);
                ctx.request_repaint();
            });
            opens.store(true, Ordering::Relaxed);
            Ok(Box::new(app))
        }),
    );
    match ended {
        Ok(()) => {
            rescue::end();
            Ok(Closed::Asked)
        }
        Err(error) if was_opened.load(Ordering::Relaxed) => {
            rescue::save(&format!("its display failed ({error})"), "");
            Ok(Closed::Lost)
        }
        Err(error) => Err(Error::io("open the window", why_no_window(&error))),
    }
}

/// What a person can do about a window that does not open.
fn why_no_window(error: &eframe::Error) -> String {
    format!(
        "{error}; it needs a desktop (X11 or Wayland) and a graphics driver, of which one in software does \
         (Debian: mesa-vulkan-drivers or libgl1-mesa-dri)"
    )
}

fn icon() -> IconData {
    let png = include_bytes!("../../assets/icon/poolscope-256.png");
    // The file is part of the program; a test reads it.
    eframe::icon_data::from_png_bytes(png).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_icon_can_be_read() {
        assert_eq!(super::icon().width, 256);
    }
}
