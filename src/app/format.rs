//! Numbers as the window shows them, which is how reports show them too.

pub use crate::value::amount::*;
