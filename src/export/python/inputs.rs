//! The inputs of a run as an expression of Python.

use crate::error::{Error, Result};
use crate::value::{Column, ValueRef, grouped};

/// So many inputs are written one by one, and so long they may be together.
const MOST_WRITTEN: usize = 10_000;
const MOST_BYTES: usize = 1_000_000;
/// Fewer numbers are easier to read as they are than as a range.
const LEAST_OF_RANGE: usize = 6;
/// Columns of a line of inputs.
const LINE_COLUMNS: usize = 100;

/// The inputs as an expression; `literal` writes one of them, or says why that cannot be.
pub(super) fn expression(
    inputs: &Column,
    name: &str,
    literal: impl Fn(ValueRef<'_>) -> Result<String, String>,
) -> Result<String> {
    let failed = |reason: String| Error::input("write the run as Python", reason);
    if let Some(series) = series(inputs) {
        return Ok(series);
    }
    let count = inputs.len();
    let too_many = || {
        let count = grouped(count as u64);
        failed(format!(
            "its {count} inputs are too many to be written into a program, and a run does not keep how they were read \
             from {name}"
        ))
    };
    if count > MOST_WRITTEN {
        return Err(too_many());
    }
    let (mut cells, mut size_bytes) = (Vec::with_capacity(count), 0);
    for cell in inputs.iter() {
        let written = literal(cell).map_err(failed)?;
        size_bytes += written.len() + 2;
        if size_bytes > MOST_BYTES {
            return Err(too_many());
        }
        cells.push(written);
    }
    Ok(listed(&cells))
}

/// Inputs that follow a rule: numbers with a step, the same value again and again.
fn series(inputs: &Column) -> Option<String> {
    let count = inputs.len();
    let first = inputs.get(0)?;
    match inputs.cells() {
        Column::None(count) => Some(format!("[None] * {count}")),
        Column::Int(numbers) if count >= LEAST_OF_RANGE => of_numbers(numbers.iter().copied()),
        Column::Text(_) if count >= LEAST_OF_RANGE && is_number(first) => {
            let numbers: Option<Vec<i64>> = inputs.iter().map(number_of).collect();
            Some(format!("[str(number) for number in {}]", of_numbers(numbers?.into_iter())?))
        }
        _ => None,
    }
}

fn is_number(cell: ValueRef<'_>) -> bool {
    number_of(cell).is_some()
}

/// The number that a text is, where it is written as numbers are.
fn number_of(cell: ValueRef<'_>) -> Option<i64> {
    let ValueRef::Text(text) = cell else { return None };
    text.parse::<i64>().ok().filter(|number| number.to_string() == text)
}

fn of_numbers(mut numbers: impl ExactSizeIterator<Item = i64>) -> Option<String> {
    let count = numbers.len() as i64;
    let first = numbers.next()?;
    let mut last = numbers.next()?;
    let step = last.checked_sub(first)?;
    for number in numbers {
        if number.checked_sub(last)? != step {
            return None;
        }
        last = number;
    }
    if step == 0 {
        return Some(format!("[{first}] * {count}"));
    }
    let end = last.checked_add(step.signum())?;
    Some(match (first, step) {
        (0, 1) => format!("range({end})"),
        (_, 1) => format!("range({first}, {end})"),
        _ => format!("range({first}, {end}, {step})"),
    })
}

/// A list, on several lines where it is long.
fn listed(cells: &[String]) -> String {
    let one_line = format!("[{}]", cells.join(", "));
    if one_line.len() + "    return ".len() <= LINE_COLUMNS {
        return one_line;
    }
    let (mut list, mut columns) = ("[".to_owned(), LINE_COLUMNS);
    for cell in cells {
        let letters = cell.chars().count() + 2;
        if columns + letters > LINE_COLUMNS {
            list.push_str("\n        ");
            columns = 8;
        } else {
            list.push(' ');
        }
        list.push_str(cell);
        list.push(',');
        columns += letters;
    }
    list + "\n    ]"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::python::literal;
    use crate::value::Value;

    fn written(inputs: &Column) -> Result<String> {
        expression(inputs, "a.csv", literal::cell)
    }

    #[test]
    fn a_series_is_a_range() {
        for (numbers, expected) in [
            ((1..=1000).collect::<Vec<i64>>(), "range(1, 1001)"),
            ((0..6).collect(), "range(6)"),
            ((0..8).map(|n| 10 - 3 * n).collect(), "range(10, -12, -3)"),
            (vec![7; 9], "[7] * 9"),
            (vec![1, 2, 3], "[1, 2, 3]"),
            (vec![1, 2, 3, 4, 5, 7], "[1, 2, 3, 4, 5, 7]"),
            (vec![i64::MIN, 0, 1, 2, 3, i64::MAX], "[-9223372036854775808, 0, 1, 2, 3, 9223372036854775807]"),
        ] {
            assert_eq!(written(&numbers.into()).unwrap(), expected);
        }
        let texts: Column = ["1", "2", "3", "4", "5", "6"].into_iter().collect();
        assert_eq!(written(&texts).unwrap(), "[str(number) for number in range(1, 7)]");
        let texts: Column = ["01", "02", "03", "04", "05", "06"].into_iter().collect();
        assert_eq!(written(&texts).unwrap(), "[\"01\", \"02\", \"03\", \"04\", \"05\", \"06\"]");
        assert_eq!(written(&Column::None(3)).unwrap(), "[None] * 3");
    }

    #[test]
    fn long_lists_stand_on_several_lines() {
        let list = written(&(0..60).map(|n| n * n).collect::<Vec<i64>>().into()).unwrap();
        assert!(list.lines().all(|line| line.len() <= LINE_COLUMNS) && list.ends_with(",\n    ]"), "{list}");
    }

    #[test]
    fn what_is_too_large_is_told() {
        let many: Column = (0..20_000).map(|n| Value::Int(n * n)).collect();
        let reason = written(&many).unwrap_err().to_string();
        assert!(reason.contains("20,000 inputs are too many") && reason.contains("a.csv"), "{reason}");
        let long = "x".repeat(2_000_000);
        assert!(written(&[long.as_str()].into_iter().collect()).is_err());
    }
}
