//! Arithmetic that Python has without an import, or in its module `math`, with integers of any size.

use anyhow::{anyhow, bail};
use num_bigint::{BigInt, Sign};
use starlark::environment::GlobalsBuilder;
use starlark::starlark_module;
use starlark::values::float::UnpackFloat;
use starlark::values::{Heap, UnpackValue, Value};

/// Larger powers would take the machine's memory.
const MOST_BITS: u64 = 1 << 26;

pub(super) fn float(value: Value<'_>) -> anyhow::Result<f64> {
    let unpacked = UnpackFloat::unpack_value(value).ok().flatten();
    let number = unpacked.map(|number| number.0).ok_or_else(|| anyhow!("{value} is not a number"))?;
    if number.is_infinite() && integer(value).is_some() {
        bail!("the integer is too large for a float");
    }
    Ok(number)
}

/// The natural logarithm, of integers of any size.
pub(super) fn logarithm(value: Value<'_>) -> anyhow::Result<f64> {
    if let Some(number) = integer(value).filter(|number| number.sign() == Sign::Plus && number.bits() > 1000)
    {
        // What is left after so many halvings is a float, with all its digits.
        let halvings = number.bits() - 128;
        let rest = float_near(&(number >> halvings));
        return Ok(rest.ln() + halvings as f64 * std::f64::consts::LN_2);
    }
    let number = float(value)?;
    if number <= 0.0 { bail!("{number} has no logarithm") } else { Ok(number.ln()) }
}

fn float_near(number: &BigInt) -> f64 {
    u128::try_from(number).map_or(f64::INFINITY, |number| number as f64)
}

/// The integer that a value is; nothing for floats and all else.
pub(super) fn integer(value: Value<'_>) -> Option<BigInt> {
    BigInt::unpack_value(value).ok().flatten()
}

/// A float without a fraction as the integer that it is.
pub(super) fn whole(number: f64) -> anyhow::Result<BigInt> {
    if !number.is_finite() {
        bail!("cannot convert {} to an integer", crate::value::python_repr(number));
    }
    if number.abs() < 9e15 {
        return Ok(BigInt::from(number as i64));
    }
    // As large a float is its digits, times a power of two.
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1075;
    let digits = BigInt::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let size = if exponent >= 0 { digits << exponent } else { digits >> -exponent };
    Ok(if number < 0.0 { -size } else { size })
}

/// To the nearest multiple of a power of ten, halves to the even one.
fn round_integer(number: &BigInt, zeros: u32) -> BigInt {
    let unit = BigInt::from(10).pow(zeros);
    let half = &unit / 2;
    let mut below = number / &unit;
    let mut rest = number - &below * &unit;
    if rest.sign() == Sign::Minus {
        below -= 1;
        rest += &unit;
    }
    let is_odd = &below % 2 != BigInt::ZERO;
    if rest > half || (rest == half && is_odd) {
        below += 1;
    }
    below * unit
}

/// To so many digits behind the point: the nearest of the decimals, as the exact value of the float has it.
fn round_float(number: f64, digits: i32) -> f64 {
    if !number.is_finite() || digits > 330 {
        return number;
    }
    match usize::try_from(digits) {
        Ok(digits) => format!("{number:.digits$}").parse().unwrap_or(number),
        Err(_) => round_to_zeros(number, digits.unsigned_abs()),
    }
}

/// To a multiple of a power of ten: the nearest as the exact value of the float has it, halves to the even one.
fn round_to_zeros(number: f64, zeros: u32) -> f64 {
    // No float has more digits.
    if zeros > 310 {
        return 0.0_f64.copysign(number);
    }
    let Ok(integer) = whole(number.abs().trunc()) else { return number };
    let unit = BigInt::from(10).pow(zeros);
    let below = &integer / &unit;
    let twice = (&integer - &below * &unit) * 2;
    let is_above = twice > unit || (twice == unit && (number.fract() != 0.0 || &below % 2 != BigInt::ZERO));
    let rounded = (if is_above { below + 1 } else { below }) * unit;
    rounded.to_string().parse::<f64>().unwrap_or(f64::INFINITY).copysign(number)
}

/// The power of integers, of which the exponent is not negative.
fn power(base: &BigInt, exponent: &BigInt) -> anyhow::Result<BigInt> {
    let times = u32::try_from(exponent).ok();
    let times = times.filter(|times| base.bits() < 2 || base.bits() * u64::from(*times) <= MOST_BITS);
    match times {
        Some(times) => Ok(base.pow(times)),
        // Of 0, 1 and -1.
        None if base.bits() < 2 => {
            let is_odd = exponent % 2 != BigInt::ZERO;
            Ok(if is_odd { base.clone() } else { base * base })
        }
        None => bail!("{base} to the power {exponent} has too many digits"),
    }
}

fn float_power(base: f64, exponent: f64) -> anyhow::Result<f64> {
    let power = base.powf(exponent);
    if base == 0.0 && exponent < 0.0 {
        bail!("0 cannot be raised to a negative power");
    }
    if power.is_nan() && !base.is_nan() && !exponent.is_nan() {
        bail!("a negative number to a power with a fraction is not a real number");
    }
    if power.is_infinite() && base.is_finite() && exponent.is_finite() {
        bail!("the power is too large for a float");
    }
    Ok(power)
}

/// What is left of a power of integers when it is divided by the modulus.
fn power_within(integers: Option<(BigInt, BigInt)>, modulus: Option<BigInt>) -> anyhow::Result<BigInt> {
    let modulus = modulus.filter(|modulus| *modulus != BigInt::ZERO);
    let Some(((base, exponent), modulus)) = integers.zip(modulus) else {
        bail!("pow with three numbers takes integers, the second not negative, the third not 0");
    };
    Ok(base.modpow(&exponent, &modulus))
}

/// The zeros at the end of a number that is rounded to so many digits, which is below 0. With more than it has digits,
/// nothing is left of it.
fn zeros_of(number: &BigInt, digits: i32) -> u32 {
    digits.unsigned_abs().min(u32::try_from(number.bits()).unwrap_or(u32::MAX) / 3 + 2)
}

#[starlark_module]
pub(super) fn of_numbers(builder: &mut GlobalsBuilder) {
    /// The largest integer that is not above a number.
    fn floor<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<Value<'v>> {
        if integer(x).is_some() { Ok(x) } else { Ok(heap.alloc(whole(float(x)?.floor())?)) }
    }

    /// The smallest integer that is not below a number.
    fn ceil<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<Value<'v>> {
        if integer(x).is_some() { Ok(x) } else { Ok(heap.alloc(whole(float(x)?.ceil())?)) }
    }

    /// An integer where both are integers and the exponent is not negative; with a third number, what is left of it when
    /// divided by that.
    fn pow<'v>(
        #[starlark(require = pos)] base: Value<'v>,
        #[starlark(require = pos)] exponent: Value<'v>,
        #[starlark(require = pos)] modulus: Option<Value<'v>>,
        heap: Heap<'v>,
    ) -> anyhow::Result<Value<'v>> {
        let integers = integer(base).zip(integer(exponent));
        let integers = integers.filter(|(_, exponent)| exponent.sign() != Sign::Minus);
        match (integers, modulus) {
            (Some((base, exponent)), None) => Ok(heap.alloc(power(&base, &exponent)?)),
            (None, None) => Ok(heap.alloc(float_power(float(base)?, float(exponent)?)?)),
            (integers, Some(modulus)) => Ok(heap.alloc(power_within(integers, integer(modulus))?)),
        }
    }

    /// To the nearest integer, or to so many digits; halves go to the even neighbour.
    fn round<'v>(
        #[starlark(require = pos)] x: Value<'v>,
        #[starlark(require = pos)] digits: Option<i32>,
        heap: Heap<'v>,
    ) -> anyhow::Result<Value<'v>> {
        Ok(match (integer(x), digits) {
            (Some(number), Some(digits @ ..0)) => {
                heap.alloc(round_integer(&number, zeros_of(&number, digits)))
            }
            (Some(_), _) => x,
            (None, None) => heap.alloc(whole(float(x)?.round_ties_even())?),
            (None, Some(digits)) => heap.alloc(round_float(float(x)?, digits)),
        })
    }

    fn sum<'v>(
        #[starlark(require = pos)] numbers: Value<'v>,
        #[starlark(require = pos)] start: Option<Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        sum_from(start.unwrap_or_else(|| heap.alloc(0)), numbers, heap)
    }
}

fn sum_from<'v>(start: Value<'v>, numbers: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    if start.unpack_str().is_some() {
        return Err(starlark::Error::new_other(anyhow!(
            "sum() can't sum strings [use ''.join(seq) instead]"
        )));
    }
    let mut total = start;
    for number in numbers.iterate(heap)? {
        total = total.add(number, heap)?;
    }
    Ok(total)
}
