//! The pool with real processes, some of which misbehave. Each test waits for conditions, with a deadline that tells
//! how things stand when it passes.

#[cfg(target_os = "linux")]
mod chaos;
mod ends;
mod faults;
#[cfg(target_os = "linux")]
mod fire;
mod harness;
mod messages;
mod order;
