#![no_main]

use libfuzzer_sys::fuzz_target;
use poolscope::input::Format;
use poolscope_fuzz::{check_reader, within_bounds};

fuzz_target!(|bytes: &[u8]| {
    within_bounds(bytes, |bytes| check_reader(Some(Format::Json), bytes));
});
