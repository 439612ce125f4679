//! Small files that once gave a wrong value without a word, by kind, each with the value that Python, a shell or a
//! spreadsheet gives.

mod arguments;
mod cells;
mod deaths;
mod needed;
mod notebooks;
mod results;
mod tables;
