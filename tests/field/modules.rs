//! Random modules: what the program's rule of loading gives must be what CPython gives (`fuzz/`).
//!
//! The same modules are tried each time; `FIELD_MODULES` says how many, and has as many new ones tried beside them.

use std::process::Stdio;

use crate::reference::{folder, python};

const FIXED_SEED: u32 = 20_000;
const COUNT: u32 = 1_000;

#[test]
fn random_modules_give_what_cpython_gives() {
    let asked: Option<u32> = std::env::var("FIELD_MODULES").ok().and_then(|count| count.parse().ok());
    let count = asked.unwrap_or(COUNT);
    let fixed = ["--seed".to_owned(), FIXED_SEED.to_string()];
    // The seed of a difference is printed with it.
    let seeds = [&fixed[..], &[]];
    for seed in &seeds[..if asked.is_some() { 2 } else { 1 }] {
        let mut command = python();
        command.arg(folder().join("fuzz")).args(["--jobs", "2", "--count", &count.to_string()]).args(*seed);
        let output = command.stdin(Stdio::null()).output().expect("these tests need a python3 on the PATH");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
        assert!(told.contains("modules compared"), "{told}");
    }
}
