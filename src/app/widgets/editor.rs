//! A field for code: line numbers, colours for what words are, and a mark on the line that an error names.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Color32, CornerRadius, FontId, Frame, Galley, Id, Margin, Rect, Response, ScrollArea, Shape, TextBuffer,
    TextEdit, TextStyle, Ui, pos2, vec2,
};

use crate::app::theme::{FIELD_RADIUS, STEP, Theme};

const KEYWORDS: [&str; 34] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
];

/// What a code field shows.
pub struct Editor<'a> {
    pub id: Id,
    pub text: &'a mut String,
    /// The line that an error names, from 1.
    pub marked_line: Option<usize>,
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
    ui.painter().rect(frame, radius, theme.raised, theme.hairline(), eframe::egui::StrokeKind::Inside);
    let scroll = ScrollArea::both().id_salt(editor.id).max_height(editor.height).auto_shrink(false);
    let inner = scroll.show(ui, |ui| {
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, _: f32| colored(ui, theme, &font, text.as_str());
        // The mark lies behind the text, but where is known only after it.
        let behind = ui.painter().add(Shape::Noop);
        let field = TextEdit::multiline(editor.text)
            .id(editor.id)
            .code_editor()
            .frame(Frame::NONE.inner_margin(Margin { left: gutter as i8, right: 8, top: 6, bottom: 6 }))
            .desired_width(f32::INFINITY)
            .min_size(vec2(ui.available_width(), editor.height - STEP))
            .layouter(&mut layouter);
        let output = field.show(ui);
        let mark =
            numbers_ui(ui, theme, &font, &output.galley, output.galley_pos.y, gutter, editor.marked_line);
        if let Some(rect) = mark {
            let fill = theme.soft(theme.bad, 0.15);
            ui.painter().set(behind, Shape::rect_filled(rect, CornerRadius::ZERO, fill));
        }
        output.response.response
    });
    inner.inner
}

/// The numbers of lines at the left edge of what is seen; gives the place of the marked one.
fn numbers_ui(
    ui: &Ui,
    theme: &Theme,
    font: &FontId,
    galley: &Galley,
    top: f32,
    gutter: f32,
    marked: Option<usize>,
) -> Option<Rect> {
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
            let text = painter.layout_no_wrap(number.to_string(), font.clone(), color);
            painter.galley(pos2(clip.left() + gutter - STEP * 2.0 - text.size().x, y.start), text, color);
        }
        begins = row.ends_with_newline;
        number += usize::from(begins);
    }
    mark
}

fn colored(ui: &Ui, theme: &Theme, font: &FontId, text: &str) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    for (range, what) in parts(text) {
        let color = match what {
            What::Keyword => theme.accent,
            What::Text => theme.ok,
            What::Comment => theme.weak,
            What::Number => theme.warn,
            What::Other => theme.text,
        };
        append(&mut job, &text[range], font, color);
    }
    job.wrap.max_width = f32::INFINITY;
    ui.painter().layout_job(job)
}

fn append(job: &mut LayoutJob, text: &str, font: &FontId, color: Color32) {
    job.append(text, 0.0, TextFormat::simple(font.clone(), color));
}

/// What a piece of code is, as far as its colour goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Keyword,
    Text,
    Comment,
    Number,
    Other,
}

/// Cuts Python into neighbouring pieces that are each of one colour.
fn parts(text: &str) -> Vec<(Range<usize>, What)> {
    let mut parts: Vec<(Range<usize>, What)> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (length, what) = next_part(&text[at..]);
        match parts.last_mut() {
            Some((range, last)) if *last == what => range.end += length,
            _ => parts.push((at..at + length, what)),
        }
        at += length;
    }
    parts
}

fn next_part(rest: &str) -> (usize, What) {
    let first = rest.chars().next().unwrap_or_default();
    let run = |wanted: fn(char) -> bool| rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
    match first {
        '#' => (rest.find('\n').unwrap_or(rest.len()), What::Comment),
        '"' | '\'' => (quoted(rest, first), What::Text),
        _ if first.is_ascii_digit() => {
            (run(|letter| letter.is_alphanumeric() || letter == '.' || letter == '_'), What::Number)
        }
        _ if first.is_alphabetic() || first == '_' => {
            let length = run(|letter| letter.is_alphanumeric() || letter == '_');
            let is_keyword = KEYWORDS.contains(&&rest[..length]);
            (length, if is_keyword { What::Keyword } else { What::Other })
        }
        _ => (first.len_utf8(), What::Other),
    }
}

/// The bytes of a text that begins with `quote`, or with three of them; one that is not closed ends with its line.
fn quoted(rest: &str, quote: char) -> usize {
    let triple = quote.to_string().repeat(3);
    if let Some(inner) = rest.strip_prefix(&triple) {
        return inner.find(&triple).map_or(rest.len(), |end| end + 6);
    }
    let mut is_escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\n' => return at,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, What)> {
        parts(text).into_iter().map(|(range, what)| (&text[range], what)).collect()
    }

    #[test]
    fn code_is_cut_into_what_it_is() {
        let expected = [
            ("def", What::Keyword),
            (" f(n): ", What::Other),
            ("return", What::Keyword),
            (" n * ", What::Other),
            ("2.5", What::Number),
            ("  ", What::Other),
            ("# twice", What::Comment),
        ];
        assert_eq!(told("def f(n): return n * 2.5  # twice"), expected);
        assert_eq!(told("'a\\'b'+\"\"\"x\ny\"\"\"")[0], ("'a\\'b'", What::Text));
        assert_eq!(told("'a\\'b'+\"\"\"x\ny\"\"\"")[2], ("\"\"\"x\ny\"\"\"", What::Text));
    }

    #[test]
    fn no_letter_is_lost() {
        for text in ["", "'", "'''", "é'ü\n#", "x='\\", "0x1f if 1else 2"] {
            assert_eq!(parts(text).into_iter().map(|(range, _)| &text[range]).collect::<String>(), text);
        }
    }
}
