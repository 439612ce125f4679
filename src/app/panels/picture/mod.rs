//! The picture that outputs are tiles of, put together as workers finish them; whole pictures stand side by side on a
//! sheet. A tile and the bar of its item in the timeline light up together.

mod contact_sheet;
mod missing;
mod places;

use std::borrow::Cow;
use std::time::Instant;

use egui::{
    Color32, ColorImage, CornerRadius, Rect, RichText, Role, Sense, Stroke, StrokeKind, TextWrapMode,
    TextureHandle, TextureOptions, Ui, WidgetInfo, pos2, vec2,
};

use self::contact_sheet::ContactSheet;
use self::missing::Missing;
use self::places::Places;
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::repaint_rate::RepaintRate;
use crate::app::theme::Theme;
use crate::app::widgets::{self, PointedIn};
use crate::app::{format, items};
use crate::pool::{Row, RunLog, RunSnapshot};
use crate::value::{Tile, ValueRef};

/// Pixels put into the texture in one frame, about a millisecond's worth.
const PIXELS_A_FRAME: usize = 1 << 20;
/// The largest side of a picture that every graphics card takes.
const LARGEST_PX: u32 = 8192;
/// Outlines of tiles to come, at most.
const MOST_OUTLINES: usize = 4096;
/// The part of a worker's colour in a tinted tile.
const TINT: f32 = 0.45;

/// The panel, and what it has drawn of its run so far.
#[derive(Default)]
pub struct PicturePanel {
    is_tinted: bool,
    picture: Option<Picture>,
}

/// The picture of one run, as far as it is there.
struct Picture {
    started: Instant,
    is_tinted: bool,
    texture: TextureHandle,
    /// Where outputs are whole pictures.
    sheet: Option<ContactSheet>,
    size: [u32; 2],
    places: Places,
    /// Rows whose tile is not in the texture.
    missing: Missing,
}

/// Whether the outputs of a run are tiles; looks at a handful of rows.
pub fn has_picture(run: &RunSnapshot) -> bool {
    first_tile(&run.log).is_some()
}

/// A tile among the first rows of the run or the newest of each worker.
fn first_tile(log: &RunLog) -> Option<&Tile> {
    let newest = log.lanes.iter().filter_map(|lane| lane.segments.last()).map(|segment| segment.last);
    (0..4).chain(newest.take(16)).find_map(|index| tile(&log.row(index)?))
}

fn tile<'a>(row: &Row<'a>) -> Option<&'a Tile> {
    match row.output {
        Some(ValueRef::Tile(tile)) if is_sound(tile) => Some(tile),
        _ => None,
    }
}

/// Whether the tile lies within its picture and has all its pixels. A picture in one piece may be larger than others: it is
/// made smaller.
fn is_sound(tile: &Tile) -> bool {
    let fits = |first: u32, length: u32, whole: u32| {
        length > 0 && first.checked_add(length).is_some_and(|end| end <= whole)
    };
    fits(tile.left_px, tile.width_px, tile.picture_width_px)
        && fits(tile.top_px, tile.height_px, tile.picture_height_px)
        && (tile.is_whole() || tile.picture_width_px.max(tile.picture_height_px) <= LARGEST_PX)
        && tile.rgb.len() == tile.width_px as usize * tile.height_px as usize * 3
}

impl PicturePanel {
    /// A panel that shows from the start which worker made which tile.
    pub fn tinted() -> Self {
        Self { is_tinted: true, picture: None }
    }

    /// Draws the panel into all of `ui`, under this title.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, title: &str) {
        let mut is_tinted = self.is_tinted;
        let header = |ui: &mut Ui| {
            let chip = widgets::chip_button(ui, cx.theme, "tint by worker", is_tinted);
            if chip.on_hover_text("Shows which worker made which tile").clicked() {
                is_tinted = !is_tinted;
            }
        };
        widgets::card(ui, cx.theme, title, header, |ui| self.body_ui(ui, cx));
        self.is_tinted = is_tinted;
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        if let Some(run) = cx.run {
            self.update(ui, cx, run);
        }
        match (&self.picture, cx.run) {
            (Some(picture), Some(run)) => picture.ui(ui, cx, &run.log),
            _ => {
                widgets::empty_state(ui, cx.theme, "Tiles appear here as workers finish them.", None);
            }
        }
    }

    fn update(&mut self, ui: &Ui, cx: &ViewContext<'_>, run: &RunSnapshot) {
        let started = run.log.plan.started;
        let is_kept = |picture: &Picture| picture.started == started && picture.is_tinted == self.is_tinted;
        if !self.picture.as_ref().is_some_and(is_kept) {
            self.picture =
                first_tile(&run.log).map(|tile| Picture::new(ui, cx.theme, run, tile, self.is_tinted));
        }
        if let Some(picture) = &mut self.picture
            && !picture.take_new(&run.log, cx.theme)
        {
            ui.ctx().request_repaint();
        }
    }
}

impl Picture {
    fn new(ui: &Ui, theme: &Theme, run: &RunSnapshot, tile: &Tile, is_tinted: bool) -> Self {
        let sheet = ContactSheet::of(tile, run.log.counts.total);
        let size = sheet.map_or([tile.picture_width_px, tile.picture_height_px], ContactSheet::size_px);
        let tile_size = sheet.map_or([tile.width_px, tile.height_px], ContactSheet::cell_px);
        let empty = ColorImage::filled(size.map(|side| side as usize), theme.panel);
        Self {
            started: run.log.plan.started,
            is_tinted,
            texture: ui.ctx().load_texture("picture", empty, TextureOptions::LINEAR),
            sheet,
            size,
            places: Places::new(size, tile_size, run.log.counts.total),
            missing: Missing::all_of(run.log.counts.total),
        }
    }

    /// Puts tiles that are new into the texture, as many as a frame allows; gives whether there are no more.
    fn take_new(&mut self, log: &RunLog, theme: &Theme) -> bool {
        let mut missing = std::mem::replace(&mut self.missing, Missing::all_of(0));
        let are_all_drawn = missing.draw_final(log.counts.done(), PIXELS_A_FRAME, |index| {
            let row = log.row(index)?;
            let tile = tile(&row)?;
            self.put(index, tile, row.worker, theme);
            Some(tile.rgb.len() / 3)
        });
        self.missing = missing;
        are_all_drawn
    }

    fn put(&mut self, index: u64, tile: &Tile, worker: usize, theme: &Theme) {
        let tile = match self.sheet {
            None => Cow::Borrowed(tile),
            Some(sheet) => match sheet.place(index, tile) {
                Some(placed) => Cow::Owned(placed),
                None => return,
            },
        };
        if [tile.picture_width_px, tile.picture_height_px] != self.size {
            return;
        }
        let size = [tile.width_px as usize, tile.height_px as usize];
        let mut image = ColorImage::from_rgb(size, &tile.rgb);
        if self.is_tinted {
            let tint = theme.worker(worker);
            image.pixels.iter_mut().for_each(|pixel| *pixel = pixel.lerp_to_gamma(tint, TINT));
        }
        let at = [tile.left_px as usize, tile.top_px as usize];
        self.texture.set_partial(at, image, TextureOptions::LINEAR);
        self.places.add(index, &tile);
    }

    fn ui(&self, ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog) {
        let room = ui.available_rect_before_wrap().shrink(8.0);
        let [width, height] = self.size.map(|side| side as f32);
        let scale = (room.width() / width).min(room.height() / height).max(0.01);
        let rect = Rect::from_center_size(room.center(), vec2(width, height) * scale);
        let response = ui.interact(rect, ui.scope_id().with("picture"), Sense::click());
        let follows_pointer = RepaintRate::of_window(ui.ctx()).follows_pointer();
        let under = response.hover_pos().filter(|_| follows_pointer).and_then(|at| {
            let pixel = ((at - rect.min) / scale).max(egui::Vec2::ZERO);
            self.places.row_at([pixel.x as u32, pixel.y as u32])
        });
        widgets::point_at(ui.ctx(), PointedIn::Picture, log, under);
        let pointed = widgets::pointed(ui.ctx(), log).filter(|index| self.places.of(*index).is_some());
        let parts = if self.sheet.is_some() { "pictures" } else { "tiles" };
        let label = format!("Picture, {} of {} {parts}", log.counts.ok, log.counts.total);
        let marked = pointed.map_or_else(String::new, |index| format!(", {} is lit", items::name(index)));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{label}{marked}")));
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        // The texture's own colours, as they are.
        ui.painter().image(self.texture.id(), rect, whole, Color32::WHITE);
        if log.counts.ok < log.counts.total {
            self.draw_outlines(ui, cx, rect, scale);
        }
        self.draw_marked(ui, cx, (rect, scale), cx.selected_row, 1.5);
        self.draw_marked(ui, cx, (rect, scale), pointed, 2.5);
        if let Some(index) = under.filter(|_| response.clicked()) {
            cx.commands.send(Command::SelectRow(index));
        }
        let about = under.and_then(|index| log.row(index)).map(|row| about_tile(&row));
        if !follows_pointer {
            return;
        }
        response.on_hover_ui_at_pointer(|ui| {
            // At the edge of the window it moves to the left, rather than break a line.
            ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
            about.into_iter().for_each(|about| drop(ui.label(about)));
            ui.label(RichText::new(&label).color(cx.theme.weak));
        });
    }

    /// An outline that is seen on any picture: light in dark.
    fn draw_marked(&self, ui: &Ui, cx: &ViewContext<'_>, at: (Rect, f32), index: Option<u64>, width: f32) {
        let Some(place) = index.and_then(|index| self.places.of(index)) else { return };
        let cell = on_screen(place, at);
        let painter = ui.painter().with_clip_rect(at.0.expand(width + 1.0).intersect(ui.clip_rect()));
        for (by, color) in [(width + 1.0, cx.theme.panel), (width, cx.theme.text)] {
            painter.rect_stroke(cell, CornerRadius::same(1), Stroke::new(by, color), StrokeKind::Outside);
        }
    }

    /// Outlines of the tiles that are not there yet, on the grid that the first tile implies.
    fn draw_outlines(&self, ui: &Ui, cx: &ViewContext<'_>, rect: Rect, scale: f32) {
        let stroke = Stroke::new(1.0, cx.theme.line);
        let missing = self.missing.rows().iter().filter_map(|index| self.places.to_come(*index));
        for place in missing.take(MOST_OUTLINES) {
            let cell = on_screen(place, (rect, scale)).shrink(1.0);
            ui.painter().rect_stroke(cell, CornerRadius::same(2), stroke, StrokeKind::Inside);
        }
    }
}

/// Where these pixels of the picture in `rect` are.
fn on_screen([left, top, width, height]: [u32; 4], (rect, scale): (Rect, f32)) -> Rect {
    let min = rect.min + vec2(left as f32, top as f32) * scale;
    Rect::from_min_size(min, vec2(width as f32, height as f32) * scale).intersect(rect)
}

/// "item 12 · worker 2 · 34 ms".
fn about_tile(row: &Row<'_>) -> String {
    let name = items::name(row.index);
    match row.state.is_final() && row.worker > 0 {
        true => format!("{name} · worker {} · {}", row.worker, format::duration(row.duration_s.into())),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_that_does_not_fit_its_picture_is_left_out() {
        let tile = Tile {
            picture_width_px: 8,
            picture_height_px: 4,
            left_px: 4,
            top_px: 0,
            width_px: 4,
            height_px: 4,
            rgb: vec![0; 48],
        };
        assert!(is_sound(&tile));
        assert!(!is_sound(&Tile { left_px: 5, ..tile.clone() }));
        assert!(!is_sound(&Tile { left_px: u32::MAX, ..tile.clone() }));
        assert!(!is_sound(&Tile { rgb: vec![0; 47], ..tile.clone() }));
        assert!(!is_sound(&Tile { picture_width_px: 100_000, ..tile.clone() }));
        let whole =
            Tile { picture_width_px: 10_000, picture_height_px: 1, left_px: 0, width_px: 10_000, ..tile };
        assert!(is_sound(&Tile { height_px: 1, rgb: vec![0; 30_000], ..whole }));
    }
}
