//! Exports of runs through the real program: the program of Python that a run stands for gives what the run gave, with each
//! interpreter and each way of starting processes; traces and reports of real runs are sound.
//!
//! With `EXPORTS_FOLDER` set to a folder, what is written is kept there to be looked at.

#![cfg(unix)]

mod equivalent;
mod interpreters;
mod written;
