use std::fs::File;
use std::io;
pub use std::os::windows::io::AsHandle as AsStream;

use super::Wish;

/// Calls `tell` from a thread of its own when Ctrl-C or Ctrl-Break is pressed.
pub fn on_wish(mut tell: impl FnMut(Wish) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || tell(Wish::Interrupt)).map_err(io::Error::other)
}

/// Standard input as a file of its own, of which nothing is read ahead.
pub fn standard_input() -> io::Result<File> {
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}

/// Streams wait by themselves here.
pub fn wait_until_writable(_stream: &impl AsStream) {}
