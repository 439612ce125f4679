//! A field for code: line numbers, colours for what words are, a mark on the line that an error names, and indentation
//! that keeps itself. The lines of a notebook are numbered cell by cell, as errors name them.

mod colors;
mod typing;

use egui::text::{CCursor, CCursorRange};
use egui::{
    Align, CornerRadius, FontId, Frame, Galley, Id, Margin, Rect, Response, ScrollArea, Shape, TextBuffer,
    TextEdit, TextStyle, Ui, pos2, vec2,
};

use self::colors::colored;

use crate::app::theme::{FIELD_RADIUS, STEP, Theme};

/// What a code field shows.
pub struct Editor<'a> {
    pub id: Id,
    pub text: &'a mut String,
    /// Of a notebook: the line with which each cell begins, and the number of the cell.
    pub cells: &'a [(usize, usize)],
    /// The line that an error names, from 1.
    pub marked_line: Option<usize>,
    /// A line that is to be brought into view, with the cursor at its beginning; taken once it is there.
    pub wanted_line: &'a mut Option<usize>,
    pub height: f32,
}

/// Draws the field in all of the width there is; the response tells of changes.
pub fn editor(ui: &mut Ui, theme: &Theme, editor: Editor<'_>) -> Response {
    let font = TextStyle::Monospace.resolve(ui.style());
    let lines = editor.text.lines().count().max(1);
    let digits = lines.max(99).to_string().len();
    let digit_width = ui.painter().layout_no_wrap("0".to_owned(), font.clone(), theme.faint).size().x;
    let gutter = digit_width * digits as f32 + STEP * 3.0;
    let frame = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), editor.height));
    let radius = CornerRadius::same(FIELD_RADIUS);
    ui.painter().rect(frame, radius, theme.raised, theme.hairline(), egui::StrokeKind::Inside);
    typing::keep_indentation(ui, editor.id, editor.text);
    let scroll = ScrollArea::both().id_salt(editor.id).max_height(editor.height).auto_shrink(false);
    let (mut is_wanted, is_notebook) = (false, !editor.cells.is_empty());
    let inner = scroll.show(ui, |ui| {
        let mut layouter =
            |ui: &Ui, text: &dyn TextBuffer, _: f32| colored(ui, theme, &font, text.as_str(), is_notebook);
        // The mark lies behind the text, but where is known only after it.
        let behind = ui.painter().add(Shape::Noop);
        let field = TextEdit::multiline(editor.text)
            .id(editor.id)
            .code_editor()
            .frame(Frame::NONE.inner_margin(Margin { left: gutter as i8, right: 8, top: 6, bottom: 6 }))
            .desired_width(f32::INFINITY)
            .min_size(vec2(ui.available_width(), editor.height - STEP))
            .layouter(&mut layouter);
        let mut output = field.show(ui);
        if let Some(line) = editor.wanted_line.take() {
            let (first_letter, y) = place_of(&output.galley, line);
            let cursor = CCursor::new(first_letter);
            output.state.cursor.set_char_range(Some(CCursorRange::one(cursor)));
            output.state.store(ui.ctx(), editor.id);
            output.response.request_focus();
            let left = output.response.rect.left();
            let row = Rect::from_min_size(pos2(left, output.galley_pos.y + y), vec2(1.0, font.size));
            ui.scroll_to_rect(row, Some(Align::Center));
            is_wanted = true;
        }
        let numbers = Numbers { font: &font, cells: editor.cells, marked: editor.marked_line, gutter };
        let mark = numbers_ui(ui, theme, &numbers, &output.galley, output.galley_pos.y);
        if let Some(rect) = mark {
            let fill = theme.soft(theme.bad, 0.15);
            ui.painter().set(behind, Shape::rect_filled(rect, CornerRadius::ZERO, fill));
        }
        output.response.response
    });
    if is_wanted {
        ui.scroll_to_rect(frame, None);
    }
    inner.inner
}

/// The number of the first letter of a line, and how far down it stands; of the last line where there are fewer.
fn place_of(galley: &Galley, line: usize) -> (usize, f32) {
    let (mut number, mut letters, mut place) = (1, 0, (0, 0.0));
    let mut begins = true;
    for row in &galley.rows {
        if begins && number <= line {
            place = (letters, row.pos.y);
        }
        letters += row.char_count_including_newline().0;
        begins = row.ends_with_newline;
        number += usize::from(begins);
    }
    place
}

/// How lines are numbered.
struct Numbers<'a> {
    font: &'a FontId,
    cells: &'a [(usize, usize)],
    marked: Option<usize>,
    gutter: f32,
}

impl Numbers<'_> {
    /// The number of a line, in its cell where there are cells; nothing for the mark above a cell.
    fn number(&self, line: usize) -> Option<usize> {
        if self.is_cell_mark(line) {
            return None;
        }
        let cell = self.cells.iter().rev().find(|(first, _)| *first <= line);
        Some(cell.map_or(line, |(first, _)| line - first + 1))
    }

    fn is_cell_mark(&self, line: usize) -> bool {
        self.cells.iter().any(|(first, _)| *first == line + 1)
    }
}

/// The numbers of lines at the left edge of what is seen, and a line above each cell; gives the place of the marked one.
fn numbers_ui(ui: &Ui, theme: &Theme, numbers: &Numbers<'_>, galley: &Galley, top: f32) -> Option<Rect> {
    let Numbers { font, marked, gutter, .. } = *numbers;
    let painter = ui.painter();
    let clip = ui.clip_rect();
    // Code that is scrolled sideways goes behind the numbers.
    let ground =
        Rect::from_x_y_ranges(clip.left() + 1.0..=clip.left() + gutter - STEP, clip.y_range().shrink(1.0));
    painter.rect_filled(ground, CornerRadius::ZERO, theme.raised);
    let (mut number, mut begins, mut mark) = (1, true, None);
    for row in &galley.rows {
        let y = top..top + row.rect().height();
        let y = y.start + row.pos.y..y.end + row.pos.y;
        if begins && y.end >= clip.top() && y.start <= clip.bottom() {
            let is_marked = marked == Some(number);
            if is_marked {
                mark = Some(Rect::from_x_y_ranges(clip.x_range(), y.start..=y.end));
            }
            let color = if is_marked { theme.bad } else { theme.faint };
            if number > 1 && numbers.is_cell_mark(number) {
                painter.hline(clip.x_range(), y.start, theme.hairline());
            }
            if let Some(shown) = numbers.number(number) {
                let text = painter.layout_no_wrap(shown.to_string(), font.clone(), color);
                painter.galley(pos2(clip.left() + gutter - STEP * 2.0 - text.size().x, y.start), text, color);
            }
        }
        begins = row.ends_with_newline;
        number += usize::from(begins);
    }
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_notebook_are_numbered_cell_by_cell() {
        let font = FontId::default();
        let numbers = |cells| Numbers { font: &font, cells, marked: None, gutter: 0.0 };
        let cells = [(2, 1), (5, 4)];
        let shown: Vec<_> = (1..=6).map(|line| numbers(&cells).number(line)).collect();
        assert_eq!(shown, [None, Some(1), Some(2), None, Some(1), Some(2)]);
        assert_eq!((1..=2).map(|line| numbers(&[]).number(line)).collect::<Vec<_>>(), [Some(1), Some(2)]);
    }
}
