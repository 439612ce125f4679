//! The window: state, commands, look, widgets and panels. It draws what `pool` and `monitor` publish and never runs
//! user work; nothing on its thread waits for a file, a process or a long computation.

mod background;
pub mod command;
pub mod context;
pub mod death;
mod dialogs;
pub mod format;
mod help;
pub mod layout;
pub mod pace;
mod palette;
pub mod panels;
mod progress;
pub mod setup;
mod shell;
pub mod state;
mod status_bar;
pub mod theme;
mod top_bar;
pub mod widgets;

use std::path::PathBuf;

use egui::{IconData, ViewportBuilder};

pub use self::shell::PoolscopeApp;
use crate::error::{Error, Result};
use crate::pool::Launch;

/// The name of the desktop file, by which a desktop knows the window.
const APP_ID: &str = "io.github.poolscope.Poolscope";

/// Opens the window and returns when it is closed, with all workers ended. `path` is taken as inputs.
pub fn run(launch: Launch, path: Option<PathBuf>) -> Result<()> {
    let viewport = ViewportBuilder::default()
        .with_title("Poolscope")
        .with_app_id(APP_ID)
        .with_icon(icon())
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size(shell::MIN_SIZE)
        .with_drag_and_drop(true);
    // There are no gradients here that dithering could smooth, and it costs where pixels are painted by cores.
    let options = eframe::NativeOptions { viewport, dithering: false, ..Default::default() };
    let opened = eframe::run_native(
        APP_ID,
        options,
        Box::new(move |creation| {
            let (preference, pace) = (shell::stored_theme(creation.storage), pace::Pace::of(creation));
            let mut app = PoolscopeApp::new(&creation.egui_ctx, launch, path, preference, pace)?;
            app.restore(creation.storage);
            Ok(Box::new(app))
        }),
    );
    opened.map_err(|error| Error::io("open the window", why_no_window(&error)))
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
