#![no_main]

use libfuzzer_sys::fuzz_target;
use poolscope::pool::wire_fuzz_checks::check_down;
use poolscope_fuzz::within_bounds;

fuzz_target!(|bytes: &[u8]| {
    within_bounds(bytes, |bytes| {
        check_down(bytes);
    });
});
