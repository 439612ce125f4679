//! Functions that do nothing but compute: on one number, on many, or by going through all cases.

use std::borrow::Cow;
use std::hint::black_box;

use sha2::{Digest, Sha256};

use super::{SplitMix64, boxed, count, hex, int, integer};
use crate::function::{Builtin, CallContext, Nature, Takes};
use crate::value::{Value, ValueRef};

pub(super) const IS_PRIME: Builtin = Builtin {
    name: "is_prime",
    summary: "Says whether an integer is a prime, by trial division.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "2, 17, 91, 7919, 104729, 1000003, 1000000007, 1000000000039, 1000000000000037",
    params: &[],
    make: |_| boxed(is_prime),
};

pub(super) const COUNT_PRIMES: Builtin = Builtin {
    name: "count_primes",
    summary: "Counts the primes up to a number, by a sieve.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "1000, 10000, 100000, 1000000, 2000000, 5000000, 10000000",
    params: &[],
    make: |_| boxed(count_primes),
};

pub(super) const FIBONACCI: Builtin = Builtin {
    name: "fibonacci",
    summary: "Gives the n-th Fibonacci number, by naive recursion.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "20, 25, 28, 30, 31, 32, 33, 34, 35, 36",
    params: &[],
    make: |_| boxed(fibonacci),
};

pub(super) const COLLATZ_STEPS: Builtin = Builtin {
    name: "collatz_steps",
    summary: "Counts the steps from a number down to 1 by halving even and tripling odd ones plus 1.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "1, 7, 27, 97, 871, 6171, 77031, 837799, 8400511, 63728127",
    params: &[],
    make: |_| boxed(collatz_steps),
};

pub(super) const ESTIMATE_PI: Builtin = Builtin {
    name: "estimate_pi",
    summary: "Estimates pi from this many random points.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "1000, 10000, 100000, 1000000, 2000000, 5000000, 10000000, 20000000",
    params: &[int(
        "seed",
        "The seed of the random points, combined with the place of the input.",
        0,
        i64::MAX,
        1,
    )],
    make: |params| {
        let seed = params.int("seed");
        boxed(move |cx, input| Ok(Value::Float(estimate_pi(cx, seed, count(input, 1..=i64::MAX)?))))
    },
};

pub(super) const SHA256_ROUNDS: Builtin = Builtin {
    name: "sha256_rounds",
    summary: "Hashes a value with SHA-256, and the hash again and again.",
    nature: Nature::Cpu,
    takes: Takes::Any,
    sample_inputs: "alpha, bravo, charlie, delta, echo, foxtrot, golf, hotel",
    params: &[int(
        "rounds",
        "The number of rounds; with 1 it is the plain SHA-256.",
        1,
        1_000_000_000,
        10_000,
    )],
    make: |params| {
        let rounds = params.int("rounds");
        boxed(move |_, input| Ok(Value::Text(sha256_rounds(input, rounds))))
    },
};

pub(super) const MATRIX_MULTIPLY: Builtin = Builtin {
    name: "matrix_multiply",
    summary: "Multiplies two n x n matrices and gives the trace of the product.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "50, 100, 150, 200, 250, 300, 350, 400",
    params: &[],
    make: |_| boxed(|_, input| Ok(Value::Float(trace_of_product(count(input, 1..=4096)? as usize)))),
};

pub(super) const SORT_RANDOM: Builtin = Builtin {
    name: "sort_random",
    summary: "Sorts this many random integers below 1,000,000 and gives the median.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "1000, 10000, 50000, 100000, 200000, 500000, 1000000",
    params: &[int(
        "seed",
        "The seed of the random integers, combined with the place of the input.",
        0,
        i64::MAX,
        1,
    )],
    make: |params| {
        let seed = params.int("seed");
        boxed(move |cx, input| {
            let numbers = count(input, 1..=50_000_000)? as usize;
            Ok(Value::Int(median_of_random(SplitMix64::for_item(seed, cx.index), numbers)))
        })
    },
};

pub(super) const N_QUEENS: Builtin = Builtin {
    name: "n_queens",
    summary: "Counts the ways to put n queens on an n x n board so that none attacks another.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "4, 5, 6, 7, 8, 9, 10, 11, 12",
    params: &[],
    make: |_| {
        boxed(|_, input| {
            let size = count(input, 1..=16)? as u32;
            Ok(Value::Int(place_queens((1 << size) - 1, 0, 0, 0) as i64))
        })
    },
};

/// Divides by 2, by 3 and then by each 6k - 1 and 6k + 1 up to the square root: all other numbers have a factor 2 or
/// 3. Takes about sqrt(n) / 3 divisions for a prime.
fn is_prime(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let number = integer(input)?;
    let number = u64::try_from(number).map_err(|_| format!("{number} is negative"))?;
    Ok(Value::Bool(has_no_factor(number)))
}

#[inline]
fn has_no_factor(number: u64) -> bool {
    if number < 4 {
        return number > 1;
    }
    if number.is_multiple_of(2) || number.is_multiple_of(3) {
        return false;
    }
    let mut factor = 5;
    // The square cannot leave 64 bits: `number` has 63, so `factor` stays under 2^32.
    while factor * factor <= number {
        if number.is_multiple_of(factor) || number.is_multiple_of(factor + 2) {
            return false;
        }
        factor += 6;
    }
    true
}

/// The sieve of Eratosthenes over the odd numbers: one byte each, so that the largest input takes 50 MB.
fn count_primes(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let limit = count(input, 0..=100_000_000)? as usize;
    if limit < 2 {
        return Ok(Value::Int(0));
    }
    // Place i stands for 2i + 1; place 0, which is 1, is given to the even prime 2.
    let mut is_prime = vec![true; limit.div_ceil(2)];
    for odd in (3..=limit.isqrt()).step_by(2) {
        if is_prime[odd / 2] {
            strike_multiples(&mut is_prime, odd);
        }
    }
    Ok(Value::Int(is_prime.iter().filter(|prime| **prime).count() as i64))
}

/// Smaller multiples than the square have a smaller factor and are struck already.
fn strike_multiples(is_prime: &mut [bool], odd: usize) {
    for place in (odd * odd / 2..is_prime.len()).step_by(odd) {
        is_prime[place] = false;
    }
}

/// F(0) = 0, F(1) = 1, F(n) = F(n - 1) + F(n - 2), in about 1.6^n calls: slow on purpose.
fn fibonacci(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    Ok(Value::Int(naive_fibonacci(count(input, 0..=60)?) as i64))
}

fn naive_fibonacci(n: u64) -> u64 {
    // Without this the compiler turns half of the recursion into a loop, and the work is no longer what it says.
    let n = black_box(n);
    if n < 2 { n } else { naive_fibonacci(n - 1) + naive_fibonacci(n - 2) }
}

/// The Collatz sequence: n / 2 for even n, 3n + 1 for odd n. Nobody has proved that it always ends.
fn collatz_steps(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let start = count(input, 1..=i64::MAX)?;
    let mut number = start;
    let mut steps = 0_i64;
    while number != 1 {
        number = if number.is_multiple_of(2) {
            number / 2
        } else {
            number
                .checked_mul(3)
                .and_then(|tripled| tripled.checked_add(1))
                .ok_or_else(|| passes_64_bits(start))?
        };
        steps += 1;
    }
    Ok(Value::Int(steps))
}

#[cold]
fn passes_64_bits(start: u64) -> String {
    format!("the sequence of {start} passes 64 bits")
}

/// The share of points of the unit square that lie in the quarter circle is pi / 4. The error shrinks with the square
/// root of the number of points: about 1.6 / sqrt(n).
fn estimate_pi(cx: &CallContext<'_>, seed: i64, points: u64) -> f64 {
    let mut random = SplitMix64::for_item(seed, cx.index);
    let mut inside = 0_u64;
    for _ in 0..points {
        let (x, y) = (random.unit(), random.unit());
        inside += u64::from(x * x + y * y < 1.0);
    }
    4.0 * inside as f64 / points as f64
}

/// The bytes of a text or of bytes, of all other values the bytes of how they are shown.
fn sha256_rounds(input: ValueRef<'_>, rounds: i64) -> String {
    let bytes = match input {
        ValueRef::Text(text) => Cow::Borrowed(text.as_bytes()),
        ValueRef::Bytes(bytes) => Cow::Borrowed(bytes),
        other => Cow::Owned(other.to_string().into_bytes()),
    };
    let mut digest = Sha256::digest(&bytes);
    for _ in 1..rounds {
        digest = Sha256::digest(digest);
    }
    hex(&digest)
}

/// The trace of A x A with a(i, k) = i + k + 1, counted from 0, which is the sum of all (i + k + 1)^2: whole numbers, so
/// that the answer is exact and the same on every machine.
fn trace_of_product(size: usize) -> f64 {
    let matrix: Vec<f64> = (0..size * size).map(|place| (place / size + place % size + 1) as f64).collect();
    // Or the compiler could leave out all cells but those of the diagonal.
    let product = black_box(multiply(&matrix, &matrix, size));
    product.iter().step_by(size + 1).sum()
}

/// The schoolbook product, with the loops in the order that reads both matrices along their rows.
fn multiply(left: &[f64], right: &[f64], size: usize) -> Vec<f64> {
    let mut product = vec![0.0; size * size];
    for (sums, left_row) in product.chunks_exact_mut(size).zip(left.chunks_exact(size)) {
        for (factor, right_row) in left_row.iter().zip(right.chunks_exact(size)) {
            sums.iter_mut().zip(right_row).for_each(|(sum, cell)| *sum += factor * cell);
        }
    }
    product
}

/// The lower of the two middle ones where the number is even.
fn median_of_random(mut random: SplitMix64, numbers: usize) -> i64 {
    let mut cells: Vec<i64> = (0..numbers).map(|_| (random.next() % 1_000_000) as i64).collect();
    cells.sort_unstable();
    cells[(numbers - 1) / 2]
}

/// Goes down the board row by row with one bit a column: `taken` columns, and the columns that the diagonals of the
/// queens so far reach in this row (Richards, "Backtracking algorithms in MCPL using bit patterns", 1997).
fn place_queens(board: u32, taken: u32, falling: u32, rising: u32) -> u64 {
    if taken == board {
        return 1;
    }
    let mut free = board & !(taken | falling | rising);
    let mut solutions = 0;
    while free != 0 {
        let queen = free & free.wrapping_neg();
        free ^= queen;
        solutions += place_queens(board, taken | queen, (falling | queen) << 1, (rising | queen) >> 1);
    }
    solutions
}
