//! Files through the readers: the fuzzers' corpus, and what the program itself has written.

mod corpus;
mod exchange;
#[path = "../fuzz/src/lib.rs"]
mod fuzz;
