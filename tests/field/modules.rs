//! Random modules: what the program's rule of loading gives must be what CPython gives (`fuzz/`).
//!
//! `FIELD_MODULES` says how many are tried, by default a few thousand.

use std::process::Stdio;

use crate::reference::{folder, python};

const FIXED_SEED: u32 = 20_000;
const COUNT: u32 = 2_000;

#[test]
fn random_modules_give_what_cpython_gives() {
    let count = std::env::var("FIELD_MODULES").ok().and_then(|count| count.parse().ok()).unwrap_or(COUNT);
    let fixed = ["--seed".to_owned(), FIXED_SEED.to_string()];
    // Half of them are the same each time, half are new; the seed of a difference is printed with it.
    for seed in [&fixed[..], &[]] {
        let mut command = python();
        command
            .arg(folder().join("fuzz"))
            .args(["--jobs", "2", "--count", &(count / 2).to_string()])
            .args(seed);
        let output = command.stdin(Stdio::null()).output().expect("these tests need a python3 on the PATH");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}");
        assert!(told.contains("modules compared"), "{told}");
    }
}
