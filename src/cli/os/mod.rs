//! How a program is told from outside to end, and its streams as the system has them.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{AsStream, on_wish, standard_input, wait_until_writable};
#[cfg(windows)]
pub use windows::{AsStream, on_wish, standard_input, wait_until_writable};

/// What was asked for from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A person pressed Ctrl-C.
    Interrupt,
    /// The system, or another program, wants this one to end: it may be killed soon.
    #[cfg_attr(windows, expect(dead_code, reason = "no console event says that and nothing else"))]
    Terminate,
}
