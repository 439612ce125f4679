//! A small table of what was measured, as texts.

/// Columns by name, and rows of as many cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureTable {
    /// "At the table: left, then right".
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}
