//! What a person can ask of a loader: the format, the column and the type of the cells.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::encoding::Encoding;
use crate::error::{Error, Result};
use crate::value::shortened;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// One input a line.
    Lines,
    /// Columns between commas, semicolons or bars.
    Csv,
    /// Columns between tabs.
    Tsv,
    /// One list of values or objects, or objects one after the other.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColumnChoice {
    /// By its name; by its number where no column has this name, such as `2`.
    Name(String),
    /// Counted from 1.
    Number(usize),
    /// All of them: each row is an input, a JSON object by the names of the columns.
    All,
}

impl ColumnChoice {
    /// Whether this is the first column where columns have no names; lines are one.
    pub(super) fn is_first(&self) -> bool {
        match self {
            Self::Name(name) => name == "1",
            Self::Number(number) => *number == 1,
            Self::All => false,
        }
    }
}

/// What cells are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CellType {
    /// Integers of any size.
    Int,
    /// Integers of at most 64 bits.
    Int64,
    Float,
    /// Integers of at most 64 bits, and floats.
    Number,
    /// The text as it was written.
    Text,
    /// A JSON value each.
    Json,
}

impl CellType {
    /// The types that a person can ask for, in the order in which they are offered.
    pub const OFFERED: [Self; 4] = [Self::Text, Self::Int, Self::Float, Self::Json];

    /// The word for a person, which [`FromStr`] takes back where the type is offered.
    pub fn label(self) -> &'static str {
        match self {
            Self::Int | Self::Int64 => "integer",
            Self::Float => "float",
            Self::Number => "number",
            Self::Text => "text",
            Self::Json => "JSON",
        }
    }
}

impl FromStr for CellType {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        match word.to_ascii_lowercase().as_str() {
            "int" | "integer" => Ok(Self::Int),
            "float" => Ok(Self::Float),
            "number" => Ok(Self::Number),
            "text" | "str" | "string" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(unknown("type of the inputs", word, "text, integer, float and json")),
        }
    }
}

/// What people call a parameter that is to be a whole row of a table.
const ROW_NAMES: [&str; 2] = ["row", "record"];

/// What the cells of all columns are read as, and those of some columns. Where nothing is said, each cell is read as
/// what it looks like: a number, or text where the column has a word in it. Which columns a function asks for, too.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CellTypes {
    pub all: Option<CellType>,
    /// By the names of columns; these count more.
    pub by_column: BTreeMap<String, CellType>,
    /// What a function's parameters say of themselves: a cell that is something else is given as it was written. Where a
    /// person asked for the type, such a cell is a bad line.
    pub is_hint: bool,
    /// The parameters that a function has to be given: where nobody chose a column, those of these names are taken.
    pub parameters: Vec<String>,
}

impl CellTypes {
    /// One type for all cells, because a person or a function that takes nothing else asks for it.
    pub fn all(cells: CellType) -> Self {
        Self { all: Some(cells), ..Self::default() }
    }

    /// The place of the column that is called as a function's parameter; of none, for all row by row, where it has several and
    /// each has its column, or where it has one that is called as a row is. Nothing where some have none.
    pub(super) fn column_in(&self, columns: &[String]) -> Option<Option<usize>> {
        let place = |parameter: &String| columns.iter().position(|column| column == parameter);
        match self.parameters.as_slice() {
            [] => None,
            [only] => {
                let alike = || columns.iter().position(|column| column.eq_ignore_ascii_case(only));
                let is_for_rows = ROW_NAMES.contains(&only.to_lowercase().as_str()) && columns.len() > 1;
                place(only).or_else(alike).map(Some).or(is_for_rows.then_some(None))
            }
            all => all.iter().all(|parameter| place(parameter).is_some()).then_some(None),
        }
    }

    /// Whether a table of these columns is read as with others.
    pub fn are_alike_for(&self, other: &Self, columns: &[String]) -> bool {
        let cells = |types: &Self| Self { parameters: Vec::new(), ..types.clone() };
        cells(self) == cells(other) && self.column_in(columns) == other.column_in(columns)
    }

    /// The type of the column called `name`.
    pub fn of(&self, name: Option<&str>) -> Option<CellType> {
        name.and_then(|name| self.by_column.get(name).copied()).or(self.all)
    }
}

/// What to do differently from what the content suggests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LoadOptions {
    /// The layout; found from the content where nothing is given.
    pub format: Option<Format>,
    /// The column; where nothing is given, that which is called as the function's parameter (all, row by row, where it has
    /// several), else the first all-numeric one, else the first.
    pub column: Option<ColumnChoice>,
    /// What cells are read as.
    pub types: CellTypes,
    /// Whether each column that a type is named for has to be there: a name with a slip would be passed over.
    pub needs_typed_columns: bool,
    /// Whether the first record of a table names its columns; found from the content where nothing is given.
    pub header: Option<bool>,
    /// What stands between the cells of a table; found from the content where nothing is given.
    pub delimiter: Option<u8>,
    /// How characters are written as bytes; UTF-8, or UTF-16 where the file says so, where nothing is given.
    pub encoding: Option<Encoding>,
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
        for cells in CellType::OFFERED {
            assert_eq!(cells.label().parse(), Ok(cells));
        }
    }

    #[test]
    fn an_unknown_format_names_the_known_ones() {
        let error = "xlsx".parse::<Format>().unwrap_err();
        assert!(error.to_string().contains("`xlsx` is not known; there are lines, csv"), "{error}");
    }
}
