//! What systems tell of a file or pipe that is read while it is written.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::is_readable_within;
#[cfg(windows)]
pub use windows::is_readable_within;
