//! Counts the memory that a thread holds, to see that no input takes memory out of proportion to its size.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What a reader takes for its buffers, whatever it reads.
const BASE_BYTES: usize = 3 << 20;
/// The worst are lists of the shortest cells, such as `,,,,` and `[[[[`, and their second copy while they are compared.
const BYTES_A_BYTE: usize = 1000;

struct Meter;

#[global_allocator]
static METER: Meter = Meter;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

fn took(bytes: usize) {
    // Gone while a thread ends; nothing is measured then.
    let _ = HELD.try_with(|held| {
        held.set(held.get().wrapping_add(bytes));
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

fn gave_back(bytes: usize) {
    let _ = HELD.try_with(|held| held.set(held.get().saturating_sub(bytes)));
}

// SAFETY: everything is passed on to the system's allocator; the counts decide nothing about memory.
unsafe impl GlobalAlloc for Meter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: as the caller of this function promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: as the caller of this function promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        gave_back(layout.size());
        // SAFETY: as the caller of this function promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        took(size);
        gave_back(layout.size());
        // SAFETY: as the caller of this function promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Runs `check`, which must not take much more memory than the input is large.
pub fn within_bounds(bytes: &[u8], check: impl FnOnce(&[u8])) {
    let before = HELD.get();
    PEAK.set(before);
    check(bytes);
    let peak = PEAK.get().saturating_sub(before);
    let most = BASE_BYTES + bytes.len() * BYTES_A_BYTE;
    assert!(peak <= most, "{} bytes of input took {peak} bytes of memory", bytes.len());
}
