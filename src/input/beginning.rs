//! The beginning of a file: how much of it has to be read until it tells how the file is laid out.

use std::io::{self, ErrorKind, Read};
use std::time::{Duration, Instant};

use super::options::LoadOptions;
use super::sample::is_number;
use super::target::InputTarget;

/// How much of a file decides its format.
const BEGINNING_BYTES: u64 = if cfg!(fuzzing) { 512 } else { 64 * 1024 };
/// How much is read at most for that: two of the longest lines that are accepted.
const LONG_BEGINNING_BYTES: usize = 32 << 20;

/// How long a slow writer is waited for where rows are wanted as they come.
const SLOW_BEGINNING: Duration = Duration::from_millis(50);

/// Reads what decides the format and tells whether that is all there is. Where the rest is wanted as it comes, a slow
/// writer is not waited for longer than a moment.
pub(super) fn read_beginning(
    reader: &mut impl Read,
    head: &mut Vec<u8>,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> io::Result<bool> {
    let begun = Instant::now();
    let mut wanted = BEGINNING_BYTES as usize;
    loop {
        let is_enough = || can_decide(head, options);
        if to.is_silent() && is_enough() {
            return Ok(false);
        }
        let is_slow = to.is_in_pieces() && begun.elapsed() >= SLOW_BEGINNING;
        if is_slow && (head.len() >= BEGINNING_BYTES as usize || is_enough()) {
            return Ok(false);
        }
        if head.len() >= wanted {
            if wanted >= LONG_BEGINNING_BYTES || !tells_nothing_yet(head, options) {
                return Ok(false);
            }
            wanted *= 2;
        }
        let before = head.len();
        head.resize(wanted, 0);
        let read = reader.read(&mut head[before..]);
        head.truncate(before + read.as_ref().copied().unwrap_or_default());
        match read {
            Ok(0) => return Ok(true),
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
}

/// Whether the format can be told from this beginning of a file that is still being written. One line alone may be that
/// which names the columns of a table; where it holds numbers too, one line below it does not tell.
fn can_decide(head: &[u8], options: &LoadOptions) -> bool {
    let whole = head.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &head[..end]);
    let mut lines = whole.split(|byte| *byte == b'\n').skip_while(|line| line.trim_ascii().is_empty());
    let Some(first) = lines.next() else { return false };
    let begins_with = |start: &[u8]| first.trim_ascii_start().starts_with(start);
    let cells = || first.split(|byte| matches!(byte, b',' | b';' | b'\t' | b'|')).map(<[u8]>::trim_ascii);
    let has_cells = cells().nth(1).is_some();
    let has_columns = options.column.as_ref().is_some_and(|column| !column.is_first()) || has_cells;
    let is_in_quotes = has_cells && whole.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
    if is_in_quotes {
        return false;
    }
    let is_told = options.format.is_some() || begins_with(b"{") || !has_columns && !begins_with(b"[");
    let wanted = match () {
        () if is_told => 0,
        () if cells().any(is_number) && !cells().all(is_number) => 3,
        () => 1,
    };
    lines.count() >= wanted
}

/// Whether what follows tells: these may be lists, one a line, or one list; or the line that names the columns of a table, of
/// which one is asked for.
fn tells_nothing_yet(head: &[u8], options: &LoadOptions) -> bool {
    let head = head.trim_ascii_start();
    let asks_for_column = options.column.as_ref().is_some_and(|column| !column.is_first());
    let has_next_line = || head.iter().filter(|byte| **byte == b'\n').nth(1).is_some();
    (head.starts_with(b"[") || asks_for_column) && !has_next_line()
}
