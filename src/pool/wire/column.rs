//! Columns on the wire: a type byte, a count, and runs of values.

use std::ops::Range;

use super::{Decoded, Malformed, Reader};
use crate::value::{Blobs, Column, Strings, Value};

const NONE: u8 = 0;
const BOOL: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const TEXT: u8 = 4;
const BYTES: u8 = 5;
const JSON: u8 = 6;
const MIXED: u8 = 7;
/// Integers of which all fit half a word: what travels is copied many times on its way.
const SHORT_INT: u8 = 8;

/// Appends the cells of `range`, which must lie within the column. How they were written stays behind.
pub(super) fn put(out: &mut Vec<u8>, column: &Column, range: Range<usize>) {
    let count = (range.len() as u64).to_le_bytes();
    let mut head = |kind: u8| {
        out.push(kind);
        out.extend_from_slice(&count);
    };
    match column {
        Column::None(_) => head(NONE),
        Column::Bool(cells) => {
            head(BOOL);
            out.extend(cells[range].iter().map(|cell| u8::from(*cell)));
        }
        Column::Int(cells) if are_short(&cells[range.clone()]) => {
            head(SHORT_INT);
            put_run(out, &cells[range], |cell| (cell as i32).to_le_bytes());
        }
        Column::Int(cells) => {
            head(INT);
            put_run(out, &cells[range], |cell| cell.to_le_bytes());
        }
        Column::Float(cells) => {
            head(FLOAT);
            put_run(out, &cells[range], |cell| cell.to_le_bytes());
        }
        Column::Text(cells) => {
            head(TEXT);
            put_blobs(out, cells.as_blobs(), range);
        }
        Column::Json(cells) => {
            head(JSON);
            put_blobs(out, cells.as_blobs(), range);
        }
        Column::Bytes(cells) => {
            head(BYTES);
            put_blobs(out, cells, range);
        }
        Column::Mixed(cells) => {
            head(MIXED);
            super::put_record(out, &&cells[range]);
        }
        Column::Written(written) => put(out, written.cells(), range),
    }
}

fn are_short(cells: &[i64]) -> bool {
    // Without a way out of the loop it runs many cells at a time.
    cells.iter().fold(true, |all, cell| all & (*cell == i64::from(*cell as i32)))
}

/// Appends words, without a count.
pub(super) fn put_words(out: &mut Vec<u8>, words: &[u64]) {
    put_run(out, words, |word| word.to_le_bytes());
}

/// Appends values of `N` bytes each, without a count.
pub(super) fn put_run<T: Copy, const N: usize>(
    out: &mut Vec<u8>,
    cells: &[T],
    bytes_of: impl Fn(T) -> [u8; N],
) {
    let start = out.len();
    out.resize(start + cells.len() * N, 0);
    for (place, cell) in out[start..].as_chunks_mut::<N>().0.iter_mut().zip(cells) {
        *place = bytes_of(*cell);
    }
}

fn put_blobs(out: &mut Vec<u8>, blobs: &Blobs, range: Range<usize>) {
    let (lengths, bytes) = blobs.run(range);
    out.reserve(lengths.len() * 8 + bytes.len() + 8);
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    lengths.for_each(|length| out.extend_from_slice(&(length as u64).to_le_bytes()));
    out.extend_from_slice(bytes);
}

/// Takes a column off the front of a payload.
pub(super) fn read(reader: &mut Reader<'_>) -> Decoded<Column> {
    let kind = reader.u8()?;
    // Cells take a byte each at least, but for those without a value, which must not be endless either.
    let count = usize::try_from(reader.u64()?).ok().filter(|count| *count <= super::MAX_FRAME_BYTES);
    let count = count.ok_or(Malformed("a column of an impossible size"))?;
    Ok(match kind {
        NONE => Column::None(count),
        BOOL => Column::Bool(reader.bytes(count)?.iter().map(|byte| *byte != 0).collect()),
        SHORT_INT => Column::Int(reader.run(count, |bytes| i64::from(i32::from_le_bytes(bytes)))?),
        INT => Column::Int(reader.run(count, i64::from_le_bytes)?),
        FLOAT => Column::Float(reader.run(count, f64::from_le_bytes)?),
        TEXT => Column::Text(read_strings(reader, count)?),
        JSON => Column::Json(read_strings(reader, count)?),
        BYTES => Column::Bytes(read_blobs(reader, count)?),
        MIXED => read_mixed(reader, count)?,
        _ => return Err(Malformed("an unknown kind of column")),
    })
}

fn read_blobs(reader: &mut Reader<'_>, count: usize) -> Decoded<Blobs> {
    let size_bytes = usize::try_from(reader.u64()?).map_err(|_| Malformed("a run of an impossible size"))?;
    let lengths = reader.words(count)?;
    let bytes = reader.bytes(size_bytes)?.to_vec();
    let lengths = lengths.into_iter().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    Blobs::from_run(lengths, bytes).ok_or(Malformed("texts that do not fit their lengths"))
}

fn read_strings(reader: &mut Reader<'_>, count: usize) -> Decoded<Strings> {
    Strings::from_blobs(read_blobs(reader, count)?).ok_or(Malformed("text that is not UTF-8"))
}

/// Mixed cells are the last thing in their frame, so they take all that is left.
fn read_mixed(reader: &mut Reader<'_>, count: usize) -> Decoded<Column> {
    let cells: Vec<Value> = super::read_record(reader.bytes(reader.0.len())?)?;
    if cells.len() == count {
        Ok(Column::Mixed(cells))
    } else {
        Err(Malformed("cells that do not fit their count"))
    }
}
