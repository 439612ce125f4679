//! Presenting to a room: the screen filled, larger type, no bars and no setup, the keys that are pressed shown in a corner, and
//! a black screen when the room shall look at the person.

use std::time::{Duration, Instant};

use egui::{
    Align2, Area, Context, CornerRadius, Event, Frame, Id, Key, Label, Margin, Modifiers, Order, RichText,
    Sense, ViewportCommand, vec2,
};

use super::PoolscopeApp;
use super::command::Command;
use super::repaint_rate::RepaintRate;
use super::theme::{BLACK, CARD_RADIUS, Theme, strong};
use super::widgets;

/// So much larger is the type.
const LARGER: f32 = 1.5;
/// For so long a key is shown.
const SHOWN_FOR: Duration = Duration::from_millis(1500);
/// The same of a sentence, which the status bar has otherwise.
const SAID_FOR: Duration = Duration::from_secs(4);

/// How it is presented.
#[derive(Default)]
pub struct Presenting {
    pub is_on: bool,
    /// The screen is black.
    is_black: bool,
    /// The key that was pressed last, and when.
    key: Option<(String, Instant)>,
    /// What was said last, and since when.
    said: Option<(String, Instant)>,
}

impl PoolscopeApp {
    /// Fills the screen, or gives it back.
    pub(super) fn present(&mut self, is_on: bool, ctx: &Context) {
        if is_on != self.layout.presenting.is_on {
            self.layout.presenting = Presenting { is_on, ..Presenting::default() };
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(is_on));
            ctx.set_zoom_factor(ctx.zoom_factor() * if is_on { LARGER } else { 1.0 / LARGER });
        }
    }

    /// Hears the keys of a presentation, before anything is drawn: B makes the screen black, and any key or click makes it
    /// light again; where no lesson is shown, Space starts and Escape ends presenting.
    pub(super) fn hear_presenting_keys(&mut self, ctx: &Context) {
        if !self.layout.presenting.is_on || self.layout.dialog.is_some() || ctx.text_edit_focused() {
            return;
        }
        let presenting = &mut self.layout.presenting;
        let pressed = ctx.input(|input| input.events.iter().rev().find_map(key_of));
        if let Some((modifiers, key)) = pressed {
            // Shift alone is the beginning of another one.
            if !is_modifier(key) {
                presenting.key = Some((shown(ctx, modifiers, key), Instant::now()));
            }
            if presenting.is_black {
                presenting.is_black = false;
                ctx.input_mut(|input| input.events.retain(|event| key_of(event).is_none()));
                return;
            }
        }
        let is_hit = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if is_hit(Key::B) {
            presenting.blacken();
        }
        if self.lesson.is_none() {
            // What lies over the views goes first, and a worker that is chosen.
            let is_over_views = self.layout.guide.is_open() || widgets::is_one_enlarged(ctx);
            if self.layout.chosen_worker.is_none() && !is_over_views && is_hit(Key::Escape) {
                self.present(false, ctx);
            } else if is_hit(Key::Space) && !self.runner.is_live() {
                self.commands.send(Command::Start);
            }
        }
    }
}

/// The key that an event tells of as pressed.
fn key_of(event: &Event) -> Option<(Modifiers, Key)> {
    match event {
        Event::Key { key, pressed: true, repeat: false, modifiers, .. } => Some((*modifiers, *key)),
        _ => None,
    }
}

fn is_modifier(key: Key) -> bool {
    use Key::{AltLeft, AltRight, ControlLeft, ControlRight, ShiftLeft, ShiftRight, SuperLeft, SuperRight};
    let modifiers =
        [ShiftLeft, ShiftRight, ControlLeft, ControlRight, AltLeft, AltRight, SuperLeft, SuperRight];
    modifiers.contains(&key)
}

/// "Ctrl+Enter".
fn shown(ctx: &Context, modifiers: Modifiers, key: Key) -> String {
    ctx.format_shortcut(&egui::KeyboardShortcut::new(modifiers, key))
}

impl Presenting {
    /// Makes the screen black until the next key.
    pub fn blacken(&mut self) {
        self.is_black = self.is_on;
    }

    /// Takes what the status bar would say, which is hidden; once a frame.
    pub fn tell(&mut self, said: Option<&str>) {
        if self.said.as_ref().map(|(said, _)| said.as_str()) != said {
            self.said = said.map(|said| (said.to_owned(), Instant::now()));
        }
    }

    /// Draws what lies over everything: what was said and the key that was pressed last, or the black screen.
    pub fn ui(&mut self, ctx: &Context, theme: &Theme) {
        if self.is_black {
            self.is_black = !black_screen_ui(ctx);
            return;
        }
        if self.is_on {
            bubble_ui(ctx, theme, "pressed key", (self.key.as_ref(), SHOWN_FOR), -16.0);
            bubble_ui(ctx, theme, "what was said", (self.said.as_ref(), SAID_FOR), -60.0);
        }
    }
}

/// Covers everything, clicks too; whether it was clicked.
fn black_screen_ui(ctx: &Context) -> bool {
    let whole = ctx.content_rect();
    let area = Area::new(Id::unique("black screen")).order(Order::Foreground).fixed_pos(whole.min);
    let shown = area.show(ctx, |ui| {
        let response = ui.allocate_rect(whole, Sense::click());
        ui.painter().rect_filled(whole, 0.0, BLACK);
        response.clicked()
    });
    shown.inner
}

/// A text over the lower edge, for a while.
fn bubble_ui(
    ctx: &Context,
    theme: &Theme,
    name: &'static str,
    (shown, shown_for): (Option<&(String, Instant)>, Duration),
    y: f32,
) {
    let Some((text, since)) = shown else { return };
    let left = shown_for.saturating_sub(since.elapsed());
    if left.is_zero() {
        return;
    }
    // It may stay for longer where drawing would take the cores from a run that is measured.
    ctx.request_repaint_after(left.max(RepaintRate::of_window(ctx).live));
    Area::new(Id::unique(name))
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, y))
        .order(Order::Foreground)
        .interactable(false)
        .show(ctx, |ui| {
            let frame = Frame::new().fill(theme.raised).stroke(theme.hairline());
            let frame = frame.corner_radius(CornerRadius::same(CARD_RADIUS));
            frame.inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
                // It is as narrow as what it showed last.
                ui.add(Label::new(RichText::new(text).text_style(strong()).color(theme.text)).extend());
            });
        });
}

#[cfg(test)]
mod tests {
    use egui::{PointerButton, Pos2, RawInput, Rect, pos2};

    use super::*;
    use crate::app::theme;

    #[test]
    fn a_black_screen_goes_with_a_click_and_what_is_below_does_not_hear_it() {
        let ctx = Context::default();
        theme::apply(&ctx);
        let mut presenting = Presenting { is_on: true, ..Presenting::default() };
        presenting.blacken();
        let at = pos2(20.0, 12.0);
        let button = |pressed| Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        let mut was_below = false;
        for events in [vec![], vec![Event::PointerMoved(at)], vec![button(true)], vec![button(false)], vec![]]
        {
            let screen = Rect::from_min_size(Pos2::ZERO, vec2(640.0, 400.0));
            let input = RawInput { screen_rect: Some(screen), events, ..RawInput::default() };
            let output = ctx.run_ui(input, |root| {
                was_below |= root.button("below the black screen").clicked();
                presenting.ui(root.ctx(), &Theme::dark());
            });
            output.drop_without_applying_deltas();
        }
        assert!(!presenting.is_black && !was_below);
    }

    #[test]
    fn only_a_presentation_is_made_black() {
        let mut presenting = Presenting::default();
        presenting.blacken();
        assert!(!presenting.is_black);
    }
}
