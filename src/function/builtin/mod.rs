//! The functions that come with the program, as one catalogue.
//!
//! Each file holds one theme and knows only cells and call contexts. What a parameter may be is checked by
//! `function::params` before a function is made; whether inputs fit is checked before a run starts, and a function
//! still answers a misfit with a sentence, because a job may come from elsewhere.

mod cpu;
mod misbehaving;
mod notes;
mod os;
mod picture;
mod several;
mod together;
mod transport;
mod tree;
mod waiting;

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::path::Path;

use super::{Builtin, CallContext, Function, Param, ParamKind};
use crate::value::{Value, ValueRef, shortened};

/// All built-in functions, in the order in which they are listed.
pub fn catalogue() -> &'static [Builtin] {
    static CATALOGUE: &[Builtin] = &[
        notes::DOUBLE,
        notes::PRINT_NUMBER,
        notes::WORKER_FUNCTION,
        several::POWER,
        cpu::IS_PRIME,
        cpu::COUNT_PRIMES,
        cpu::FIBONACCI,
        cpu::COLLATZ_STEPS,
        cpu::ESTIMATE_PI,
        cpu::SHA256_ROUNDS,
        cpu::MATRIX_MULTIPLY,
        cpu::SORT_RANDOM,
        cpu::N_QUEENS,
        together::SERIAL_THEN_PARALLEL,
        together::COUNTERS_APART,
        tree::MERGE_SORT_TREE,
        tree::WORD_COUNT_TREE,
        picture::MANDELBROT_TILE,
        waiting::SLEEP_MS,
        waiting::HASH_FILE,
        waiting::COUNT_WORDS,
        transport::ECHO,
        transport::MAKE_BYTES,
        transport::ALLOCATE_MIB,
        misbehaving::FAIL,
        misbehaving::FLAKY,
        misbehaving::PANIC,
        misbehaving::ABORT,
        misbehaving::SEGFAULT,
        misbehaving::EXIT_NOW,
        misbehaving::HANG,
        misbehaving::LEAK,
        misbehaving::FLOOD,
        misbehaving::SCRIBBLE,
        misbehaving::IGNORE_TERMINATE,
        misbehaving::ORPHAN,
    ];
    CATALOGUE
}

/// A function made of a closure, which costs about 10 ns a call: nothing beside any real work.
struct Plain<F>(F);

impl<F> Function for Plain<F>
where
    F: Fn(&CallContext<'_>, ValueRef<'_>) -> Result<Value, String> + Send + Sync,
{
    #[inline]
    fn call(&self, cx: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
        (self.0)(cx, input)
    }
}

fn boxed<F>(function: F) -> Box<dyn Function>
where
    F: Fn(&CallContext<'_>, ValueRef<'_>) -> Result<Value, String> + Send + Sync + 'static,
{
    Box::new(Plain(function))
}

/// An integer parameter for the catalogue.
const fn int(name: &'static str, summary: &'static str, min: i64, max: i64, default: i64) -> Param {
    Param { name, summary, kind: ParamKind::Int { min, max, default } }
}

/// A float parameter for the catalogue.
const fn float(name: &'static str, summary: &'static str, min: f64, max: f64, default: f64) -> Param {
    Param { name, summary, kind: ParamKind::Float { min, max, default } }
}

/// A text parameter for the catalogue.
const fn text(name: &'static str, summary: &'static str, default: &'static str) -> Param {
    Param { name, summary, kind: ParamKind::Text { default } }
}

/// The integer that was given, or a sentence that says what was given instead.
#[inline]
fn integer(input: ValueRef<'_>) -> Result<i64, String> {
    match input {
        ValueRef::Int(number) => Ok(number),
        other => Err(misfit("an integer", other)),
    }
}

/// The integer that was given, where it lies in `range`; a range that starts at 0 or above makes the cast safe.
#[inline]
fn count(input: ValueRef<'_>, range: RangeInclusive<i64>) -> Result<u64, String> {
    let number = integer(input)?;
    if range.contains(&number) {
        Ok(number as u64)
    } else {
        Err(format!("{number} is not from {} to {}", range.start(), range.end()))
    }
}

/// The path that was given.
fn path(input: ValueRef<'_>) -> Result<Cow<'_, Path>, String> {
    match input {
        ValueRef::Text(path) => Ok(Cow::Borrowed(Path::new(path))),
        ValueRef::Bytes(bytes) => Ok(Cow::Owned(os::path_of(bytes))),
        other => Err(misfit("the path of a file", other)),
    }
}

/// Kept out of line: the calls that fit must stay small.
#[cold]
fn misfit(wanted: &str, input: ValueRef<'_>) -> String {
    let name = input.type_name();
    format!("it takes {wanted}, but this is {name}: {}", shortened(&input.to_string(), 60))
}

/// Bytes as lowercase hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// A source of numbers that look random and are the same on every machine: SplitMix64 (Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators", 2014). Good enough for samples, not for secrets.
pub(super) struct SplitMix64(u64);

impl SplitMix64 {
    /// The increment: 2^64 divided by the golden ratio, made odd.
    const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

    /// A source for the item at `index`, so that each item draws its own numbers whichever worker runs it.
    pub(super) fn for_item(seed: i64, index: u64) -> Self {
        let mut mixer = Self(seed as u64);
        Self(mixer.next() ^ Self(index).next())
    }

    #[inline]
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::GAMMA);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but without 1: the upper 53 bits, which a float holds exactly.
    #[inline]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests;
