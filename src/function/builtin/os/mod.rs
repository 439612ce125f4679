//! What the misbehaving functions need of the system; each file has the same signatures.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod imp;

pub(super) use imp::{ignore_terminate, lingering_command, path_of, write_to};
