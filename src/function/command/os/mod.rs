//! What differs between systems: quoting, shells, and reading two pipes at once. Each file has the same signatures.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as imp;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

// Tested everywhere, though only some systems need it.
#[cfg(any(not(unix), test))]
mod portable;

pub(super) use imp::{
    LINE_ENDS, ShellLine, can_strike, command, exchange, fed, os_string, program_at, quoted, shell, strike,
    surrounded, wait,
};
