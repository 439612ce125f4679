//! Text, files and folders into columns, with errors that name their line.

mod number;
mod typed;

pub use self::typed::parse_typed;
