//! What the language has itself, but not as Python has it.

use std::cmp::Ordering;

use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::starlark_module;
use starlark::values::Value;
use starlark::values::dict::DictRef;
use starlark::values::list::ListRef;
use starlark::values::tuple::UnpackTuple;

use super::operators::order;

/// Of values given one by one or as one list, the first that is `wanted` beside all others, by what `key` makes of them.
fn extreme<'v>(
    name: &str,
    (given, key, default): (&[Value<'v>], Option<Value<'v>>, Option<Value<'v>>),
    wanted: Ordering,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let values: Vec<Value<'v>> = match given {
        [list] => list.iterate(eval.heap())?.collect(),
        several => several.to_vec(),
    };
    let mut best: Option<(Value<'v>, Value<'v>)> = None;
    for value in values {
        let measure = match key {
            Some(key) if !key.is_none() => eval.eval_function(key, &[value], &[])?,
            _ => value,
        };
        // Nothing is more or less than nan.
        if best.is_none_or(|(_, best)| order(measure, best).is_ok_and(|found| found == Some(wanted))) {
            best = Some((value, measure));
        } else if let Some((_, best)) = best {
            // Whether they can be compared at all.
            order(measure, best)?;
        }
    }
    match best.map(|(value, _)| value).or(default) {
        Some(value) => Ok(value),
        None => Err(starlark::Error::new_other(anyhow::anyhow!("{name}() arg is an empty sequence"))),
    }
}

fn call_method<'v>(
    of: Value<'v>,
    name: &str,
    given: &[Value<'v>],
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let method = of.get_attr(name, eval.heap())?;
    let missing = || starlark::Error::new_other(anyhow::anyhow!("{} has no {name}", of.get_type()));
    eval.eval_function(method.ok_or_else(missing)?, given, &[])
}

fn kept_by<'v>(
    function: Value<'v>,
    values: Value<'v>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Vec<Value<'v>>> {
    let mut kept = Vec::new();
    for value in values.iterate(eval.heap())? {
        let is_kept = match function.is_none() {
            true => value.to_bool(),
            false => eval.eval_function(function, &[value], &[])?.to_bool(),
        };
        if is_kept {
            kept.push(value);
        }
    }
    Ok(kept)
}

fn multiplied<'v>(
    left: Value<'v>,
    right: Value<'v>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let Some((list, times)) = ListRef::from_value(left).zip(right.unpack_i32()) else {
        return left.mul(right, eval.heap());
    };
    if times < 1 {
        call_method(left, "clear", &[], eval)?;
    } else if times > 1 && !list.content().is_empty() {
        let more = left.mul(eval.heap().alloc(times - 1), eval.heap())?;
        call_method(left, "extend", &[more], eval)?;
    }
    Ok(left)
}

#[starlark_module]
pub(super) fn of_builtins(builder: &mut GlobalsBuilder) {
    fn max<'v>(
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        #[starlark(require = named)] key: Option<Value<'v>>,
        #[starlark(require = named)] default: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        extreme("max", (&values.items, key, default), Ordering::Greater, eval)
    }

    fn min<'v>(
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        #[starlark(require = named)] key: Option<Value<'v>>,
        #[starlark(require = named)] default: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        extreme("min", (&values.items, key, default), Ordering::Less, eval)
    }

    /// Those for which a function is true, or those that are true themselves.
    fn filter<'v>(
        #[starlark(require = pos)] function: Value<'v>,
        #[starlark(require = pos)] values: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Vec<Value<'v>>> {
        kept_by(function, values, eval)
    }

    /// `a *= b`: a list is changed as it is, for all that have it.
    fn __imul__<'v>(
        #[starlark(require = pos)] left: Value<'v>,
        #[starlark(require = pos)] right: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        multiplied(left, right, eval)
    }

    /// Takes the pair out of a dict that came last.
    fn __popitem__<'v>(
        #[starlark(require = pos)] dict: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let last = DictRef::from_value(dict).and_then(|dict| dict.keys().last());
        match last {
            Some(key) => {
                let value = call_method(dict, "pop", &[key], eval)?;
                Ok(eval.heap().alloc((key, value)))
            }
            None => call_method(dict, "popitem", &[], eval),
        }
    }
}
