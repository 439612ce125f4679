//! Text, files and folders into columns, with errors that name their line.
//!
//! [`parse_typed`] reads what a person types; [`load_path`] and [`load_reader`] read files, folders and standard
//! input of whatever size in memory that the inputs themselves and one row bound. What does not fit is never dropped:
//! it is an error or a [`BadLine`]. [`stream_path`] and [`stream_reader`] pass on in pieces what they read, and hold no more. Which inputs a function can take is the business of `function`.
//!
//! Reading goes in three steps: `rows` and `records` cut bytes into rows, `table` and `json` find the cell of a row
//! (or `objects` makes one of all its cells), `cells` and `store` turn cells into one column: what each was read as, and
//! beside it how it was written. Files are read and never mapped: a mapped file that is cut short by
//! someone else would kill the program.

mod bad;
mod beginning;
mod cells;
mod columns;
mod detect;
mod encoding;
mod folder;
mod header;
mod json;
mod line_ends;
pub(crate) mod literal;
mod load;
mod lookalikes;
mod number;
mod objects;
mod options;
mod os;
mod progress;
mod records;
mod rows;
mod sample;
mod store;
mod table;
mod target;
mod title;
mod typed;

pub use self::bad::{BadLine, BadLines};
pub use self::encoding::Encoding;
use self::load::Content;
pub use self::load::{
    Loaded, WaitingReader, load_path, load_reader, stream_file, stream_path, stream_reader,
};
pub use self::options::{CellType, CellTypes, ColumnChoice, Format, LoadOptions};
pub use self::progress::{FoundTable, LoadProgress};
pub use self::typed::{parse_typed, parse_typed_as, parse_words};

/// A reason of our own on its way through code that reads.
fn rejected(reason: String) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests;
