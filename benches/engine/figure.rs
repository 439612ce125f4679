//! Figures and how they are shown: the median of what was measured, beside its target.

use serde::Serialize;

use super::rows::Row;

/// Who was measured, where it is the engine itself and where it is the limit it is held against.
pub const ENGINE: &str = "poolscope";
pub const RAYON: &str = "rayon";

/// What a figure should come to.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Target {
    pub at_most: f64,
    /// Times the figure of this one in the same row; as it stands where nobody is named.
    pub times: Option<&'static str>,
}

/// All measurements of one thing, one a turn.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub row: &'static str,
    pub who: &'static str,
    pub unit: &'static str,
    /// The items of one measurement, where a rate makes sense.
    pub items: Option<u64>,
    pub target: Option<Target>,
    pub values: Vec<f64>,
}

/// What stands above the table.
pub const HEADER: &str =
    "                                      median          least to most        rate        target\n";

/// The lines of one row.
pub fn print(row: &Row, figures: &[Figure]) {
    println!("\n{}: {}", row.name, row.what);
    for figure in figures {
        let values = sorted(&figure.values);
        let (least, most) = (values[0], values[values.len() - 1]);
        let middle = median(&figure.values);
        let rate = figure.items.map_or(String::new(), |items| rate(items as f64 / middle));
        println!(
            "  {:34} {middle:9.3} {:5} {:>9} to {:9} {rate:>12}  {}",
            figure.who,
            figure.unit,
            format!("{least:.3}"),
            format!("{most:.3}"),
            verdict(figure, figures)
        );
    }
}

/// "1.02 x rayon, at most 1.05: reached".
fn verdict(figure: &Figure, all: &[Figure]) -> String {
    let Some(target) = figure.target else { return String::new() };
    let Some(other) = target.times else {
        return format!("at most {}: {}", target.at_most, word(median(&figure.values) <= target.at_most));
    };
    let Some(base) = all.iter().find(|figure| figure.who == other) else { return String::new() };
    let ratio = median(&figure.values) / median(&base.values);
    format!("{ratio:.2} x {other}, at most {}: {}", target.at_most, word(ratio <= target.at_most))
}

fn word(is_reached: bool) -> &'static str {
    if is_reached { "reached" } else { "MISSED" }
}

fn rate(items_per_s: f64) -> String {
    match items_per_s {
        1e6.. => format!("{:.2} M/s", items_per_s / 1e6),
        1e3.. => format!("{:.1} k/s", items_per_s / 1e3),
        _ => format!("{items_per_s:.0} /s"),
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// The middle one, or the mean of the two.
pub fn median(values: &[f64]) -> f64 {
    let values = sorted(values);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}
