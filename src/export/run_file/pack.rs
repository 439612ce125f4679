//! Bytes in compressed blocks and back.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use rayon::prelude::*;

/// Before they are compressed.
const BLOCK_BYTES: usize = 1 << 20;
/// So many blocks are compressed at once.
const BLOCKS_AT_ONCE: usize = 8;
/// Nothing that does not shrink gets longer than this.
const LONGEST_PACKED_BYTES: u32 = 2 << 20;
/// All blocks of a file together, unpacked: more would not fit into the memory of most machines.
const MOST_BYTES: u64 = 4 << 30;

/// Writes bytes in blocks.
pub(super) struct Packer<'a> {
    out: &'a mut dyn Write,
    waiting: Vec<u8>,
}

impl<'a> Packer<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, waiting: Vec::with_capacity(BLOCK_BYTES * BLOCKS_AT_ONCE) }
    }

    /// Adds bytes, which may go out later.
    pub(super) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = BLOCK_BYTES * BLOCKS_AT_ONCE - self.waiting.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
            if self.waiting.len() == BLOCK_BYTES * BLOCKS_AT_ONCE {
                self.write_out()?;
            }
        }
        Ok(())
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.write_out()
    }

    fn write_out(&mut self) -> io::Result<()> {
        let packed: Vec<io::Result<Vec<u8>>> = self.waiting.par_chunks(BLOCK_BYTES).map(packed).collect();
        for (block, packed) in self.waiting.chunks(BLOCK_BYTES).zip(packed) {
            let packed = packed?;
            self.out.write_all(&(block.len() as u32).to_le_bytes())?;
            self.out.write_all(&(packed.len() as u32).to_le_bytes())?;
            self.out.write_all(&packed)?;
        }
        self.waiting.clear();
        Ok(())
    }
}

fn packed(block: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(block.len() / 2), Compression::fast());
    encoder.write_all(block)?;
    encoder.finish()
}

/// Reads bytes that a [`Packer`] has written.
pub(super) struct Unpacker<'a> {
    source: &'a mut dyn Read,
    block: Vec<u8>,
    taken: usize,
    unpacked_bytes: u64,
}

/// Why bytes cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unpackable {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is cut off: its end is missing")]
    Cut,
    #[error("it is damaged")]
    Damaged,
    #[error("unpacked it is larger than 4 GiB, which is more than this program opens")]
    Huge,
}

impl<'a> Unpacker<'a> {
    pub(super) fn new(source: &'a mut dyn Read) -> Self {
        Self { source, block: Vec::new(), taken: 0, unpacked_bytes: 0 }
    }

    /// The next bytes, all of them.
    pub(super) fn take(&mut self, mut count: usize) -> Result<Vec<u8>, Unpackable> {
        // A length of anybody's file is no reason to take memory before its bytes are there.
        let mut bytes = Vec::with_capacity(count.min(BLOCK_BYTES));
        while count > 0 {
            if self.taken == self.block.len() {
                self.next_block()?;
            }
            let now = &self.block[self.taken..];
            let now = &now[..now.len().min(count)];
            bytes.extend_from_slice(now);
            self.taken += now.len();
            count -= now.len();
        }
        Ok(bytes)
    }

    /// How many bytes follow behind what was taken, to the end of the source.
    pub(super) fn left_bytes(self) -> io::Result<u64> {
        let unread = io::copy(self.source, &mut io::sink())?;
        Ok((self.block.len() - self.taken) as u64 + unread)
    }

    fn next_block(&mut self) -> Result<(), Unpackable> {
        let [length, packed_length] = [self.word()?, self.word()?];
        if length == 0 || length as usize > BLOCK_BYTES || packed_length > LONGEST_PACKED_BYTES {
            return Err(Unpackable::Damaged);
        }
        self.unpacked_bytes += u64::from(length);
        if self.unpacked_bytes > MOST_BYTES {
            return Err(Unpackable::Huge);
        }
        let mut packed = vec![0; packed_length as usize];
        self.fill(&mut packed)?;
        self.block.clear();
        self.taken = 0;
        let mut decoder = ZlibDecoder::new(packed.as_slice()).take(u64::from(length) + 1);
        decoder.read_to_end(&mut self.block).map_err(|_| Unpackable::Damaged)?;
        if self.block.len() == length as usize { Ok(()) } else { Err(Unpackable::Damaged) }
    }

    fn word(&mut self) -> Result<u32, Unpackable> {
        let mut word = [0; 4];
        self.fill(&mut word)?;
        Ok(u32::from_le_bytes(word))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Unpackable> {
        self.source.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Unpackable::Cut,
            _ => Unpackable::Io(error),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut packer = Packer::new(&mut out);
        bytes.chunks(700_001).for_each(|piece| packer.put(piece).unwrap());
        packer.finish().unwrap();
        out
    }

    #[test]
    fn bytes_come_back_in_any_pieces() {
        let bytes: Vec<u8> = (0..12_345_678_u32).map(|n| (n / 1000) as u8).collect();
        let packed = pack(&bytes);
        assert!(packed.len() < bytes.len() / 20, "{}", packed.len());
        let mut source = packed.as_slice();
        let mut unpacker = Unpacker::new(&mut source);
        let first = unpacker.take(5).unwrap();
        let rest = unpacker.take(bytes.len() - 5).unwrap();
        assert!([first, rest].concat() == bytes);
        assert!(matches!(unpacker.take(1), Err(Unpackable::Cut)));
    }

    #[test]
    fn each_changed_byte_is_noticed() {
        let whole = pack(b"some bytes that are to come back as they were, as they were");
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 0x10;
            let mut source = changed.as_slice();
            let unpacked = Unpacker::new(&mut source).take(59);
            assert!(unpacked.is_err(), "byte {place}");
        }
    }
}
