//! What people wrote on a run, as text.

use std::io::{self, Write};

use super::html::{Escaped, cell};
use crate::pool::{NotePlace, RunLog};
use crate::value::{amount, grouped};

const CELL_LETTERS: usize = 60;

/// All notes on a run under a heading, that on the run first; nothing where there are none.
pub(super) fn write_notes(log: &RunLog, heading: &str, out: &mut dyn Write) -> io::Result<()> {
    if log.margin.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section class=\"card notes\">\n<h2>{}</h2>\n<dl>", Escaped(heading))?;
    for (place, text) in log.margin.iter() {
        writeln!(out, "<dt>{}</dt><dd><bdi>{}</bdi></dd>", title(log, place), Escaped(text))?;
    }
    out.write_all(b"</dl>\n</section>\n")
}

/// "item 12 (7) · worker 2 · 34 ms", escaped.
fn title(log: &RunLog, place: NotePlace) -> String {
    let NotePlace::Item(index) = place else { return "the run".to_owned() };
    let Some(row) = log.row(index) else { return format!("item {}", grouped(index)) };
    let mut title = format!("item {} (<bdi>{}</bdi>)", grouped(index), cell(&row.input_text(), CELL_LETTERS));
    if row.worker > 0 {
        let took = amount::duration(row.duration_s.into());
        title += &format!(" · worker {} · {took} · {}", row.worker, row.state.label());
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::fixture;
    use crate::pool::{Event, Mode};
    use crate::value::{Column, Value};

    #[test]
    fn notes_are_text_whatever_they_hold() {
        let mut log = fixture::empty(fixture::job(Mode::Process, 1, Column::Int(vec![7, 8])));
        fixture::ready(&mut log, 0..1, 100, [0, 5]);
        fixture::ran(&mut log, 0, 0, [30, 31], Value::Int(14));
        let mut written = Vec::new();
        write_notes(&log, "Notes", &mut written).unwrap();
        assert_eq!(written, b"");
        let noted = [
            (NotePlace::Item(0), "<script>alert(1)</script>\n& more"),
            (NotePlace::Item(1), "never ran"),
            (NotePlace::Run, "look"),
        ];
        for (place, text) in noted {
            log.apply(40, &Event::NoteWritten { place, text: text.into() });
        }
        write_notes(&log, "Notes on <b>", &mut written).unwrap();
        let html = String::from_utf8(written).unwrap();
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(html.contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;\n&amp; more</bdi>"), "{html}");
        let places =
            ["<dt>the run</dt>", "<dt>item 0 (<bdi>7</bdi>) · worker 1", "<dt>item 1 (<bdi>8</bdi>)</dt>"];
        let found: Vec<_> = places.iter().map(|place| html.find(place)).collect();
        assert!(found.is_sorted() && found[0].is_some(), "{found:?}\n{html}");
    }
}
