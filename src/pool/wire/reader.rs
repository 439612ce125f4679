//! Takes the payload of a frame apart, value by value.

use super::{Decoded, Malformed};

/// Takes values off the front of a payload.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Decoded<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed("a frame that ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Decoded<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Malformed("a frame that ends too early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Decoded<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Decoded<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Decoded<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Decoded<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(super) fn words(&mut self, count: usize) -> Decoded<Vec<u64>> {
        self.run(count, u64::from_le_bytes)
    }

    /// Values of `N` bytes each, end to end.
    pub(super) fn run<T, const N: usize>(
        &mut self,
        count: usize,
        value: impl Fn([u8; N]) -> T,
    ) -> Decoded<Vec<T>> {
        let bytes = self.bytes(count.checked_mul(N).ok_or(Malformed("a run of an impossible size"))?)?;
        Ok(bytes.as_chunks::<N>().0.iter().map(|bytes| value(*bytes)).collect())
    }

    pub(super) fn finish<T>(self, value: T) -> Decoded<T> {
        if self.0.is_empty() { Ok(value) } else { Err(Malformed("a frame with bytes left over")) }
    }
}
