//! How Python writes numbers and bytes: what cells look like wherever a person sees them.

use std::fmt::{self, Display, Formatter, Write};

/// A float as Python's `repr` gives it: `0.1`, `100000.0`, `1e+16`, `1e-05`, `nan`, `-inf`.
pub fn python_repr(number: f64) -> impl Display {
    Float(number)
}

/// Bytes as Python's `repr` gives them: `b'caf\xe9'`.
pub(super) fn bytes_repr(bytes: &[u8]) -> impl Display {
    Bytes(bytes)
}

struct Float(f64);

impl Display for Float {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_nan() {
            return f.write_str("nan");
        }
        // The bounds beyond which there is an exponent are the same in both languages, and so are the digits, but for those
        // between which the number is the exact middle.
        let digits = format!("{:?}", self.0);
        let digits = even_one(self.0, &digits).unwrap_or(digits);
        let Some((mantissa, exponent)) = digits.split_once('e') else { return f.write_str(&digits) };
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        write!(f, "{mantissa}e{sign}{exponent:0>2}")
    }
}

/// Fewer digits are those of one number alone.
const AMBIGUOUS_DIGITS: usize = 16;

/// Of as many digits, those that come next to the number; of two that are as near, those that end evenly, as Python
/// takes them.
fn even_one(number: f64, shortest: &str) -> Option<String> {
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, ""));
    if mantissa.bytes().filter(u8::is_ascii_digit).count() < AMBIGUOUS_DIGITS {
        return None;
    }
    let places = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let nearest =
        if exponent.is_empty() { format!("{number:.places$}") } else { format!("{number:.places$e}") };
    (nearest.parse() == Ok(number)).then_some(nearest)
}

struct Bytes<'a>(&'a [u8]);

impl Display for Bytes<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains(&b'\'') && !self.0.contains(&b'"') { '"' } else { '\'' };
        write!(f, "b{quote}")?;
        for byte in self.0 {
            match byte {
                b'\\' => f.write_str("\\\\")?,
                b'\t' => f.write_str("\\t")?,
                b'\n' => f.write_str("\\n")?,
                b'\r' => f.write_str("\\r")?,
                byte if char::from(*byte) == quote => write!(f, "\\{quote}")?,
                b' '..=b'~' => f.write_char(char::from(*byte))?,
                byte => write!(f, "\\x{byte:02x}")?,
            }
        }
        f.write_char(quote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        let cases = [
            (1e16, "1e+16"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (1e-4, "0.0001"),
            (0.00001, "1e-05"),
            (1.180_591_620_717_411_3e21, "1.1805916207174113e+21"),
            (100_000.0, "100000.0"),
            (-0.0, "-0.0"),
            (5e-324, "5e-324"),
            // The exact middle of two with as many digits.
            (-390_306_340_283_329.0 / 16.0, "-24394146267708.062"),
            (390_306_340_283_339.0 / 16.0, "24394146267708.688"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (4_503_599_627_370_495.5, "4503599627370495.5"),
            (-1.5e300, "-1.5e+300"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (number, text) in cases {
            assert_eq!(python_repr(number).to_string(), text);
        }
    }

    #[test]
    fn bytes_are_written_as_python_writes_them() {
        let cases: [(&[u8], &str); 5] = [
            (b"hello", "b'hello'"),
            (b"", "b''"),
            (b"it's", "b\"it's\""),
            (b"'\"\\\t\n\r", "b'\\'\"\\\\\\t\\n\\r'"),
            (b"caf\xe9\x00~\x7f", "b'caf\\xe9\\x00~\\x7f'"),
        ];
        for (bytes, text) in cases {
            assert_eq!(bytes_repr(bytes).to_string(), text);
        }
    }
}
