//! Says that an interpreter is waited for, where it takes long to tell what a file holds.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::streams::say;
use crate::function::python::LONGEST_ANSWER;

/// Most answer within a tenth of a second.
const WORTH_A_WORD: Duration = Duration::from_secs(4);

/// Does `ask`, and says who is waited for where it takes long.
pub fn asking<T>(who: &str, ask: impl FnOnce() -> T) -> T {
    let (done, is_done) = channel::<()>();
    let limit_s = LONGEST_ANSWER.as_secs();
    let sentence =
        format!("poolscope: waiting for {who}, which has not answered yet; it is given up after {limit_s} s");
    let watch = move || {
        if is_done.recv_timeout(WORTH_A_WORD) == Err(RecvTimeoutError::Timeout) {
            say(&sentence);
        }
    };
    // Where there is no thread for it, only the sentence is missing.
    let _ = thread::Builder::new().name("waiting".to_owned()).spawn(watch);
    let told = ask();
    drop(done);
    told
}
