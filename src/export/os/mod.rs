//! What systems tell about files, and what they let a program keep of one that it replaces.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{keep_owner, link_count};
#[cfg(windows)]
pub use windows::{keep_owner, link_count};
