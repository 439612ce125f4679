//! A topic of the guide as egui draws it: its blocks one below the other, what was searched for marked in them.

use std::ops::Range;

use egui::text::LayoutJob;
use egui::{
    Align, Color32, CornerRadius, FontId, Frame, Image, Label, Layout, Margin, Response, Role, Sense,
    TextFormat, TextStyle, Ui, WidgetInfo, vec2,
};
use egui_material_icons::icons::ICON_CONTENT_COPY;

use super::pictures;
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::theme::{FIELD_RADIUS, GAP, figure, strong};
use crate::app::widgets;
use crate::guide::{Block, Span, SpanKind, Topic, column_widths, found_in};

const HEADING_SIZE: f32 = 15.0;
const LIST_INDENT: f32 = 18.0;
/// Between the columns of a table.
const COLUMN_GAP: f32 = 16.0;
/// Lines are no longer than this, so that they are easily read.
const MOST_WIDTH: f32 = 640.0;

/// Draws a topic; brings the block `wanted` to the top. Gives the topic that a link in it was clicked for.
pub fn ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    topic: &Topic,
    words: &[String],
    wanted: Option<usize>,
) -> Option<&'static Topic> {
    // The bar at the side shall not touch the text.
    ui.set_max_width((ui.available_width() - GAP).min(MOST_WIDTH));
    let writer = Writer { cx, words };
    let mut named = None;
    for (place, block) in topic.blocks.iter().enumerate() {
        let response = ui.scope(|ui| named = writer.block_ui(ui, block).or(named)).response;
        if wanted == Some(place) {
            response.scroll_to_me(Some(Align::TOP));
        }
        ui.add_space(GAP);
    }
    named
}

struct Writer<'a> {
    cx: &'a ViewContext<'a>,
    /// What was searched for, in small letters.
    words: &'a [String],
}

impl Writer<'_> {
    fn block_ui(&self, ui: &mut Ui, block: &Block) -> Option<&'static Topic> {
        match block {
            Block::Heading { level, text } => self.heading_ui(ui, *level, text),
            Block::Paragraph(spans) => drop(self.text_ui(ui, spans)),
            Block::List { is_numbered, items } => self.list_ui(ui, *is_numbered, items),
            Block::Code(text) => self.code_ui(ui, text),
            Block::Table { head, rows } => self.table_ui(ui, head, rows),
            Block::Picture { name, text } => self.picture_ui(ui, name, text),
            Block::SeeAlso(names) => return self.links_ui(ui, names),
        }
        None
    }

    fn heading_ui(&self, ui: &mut Ui, level: usize, text: &str) {
        let large = figure().resolve(ui.style());
        let font = if level == 1 { large } else { FontId { size: HEADING_SIZE, ..large } };
        if level > 1 {
            ui.add_space(GAP);
        }
        let mut job = LayoutJob::default();
        self.append(&mut job, text, &TextFormat::simple(font, self.cx.theme.text));
        let response = ui.add(Label::new(job).wrap().selectable(true));
        response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, text));
    }

    fn text_ui(&self, ui: &mut Ui, spans: &[Span]) -> Response {
        ui.add(Label::new(self.job(ui, spans, false)).wrap().selectable(true))
    }

    fn list_ui(&self, ui: &mut Ui, is_numbered: bool, items: &[Vec<Span>]) {
        for (place, item) in items.iter().enumerate() {
            let mark = if is_numbered { format!("{}.", place + 1) } else { "•".to_owned() };
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let font = TextStyle::Body.resolve(ui.style());
                let (rect, _) = ui.allocate_exact_size(vec2(LIST_INDENT, font.size), Sense::hover());
                ui.painter().text(rect.left_top(), egui::Align2::LEFT_TOP, mark, font, self.cx.theme.weak);
                ui.vertical(|ui| self.text_ui(ui, item));
            });
        }
    }

    fn code_ui(&self, ui: &mut Ui, text: &str) {
        let theme = self.cx.theme;
        let frame = Frame::new().fill(theme.raised).corner_radius(FIELD_RADIUS).inner_margin(Margin::same(8));
        frame.show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                if widgets::icon_button(ui, ICON_CONTENT_COPY, "Copy this", None).clicked() {
                    self.cx.commands.send(Command::CopyText(text.to_owned()));
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    let mut job = LayoutJob::default();
                    let font = TextStyle::Monospace.resolve(ui.style());
                    self.append(&mut job, text, &TextFormat::simple(font, theme.text));
                    ui.add(Label::new(job).wrap().selectable(true));
                });
            });
        });
    }

    /// A picture as wide as there is room, with what it shows below it.
    fn picture_ui(&self, ui: &mut Ui, name: &str, text: &str) {
        if let Some(texture) = pictures::texture(ui.ctx(), self.cx.theme, name) {
            // As wide as the text, however little of its height is in sight.
            let size = texture.size_vec2();
            let width = ui.available_width().min(size.x);
            let picture = Image::new(&texture).fit_to_exact_size(size * (width / size.x)).alt_text(text);
            ui.add(picture.corner_radius(CornerRadius::same(FIELD_RADIUS)));
        }
        widgets::weak(ui, self.cx.theme, text);
    }

    fn table_ui(&self, ui: &mut Ui, head: &[Vec<Span>], rows: &[Vec<Vec<Span>>]) {
        let widths = self.widths(ui, head, rows);
        for (place, cells) in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)).enumerate() {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = COLUMN_GAP;
                for (cell, width) in cells.iter().zip(&widths) {
                    ui.allocate_ui_with_layout(vec2(*width, 0.0), Layout::top_down(Align::Min), |ui| {
                        ui.set_width(*width);
                        ui.add(Label::new(self.job(ui, cell, place == 0)).wrap().selectable(true));
                    });
                }
            });
            if place < rows.len() {
                widgets::hairline(ui, self.cx.theme);
            }
        }
    }

    /// Each column as wide as its cells, where there is room for that.
    fn widths(&self, ui: &Ui, head: &[Vec<Span>], rows: &[Vec<Vec<Span>>]) -> Vec<f32> {
        let width_of =
            |cell: &Vec<Span>, is_head| ui.painter().layout_job(self.job(ui, cell, is_head)).size().x.ceil();
        let mut wanted: Vec<f32> = head.iter().map(|cell| width_of(cell, true)).collect();
        for row in rows {
            for (wanted, cell) in wanted.iter_mut().zip(row) {
                *wanted = wanted.max(width_of(cell, false));
            }
        }
        column_widths(&wanted, ui.available_width() - COLUMN_GAP * wanted.len().saturating_sub(1) as f32)
    }

    fn links_ui(&self, ui: &mut Ui, names: &[String]) -> Option<&'static Topic> {
        let mut named = None;
        ui.horizontal_wrapped(|ui| {
            widgets::weak(ui, self.cx.theme, "See also:");
            for topic in names.iter().filter_map(|name| Topic::find(name).ok()) {
                if widgets::link(ui, self.cx.theme, &topic.title).clicked() {
                    named = Some(topic);
                }
            }
        });
        named
    }

    fn job(&self, ui: &Ui, spans: &[Span], is_head: bool) -> LayoutJob {
        let theme = self.cx.theme;
        let mut job = LayoutJob::default();
        for span in spans {
            let style = match span.kind {
                SpanKind::Code => TextStyle::Monospace,
                SpanKind::Bold => strong(),
                SpanKind::Plain if is_head => strong(),
                SpanKind::Plain => TextStyle::Body,
            };
            let mut format = TextFormat::simple(style.resolve(ui.style()), theme.text);
            if span.kind == SpanKind::Code {
                format.background = theme.raised;
            }
            self.append(&mut job, &span.text, &format);
        }
        job
    }

    /// Adds a text in one look, with what was searched for on a ground of its own.
    fn append(&self, job: &mut LayoutJob, text: &str, format: &TextFormat) {
        let marked = TextFormat { background: self.mark(), ..format.clone() };
        let mut from = 0;
        for Range { start, end } in found_in(text, self.words) {
            job.append(&text[from..start], 0.0, format.clone());
            job.append(&text[start..end], 0.0, marked.clone());
            from = end;
        }
        job.append(&text[from..], 0.0, format.clone());
    }

    fn mark(&self) -> Color32 {
        self.cx.theme.soft(self.cx.theme.accent, 0.3)
    }
}
