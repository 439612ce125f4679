//! The functions that come with the program.
use super::Builtin;

/// All built-in functions, in the order in which they are listed.
pub fn catalogue() -> &'static [Builtin] {
    &[]
}
