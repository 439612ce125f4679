//! Children of this program that are of no run: programs that are asked something, and what watches over them. A run that ends
//! meanwhile would take them for what its hosts have left: in their first and last moments they carry no mark.

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

static PIDS: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Starts one.
pub(super) fn spawn(command: &mut Command) -> io::Result<Child> {
    // Nobody can ask before its number is known.
    let mut pids = pids();
    let child = command.spawn()?;
    pids.insert(child.id());
    Ok(child)
}

/// It was waited for: its number may be given to another process.
pub(super) fn forget(child: &Child) {
    pids().remove(&child.id());
}

/// Whether a child of this program is such a one.
pub fn is_own_child(pid: u32) -> bool {
    pids().contains(&pid)
}

/// Nothing panics half-way through a change of the set.
fn pids() -> MutexGuard<'static, BTreeSet<u32>> {
    PIDS.lock().unwrap_or_else(PoisonError::into_inner)
}
