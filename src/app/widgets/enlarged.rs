//! A card that fills the place of all views, until it is given back. It lies over the others, which know nothing of it.

use egui::{Area, Context, Id, Key, Modifiers, Order, Rect, Ui, UiBuilder};

/// The cards of a run that the window's commands can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Card {
    Timeline,
    Results,
    Messages,
    Picture,
}

impl Card {
    pub fn title(self) -> &'static str {
        match self {
            Self::Timeline => "Timeline",
            Self::Results => "Results",
            Self::Messages => "Messages",
            Self::Picture => "Picture",
        }
    }
}

/// What is known of it from frame to frame; passes are those in which a card was asked for, or was drawn last.
#[derive(Clone, Copy, Default)]
struct State {
    enlarged: Option<(Id, u64)>,
    /// A card that is to be enlarged as soon as one of this title is drawn.
    wanted: Option<(&'static str, u64)>,
    /// Where the views are.
    views: Option<Rect>,
}

fn with_state<R>(ctx: &Context, change: impl FnOnce(&mut State) -> R) -> R {
    ctx.data_mut(|data| change(data.get_temp_mut_or_default(Id::unique("enlarged card"))))
}

/// Whether this card fills the views.
pub(super) fn is_enlarged(ctx: &Context, card: Id) -> bool {
    with_state(ctx, |state| state.enlarged.is_some_and(|(enlarged, _)| enlarged == card))
}

/// Whether any card fills the views.
pub fn is_one_enlarged(ctx: &Context) -> bool {
    with_state(ctx, |state| state.enlarged.is_some())
}

/// Has the card fill the views, or no more where it does so already.
pub(super) fn toggle(ctx: &Context, card: Id) {
    let pass = ctx.cumulative_pass_nr();
    let enlarged = (!is_enlarged(ctx, card)).then_some((card, pass));
    with_state(ctx, |state| state.enlarged = enlarged);
    ctx.request_repaint();
}

/// Has the card of a run fill the views as soon as it is drawn.
pub fn enlarge(ctx: &Context, card: Card) {
    let wanted = Some((card.title(), ctx.cumulative_pass_nr()));
    with_state(ctx, |state| (state.enlarged, state.wanted) = (None, wanted));
    ctx.request_repaint();
}

/// Gives all cards their places back at Escape, while `takes_keys`, before others hear of the key; and where the card is
/// there no more. Once a frame.
pub fn follow_enlarged(ctx: &Context, takes_keys: bool) {
    let pass_now = ctx.cumulative_pass_nr();
    let is_there = |pass: u64| pass + 2 >= pass_now;
    let is_one_enlarged = with_state(ctx, |state| {
        state.enlarged = state.enlarged.filter(|(_, pass)| is_there(*pass));
        state.wanted = state.wanted.filter(|(_, pass)| is_there(*pass));
        state.enlarged.is_some()
    });
    let is_over = is_one_enlarged
        && takes_keys
        && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    if is_over {
        with_state(ctx, |state| state.enlarged = None);
    }
}

/// Says where the views are, all of which a card takes that is enlarged.
pub fn set_views_rect(ctx: &Context, views: Rect) {
    with_state(ctx, |state| state.views = Some(views));
}

/// Draws a card into its place, or over all views where it is enlarged.
pub(super) fn in_its_place<R>(
    ui: &mut Ui,
    (card, title): (Id, &str),
    draw: impl FnOnce(&mut Ui, Rect) -> R,
) -> R {
    let (ctx, place) = (ui.ctx().clone(), ui.available_rect_before_wrap());
    ui.advance_cursor_after_rect(place);
    if with_state(&ctx, |state| state.wanted.take_if(|(wanted, _)| *wanted == title)).is_some() {
        toggle(&ctx, card);
    }
    match with_state(&ctx, |state| state.enlarged) {
        None => return draw(ui, place),
        Some((enlarged, _)) if enlarged != card => {
            // It is under that one, where nobody sees or hears it.
            return draw(&mut ui.new_child(UiBuilder::new().max_rect(place).invisible()), place);
        }
        Some(_) => {}
    }
    let pass = ctx.cumulative_pass_nr();
    let views = with_state(&ctx, |state| {
        state.enlarged = Some((card, pass));
        state.views
    });
    let views = views.unwrap_or_else(|| ctx.content_rect());
    let area = Area::new(card.with("enlarged")).order(Order::Middle).fixed_pos(views.min).movable(false);
    let area = area.default_size(views.size()).constrain(false).fade_in(false);
    let drawn = area.show(&ctx, |ui| {
        ui.set_clip_rect(views);
        ui.set_min_size(views.size());
        draw(ui, views)
    });
    drawn.inner
}
