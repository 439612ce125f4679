//! How columns of texts and bytes are written down and read back: lengths, and one run of bytes. What does not fit together
//! is refused, since it may come from anybody's file.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Blobs, Strings};

#[derive(Serialize)]
struct Run<'a> {
    lengths: Vec<u64>,
    #[serde(with = "serde_bytes")]
    bytes: &'a [u8],
}

#[derive(Deserialize)]
struct OwnedRun {
    lengths: Vec<u64>,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

impl Serialize for Blobs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (lengths, bytes) = self.run(0..self.len());
        Run { lengths: lengths.map(|length| length as u64).collect(), bytes }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Blobs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let OwnedRun { lengths, bytes } = OwnedRun::deserialize(deserializer)?;
        let lengths = lengths.into_iter().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        Self::from_run(lengths, bytes).ok_or_else(|| D::Error::custom("texts that do not fit their lengths"))
    }
}

impl Serialize for Strings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_blobs().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let blobs = Blobs::deserialize(deserializer)?;
        Self::from_blobs(blobs).ok_or_else(|| D::Error::custom("text that is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use crate::value::{Column, Strings};

    #[test]
    fn columns_come_back_as_they_were() {
        let mixed: Column =
            vec![crate::value::Value::Int(1), crate::value::Value::None].into_iter().collect();
        for column in [
            Column::None(3),
            vec![1_i64, -5, i64::MAX].into(),
            vec![0.5, -0.0].into(),
            ["a", "", "é"].into_iter().collect(),
            Column::Json(["[1]", "{}"].into_iter().collect::<Strings>()),
            mixed,
        ] {
            let bytes = postcard::to_stdvec(&column).unwrap();
            assert_eq!(postcard::from_bytes::<Column>(&bytes).unwrap(), column);
        }
    }

    #[test]
    fn texts_that_do_not_fit_their_lengths_are_refused() {
        for bad in [(vec![1_u64, 9], "abc"), (vec![u64::MAX, 4], "abc"), (vec![1, 1], "é!")] {
            let bytes =
                postcard::to_stdvec(&(bad.0.clone(), serde_bytes::Bytes::new(bad.1.as_bytes()))).unwrap();
            assert!(postcard::from_bytes::<Strings>(&bytes).is_err(), "{bad:?}");
        }
    }
}
