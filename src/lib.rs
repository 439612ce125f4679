//! Poolscope runs a function over inputs in worker processes or threads, shows it happening, and keeps one record of
//! it that everything else reads.
//!
//! A Rust program uses it as a Python program uses `multiprocessing.Pool` (see [`pool::Pool`]):
//!
//! ```
//! use poolscope::function::FunctionSpec;
//! use poolscope::pool::{Mode, Pool, serve_if_host};
//! use poolscope::value::Value;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // The workers of the pool are this very program, executed again: here they go on as workers, and never come back. Python needs
//!     // `if __name__ == "__main__":` in this place.
//!     serve_if_host();
//!
//!     let pool = Pool::builder().mode(Mode::Process).workers(4).build()?;
//!     let double = FunctionSpec::builtin("double", [])?;
//!
//!     // All results, in the order of the inputs. A worker that dies costs one of them.
//!     let results = pool.map(&double, [1, 2, 3, 4, 5])?;
//!     assert_eq!(results[4], Ok(Value::Int(10)));
//!
//!     // One by one, from inputs that are read as they are needed.
//!     for (result, number) in pool.imap(&double, 1_i64..)?.zip(1..=100) {
//!         assert_eq!(result?, Value::Int(number * 2));
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A program that does not call [`pool::serve_if_host`] needs `poolscope` itself for its workers: beside its own
//! file, on the `PATH`, or named with [`pool::PoolBuilder::launch`].
//!
//! The rooms, each of which may use only those before it: [`error`], [`value`], [`input`], [`function`], [`monitor`],
//! [`pool`], [`analysis`], [`export`], [`lessons`], [`guide`], and on top of them [`cli`] and the window.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod analysis;
#[cfg(feature = "gui")]
pub mod app;
pub mod cli;
pub mod error;
pub mod export;
pub mod function;
pub mod guide;
pub mod input;
pub mod lessons;
pub mod monitor;
pub mod pool;
pub mod value;
