//! Results as they are finished, of inputs that are made only as far as they are needed.
//!
//! `cargo run --example imap`

use poolscope::function::FunctionSpec;
use poolscope::pool::{Mode, Pool, serve_if_host};

fn main() -> poolscope::error::Result<()> {
    serve_if_host();
    let pool = Pool::builder().mode(Mode::Thread).workers(2).build()?;
    let is_prime = FunctionSpec::builtin("is_prime", [])?;
    for (index, outcome) in pool.imap_unordered(&is_prime, 1_000_000_i64..)?.take(10) {
        match outcome {
            Ok(value) => println!("item {index}: {value}"),
            Err(error) => println!("item {index} failed: {}", error.reason),
        }
    }
    Ok(())
}
