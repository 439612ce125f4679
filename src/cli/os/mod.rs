//! How a program is told from outside to end.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::on_wish;
#[cfg(windows)]
pub use windows::on_wish;

/// What was asked for from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A person pressed Ctrl-C.
    Interrupt,
    /// The system, or another program, wants this one to end: it may be killed soon.
    Terminate,
}
