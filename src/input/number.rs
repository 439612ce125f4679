//! Reads numbers from ASCII, exactly: what does not fit is said, never rounded or wrapped.

/// What a run of bytes is as a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i64),
    /// An integer that does not fit in 64 bits.
    BigInt,
    Float(f64),
    /// A number by its looks that a float cannot hold: too large, or with more digits than a float has.
    Inexact,
    /// Not a number at all.
    Not,
}

/// The reason given for [`Number::BigInt`] where 64 bits have to do.
pub(super) const TOO_BIG: &str = "does not fit in 64 bits";

/// Decimal digits that any float holds.
const SURE_DIGITS: usize = 15;

/// Reads a number without blanks around it. Words such as `nan` and `inf` are words.
pub(super) fn read_number(text: &[u8]) -> Number {
    match read_int(text) {
        Number::Not => read_float(text),
        number => number,
    }
}

/// What a cell is taken for that may be a number or a word: digits behind a leading zero are a code, such as a
/// postcode, and no number.
pub(super) fn guess_number(text: &[u8]) -> Number {
    match text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text) {
        [b'0', b'0'..=b'9', ..] => Number::Not,
        _ => read_number(text),
    }
}

/// An integer that is written as it would be shown: without blanks, a plus sign or zeros in front.
///
/// This is the whole cost of nearly every line of a large file, so up to 18 digits, which always fit, go without any
/// check for overflow.
#[inline]
pub(super) fn read_plain_int(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let is_padded = digits.first() == Some(&b'0') && text.len() > 1;
    if digits.is_empty() || digits.len() > 18 || is_padded {
        return None;
    }
    let mut number = 0_i64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(if negative { -number } else { number })
}

/// Reads an integer without blanks around it.
pub(super) fn read_int(text: &[u8]) -> Number {
    if let Some(number) = read_plain_int(text) {
        return Number::Int(number);
    }
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Number::Not;
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    number.map_or(Number::BigInt, Number::Int)
}

fn read_float(text: &[u8]) -> Number {
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    // Rust would also read "infinity" and "nan" here, which in a list of words are words.
    if !unsigned.first().is_some_and(|first| first.is_ascii_digit() || *first == b'.') {
        return Number::Not;
    }
    match std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok()) {
        None => Number::Not,
        Some(number) if holds(number, unsigned) => Number::Float(number),
        Some(_) => Number::Inexact,
    }
}

/// Whether a number that is no integer is written as it would be shown, as far as that is seen at once: plain digits
/// around a point, no more than any float holds, and no zeros that could be left out.
pub(super) fn is_plain_decimal(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let Some(point) = unsigned.iter().position(|byte| *byte == b'.') else { return false };
    let (whole, fraction) = (&unsigned[..point], &unsigned[point + 1..]);
    let are_digits = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let has_shortest_whole = whole == b"0" || whole.first() != Some(&b'0');
    let has_shortest_fraction = fraction == b"0" || fraction.last() != Some(&b'0');
    // Smaller numbers are shown with an exponent, and zero may have a sign.
    let is_large_enough = whole != b"0" || fraction.iter().take(4).any(|digit| *digit != b'0');
    are_digits(whole)
        && are_digits(fraction)
        && whole.len() + fraction.len() <= SURE_DIGITS
        && has_shortest_whole
        && has_shortest_fraction
        && is_large_enough
}

/// A number that [`is_plain_decimal`] knows.
pub(super) fn read_plain_decimal(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok().filter(|text| is_plain_decimal(text.as_bytes()))?;
    text.parse().ok()
}

/// Whether a float, written with as many digits as `text` has, has the same ones.
fn holds(number: f64, text: &[u8]) -> bool {
    if text.len() <= SURE_DIGITS && number.is_normal() {
        return true;
    }
    let mantissa = text.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or(text);
    let mut digits: Vec<u8> = mantissa.iter().copied().filter(u8::is_ascii_digit).collect();
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.drain(..zeros);
    digits.truncate(digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1));
    if digits.is_empty() {
        return number == 0.0;
    }
    if digits.len() <= SURE_DIGITS && number.is_normal() {
        return true;
    }
    let written = format!("{number:.*e}", digits.len() - 1);
    let shown = written.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit);
    number.is_finite() && shown.eq(digits)
}

/// Reads `nan`, `inf` and `-inf` in any case, for a column that is known to hold floats.
pub(super) fn read_special_float(text: &[u8]) -> Option<f64> {
    let number = std::str::from_utf8(text).ok()?.parse::<f64>().ok()?;
    (!number.is_finite() && text.last().is_some_and(u8::is_ascii_alphabetic)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_exact_to_the_last_of_64_bits() {
        for number in [0, 7, -7, i64::MAX, i64::MIN, 999_999_999_999_999_999] {
            assert_eq!(read_number(number.to_string().as_bytes()), Number::Int(number));
        }
        assert_eq!(read_plain_int(b"-12"), Some(-12));
        assert_eq!([&b"+12"[..], b"012", b"-0", b"", b"-", b" 1"].map(read_plain_int), [None; 6]);
        assert_eq!(read_number(b"+12"), Number::Int(12));
        assert_eq!(read_number(b"00000000000000000000000012"), Number::Int(12));
    }

    #[test]
    fn what_does_not_fit_is_neither_wrapped_nor_rounded() {
        assert_eq!(read_number(b"9223372036854775808"), Number::BigInt);
        assert_eq!(read_number(b"-9223372036854775809"), Number::BigInt);
        for text in ["1e400", "1e-400", "3.14159265358979323846", "12345678901234567.5", "1.2345e-320"] {
            assert_eq!(read_number(text.as_bytes()), Number::Inexact, "{text}");
        }
        // As many digits as programs print of a float are a float again.
        for number in [0.1, 1.0 / 3.0, 5e-324, f64::MAX, 1e22, -2.5e-7, 123456789.12345678] {
            for text in [format!("{number:?}"), format!("{number:e}"), format!("{number:.16e}")] {
                assert_eq!(read_number(text.as_bytes()), Number::Float(number), "{text}");
            }
        }
        assert_eq!(read_number(b"0.10000000000000001"), Number::Float(0.1));
    }

    #[test]
    fn digits_behind_a_zero_are_a_code() {
        for code in ["007", "-01", "00", "01.5"] {
            assert_eq!(guess_number(code.as_bytes()), Number::Not, "{code}");
        }
        assert_eq!(
            ["0", "-0", "0.5", "0e1"].map(|text| guess_number(text.as_bytes())),
            [Number::Int(0), Number::Int(0), Number::Float(0.5), Number::Float(0.0)]
        );
    }

    #[test]
    fn floats_are_told_from_words() {
        assert_eq!(read_number(b"-1.5e3"), Number::Float(-1500.0));
        assert_eq!(read_number(b".5"), Number::Float(0.5));
        for word in ["", "-", ".", "nan", "inf", "1.2.3", "12a", "0x10", "1 2"] {
            assert_eq!(read_number(word.as_bytes()), Number::Not, "{word}");
        }
    }

    #[test]
    fn a_plain_decimal_is_shown_as_it_is_written() {
        for text in [
            "0.5",
            "-12.25",
            "3.0",
            "0.0001",
            "123456789.012345",
            "1.10",
            "007.5",
            "0.00001",
            ".5",
            "5.",
            "1e5",
        ] {
            let is_shown =
                text.parse().is_ok_and(|number| crate::value::Value::Float(number).to_string() == text);
            assert!(is_shown || !is_plain_decimal(text.as_bytes()), "{text}");
        }
        assert!(
            ["0.5", "-12.25", "3.0", "123456789.012345"].iter().all(|text| is_plain_decimal(text.as_bytes()))
        );
    }

    #[test]
    fn special_floats_are_read_where_floats_are_due() {
        assert!(read_special_float(b"NaN").is_some_and(f64::is_nan));
        assert_eq!(read_special_float(b"-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(read_special_float(b"1e400"), None);
        assert_eq!(read_special_float(b"nine"), None);
    }
}
