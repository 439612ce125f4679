//! What scripts can call beside the language's own functions: what people would import first.

use std::cell::Cell;
use std::f64::consts;
use std::time::Duration;

use anyhow::{anyhow, bail};
use starlark::any::ProvidesStaticType;
use starlark::environment::{Globals, GlobalsBuilder, LibraryExtension};
use starlark::eval::Evaluator;
use starlark::starlark_module;
use starlark::values::float::UnpackFloat;
use starlark::values::none::NoneType;
use starlark::values::{Heap, UnpackValue, Value};

use crate::function::builtin::SplitMix64;

/// No script sleeps for longer at once: ten years.
const LONGEST_SLEEP_S: f64 = 3.15e8;
/// Floats below it are within what 64 bits hold.
const WHOLE_BELOW: f64 = 9.2e18;

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
        LibraryExtension::Filter,
        LibraryExtension::Print,
        LibraryExtension::Json,
        LibraryExtension::SetType,
        LibraryExtension::Partial,
    ];
    GlobalsBuilder::extended_by(&extensions).with(of_floats).with(of_numbers).with(surroundings).build()
}

fn whole(number: f64) -> anyhow::Result<i64> {
    if number.abs() < WHOLE_BELOW { Ok(number as i64) } else { bail!("{number} does not fit in 64 bits") }
}

fn float(value: Value<'_>) -> anyhow::Result<f64> {
    let unpacked = UnpackFloat::unpack_value(value).ok().flatten();
    unpacked.map(|number| number.0).ok_or_else(|| anyhow!("{value} is not a number"))
}

/// As Python's `math` spells them.
#[starlark_module]
fn of_floats(builder: &mut GlobalsBuilder) {
    const pi: f64 = consts::PI;

    fn sqrt(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<f64> {
        if x.0 < 0.0 { bail!("{} has no square root", x.0) } else { Ok(x.0.sqrt()) }
    }

    /// The largest integer that is not above a number.
    fn floor(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<i64> {
        whole(x.0.floor())
    }

    /// The smallest integer that is not below a number.
    fn ceil(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<i64> {
        whole(x.0.ceil())
    }

    /// The logarithm, natural or to a base.
    fn log<'v>(
        #[starlark(require = pos)] x: UnpackFloat,
        #[starlark(require = pos)] base: Option<Value<'v>>,
    ) -> anyhow::Result<f64> {
        if x.0 <= 0.0 {
            bail!("{} has no logarithm", x.0);
        }
        Ok(match base {
            Some(base) => x.0.log(float(base)?),
            None => x.0.ln(),
        })
    }

    fn exp(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<f64> {
        Ok(x.0.exp())
    }

    fn sin(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<f64> {
        Ok(x.0.sin())
    }

    fn cos(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<f64> {
        Ok(x.0.cos())
    }

    fn tan(#[starlark(require = pos)] x: UnpackFloat) -> anyhow::Result<f64> {
        Ok(x.0.tan())
    }

    /// The angle between the x axis and a point, in radians.
    fn atan2(
        #[starlark(require = pos)] y: UnpackFloat,
        #[starlark(require = pos)] x: UnpackFloat,
    ) -> anyhow::Result<f64> {
        Ok(y.0.atan2(x.0))
    }
}

/// Arithmetic that Python has without an import.
#[starlark_module]
fn of_numbers(builder: &mut GlobalsBuilder) {
    /// An integer where both are integers and 64 bits hold the result.
    fn pow<'v>(
        #[starlark(require = pos)] base: Value<'v>,
        #[starlark(require = pos)] exponent: Value<'v>,
        heap: Heap<'v>,
    ) -> anyhow::Result<Value<'v>> {
        let integers = (i64::unpack_value(base), u32::unpack_value(exponent));
        if let (Ok(Some(base)), Ok(Some(exponent))) = integers
            && let Some(power) = base.checked_pow(exponent)
        {
            return Ok(heap.alloc(power));
        }
        Ok(heap.alloc(float(base)?.powf(float(exponent)?)))
    }

    /// To the nearest integer, or to so many digits; halves go to the even neighbour.
    fn round<'v>(
        #[starlark(require = pos)] x: UnpackFloat,
        #[starlark(require = pos)] digits: Option<i32>,
        heap: Heap<'v>,
    ) -> anyhow::Result<Value<'v>> {
        Ok(match digits {
            None => heap.alloc(whole(x.0.round_ties_even())?),
            Some(digits) => {
                let scale = 10_f64.powi(digits);
                heap.alloc((x.0 * scale).round_ties_even() / scale)
            }
        })
    }

    fn sum<'v>(
        #[starlark(require = pos)] numbers: Value<'v>,
        #[starlark(require = pos)] start: Option<Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let mut total = start.unwrap_or_else(|| heap.alloc(0));
        for number in numbers.iterate(heap)? {
            total = total.add(number, heap)?;
        }
        Ok(total)
    }

    /// The quotient and what is left.
    fn divmod<'v>(
        #[starlark(require = pos)] number: Value<'v>,
        #[starlark(require = pos)] by: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<(Value<'v>, Value<'v>)> {
        Ok((number.floor_div(by, heap)?, number.percent(by, heap)?))
    }
}

/// What concerns the worker and the time.
#[starlark_module]
fn surroundings(builder: &mut GlobalsBuilder) {
    /// Waits for so many seconds.
    fn sleep(#[starlark(require = pos)] seconds: UnpackFloat) -> anyhow::Result<NoneType> {
        std::thread::sleep(Duration::from_secs_f64(seconds.0.clamp(0.0, LONGEST_SLEEP_S)));
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
