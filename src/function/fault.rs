//! The faults that a person can have a running worker make, to see what a pool does about them.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

/// What a leak takes; `assets/python/faults.py` has the same numbers.
pub const LEAK_BYTES_PER_S: u64 = 64 << 20;
/// A flood is over after so long,
pub const FLOOD_S: u64 = 3;
/// or after so many lines.
pub const FLOOD_LINES: u64 = 1_000_000;

/// A fault, as real code makes it.
///
/// Run files and hosts know it by its place: new ones come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fault {
    /// Touches memory that is not there.
    Segfault,
    /// Gives up, as a failed assertion in C does.
    Abort,
    /// Never comes back from an item.
    Hang,
    /// Takes memory and never gives it back.
    Leak,
    /// Writes lines as fast as it can.
    Flood,
}

impl Fault {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 5] = [Self::Segfault, Self::Abort, Self::Hang, Self::Leak, Self::Flood];

    /// Whether its process ends at once.
    pub fn is_deadly(self) -> bool {
        matches!(self, Self::Segfault | Self::Abort)
    }

    /// The fault of this number, from 0.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Its place among all.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// Makes a real segmentation fault, which the system answers with SIGSEGV (SIGBUS on some, an access violation on Windows).
pub fn write_to_nowhere() {
    // Not 0: a build with debug assertions would find a null pointer and abort, which is another death.
    let nowhere = black_box(8_usize) as *mut u8;
    // SAFETY: none, on purpose. No system maps the first page of a process, so that the write never changes memory: it
    // raises the fault that this function is for. It is volatile and the address opaque, so that it stays a write.
    unsafe { nowhere.write_volatile(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_means_one_fault() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_number(fault.number()), Some(fault));
        }
        assert_eq!(Fault::from_number(5), None);
    }
}
