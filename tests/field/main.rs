//! People's own files through the real program: what a run prints must be what Python, a shell and a spreadsheet make
//! of the same file.
//!
//! - `notes`: small files that once gave a wrong value, by kind;
//! - `scripts`: programs and notebooks in many styles, compared with CPython;
//! - `tables`: tables in many dialects, compared with Python's `csv` and `json`;
//! - `round_trip`: what came in and went out, through every format of rows and `--resume`;
//! - `modules`: random modules, compared with CPython (`fuzz`).
//!
//! Everything needs a python3 on the PATH and nothing else.

mod case;
mod modules;
mod notes;
mod reference;
mod round_trip;
mod scripts;
mod tables;
