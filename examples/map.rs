//! `Pool.map` of Python's `multiprocessing`, in Rust: results in input order, and an item that fails beside them.
//!
//! `cargo run --example map`

use poolscope::function::FunctionSpec;
use poolscope::pool::{Mode, Pool, serve_if_host};

fn main() -> poolscope::error::Result<()> {
    // Workers are this program, executed again.
    serve_if_host();
    let pool = Pool::builder().mode(Mode::Process).workers(4).build()?;
    let steps = FunctionSpec::builtin("collatz_steps", [])?;
    for (input, outcome) in (1..=5).zip(pool.map(&steps, (1..=5).collect::<Vec<i64>>())?) {
        match outcome {
            Ok(value) => println!("{input} -> {value}"),
            Err(error) => println!("{input} failed: {}", error.reason),
        }
    }
    Ok(())
}
