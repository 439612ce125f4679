//! Operators that the language computes otherwise than Python; `rewrite` puts these in their place.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use starlark::environment::GlobalsBuilder;
use starlark::starlark_module;
use starlark::values::{Heap, Value};

use super::formats::{self, integer_of};
use super::numbers::{float, integer, whole};
use super::shown::float_of;

/// As many digits of a quotient are more than a float holds; the last of them says whether there were others.
const QUOTIENT_BITS: i64 = 96;

/// Both as floats, where one of them is a float and the second is not 0.
fn as_floats(left: Value<'_>, right: Value<'_>) -> Option<(f64, f64)> {
    let has_floats = float_of(left).is_some() || float_of(right).is_some();
    let floats = has_floats.then(|| Some((float(left).ok()?, float(right).ok()?))).flatten();
    floats.filter(|(_, right)| *right != 0.0)
}

/// Quotient and rest of floats, as CPython's `_float_div_mod` computes them.
fn divide(number: f64, by: f64) -> (f64, f64) {
    let mut rest = number % by;
    let mut quotient = (number - rest) / by;
    if rest == 0.0 {
        rest = 0.0_f64.copysign(by);
    } else if (by < 0.0) != (rest < 0.0) {
        rest += by;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(number / by), rest);
    }
    let below = quotient.floor();
    (if quotient - below > 0.5 { below + 1.0 } else { below }, rest)
}

pub(super) fn floor_division<'v>(
    left: Value<'v>,
    right: Value<'v>,
    heap: Heap<'v>,
) -> starlark::Result<Value<'v>> {
    if let (Some(left), Some(right @ 1..)) = (left.unpack_i32(), right.unpack_i32()) {
        return Ok(heap.alloc(left.div_euclid(right)));
    }
    match as_floats(left, right) {
        Some((left, right)) => Ok(heap.alloc(divide(left, right).0)),
        None => left.floor_div(right, heap),
    }
}

pub(super) fn modulo<'v>(left: Value<'v>, right: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    if let (Some(left), Some(right @ 1..)) = (left.unpack_i32(), right.unpack_i32()) {
        return Ok(heap.alloc(left.rem_euclid(right)));
    }
    match as_floats(left, right) {
        Some((left, right)) => Ok(heap.alloc(divide(left, right).1)),
        None => left.percent(right, heap),
    }
}

/// The quotient as a float. Integers are divided as they are: as floats, large ones would be rounded before.
fn true_division<'v>(left: Value<'v>, right: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    if left.unpack_i32().is_none() || right.unpack_i32().is_none() {
        let by = integer(right).filter(|right| right.sign() != Sign::NoSign);
        if let Some((number, by)) = integer(left).zip(by) {
            return Ok(heap.alloc(quotient(&number, &by).ok_or_else(|| {
                starlark::Error::new_other(anyhow::anyhow!("the quotient is too large for a float"))
            })?));
        }
    }
    left.div(right, heap)
}

/// The float next to a quotient; nothing where there is none as large.
fn quotient(number: &BigInt, by: &BigInt) -> Option<f64> {
    let is_negative = (number.sign() == Sign::Minus) != (by.sign() == Sign::Minus);
    let shift = QUOTIENT_BITS - (number.bits() as i64 - by.bits() as i64);
    let (mut number, mut by) = (number.magnitude().clone(), by.magnitude().clone());
    match shift {
        0.. => number <<= shift,
        _ => by <<= -shift,
    }
    let whole = &number / &by;
    let has_rest = &whole * &by != number;
    let digits = u128::try_from(whole).ok()? | u128::from(has_rest);
    // Both are exact but for floats next to 0, where the digits that are left are fewer.
    let half = i32::try_from(shift / 2).ok()?;
    let rest = i32::try_from(shift - shift / 2).ok()?;
    let quotient = digits as f64 * 2_f64.powi(-half) * 2_f64.powi(-rest);
    quotient.is_finite().then_some(if is_negative { -quotient } else { quotient })
}

/// The language keeps 32 bits of small integers.
fn left_shift<'v>(left: Value<'v>, right: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    match (left.unpack_i32(), right.unpack_i32()) {
        (Some(left), Some(places @ 0..32)) => Ok(heap.alloc(i64::from(left) << places)),
        _ => left.left_shift(right, heap),
    }
}

/// How two numbers compare, of which one at least is a float: nothing is less than, equal to or more than `nan`, and
/// integers are taken as they are. The outer nothing: they are other values.
fn compare_floats(left: Value<'_>, right: Value<'_>) -> Option<Option<Ordering>> {
    match (float_of(left), float_of(right)) {
        (Some(left), Some(right)) => Some(left.partial_cmp(&right)),
        (Some(left), None) => Some(compare_with_integer(left, &integer_of(right)?)),
        (None, Some(right)) => Some(compare_with_integer(right, &integer_of(left)?).map(Ordering::reverse)),
        (None, None) => None,
    }
}

fn compare_with_integer(left: f64, right: &BigInt) -> Option<Ordering> {
    if !left.is_finite() {
        return left.partial_cmp(&0.0);
    }
    let below = left.floor();
    // A finite float without a fraction is an integer.
    let ordering = whole(below).ok()?.cmp(right);
    Some(if ordering == Ordering::Equal && below < left { Ordering::Greater } else { ordering })
}

/// Small integers, and truth as the number that it is in Python.
fn small(value: Value<'_>) -> Option<i32> {
    value.unpack_i32().or_else(|| value.unpack_bool().map(i32::from))
}

fn is_equal<'v>(left: Value<'v>, right: Value<'v>) -> starlark::Result<bool> {
    if let (Some(left), Some(right)) = (small(left), small(right)) {
        return Ok(left == right);
    }
    match compare_floats(left, right) {
        Some(ordering) => Ok(ordering == Some(Ordering::Equal)),
        None => left.equals(right),
    }
}

/// How two values compare; nothing where one is `nan`.
pub(super) fn order<'v>(left: Value<'v>, right: Value<'v>) -> starlark::Result<Option<Ordering>> {
    if let (Some(left), Some(right)) = (small(left), small(right)) {
        return Ok(Some(left.cmp(&right)));
    }
    match compare_floats(left, right) {
        Some(ordering) => Ok(ordering),
        None => left.compare(right).map(Some),
    }
}

#[starlark_module]
pub(super) fn of_comparisons(builder: &mut GlobalsBuilder) {
    fn __eq__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
    ) -> starlark::Result<bool> {
        is_equal(left, right)
    }

    fn __ne__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
    ) -> starlark::Result<bool> {
        Ok(!is_equal(left, right)?)
    }

    fn __lt__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
    ) -> starlark::Result<bool> {
        Ok(order(left, right)?.is_some_and(Ordering::is_lt))
    }

    fn __le__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
    ) -> starlark::Result<bool> {
        Ok(order(left, right)?.is_some_and(Ordering::is_le))
    }

    fn __gt__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
    ) -> starlark::Result<bool> {
        Ok(order(left, right)?.is_some_and(Ordering::is_gt))
    }

    fn __ge__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
    ) -> starlark::Result<bool> {
        Ok(order(left, right)?.is_some_and(Ordering::is_ge))
    }
}

#[starlark_module]
pub(super) fn of_operators(builder: &mut GlobalsBuilder) {
    /// The quotient and what is left.
    fn divmod<'v>(
        #[starlark(require = pos)] number: Value<'v>,
        #[starlark(require = pos)] by: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<(Value<'v>, Value<'v>)> {
        Ok((floor_division(number, by, heap)?, modulo(number, by, heap)?))
    }

    /// `%` of numbers, and of a text with places for values.
    fn __mod__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        match left.unpack_str() {
            Some(format) => Ok(heap.alloc(formats::fill_percent(format, right, heap)?)),
            None => modulo(left, right, heap),
        }
    }

    fn __floordiv__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        floor_division(left, right, heap)
    }

    fn __truediv__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        true_division(left, right, heap)
    }

    fn __lshift__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        left_shift(left, right, heap)
    }
}
