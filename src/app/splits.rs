//! How wide and high the cards of the main window are: where a person has drawn the lines between them, and what each card
//! needs at least.

use egui::{Rangef, Rect, Ui};
use serde::{Deserialize, Serialize};

use super::theme::{GAP, Theme};
use super::widgets::{self, Moved};

/// The setup at first, and what it and the views beside it need at least.
const SETUP_WIDTH: f32 = 292.0;
const LEAST_SETUP_WIDTH: f32 = 264.0;
const LEAST_VIEWS_WIDTH: f32 = 380.0;
/// The setup is a list of fields: wider than this it gains nothing.
const MOST_SETUP_SHARE: f32 = 0.45;
/// Shares at first: of the timeline and what is said above it in the height, of the left one of two neighbours in the width.
const TIMELINE_SHARE: f32 = 0.58;
const RESULTS_SHARE: f32 = 0.57;
const TWIN_SHARE: f32 = 0.7;
const TIMES_SHARE: f32 = 0.46;
/// The least width of a card beside another.
const LEAST_CARD_WIDTH: f32 = 220.0;

/// A line between two cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Under the timeline.
    Timeline,
    /// Right of the results.
    Results,
    /// Under the timelines of a comparison.
    Twin,
    /// Right of where the time of a comparison went.
    Times,
}

/// Where the lines are that a person has moved; the others are where they are at first.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Splits {
    setup_width: Option<f32>,
    timeline: Option<f32>,
    results: Option<f32>,
    twin: Option<f32>,
    times: Option<f32>,
}

impl Splits {
    /// The width of the setup in a window of this width.
    pub fn setup_width(&self, window_width: f32) -> f32 {
        setup_range(window_width).clamp(finite(self.setup_width).unwrap_or(SETUP_WIDTH))
    }

    /// Draws the line right of the setup, in the gap `rect`, and moves it.
    pub fn setup_ui(&mut self, ui: &Ui, theme: &Theme, rect: Rect, window_width: f32) {
        match widgets::splitter(ui, theme, "Width of the setup", rect) {
            // The gap lies right of the setup, and is held in its middle.
            Some(Moved::To(x)) => {
                let width = x - rect.width() / 2.0;
                self.setup_width = Some(setup_range(window_width).clamp(width).round());
            }
            Some(Moved::Back) => self.setup_width = None,
            None => {}
        }
    }

    /// Draws the line between two cards that share `rect`, moves it, and gives their places; `least` is what each needs. Where
    /// there is not room for both, the second has what it needs.
    pub fn halves(
        &mut self,
        ui: &Ui,
        theme: &Theme,
        split: Split,
        rect: Rect,
        least: [f32; 2],
    ) -> (Rect, Rect) {
        let stands = split.stands();
        let room = Rangef::new(0.0, if stands { rect.width() } else { rect.height() });
        let origin = if stands { rect.left() } else { rect.top() };
        let first = first_length(self.share(split), room.span(), least);
        let gap = gap_of(rect, stands, origin + first);
        match widgets::splitter(ui, theme, split.name(), gap) {
            Some(Moved::To(at)) => {
                let wanted = clamped(at - origin - GAP / 2.0, room.span(), least);
                *self.slot(split) = Some(wanted / (room.span() - GAP).max(1.0));
            }
            Some(Moved::Back) => *self.slot(split) = None,
            None => {}
        }
        match stands {
            true => (rect.with_max_x(gap.left()), rect.with_min_x(gap.right())),
            false => (rect.with_max_y(gap.top()), rect.with_min_y(gap.bottom())),
        }
    }

    fn share(&self, split: Split) -> f32 {
        let (chosen, first) = match split {
            Split::Timeline => (self.timeline, TIMELINE_SHARE),
            Split::Results => (self.results, RESULTS_SHARE),
            Split::Twin => (self.twin, TWIN_SHARE),
            Split::Times => (self.times, TIMES_SHARE),
        };
        finite(chosen).unwrap_or(first)
    }

    fn slot(&mut self, split: Split) -> &mut Option<f32> {
        match split {
            Split::Timeline => &mut self.timeline,
            Split::Results => &mut self.results,
            Split::Twin => &mut self.twin,
            Split::Times => &mut self.times,
        }
    }
}

impl Split {
    fn stands(self) -> bool {
        matches!(self, Self::Results | Self::Times)
    }

    /// What it moves, in words.
    fn name(self) -> &'static str {
        match self {
            Self::Timeline => "Height of the timeline",
            Self::Results => "Width of the results",
            Self::Twin => "Height of the timelines",
            Self::Times => "Width of the times",
        }
    }

    /// What two cards side by side need.
    pub const SIDE_BY_SIDE: [f32; 2] = [LEAST_CARD_WIDTH; 2];
}

fn setup_range(window_width: f32) -> Rangef {
    let most = (window_width - LEAST_VIEWS_WIDTH).min(window_width * MOST_SETUP_SHARE);
    Rangef::new(LEAST_SETUP_WIDTH, most.max(LEAST_SETUP_WIDTH))
}

/// What was stored may come from anywhere.
fn finite(stored: Option<f32>) -> Option<f32> {
    stored.filter(|number| number.is_finite())
}

/// The length of the first of two with this share of the room without the gap.
fn first_length(share: f32, room: f32, least: [f32; 2]) -> f32 {
    clamped(((room - GAP) * share).round(), room, least)
}

fn clamped(first: f32, room: f32, [least, least_other]: [f32; 2]) -> f32 {
    first.max(least).min(room - GAP - least_other).max(0.0)
}

fn gap_of(rect: Rect, stands: bool, at: f32) -> Rect {
    match stands {
        true => Rect::from_x_y_ranges(at..=at + GAP, rect.y_range()),
        false => Rect::from_x_y_ranges(rect.x_range(), at..=at + GAP),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_card_gets_too_small_whatever_was_stored() {
        let stored = [None, Some(-1e9), Some(0.0), Some(4000.0), Some(f32::NAN), Some(f32::INFINITY)];
        for window_width in [700.0, 900.0, 1280.0, 1920.0, 3840.0] {
            for setup_width in stored {
                let width = Splits { setup_width, ..Splits::default() }.setup_width(window_width);
                assert!(width >= LEAST_SETUP_WIDTH, "{setup_width:?}: {width} of {window_width}");
                assert!(
                    window_width - width >= LEAST_VIEWS_WIDTH,
                    "{setup_width:?}: {width} of {window_width}"
                );
            }
        }
        for results in stored {
            let share = Splits { results, ..Splits::default() }.share(Split::Results);
            let first = first_length(share, 700.0, Split::SIDE_BY_SIDE);
            assert!(
                first >= LEAST_CARD_WIDTH && 700.0 - GAP - first >= LEAST_CARD_WIDTH,
                "{results:?}: {first}"
            );
        }
    }

    #[test]
    fn where_there_is_no_room_for_both_the_second_has_what_it_needs() {
        assert_eq!(first_length(0.5, 300.0, [180.0, 200.0]), 300.0 - GAP - 200.0);
        assert_eq!(first_length(0.5, 100.0, [180.0, 200.0]), 0.0);
    }

    #[test]
    fn what_another_version_stored_is_read_as_far_as_it_is_known() {
        let read: Splits = serde_json::from_str(r#"{"timeline":0.3,"margin":7}"#).unwrap();
        assert_eq!(read, Splits { timeline: Some(0.3), ..Splits::default() });
    }
}
