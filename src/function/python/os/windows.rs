//! Windows: who may write a file is a matter of lists of rights, which are not looked at.

use std::io;
use std::path::Path;
use std::process::{Child, Command};

use super::super::own_children;

pub(in super::super) fn other_owner(_path: &Path) -> Option<u32> {
    None
}

/// There is nobody who ends a program when this one was killed, and what a program has started goes on without it.
pub(in super::super) struct Group;

impl Group {
    pub(in super::super) fn begin() -> Self {
        Self
    }

    /// Starts a program.
    pub(in super::super) fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        own_children::spawn(command)
    }

    /// Ends it.
    pub(in super::super) fn end(&self, child: &mut Child) {
        // It may have ended.
        let _ = child.kill();
        let _ = child.wait();
    }
}
