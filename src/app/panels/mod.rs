//! The views of a run, each a struct with its own view state and a `ui` that draws and sends commands.

mod messages;
mod picture;
mod results;
mod timeline;

use egui::Ui;

pub use self::messages::MessagesPanel;
pub use self::picture::{PicturePanel, has_picture};
pub use self::results::{ResultsPanel, cell_text, input_text};
pub use self::timeline::{TimelinePanel, TwinSide, TwinTimeline, is_legend_open};

/// Whether a person goes back in the list of `ui`, by wheel or scroll bar: it then follows its end no longer.
fn is_scrolled_back(ui: &Ui) -> bool {
    ui.rect_contains_pointer(ui.max_rect())
        && ui.input(|input| input.smooth_scroll_delta().y > 0.0 || input.pointer.is_decidedly_dragging())
}
