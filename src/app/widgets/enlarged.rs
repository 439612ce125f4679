//! A card that fills the place of all views, until it is given back. Cards ask for it, which know nothing of each other.

use egui::{Context, Id};

fn place() -> Id {
    Id::unique("enlarged card")
}

/// The title of the card that fills the views, where one does.
pub fn enlarged(ctx: &Context) -> Option<String> {
    ctx.data(|data| data.get_temp(place()))
}

/// Has the card of this title fill the views, or no more where it does so already.
pub fn toggle_enlarged(ctx: &Context, title: &str) {
    if enlarged(ctx).is_some_and(|shown| shown == title) {
        end_enlarged(ctx);
    } else {
        ctx.data_mut(|data| data.insert_temp(place(), title.to_owned()));
    }
    ctx.request_repaint();
}

/// Gives all cards their places back.
pub fn end_enlarged(ctx: &Context) {
    ctx.data_mut(|data| data.remove_temp::<String>(place()));
}
