//! The window's views, built from runs made by hand and found by role and label.

#![cfg(feature = "gui")]

mod fixture;
mod stage;
mod views;
