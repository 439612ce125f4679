//! What is printed of lessons that were run.

use std::io;

use serde::Serialize;

use super::super::streams::{Style, print, say};
use super::plot::{ToldPlot, table_of, told_plot};
use super::program::ToldStep;
use crate::analysis::FigureTable;
use crate::error::Result;
use crate::lessons::file::FileLesson;
use crate::lessons::steps::Program;
use crate::lessons::{Figure, Lesson, Reveal, Verdict};

/// A lesson that was run.
pub(super) struct Done {
    pub name: String,
    claim: String,
    choices: Vec<String>,
    /// What stands below: what would have to differ, or what there is to remember.
    last: String,
    pub reveal: Reveal,
    steps: Option<Vec<ToldStep>>,
    pub elapsed_s: f64,
}

/// The same as data.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    name: &'a str,
    claim: &'a str,
    verdict: &'a str,
    /// What was predicted right; nothing where that cannot be told.
    answer: Option<&'a str>,
    figures: Vec<ToldFigure<'a>>,
    why: &'a str,
    /// What the runs measured, as points; nothing where the lesson has none.
    plot: Option<ToldPlot<'a>>,
    /// What its pictures show, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tables: Vec<ToldTable<'a>>,
    /// Why nothing was measured, or who used the cores.
    trouble: Option<String>,
    elapsed_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<&'a [ToldStep]>,
}

#[derive(Serialize)]
struct ToldTable<'a> {
    title: &'a str,
    columns: &'a [String],
    rows: &'a [Vec<String>],
}

#[derive(Serialize)]
struct ToldFigure<'a> {
    value: &'a str,
    meaning: &'a str,
}

impl Done {
    pub(super) fn of_lesson(lesson: &Lesson, reveal: Reveal) -> Self {
        Self {
            name: lesson.name.to_owned(),
            claim: lesson.claim.to_owned(),
            choices: lesson.choices.map(str::to_owned).to_vec(),
            last: lesson.otherwise.to_owned(),
            reveal,
            steps: None,
            elapsed_s: 0.0,
        }
    }

    pub(super) fn of_file(lesson: &FileLesson, reveal: Reveal) -> Self {
        Self {
            name: lesson.file.clone(),
            claim: lesson.text.claim.clone(),
            choices: lesson.text.choices.clone(),
            last: lesson.text.otherwise.clone(),
            reveal,
            steps: None,
            elapsed_s: 0.0,
        }
    }

    pub(super) fn of_program(program: &Program, reveal: Reveal, steps: Vec<ToldStep>) -> Self {
        Self {
            name: program.name.to_owned(),
            claim: program.claim.to_owned(),
            choices: Vec::new(),
            last: format!("Remember: {}", program.remember),
            reveal,
            steps: Some(steps),
            elapsed_s: 0.0,
        }
    }

    fn answer(&self) -> Option<&str> {
        self.reveal.right.and_then(|right| self.choices.get(right)).map(String::as_str)
    }
}

/// Prints what came of it. The words may be those of a file, and do nothing to a terminal.
pub(super) fn show(done: &Done) -> Result<()> {
    let reveal = &done.reveal;
    let figures = reveal.figures.iter().map(|figure| format!("  {:>10}  {}\n", figure.value, figure.meaning));
    let right = done.answer().map_or(String::new(), |right| format!("  Right was: {right}.\n"));
    let gap = if done.steps.is_some() { "\n" } else { "" };
    let figures = figures.collect::<String>();
    let points = reveal.plot.as_deref().map(table_of);
    let tables = points.iter().chain(&reveal.tables).map(table_lines).collect::<String>();
    let text = format!("{gap}{figures}{tables}{right}  {} {}\n  {}\n", reveal.verdict, reveal.why, done.last);
    print(|out| writeln!(out, "{}", Style::of(&io::stdout()).lines(&text)))?;
    say(&format!("{} took {:.1} s", done.name, done.elapsed_s));
    Ok(())
}

/// A table in lines, each column as wide as its widest cell.
fn table_lines(table: &FigureTable) -> String {
    let FigureTable { title, columns, rows } = table;
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([columns[column].chars().count()]).max().unwrap_or_default()
    };
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().enumerate().map(|(column, cell)| format!("{cell:<0$}", width(column)));
        format!("    {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let rows = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    format!("  {title}\n{}{}", line(columns.iter().map(String::as_str).collect()), rows.collect::<String>())
}

fn told_table(table: &FigureTable) -> ToldTable<'_> {
    let FigureTable { title, columns, rows } = table;
    ToldTable { title, columns, rows }
}

pub(super) fn told(done: &Done) -> Told<'_> {
    let reveal = &done.reveal;
    let trouble = match &reveal.verdict {
        Verdict::Holds | Verdict::Answered { .. } | Verdict::DoesNotHold => None,
        Verdict::TooBusy(others) => Some(others.to_string()),
        Verdict::NotMeasured(reason) => Some(reason.clone()),
    };
    let figures = reveal.figures.iter().map(|Figure { value, meaning }| ToldFigure { value, meaning });
    Told {
        name: &done.name,
        claim: &done.claim,
        verdict: reveal.verdict.word(),
        answer: done.answer(),
        figures: figures.collect(),
        why: &reveal.why,
        plot: reveal.plot.as_deref().map(told_plot),
        tables: reveal.tables.iter().map(told_table).collect(),
        trouble,
        elapsed_s: done.elapsed_s,
        steps: done.steps.as_deref(),
    }
}
