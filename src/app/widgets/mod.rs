//! The parts that panels are put together from. They draw, and say what was clicked; they keep no state.

mod cards;
mod cause;
mod controls;
mod editor;
mod enlarged;
mod marks;
mod pick;
mod pointed;
mod splitter;

pub use self::cards::{card, card_of, empty_state, field_frame, hairline, list_area, notice};
pub use self::cause::cause;
pub use self::controls::{
    Action, chip, chip_button, chip_width, elided_link, icon_button, link, primary_button, segmented,
};
pub use self::editor::{Editor, editor};
pub use self::enlarged::{Card, enlarge, follow_enlarged, is_one_enlarged, set_views_rect};
pub use self::marks::{
    elided, figure, figure_width, progress_bar, prose, section_title, swatch, swatch_with, weak,
};
pub use self::pick::{Pick, pick};
pub use self::pointed::{PointedIn, point_at, pointed};
pub use self::splitter::{Moved, splitter};
