//! Byte strings and texts without an allocation each.

use std::ops::Range;

/// Many byte strings in one run of bytes, with the end of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blobs {
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl Blobs {
    /// The number of byte strings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Appends a byte string.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len() as u64);
    }

    /// The byte string at `index`.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)? as usize;
        Some(&self.bytes[self.start(index)..end])
    }

    /// Removes the last byte string.
    pub fn pop(&mut self) {
        if self.ends.pop().is_some() {
            self.bytes.truncate(self.start(self.ends.len()));
        }
    }

    /// The byte strings of `range` end to end, and the length of each. `range` must lie within the column.
    pub fn run(&self, range: Range<usize>) -> (impl ExactSizeIterator<Item = usize>, &[u8]) {
        let bytes = &self.bytes[self.start(range.start)..self.start(range.end)];
        (range.map(|index| self.ends[index] as usize - self.start(index)), bytes)
    }

    /// Takes a run of bytes and the length of each byte string in it; nothing where the two do not agree.
    pub fn from_run(lengths: impl IntoIterator<Item = usize>, bytes: Vec<u8>) -> Option<Self> {
        let mut end = 0_u64;
        let ends: Option<Vec<u64>> = lengths
            .into_iter()
            .map(|length| {
                end = end.checked_add(length as u64)?;
                Some(end)
            })
            .collect();
        (end == bytes.len() as u64).then_some(Self { ends: ends?, bytes })
    }

    fn start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] as usize }
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * 8
    }

    pub(super) fn range_size_bytes(&self, range: Range<usize>) -> usize {
        let range = range.start.min(self.len())..range.end.min(self.len());
        range.len() * 8 + self.start(range.end) - self.start(range.start)
    }
}

/// Many texts in one run of UTF-8, with the end of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strings(Blobs);

impl Strings {
    /// The number of texts.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends a text.
    pub fn push(&mut self, text: &str) {
        self.0.push(text.as_bytes());
    }

    /// Removes the last text.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// The text at `index`.
    pub fn get(&self, index: usize) -> Option<&str> {
        // Only `push` and `from_blobs` fill the run, both with whole texts; an empty text is the honest fallback.
        self.0.get(index).map(|bytes| std::str::from_utf8(bytes).unwrap_or_default())
    }

    /// The texts as bytes, for the wire.
    pub fn as_blobs(&self) -> &Blobs {
        &self.0
    }

    /// Takes byte strings that are all UTF-8; nothing where one is not.
    pub fn from_blobs(blobs: Blobs) -> Option<Self> {
        let whole = std::str::from_utf8(&blobs.bytes).ok()?;
        // A cut within a character would make two broken texts of a sound run.
        blobs.ends.iter().all(|end| whole.is_char_boundary(*end as usize)).then_some(Self(blobs))
    }
}

impl<'a> FromIterator<&'a str> for Strings {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut strings = Self::default();
        texts.into_iter().for_each(|text| strings.push(text));
        strings
    }
}
