//! A host's way back to its parent: whole frames, from all lanes, one after the other.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use super::super::os::{self, Channel};
use super::super::wire::{self, Up};

/// The writing end of the channel.
pub(super) struct Output(Mutex<(Channel, Vec<u8>)>);

impl Output {
    pub(super) fn new(channel: Channel) -> Self {
        Self(Mutex::new((channel, Vec::new())))
    }

    /// Sends one frame and returns when the system has it, so that it outlives this process.
    pub(super) fn send(&self, up: &Up) {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (channel, bytes) = &mut *guard;
        bytes.clear();
        wire::put_up(bytes, up);
        if channel.write_all(bytes).is_err() {
            // Nobody is left to work for.
            os::end_own_tree();
        }
        // One huge result must not hold its size for ever.
        bytes.shrink_to(1 << 20);
    }
}
