#![no_main]

use libfuzzer_sys::fuzz_target;
use poolscope_fuzz::{check_typed, within_bounds};

fuzz_target!(|text: &str| {
    within_bounds(text.as_bytes(), |_| check_typed(text));
});
