//! Rows as CSV with a header line: inputs as they were written, outputs as they are shown.

use std::borrow::Cow;
use std::io;

use super::cell::{input_text, output_text, type_word};
use super::{RowWriter, exact};
use crate::pool::{Row, RowState, ns_to_s};

const HEADER: [&str; 12] = [
    "index",
    "input",
    "output",
    "state",
    "error",
    "worker",
    "pid",
    "attempts",
    "start_s",
    "duration_s",
    "cpu_s",
    "output_type",
];

/// Signs that make a spreadsheet take a cell for a formula and run it; the last four are the wide ones of East Asia, which
/// some take for the others.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// What a spreadsheet takes for "this is text" at the beginning of a cell.
const TEXT_MARK: char = '\'';

/// What becomes of texts that a spreadsheet would run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Formulas {
    /// They are written as they are.
    #[default]
    AsWritten,
    /// They get a `'` before them, as do texts that begin with one, so that it can be taken off again. Numbers stay.
    Marked,
}

impl Formulas {
    fn text(self, text: Cow<'_, str>) -> Cow<'_, str> {
        // Blanks before a sign, some of which are not seen, do not help.
        let is_blank = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '\u{feff}';
        let is_risk = |text: &str| {
            let shown = text.trim_start_matches(is_blank);
            (shown.starts_with(FORMULA_SIGNS) || text.starts_with(['\t', '\r']))
                && text.parse::<f64>().is_err()
        };
        match self {
            Self::Marked if is_risk(&text) || text.starts_with(TEXT_MARK) => {
                Cow::Owned(format!("{TEXT_MARK}{text}"))
            }
            Self::Marked | Self::AsWritten => text,
        }
    }
}

/// A cell of a file in which formulas are [`Formulas::Marked`], as it was before.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix(TEXT_MARK).unwrap_or(text)
}

/// The word behind the type of the output in such a file.
pub(super) const MARKED: &str = ", formulas marked";

pub(super) struct CsvRows {
    out: csv::Writer<Vec<u8>>,
    formulas: Formulas,
}

impl CsvRows {
    pub(super) fn new(formulas: Formulas) -> Self {
        Self { out: csv::Writer::from_writer(Vec::new()), formulas }
    }
}

impl RowWriter for CsvRows {
    fn begin(&mut self) -> io::Result<()> {
        Ok(self.out.write_record(HEADER)?)
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let text = |text| self.formulas.text(text);
        let pid = row.pid.map(|pid| pid.to_string()).unwrap_or_default();
        let marked = if self.formulas == Formulas::Marked { MARKED } else { "" };
        Ok(self.out.write_record([
            row.index.to_string().as_str(),
            &text(input_text(row).into()),
            &text(output_text(row).into()),
            if row.state == RowState::Ok { "ok" } else { "failed" },
            &text(row.error().unwrap_or_default()),
            &row.worker.to_string(),
            &pid,
            &row.attempts.to_string(),
            &ns_to_s(row.start_ns).to_string(),
            &exact(row.duration_s).to_string(),
            &exact(row.cpu_s).to_string(),
            &format!("{}{marked}", type_word(row.output)),
        ])?)
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn size_bytes(&self) -> usize {
        self.out.get_ref().len()
    }

    fn take(&mut self) -> Vec<u8> {
        let whole = std::mem::replace(&mut self.out, csv::Writer::from_writer(Vec::new()));
        // Memory takes all that is written to it.
        whole.into_inner().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_marked_where_that_is_asked_for() {
        for (text, marked) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\n =1+1", "'\n =1+1"),
            ("\u{feff}＝1+1", "'\u{feff}＝1+1"),
            (" a=1", " a=1"),
            ("-1+cmd|'x'", "'-1+cmd|'x'"),
            ("\t=1", "'\t=1"),
            ("'quoted", "''quoted"),
            ("-5", "-5"),
            ("+1.5e3", "+1.5e3"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(Formulas::Marked.text(text.into()), marked);
            assert_eq!(Formulas::AsWritten.text(text.into()), text);
            assert_eq!(without_mark(marked), text);
        }
    }
}
