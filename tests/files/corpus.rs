//! Feeds the fuzzers' corpus to its readers, so that it is checked without a nightly toolchain. That of the wire is fed
//! to it in src/pool/wire.

use std::fs;
use std::path::Path;

use poolscope::input::Format;

use crate::fuzz::{check_reader, check_typed, within_bounds};

/// The files of one target; what they hold must pass, whatever a reader makes of it.
fn each_of(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        println!("{}", path.display());
        within_bounds(&fs::read(path).unwrap(), &check);
        count += 1;
    }
    assert!(count > 3, "only {count} files for {target}");
}

#[test]
fn what_is_typed_can_be_typed_again() {
    each_of("typed", |bytes| check_typed(std::str::from_utf8(bytes).unwrap()));
}

#[test]
fn every_file_is_read_and_every_row_counted() {
    for (target, format) in [
        ("lines", Some(Format::Lines)),
        ("csv", Some(Format::Csv)),
        ("tsv", Some(Format::Tsv)),
        ("json", Some(Format::Json)),
        ("jsonl", Some(Format::Jsonl)),
        ("detect", None),
    ] {
        each_of(target, |bytes| check_reader(format, bytes));
        each_of(target, |bytes| check_reader(None, bytes));
    }
}
