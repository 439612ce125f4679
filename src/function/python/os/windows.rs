//! Windows: who may write a file is a matter of lists of rights, which are not looked at.

use std::path::Path;
use std::process::{Child, Command};

pub(in super::super) fn other_owner(_path: &Path) -> Option<u32> {
    None
}

/// A program needs no group to be ended by.
pub(in super::super) fn set_apart(_command: &mut Command) {}

/// There is nobody who ends a program when this one was killed.
pub(in super::super) enum Watch {}

impl Watch {
    pub(in super::super) fn over(_child: &Child) -> Option<Self> {
        None
    }
}

/// Ends a program; what it has started goes on.
pub(in super::super) fn end_with_all(child: &mut Child) {
    // It may have ended.
    let _ = child.kill();
    let _ = child.wait();
}
