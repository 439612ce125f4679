//! How characters are written as bytes: which encoding a text looks like, and reading it as UTF-8.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use encoding_rs::{Decoder, DecoderResult, UTF_8, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

use super::rejected;
use crate::error::{Error, Result};
use crate::value::shortened;

/// So many bytes of an encoded text are read at a time.
const CHUNK_BYTES: usize = if cfg!(fuzzing) { 64 } else { 16 * 1024 };

const LONGEST_SAMPLE_BYTES: usize = 40;

/// One of the encodings of the WHATWG Encoding Standard, <https://encoding.spec.whatwg.org>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Encoding(&'static encoding_rs::Encoding);

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> Self {
        encoding.label().to_owned()
    }
}

impl TryFrom<String> for Encoding {
    type Error = Error;

    fn try_from(label: String) -> Result<Self> {
        label.parse()
    }
}

impl Encoding {
    /// UTF-8, which needs no decoding.
    pub const UTF_8: Self = Self(UTF_8);

    /// The encodings that are offered to a person; others can be named.
    pub const OFFERED: [Self; 8] = [
        Self(UTF_8),
        Self(WINDOWS_1252),
        Self(encoding_rs::WINDOWS_1250),
        Self(encoding_rs::WINDOWS_1251),
        Self(UTF_16LE),
        Self(encoding_rs::SHIFT_JIS),
        Self(encoding_rs::GB18030),
        Self(encoding_rs::BIG5),
    ];

    /// The name, which [`FromStr`] takes back: "UTF-8", "windows-1252".
    pub fn label(self) -> &'static str {
        self.0.name()
    }

    /// The encoding that a text names by the mark that it begins with, and the length of the mark.
    pub(super) fn by_mark(beginning: &[u8]) -> Option<(Self, usize)> {
        encoding_rs::Encoding::for_bom(beginning).map(|(encoding, length)| (Self(encoding), length))
    }

    /// UTF-16 of a text without a mark, in which every other byte of Western letters and of line ends is 0.
    pub(super) fn by_zeros(beginning: &[u8]) -> Option<Self> {
        let is_letter = |byte: u8| byte >= b' ' || byte.is_ascii_whitespace();
        let pairs = || beginning.chunks_exact(2);
        let count = pairs().count();
        let is_most = |western: usize| count > 1 && western * 5 > count * 4;
        let little = pairs().filter(|pair| pair[1] == 0 && is_letter(pair[0])).count();
        let big = pairs().filter(|pair| pair[0] == 0 && is_letter(pair[1])).count();
        let is_utf8 =
            std::str::from_utf8(beginning).map_or_else(|error| error.error_len().is_none(), |_| true);
        let is_text = |encoding: &'static encoding_rs::Encoding, zeros: usize| {
            // Of other letters only line ends and digits hold zeros, and their bytes are hardly UTF-8.
            is_most(zeros) || zeros > 0 && !is_utf8 && is_plain_text(encoding, beginning)
        };
        match (is_text(UTF_16LE, little), is_text(encoding_rs::UTF_16BE, big)) {
            (true, false) => Some(Self(UTF_16LE)),
            (false, true) => Some(Self(encoding_rs::UTF_16BE)),
            _ => None,
        }
    }

    /// Whether a text begins with the mark of UTF-32, which begins like that of UTF-16.
    pub(super) fn is_utf32(beginning: &[u8]) -> bool {
        beginning.starts_with(b"\xff\xfe\0\0") || beginning.starts_with(b"\0\0\xfe\xff")
    }

    /// What a text looks like that is not UTF-8.
    pub(super) fn guess(beginning: &[u8]) -> Self {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(beginning, true);
        let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
        if guess == WINDOWS_1252 && is_macintosh(beginning) {
            return Self(encoding_rs::MACINTOSH);
        }
        // Short texts are often the same in several encodings; then it is named that most people use.
        let usual = WINDOWS_1252.decode_without_bom_handling(beginning).0;
        let is_same = guess.decode_without_bom_handling(beginning).0 == usual;
        Self(if is_same { WINDOWS_1252 } else { guess })
    }
}

impl Encoding {
    /// The first word of a text that is not ASCII, read in this encoding.
    pub(super) fn sample(self, text: &[u8]) -> Option<String> {
        let place = text.iter().position(|byte| !byte.is_ascii())?;
        let start =
            text[..place].iter().rposition(|byte| byte.is_ascii_whitespace()).map_or(0, |end| end + 1);
        let word = &text[start..text.len().min(start + LONGEST_SAMPLE_BYTES)];
        let word = word.split(|byte| byte.is_ascii_whitespace()).next()?;
        Some(self.0.decode_without_bom_handling(word).0.into_owned())
    }
}

/// Whether bytes, whole or cut off, read in this encoding as characters of which none is missing or does something.
fn is_plain_text(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> bool {
    let (text, _) = encoding.decode_without_bom_handling(&bytes[..bytes.len() & !1]);
    let is_plain = |sign: char| {
        let is_private = matches!(sign, '\u{e000}'..='\u{f8ff}' | '\u{fffd}'..='\u{ffff}');
        !is_private && (!sign.is_control() || sign.is_ascii_whitespace())
    };
    // A character of two halves may be cut at the end.
    text.trim_end_matches('\u{fffd}').chars().all(is_plain)
}

/// Whether a text that may be windows-1252 is that of an old Macintosh, whose letters with accents lie where the other
/// has signs and a few capitals: `Skarsg\x8crd` is Skarsgård there and SkarsgŒrd here.
fn is_macintosh(text: &[u8]) -> bool {
    let follows_letter = |pair: &&[u8]| pair[0].is_ascii_lowercase();
    let pairs = || text.windows(2).filter(follows_letter).map(|pair| pair[1]);
    let strange =
        pairs().filter(|byte| matches!(byte, 0x81 | 0x83 | 0x84 | 0x86..=0x90 | 0x98 | 0x9d | 0x9f)).count();
    let usual = pairs().filter(|byte| *byte >= 0xdf).count();
    strange > usual
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Encoding {
    type Err = Error;

    /// Takes the names of the standard ("latin1", "cp1252", "sjis"), in any case.
    fn from_str(name: &str) -> Result<Self> {
        // Python and people put signs into the names that the standard has not.
        let plain = name.trim().to_ascii_lowercase().replace('_', "-");
        let plain =
            if matches!(plain.as_str(), "mac-roman" | "macroman") { "macintosh".to_owned() } else { plain };
        let names = [plain.as_str(), &plain.replace('-', "")];
        let found = names.iter().find_map(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
        found.map(Self).ok_or_else(|| {
            let known = Self::OFFERED.map(Self::label).join(", ");
            let reason = format!("`{}` is not known; there are {known} and others", shortened(name, 60));
            Error::usage("use the encoding", reason)
        })
    }
}

/// Gives a text of any encoding as UTF-8. Bytes that are no character of it are an error: a replaced character would be
/// a wrong value without a word.
pub(super) struct Transcoder<R> {
    reader: R,
    decoder: Decoder,
    encoding: Encoding,
    encoded: Vec<u8>,
    /// What of `encoded` is not decoded yet.
    rest: std::ops::Range<usize>,
    decoded: Vec<u8>,
    /// What of `decoded` was given on.
    given: usize,
    is_last: bool,
    is_done: bool,
    lines: u64,
}

impl<R: Read> Transcoder<R> {
    pub(super) fn new(reader: R, encoding: Encoding) -> Self {
        let decoder = encoding.0.new_decoder_without_bom_handling();
        Self {
            reader,
            decoder,
            encoding,
            encoded: vec![0; CHUNK_BYTES],
            rest: 0..0,
            decoded: Vec::new(),
            given: 0,
            is_last: false,
            is_done: false,
            lines: 0,
        }
    }

    /// Decodes more; nothing is left where `decoded` stays empty.
    fn decode(&mut self) -> io::Result<()> {
        self.given = 0;
        self.decoded.clear();
        while self.decoded.is_empty() && !self.is_done {
            if self.rest.is_empty() && !self.is_last {
                let count = self.reader.read(&mut self.encoded)?;
                self.rest = 0..count;
                self.is_last = count == 0;
            }
            self.decode_rest()?;
        }
        Ok(())
    }

    fn decode_rest(&mut self) -> io::Result<()> {
        self.decoded.resize(4 * CHUNK_BYTES, 0);
        let source = &self.encoded[self.rest.clone()];
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(source, &mut self.decoded, self.is_last);
        self.rest.start += read;
        self.decoded.truncate(written);
        self.lines += self.decoded.iter().filter(|byte| **byte == b'\n').count() as u64;
        match result {
            DecoderResult::InputEmpty => self.is_done = self.is_last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                return Err(rejected(format!(
                    "line {} is not {} text; choose another encoding",
                    self.lines + 1,
                    self.encoding
                )));
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.decoded.len() {
            self.decode()?;
        }
        let count = (self.decoded.len() - self.given).min(buffer.len());
        buffer[..count].copy_from_slice(&self.decoded[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: &str) -> io::Result<String> {
        let mut text = String::new();
        // One byte a call is the worst that a reader may do.
        Transcoder::new(bytes, encoding.parse().unwrap()).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn utf_16_without_a_mark_is_told_by_its_zeros() {
        let bytes =
            |text: &str, turn: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(turn).collect::<Vec<u8>>();
        for text in ["1\r\n2\r\n", "name,city\nAnn,K\u{f6}ln\n", "\u{65e5}\u{672c}\n\u{4e2d}\u{56fd}\n"] {
            assert_eq!(Encoding::by_zeros(&bytes(text, u16::to_le_bytes)).unwrap().label(), "UTF-16LE");
            assert_eq!(Encoding::by_zeros(&bytes(text, u16::to_be_bytes)).unwrap().label(), "UTF-16BE");
        }
        for other in [&b"abc\ndef\n"[..], b"a\0b", b"a\0", b"\x01\0\x02\0\x03\0", b"\0\0\0\0", b""] {
            assert_eq!(Encoding::by_zeros(other), None, "{other:?}");
        }
    }

    #[test]
    fn encoded_texts_are_read_as_they_were_meant() {
        assert_eq!(read(b"caf\xe9\x80", "latin-1").unwrap(), "café€");
        assert_eq!(read(b"a\0\xe9\0", "UTF-16LE").unwrap(), "aé");
        assert_eq!(read(b"\x83e\x83X\x83g", "shift_jis").unwrap(), "テスト");
        assert_eq!(read(&b"x".repeat(100_000), "cp1252").unwrap().len(), 100_000);
    }

    #[test]
    fn what_is_no_character_is_named_by_its_line() {
        let error = read(b"a\nb\x83", "shift_jis").unwrap_err().to_string();
        assert_eq!(error, "line 2 is not Shift_JIS text; choose another encoding");
    }

    #[test]
    fn names_are_taken_as_people_write_them() {
        for (name, label) in [
            ("utf8", "UTF-8"),
            ("Latin_1", "windows-1252"),
            ("CP1252", "windows-1252"),
            ("utf-16", "UTF-16LE"),
            ("sjis", "Shift_JIS"),
            ("mac_roman", "macintosh"),
            ("ISO-8859-1", "windows-1252"),
        ] {
            assert_eq!(name.parse::<Encoding>().unwrap().label(), label, "{name}");
        }
        assert!("klingon".parse::<Encoding>().unwrap_err().to_string().contains("`klingon` is not known"));
    }

    #[test]
    fn a_sample_is_the_first_word_that_tells_encodings_apart() {
        let sample = |name: &str, text: &[u8]| name.parse::<Encoding>().unwrap().sample(text);
        assert_eq!(sample("macintosh", b"Stellan Skarsg\x8crd, 7").as_deref(), Some("Skarsgård,"));
        assert_eq!(sample("latin-1", b"caf\xe9").as_deref(), Some("café"));
        assert_eq!(sample("latin-1", b"plain"), None);
    }

    #[test]
    fn a_text_that_is_not_utf8_is_guessed() {
        assert_eq!(Encoding::guess(b"na\xefve caf\xe9, d\xe9j\xe0 vu\n").label(), "windows-1252");
        assert_eq!(
            Encoding::guess(b"Elisabeth Moss\nChlo\x91 Rodr\x92guez\nStellan Skarsg\x8crd\n").label(),
            "macintosh"
        );
        assert_eq!(
            Encoding::guess(b"the dog\x92s \x93na\xefve\x94 caf\xe9s don\x92t d\xe9j\xe0 vu\n").label(),
            "windows-1252"
        );
        assert_eq!(Encoding::by_mark(b"\xff\xfea\0"), Some((Encoding(UTF_16LE), 2)));
        assert_eq!(Encoding::by_mark(b"abc"), None);
        assert!(Encoding::is_utf32(b"\xff\xfe\0\0a\0\0\0") && !Encoding::is_utf32(b"\xff\xfea\0"));
    }
}
