//! Texts with places for values, as Python fills them: `"%.2f of %s" % (x, y)` and `"{} {!r}".format(x, y)`.

use std::str::Chars;

use anyhow::{anyhow, bail};
use num_bigint::{BigInt, Sign};
use starlark::collections::SmallMap;
use starlark::values::dict::DictRef;
use starlark::values::list::ListRef;
use starlark::values::tuple::TupleRef;
use starlark::values::{Heap, Value};

use super::numbers::{float, integer, whole};
use super::shown;

/// Wider fields and more digits would only fill the machine's memory.
const MOST_SIGNS: usize = 1 << 24;
const DEFAULT_DIGITS: usize = 6;

/// Fills the places of a text that `%` stands behind.
pub(super) fn fill_percent<'v>(format: &str, given: Value<'v>, heap: Heap<'v>) -> anyhow::Result<String> {
    let mut values = Values::of(given);
    let mut text = String::with_capacity(format.len());
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        if sign != '%' {
            text.push(sign);
            continue;
        }
        let place = Place::read(&mut signs, &mut values, heap)?;
        if place.kind == '%' {
            text.push('%');
        } else {
            let value = place.named.map_or_else(|| values.next(), Ok)?;
            place.write(value, heap, &mut text)?;
        }
    }
    values.end()?;
    Ok(text)
}

/// What stands behind a `%`: a tuple's values in turn, or one value.
struct Values<'v> {
    given: Value<'v>,
    left: std::vec::IntoIter<Value<'v>>,
    /// Python does not ask of lists and dicts that they are used.
    must_be_used: bool,
}

impl<'v> Values<'v> {
    fn of(given: Value<'v>) -> Self {
        let (left, must_be_used) = match TupleRef::from_value(given) {
            Some(tuple) => (tuple.iter().collect(), true),
            None => {
                (vec![given], DictRef::from_value(given).is_none() && ListRef::from_value(given).is_none())
            }
        };
        Self { given, left: left.into_iter(), must_be_used }
    }

    fn next(&mut self) -> anyhow::Result<Value<'v>> {
        self.left.next().ok_or_else(|| anyhow!("not enough arguments for format string"))
    }

    fn named(&mut self, name: &str, heap: Heap<'v>) -> anyhow::Result<Value<'v>> {
        let Some(dict) = DictRef::from_value(self.given) else { bail!("format requires a mapping") };
        self.must_be_used = false;
        dict.get(heap.alloc(name)).ok().flatten().ok_or_else(|| anyhow!("the dict has no key {name:?}"))
    }

    fn end(mut self) -> anyhow::Result<()> {
        if self.must_be_used && self.left.next().is_some() {
            bail!("not all arguments converted during string formatting");
        }
        Ok(())
    }
}

/// One `%` of a text: `%-8.3f`, `%(name)s`, `%*d`.
struct Place<'v> {
    named: Option<Value<'v>>,
    is_left: bool,
    has_zeros: bool,
    is_alternate: bool,
    positive: &'static str,
    width: usize,
    precision: Option<usize>,
    kind: char,
}

impl<'v> Place<'v> {
    fn read(signs: &mut Chars<'_>, values: &mut Values<'v>, heap: Heap<'v>) -> anyhow::Result<Self> {
        let mut place = Self {
            named: None,
            is_left: false,
            has_zeros: false,
            is_alternate: false,
            positive: "",
            width: 0,
            precision: None,
            kind: '%',
        };
        if signs.as_str().starts_with('(') {
            let rest = &signs.as_str()[1..];
            let (name, rest) = rest.split_once(')').ok_or_else(|| anyhow!("incomplete format key"))?;
            place.named = Some(values.named(name, heap)?);
            *signs = rest.chars();
        }
        while place.read_flag(signs.as_str()) {
            signs.next();
        }
        if let Some(width) = size(signs, values)? {
            place.is_left |= width < 0;
            place.width = bounded(width.unsigned_abs())?;
        }
        if signs.as_str().starts_with('.') {
            signs.next();
            place.precision = Some(bounded(size(signs, values)?.unwrap_or(0).max(0).unsigned_abs())?);
        }
        // Sizes of C, which Python reads and passes over.
        while signs.as_str().starts_with(['h', 'l', 'L']) {
            signs.next();
        }
        place.kind = signs.next().ok_or_else(|| anyhow!("incomplete format"))?;
        Ok(place)
    }

    fn read_flag(&mut self, rest: &str) -> bool {
        match rest.as_bytes().first() {
            Some(b'-') => self.is_left = true,
            Some(b'0') => self.has_zeros = true,
            Some(b'#') => self.is_alternate = true,
            Some(b'+') => self.positive = "+",
            Some(b' ') if self.positive.is_empty() => self.positive = " ",
            Some(b' ') => {}
            _ => return false,
        }
        true
    }

    fn write(&self, value: Value<'v>, heap: Heap<'v>, text: &mut String) -> anyhow::Result<()> {
        let cut = |shown: String| match self.precision {
            Some(most) => shown.chars().take(most).collect(),
            None => shown,
        };
        match self.kind {
            's' => self.pad("", &cut(shown::str_of(value, heap)), false, text),
            'r' => self.pad("", &cut(shown::repr_of(value, heap)), false, text),
            'c' => self.pad("", &letter(value)?, false, text),
            'd' | 'i' | 'u' => {
                let number = integer_of(value).map_or_else(|| whole(float(value)?.trunc()), Ok)?;
                self.write_integer(&number, 10, "", text);
            }
            'x' | 'X' | 'o' => {
                let number = integer_of(value)
                    .ok_or_else(|| anyhow!("%{} needs an integer, not {value}", self.kind))?;
                let (radix, prefix) = if self.kind == 'o' { (8, "0o") } else { (16, "0x") };
                self.write_integer(&number, radix, if self.is_alternate { prefix } else { "" }, text);
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let number = match value.unpack_bool() {
                    Some(value) => f64::from(u8::from(value)),
                    None => float(value)?,
                };
                let digits = self.precision.unwrap_or(DEFAULT_DIGITS);
                let shown = decimal(number.abs(), self.kind.to_ascii_lowercase(), digits, self.is_alternate);
                let is_negative = number.is_sign_negative() && !number.is_nan();
                self.pad(self.sign(is_negative), &self.in_case(shown), true, text);
            }
            kind => bail!("unsupported format character {kind:?}"),
        }
        Ok(())
    }

    fn write_integer(&self, number: &BigInt, radix: u32, prefix: &str, text: &mut String) {
        let digits = number.magnitude().to_str_radix(radix);
        let digits = format!("{digits:0>least$}", least = self.precision.unwrap_or(0));
        let before = format!("{}{prefix}", self.sign(number.sign() == Sign::Minus));
        self.pad(&self.in_case(before), &self.in_case(digits), true, text);
    }

    fn sign(&self, is_negative: bool) -> &'static str {
        if is_negative { "-" } else { self.positive }
    }

    fn in_case(&self, shown: String) -> String {
        if self.kind.is_ascii_uppercase() { shown.to_ascii_uppercase() } else { shown }
    }

    /// To the width asked for; zeros come between a number's sign and its digits.
    fn pad(&self, before: &str, shown: &str, is_number: bool, text: &mut String) {
        let missing = self.width.saturating_sub(before.len() + shown.chars().count());
        let (blanks, zeros, behind) = match () {
            () if self.is_left => (0, 0, missing),
            () if self.has_zeros && is_number => (0, missing, 0),
            () => (missing, 0, 0),
        };
        text.extend(std::iter::repeat_n(' ', blanks));
        text.push_str(before);
        text.extend(std::iter::repeat_n('0', zeros));
        text.push_str(shown);
        text.extend(std::iter::repeat_n(' ', behind));
    }
}

/// A width or a precision: digits, or `*` for the next value.
fn size(signs: &mut Chars<'_>, values: &mut Values<'_>) -> anyhow::Result<Option<i64>> {
    if signs.as_str().starts_with('*') {
        signs.next();
        let size = values.next()?.unpack_i32().ok_or_else(|| anyhow!("* wants int"))?;
        return Ok(Some(size.into()));
    }
    let rest = signs.as_str();
    let digits = rest.len() - rest.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
    *signs = rest[digits..].chars();
    if digits == 0 { Ok(None) } else { Ok(Some(rest[..digits].parse().unwrap_or(i64::MAX))) }
}

fn bounded(size: u64) -> anyhow::Result<usize> {
    let size = usize::try_from(size).ok().filter(|size| *size <= MOST_SIGNS);
    size.ok_or_else(|| anyhow!("a field can be at most {MOST_SIGNS} characters wide"))
}

/// Truth is a number where one is asked for.
pub(super) fn integer_of(value: Value<'_>) -> Option<BigInt> {
    value.unpack_bool().map(BigInt::from).or_else(|| integer(value))
}

fn letter(value: Value<'_>) -> anyhow::Result<String> {
    let is_one = |text: &&str| text.chars().count() == 1;
    let of_number = || char::from_u32(u32::try_from(value.unpack_i32()?).ok()?).map(String::from);
    value
        .unpack_str()
        .filter(is_one)
        .map(str::to_owned)
        .or_else(of_number)
        .ok_or_else(|| anyhow!("%c requires int or char"))
}

/// A number that is not negative, by C's `%e`, `%f` and `%g`.
fn decimal(number: f64, kind: char, digits: usize, is_alternate: bool) -> String {
    if !number.is_finite() {
        return if number.is_nan() { "nan" } else { "inf" }.to_owned();
    }
    let point = if is_alternate && digits == 0 { "." } else { "" };
    match kind {
        'f' => format!("{number:.digits$}{point}"),
        'e' => {
            let (mantissa, exponent) = scientific(number, digits);
            format!("{mantissa}{point}e{exponent:+03}")
        }
        _ => general(number, digits.max(1), is_alternate),
    }
}

/// So many digits that matter, without zeros at the end; with an exponent where there would be more before the point,
/// or four zeros behind it.
fn general(number: f64, digits: usize, is_alternate: bool) -> String {
    let (mantissa, exponent) = scientific(number, digits - 1);
    let most = i64::try_from(digits).unwrap_or(i64::MAX);
    let trimmed = |text: String| match text.contains('.') && !is_alternate {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    };
    let with_point = |text: String| if is_alternate && !text.contains('.') { text + "." } else { text };
    if (-4..most).contains(&exponent) {
        let places = usize::try_from(most - 1 - exponent).unwrap_or(0);
        return with_point(trimmed(format!("{number:.places$}")));
    }
    format!("{}e{exponent:+03}", with_point(trimmed(mantissa)))
}

fn scientific(number: f64, digits: usize) -> (String, i64) {
    let text = format!("{number:.digits$e}");
    // Rust always writes an exponent here.
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.to_owned(), exponent.parse().unwrap_or(0))
}

/// Other letters than those of ASCII as the codes that Python has for them.
fn ascii(text: &str) -> String {
    let shown = text.chars().map(|sign| match u32::from(sign) {
        0..0x80 => sign.to_string(),
        code @ ..0x100 => format!("\\x{code:02x}"),
        code @ ..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    });
    shown.collect()
}

/// Fills the braces of a text.
pub(super) fn fill_braces<'v>(
    format: &str,
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    heap: Heap<'v>,
) -> anyhow::Result<String> {
    let mut text = String::with_capacity(format.len());
    let (mut rest, mut count) = (format, 0);
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let is_open = rest[at..].starts_with('{');
        let behind = &rest[at + 1..];
        if behind.starts_with(if is_open { '{' } else { '}' }) {
            text.push_str(&behind[..1]);
            rest = &behind[1..];
            continue;
        }
        let field = behind.split_once('}').filter(|_| is_open);
        let Some((field, behind)) = field else {
            bail!("a single `{}` in a format string", if is_open { '{' } else { '}' });
        };
        rest = behind;
        let (name, form) = field.split_once('!').unwrap_or((field, "s"));
        let place = if name.is_empty() { Ok(count) } else { name.parse::<usize>() };
        count += usize::from(name.is_empty());
        let value = match place {
            Ok(place) => given.get(place),
            Err(_) => named.get(name),
        };
        if name.contains([':', '[', '.']) || form.contains(':') {
            bail!(
                "a script's format() knows only names and numbers in braces, not `{{{field}}}`; write `'%.2f' % x`"
            );
        }
        let Some(value) = value else { bail!("the format names `{{{field}}}`, but no such value is given") };
        match form {
            "s" => text.push_str(&shown::str_of(*value, heap)),
            "r" => text.push_str(&shown::repr_of(*value, heap)),
            "a" => text.push_str(&ascii(&shown::repr_of(*value, heap))),
            form => bail!("unknown conversion `!{form}` in a format string"),
        }
    }
    text.push_str(rest);
    Ok(text)
}
