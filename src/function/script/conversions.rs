//! `int` and `float` as Python has them: the language's own take `int("0x10")` for 16 and no blanks around a number.

use anyhow::{anyhow, bail};
use num_bigint::BigInt;
use starlark::environment::GlobalsBuilder;
use starlark::starlark_module;
use starlark::values::float::StarlarkFloat;
use starlark::values::{Heap, Value};

use super::numbers::{self, whole};
use super::shown;

/// The integer that a text is, if it is one; with 0 as `base`, its prefix tells the base.
fn parsed_int(text: &str, base: u32) -> Option<BigInt> {
    let trimmed = text.trim_matches(is_blank);
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find(|(prefix, of)| {
        let has_prefix = unsigned.get(..2).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix));
        has_prefix && (base == 0 || base == *of)
    });
    let (digits, radix) = match prefixed {
        // `0x_10` is one, too.
        Some((_, of)) => (unsigned[2..].strip_prefix('_').unwrap_or(&unsigned[2..]), of),
        None => (unsigned, if base == 0 { 10 } else { base }),
    };
    let plain = without_underscores(digits, u8::is_ascii_alphanumeric).filter(|digits| !digits.is_empty())?;
    let has_padding = base == 0 && prefixed.is_none() && plain.len() > 1 && plain.starts_with('0');
    if has_padding && plain.bytes().any(|digit| digit != b'0') || plain.starts_with(['+', '-']) {
        return None;
    }
    let number = BigInt::parse_bytes(plain.as_bytes(), radix)?;
    Some(if trimmed.starts_with('-') { -number } else { number })
}

fn parsed_float(text: &str) -> Option<f64> {
    without_underscores(text.trim_matches(is_blank), u8::is_ascii_digit)?.parse().ok()
}

/// Python takes one underscore between two digits.
fn without_underscores(text: &str, is_digit: fn(&u8) -> bool) -> Option<String> {
    let signs = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| signs.get(at)).is_some_and(is_digit);
    let is_between = |at: usize| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    let mut underscores = signs.iter().enumerate().filter(|(_, sign)| **sign == b'_');
    underscores.all(|(at, _)| is_between(at)).then(|| text.replace('_', ""))
}

/// What Python strips from a text.
fn is_blank(sign: char) -> bool {
    sign.is_whitespace() || ('\x1c'..='\x1f').contains(&sign)
}

#[starlark_module]
pub(super) fn of_conversions(builder: &mut GlobalsBuilder) {
    /// An integer from a text, or what a number is before its point.
    ///
    /// Only what is a type can stand in annotations. Nothing compares values with these, so that any type will do.
    #[starlark(as_type = StarlarkFloat)]
    fn int<'v>(
        #[starlark(require = pos)] x: Option<Value<'v>>,
        base: Option<u32>,
        heap: Heap<'v>,
    ) -> anyhow::Result<Value<'v>> {
        let Some(x) = x else { return Ok(heap.alloc(0)) };
        match (x.unpack_str(), base) {
            (Some(_), Some(base @ (1 | 37..))) => {
                bail!("int() base must be >= 2 and <= 36, or 0, and not {base}")
            }
            (Some(text), base) => {
                let base = base.unwrap_or(10);
                let wrong =
                    || anyhow!("invalid literal for int() with base {base}: {}", shown::repr_of(x, heap));
                Ok(heap.alloc(parsed_int(text, base).ok_or_else(wrong)?))
            }
            (None, Some(_)) => bail!("int() can't convert non-string with explicit base"),
            (None, None) => match (x.unpack_bool(), numbers::integer(x)) {
                (Some(is_true), _) => Ok(heap.alloc(i32::from(is_true))),
                (_, Some(_)) => Ok(x),
                _ => Ok(heap.alloc(whole(numbers::float(x)?.trunc())?)),
            },
        }
    }

    /// A float from a text or a number.
    #[starlark(as_type = StarlarkFloat)]
    fn float<'v>(
        #[starlark(require = pos)] x: Option<Value<'v>>,
        heap: Heap<'v>,
    ) -> anyhow::Result<Value<'v>> {
        let Some(x) = x else { return Ok(heap.alloc(0.0)) };
        let wrong = || anyhow!("could not convert string to float: {}", shown::repr_of(x, heap));
        Ok(heap.alloc(match (x.unpack_str(), x.unpack_bool()) {
            (Some(text), _) => parsed_float(text).ok_or_else(wrong)?,
            (_, Some(is_true)) => f64::from(u8::from(is_true)),
            _ => numbers::float(x)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_python_reads_them() {
        let int = |text: &str, base| parsed_int(text, base).and_then(|number| i64::try_from(number).ok());
        for (text, base, expected) in [
            ("0x10", 10, None),
            ("0x10", 16, Some(16)),
            ("-0X1_0", 0, Some(-16)),
            ("0b_1", 0, Some(1)),
            ("0b1", 16, Some(177)),
            (" 7\n", 10, Some(7)),
            ("1_0", 10, Some(10)),
            ("1__0", 10, None),
            ("_1", 10, None),
            ("+5", 10, Some(5)),
            ("+-5", 10, None),
            ("007", 10, Some(7)),
            ("007", 0, None),
            ("00", 0, Some(0)),
            ("zz", 36, Some(1295)),
            ("", 10, None),
            ("-", 10, None),
            ("1 0", 10, None),
        ] {
            assert_eq!(int(text, base), expected, "int({text:?}, {base})");
        }
        let float = |text: &str| parsed_float(text);
        assert_eq!(
            ["  2.5 ", "1_0e2", "1_e2", "-inf", "1__0", ""].map(float),
            [Some(2.5), Some(1000.0), None, Some(f64::NEG_INFINITY), None, None]
        );
    }
}
