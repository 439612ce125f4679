//! The window: state, commands, look, widgets and panels. It draws what `pool` and `monitor` publish and never runs
//! user work; nothing on its thread waits for a file, a process or a long computation.

pub mod command;
pub mod context;
pub mod format;
pub mod panels;
pub mod theme;
pub mod widgets;
