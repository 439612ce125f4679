//! Reads numbers from ASCII, exactly: what does not fit is said, never rounded or wrapped.

/// What a run of bytes is as a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
    /// A number by its looks that no `i64` (or no finite `f64`) can hold.
    TooBig,
    /// Not a number at all.
    Not,
}

/// The reason given for [`Number::TooBig`].
pub(super) const TOO_BIG: &str = "does not fit in 64 bits";

/// Reads a number without blanks around it. Words such as `nan` and `inf` are words.
pub(super) fn read_number(text: &[u8]) -> Number {
    match read_int(text) {
        Number::Not => read_float(text),
        number => number,
    }
}

/// Reads an integer without blanks around it.
///
/// This is the whole cost of a happy line, so up to 18 digits, which always fit, go without any check for overflow.
pub(super) fn read_int(text: &[u8]) -> Number {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return read_long_int(text, digits);
    }
    let mut number = 0_i64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return Number::Not;
        }
        number = number * 10 + i64::from(digit);
    }
    Number::Int(if negative { -number } else { number })
}

fn read_long_int(text: &[u8], digits: &[u8]) -> Number {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Number::Not;
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    number.map_or(Number::TooBig, Number::Int)
}

fn read_float(text: &[u8]) -> Number {
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    // Rust would also read "infinity" and "nan" here, which in a list of words are words.
    if !unsigned.first().is_some_and(|first| first.is_ascii_digit() || *first == b'.') {
        return Number::Not;
    }
    match std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok()) {
        None => Number::Not,
        Some(number) if number.is_finite() => Number::Float(number),
        Some(_) => Number::TooBig,
    }
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
        assert_eq!(read_number(b"+12"), Number::Int(12));
        assert_eq!(read_number(b"00000000000000000000000012"), Number::Int(12));
    }

    #[test]
    fn what_does_not_fit_is_neither_wrapped_nor_rounded() {
        assert_eq!(read_number(b"9223372036854775808"), Number::TooBig);
        assert_eq!(read_number(b"-9223372036854775809"), Number::TooBig);
        assert_eq!(read_number(b"1e400"), Number::TooBig);
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
    fn special_floats_are_read_where_floats_are_due() {
        assert!(read_special_float(b"NaN").is_some_and(f64::is_nan));
        assert_eq!(read_special_float(b"-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(read_special_float(b"1e400"), None);
        assert_eq!(read_special_float(b"nine"), None);
    }
}
