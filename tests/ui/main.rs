//! The window's views, built from runs made by hand and found by role and label.

#![cfg(feature = "gui")]

mod cards;
mod code;
mod fault_lab;
mod fixture;
mod functions;
mod guide;
#[cfg(feature = "snapshots")]
mod guide_pictures;
mod inputs;
mod lessons;
#[cfg(feature = "snapshots")]
mod pictures;
mod program;
mod programs;
mod rules;
mod runs;
mod setup;
mod stage;
#[cfg(unix)]
mod trust;
mod verdict;
mod views;
mod waking;
