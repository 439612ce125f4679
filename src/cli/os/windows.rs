use std::io;

use super::Wish;

/// Calls `tell` from a thread of its own when Ctrl-C or Ctrl-Break is pressed.
pub fn on_wish(mut tell: impl FnMut(Wish) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || tell(Wish::Interrupt)).map_err(io::Error::other)
}
