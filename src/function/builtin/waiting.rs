//! Functions that wait most of the time: for a clock or for a disk.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{boxed, count, hex, path};
use crate::function::{Builtin, CallContext, Nature, Takes};
use crate::value::{Value, ValueRef};

pub(super) const SLEEP_MS: Builtin = Builtin {
    name: "sleep_ms",
    summary: "Waits this many milliseconds, as for an answer from a network.",
    nature: Nature::Waits,
    takes: Takes::Integer,
    sample_inputs: "50, 100, 150, 200, 250, 300, 350, 400",
    params: &[],
    make: |_| boxed(sleep_ms),
};

pub(super) const HASH_FILE: Builtin = Builtin {
    name: "hash_file",
    summary: "Gives the SHA-256 of a file.",
    nature: Nature::Waits,
    takes: Takes::Path,
    sample_inputs: "README.md\nCargo.toml",
    params: &[],
    make: |_| boxed(hash_file),
};

pub(super) const COUNT_WORDS: Builtin = Builtin {
    name: "count_words",
    summary: "Counts the words of a file.",
    nature: Nature::Waits,
    takes: Takes::Path,
    sample_inputs: "README.md\nCargo.toml",
    params: &[],
    make: |_| boxed(count_words),
};

/// What is read from a file at a time: large enough that the calls to the system do not show.
const READ_BYTES: usize = 256 * 1024;

const HOUR_MS: i64 = 3_600_000;

fn sleep_ms(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let wait_ms = count(input, 0..=HOUR_MS)?;
    thread::sleep(Duration::from_millis(wait_ms));
    Ok(Value::Int(wait_ms as i64))
}

fn hash_file(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let mut hasher = Sha256::new();
    read_in_parts(&path(input)?, |bytes| hasher.update(bytes))?;
    Ok(Value::Text(hex(&hasher.finalize())))
}

/// Words are what stands between ASCII white space, as for `wc -w` in the C locale; so that no byte is an error, be it
/// text or not.
fn count_words(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let mut words = 0_i64;
    let mut in_word = false;
    read_in_parts(&path(input)?, |bytes| {
        for byte in bytes {
            // \x0b, the vertical tab, is white space for C and Python but not for Rust.
            let is_part_of_word = !byte.is_ascii_whitespace() && *byte != b'\x0b';
            words += i64::from(is_part_of_word && !in_word);
            in_word = is_part_of_word;
        }
    })?;
    Ok(Value::Int(words))
}

/// Gives the bytes of a file part by part: a file may be larger than the memory.
fn read_in_parts(path: &Path, mut take: impl FnMut(&[u8])) -> Result<(), String> {
    let named = |error: io::Error| format!("could not read {}: {error}", path.display());
    let mut reader = BufReader::with_capacity(READ_BYTES, File::open(path).map_err(named)?);
    loop {
        let part = match reader.fill_buf() {
            Ok([]) => return Ok(()),
            Ok(part) => part,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(named(error)),
        };
        take(part);
        let taken_bytes = part.len();
        reader.consume(taken_bytes);
    }
}
