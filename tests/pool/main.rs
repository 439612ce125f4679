//! The pool with real processes, some of which misbehave. Each test waits for conditions, with a deadline that tells
//! how things stand when it passes.

mod api;
#[cfg(target_os = "linux")]
mod chaos;
mod controls;
mod ends;
#[cfg(target_os = "linux")]
mod examples;
#[cfg(target_os = "linux")]
mod fault_lab;
mod faults;
#[cfg(target_os = "linux")]
mod fire;
mod harness;
mod messages;
mod order;
#[cfg(target_os = "linux")]
mod python;
mod rules;
#[cfg(target_os = "linux")]
mod stepping;
