//! Poolscope runs a function over inputs in worker processes or threads, shows it happening, and keeps one record of
//! it that everything else reads.
//!
//! The rooms, each of which may use only those before it: [`error`], [`value`], [`input`], [`function`] and
//! [`monitor`].

#[cfg(feature = "gui")]
pub mod app;
pub mod error;
pub mod function;
pub mod input;
pub mod monitor;
pub mod pool;
pub mod value;
