//! What a person can ask of a loader: the format, the column and the type of the cells.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::value::shortened;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One input a line.
    Lines,
    /// Columns between commas or semicolons.
    Csv,
    /// Columns between tabs.
    Tsv,
    /// One list of values or objects.
    Json,
    /// One JSON value a line.
    Jsonl,
}

impl Format {
    /// All formats, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Lines, Self::Csv, Self::Tsv, Self::Json, Self::Jsonl];

    /// The word for a person, which [`FromStr`] takes back in any case.
    pub fn label(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Json => "JSON",
            Self::Jsonl => "JSON Lines",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        match word.to_ascii_lowercase().as_str() {
            "lines" | "text" | "txt" => Ok(Self::Lines),
            "csv" => Ok(Self::Csv),
            "tsv" => Ok(Self::Tsv),
            "json" => Ok(Self::Json),
            "jsonl" | "ndjson" | "json lines" => Ok(Self::Jsonl),
            _ => Err(unknown("format", word, "lines, csv, tsv, json and jsonl")),
        }
    }
}

/// Which column of a table, or key of JSON objects, holds the inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnChoice {
    Name(String),
    /// Counted from 1.
    Number(usize),
    /// All of them: each row is an input, a JSON object by the names of the columns.
    All,
}

/// What all cells are taken for, whatever they look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CellType {
    Int,
    Float,
    Text,
}

impl CellType {
    /// The word for a person, which [`FromStr`] takes back.
    pub fn label(self) -> &'static str {
        match self {
            Self::Int => "integer",
            Self::Float => "float",
            Self::Text => "text",
        }
    }
}

impl FromStr for CellType {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        match word.to_ascii_lowercase().as_str() {
            "int" | "integer" => Ok(Self::Int),
            "float" | "number" => Ok(Self::Float),
            "text" | "str" => Ok(Self::Text),
            _ => Err(unknown("type of the inputs", word, "int, float and text")),
        }
    }
}

/// What to do differently from what the content suggests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoadOptions {
    /// The layout; found from the content where nothing is given.
    pub format: Option<Format>,
    /// The column; the first all-numeric one, else the first, where nothing is given.
    pub column: Option<ColumnChoice>,
    /// The type of the cells; found from the first ones where nothing is given. Of whole rows, only text is a type that
    /// all cells can have.
    pub cells: Option<CellType>,
}

fn unknown(what: &str, word: &str, known: &str) -> Error {
    Error::usage(
        format!("use the {what}"),
        format!("`{}` is not known; there are {known}", shortened(word, 60)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_taken_back() {
        for format in Format::ALL {
            assert_eq!(format.label().parse(), Ok(format));
        }
        for cells in [CellType::Int, CellType::Float, CellType::Text] {
            assert_eq!(cells.label().parse(), Ok(cells));
        }
    }

    #[test]
    fn an_unknown_format_names_the_known_ones() {
        let error = "xlsx".parse::<Format>().unwrap_err();
        assert!(error.to_string().contains("`xlsx` is not known; there are lines, csv"), "{error}");
    }
}
