//! The views of a run, each a struct with its own view state and a `ui` that draws and sends commands.

mod messages;
mod picture;
mod results;
mod timeline;

pub use self::messages::MessagesPanel;
pub use self::picture::{PicturePanel, has_picture};
pub use self::results::ResultsPanel;
pub use self::timeline::TimelinePanel;
