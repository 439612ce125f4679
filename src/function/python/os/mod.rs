//! What differs between systems: whom a file belongs to, and how a program that is asked something ends with all that it
//! has started.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as imp;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

pub(super) use imp::{Group, other_owner};
