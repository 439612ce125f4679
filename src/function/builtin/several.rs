//! Functions of several arguments, which come as a list in one cell: what `Pool.starmap` is for.

use serde_json::Number;

use super::{boxed, misfit};
use crate::function::{Builtin, CallContext, Nature, Takes};
use crate::value::{Value, ValueRef};

pub(super) const POWER: Builtin = Builtin {
    name: "power",
    summary: "Raises a base to an exponent, which come as a list of the two.",
    nature: Nature::Cpu,
    takes: Takes::Any,
    sample_inputs: "[2, 10], [3, 4], [10, 18], [1.5, 2], [2, -2], [9, 0.5]",
    params: &[],
    make: |_| boxed(power),
};

/// As Python's `pow`, but an integer that leaves 64 bits is an error and so is what is not a real number.
fn power(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let wanted = "a list of two numbers, base and exponent";
    let ValueRef::Json(text) = input else { return Err(misfit(wanted, input)) };
    let [base, exponent] = serde_json::from_str::<[Number; 2]>(text).map_err(|_| misfit(wanted, input))?;
    match (base.as_i64(), exponent.as_i64()) {
        (Some(base), Some(exponent @ 0..)) => integer_power(base, exponent).map(Value::Int),
        _ => float_power(base.as_f64(), exponent.as_f64(), || misfit(wanted, input)).map(Value::Float),
    }
}

fn integer_power(base: i64, exponent: i64) -> Result<i64, String> {
    let result = match (base, u32::try_from(exponent)) {
        // However large the exponent is.
        (0 | 1, _) if exponent > 0 => Some(base),
        (-1, _) => Some(if exponent % 2 == 0 { 1 } else { -1 }),
        (_, Ok(exponent)) => base.checked_pow(exponent),
        (_, Err(_)) => None,
    };
    result.ok_or_else(|| format!("{base} to the power of {exponent} does not fit in 64 bits"))
}

fn float_power(base: Option<f64>, exponent: Option<f64>, misfit: impl Fn() -> String) -> Result<f64, String> {
    let base = base.ok_or_else(&misfit)?;
    let exponent = exponent.ok_or_else(&misfit)?;
    let result = base.powf(exponent);
    if result.is_finite() {
        Ok(result)
    } else if base == 0.0 {
        Err(format!("0 cannot be raised to {exponent:?}, which is negative"))
    } else if result.is_nan() {
        Err(format!("{base:?} to the power of {exponent:?} is not a real number"))
    } else {
        Err(format!("{base:?} to the power of {exponent:?} is too large for a float"))
    }
}
