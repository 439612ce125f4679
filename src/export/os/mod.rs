//! What systems tell about files, and what they let a program keep of one that it replaces.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(all(test, unix))]
pub use unix::OTHERS_MAY_CHANGE_OPEN_FILES;
#[cfg(unix)]
pub use unix::{
    STANDARD_OUTPUT, are_same, attach, attached, is_at, keep_owner, link_count, path_of, reserve,
};
#[cfg(all(test, windows))]
pub use windows::OTHERS_MAY_CHANGE_OPEN_FILES;
#[cfg(windows)]
pub use windows::{
    STANDARD_OUTPUT, are_same, attach, attached, is_at, keep_owner, link_count, path_of, reserve,
};

/// What is attached to a file is no longer: some systems keep little more.
const LONGEST_BYTES: usize = 1024;

/// Of a text, what can be attached to a file.
pub fn attachable(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_BYTES)]
}
