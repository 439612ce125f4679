//! What scripts can call beside the language's own functions: what people would import first.

use std::cell::Cell;
use std::f64::consts;
use std::time::Duration;

use anyhow::bail;
use starlark::any::ProvidesStaticType;
use starlark::collections::SmallMap;
use starlark::environment::{Globals, GlobalsBuilder, LibraryExtension};
use starlark::eval::Evaluator;
use starlark::starlark_module;
use starlark::values::float::UnpackFloat;
use starlark::values::none::NoneType;
use starlark::values::string::StarlarkStr;
use starlark::values::tuple::UnpackTuple;
use starlark::values::{Heap, Value};

use super::numbers::{self, float};
use super::{builtins, conversions, formats, operators, shown};
use crate::function::builtin::SplitMix64;

/// No script sleeps for longer at once: ten years.
const LONGEST_SLEEP_S: f64 = 3.15e8;

/// What a script can ask of its surroundings.
#[derive(Debug, Default, ProvidesStaticType)]
pub(super) struct Surroundings {
    pub(super) worker: Cell<usize>,
}

/// All that scripts can call.
pub(super) fn globals() -> Globals {
    let extensions = [
        LibraryExtension::StructType,
        LibraryExtension::Map,
        LibraryExtension::Print,
        LibraryExtension::Json,
        LibraryExtension::SetType,
        LibraryExtension::Partial,
    ];
    GlobalsBuilder::extended_by(&extensions)
        .with(of_floats)
        .with(numbers::of_numbers)
        .with(conversions::of_conversions)
        .with(operators::of_operators)
        .with(operators::of_comparisons)
        .with(builtins::of_builtins)
        .with(of_texts)
        .with(surroundings)
        .build()
}

/// What a function of an angle gives; none is infinite.
fn of_angle(angle: f64, function: fn(f64) -> f64) -> anyhow::Result<f64> {
    if angle.is_infinite() {
        bail!("an infinite angle has no sine, cosine or tangent");
    }
    Ok(function(angle))
}

/// As Python's `math` spells them.
#[starlark_module]
fn of_floats(builder: &mut GlobalsBuilder) {
    const pi: f64 = consts::PI;

    fn sqrt(#[starlark(require = pos)] x: Value<'_>) -> anyhow::Result<f64> {
        let x = float(x)?;
        if x < 0.0 { bail!("{x} has no square root") } else { Ok(x.sqrt()) }
    }

    /// The logarithm, natural or to a base.
    fn log<'v>(
        #[starlark(require = pos)] x: Value<'v>,
        #[starlark(require = pos)] base: Option<Value<'v>>,
    ) -> anyhow::Result<f64> {
        let natural = numbers::logarithm(x)?;
        Ok(match base {
            Some(base) => match numbers::logarithm(base)? {
                0.0 => bail!("a logarithm to the base 1 divides by zero"),
                base => natural / base,
            },
            None => natural,
        })
    }

    fn exp(#[starlark(require = pos)] x: Value<'_>) -> anyhow::Result<f64> {
        let x = float(x)?;
        let power = x.exp();
        if power.is_infinite() && x.is_finite() {
            bail!("the power is too large for a float")
        } else {
            Ok(power)
        }
    }

    fn sin(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<f64> {
        of_angle(x.0, f64::sin)
    }

    fn cos(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<f64> {
        of_angle(x.0, f64::cos)
    }

    fn tan(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<f64> {
        of_angle(x.0, f64::tan)
    }

    /// The angle between the x axis and a point, in radians.
    fn atan2(
        #[starlark(require = pos)] y: UnpackFloat,
        #[starlark(require = pos)] x: UnpackFloat,
    ) -> anyhow::Result<f64> {
        Ok(y.0.atan2(x.0))
    }
}

/// What texts are made with; see `rewrite`.
#[starlark_module]
fn of_texts(builder: &mut GlobalsBuilder) {
    /// Also the type that annotations name.
    #[starlark(as_type = StarlarkStr)]
    fn str<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<Value<'v>> {
        Ok(text(x, heap))
    }

    fn repr<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<String> {
        Ok(shown::repr_of(x, heap))
    }

    fn __str__<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<Value<'v>> {
        Ok(text(x, heap))
    }

    fn __repr__<'v>(#[starlark(require = pos)] x: Value<'v>, heap: Heap<'v>) -> anyhow::Result<String> {
        Ok(shown::repr_of(x, heap))
    }

    /// A text with its braces filled.
    fn __format__<'v>(
        #[starlark(require = pos)] format: &str,
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] named: SmallMap<String, Value<'v>>,
        heap: Heap<'v>,
    ) -> anyhow::Result<String> {
        formats::fill_braces(format, &given.items, &named, heap)
    }
}

fn text<'v>(value: Value<'v>, heap: Heap<'v>) -> Value<'v> {
    if value.unpack_str().is_some() { value } else { heap.alloc(shown::str_of(value, heap)) }
}

/// What concerns the worker and the time.
#[starlark_module]
fn surroundings(builder: &mut GlobalsBuilder) {
    /// Waits for so many seconds.
    fn sleep(#[starlark(require = pos)] seconds: UnpackFloat) -> anyhow::Result<NoneType> {
        if seconds.0.is_nan() || seconds.0 < 0.0 {
            bail!("sleep takes a number of seconds that is not negative, not {}", seconds.0);
        }
        std::thread::sleep(Duration::from_secs_f64(seconds.0.min(LONGEST_SLEEP_S)));
        Ok(NoneType)
    }

    /// The number of the worker that runs this call, from 1.
    fn worker<'v>(eval: &mut Evaluator<'v, '_, '_>) -> anyhow::Result<i64> {
        let surroundings = eval.extra.and_then(|extra| extra.downcast_ref::<Surroundings>());
        Ok(surroundings.map_or(0, |surroundings| surroundings.worker.get() as i64))
    }

    /// A number from 0 up to but without 1, always the same for the same seed.
    fn random(#[starlark(require = pos)] seed: i64) -> anyhow::Result<f64> {
        Ok(SplitMix64::for_item(seed, 0).unit())
    }
}
