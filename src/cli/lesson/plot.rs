//! What a lesson measured as points, as it is printed.

use serde::Serialize;

use crate::analysis::{Axis, Plot, PlotSeries};

#[derive(Serialize)]
pub(super) struct ToldPlot<'a> {
    title: &'a str,
    x: ToldAxis<'a>,
    y: ToldAxis<'a>,
    series: Vec<ToldSeries<'a>>,
}

#[derive(Serialize)]
struct ToldAxis<'a> {
    name: &'a str,
    unit: &'a str,
    scale: &'a str,
}

#[derive(Serialize)]
struct ToldSeries<'a> {
    name: &'a str,
    /// Otherwise it follows from a law.
    measured: bool,
    /// Each as x and y.
    points: &'a [(f64, f64)],
}

pub(super) fn told_plot(plot: &Plot) -> ToldPlot<'_> {
    let axis = |axis: &'_ Axis| (axis.unit.word(), if axis.is_log { "log" } else { "linear" });
    let told = |name, (unit, scale)| ToldAxis { name, unit, scale };
    let series = plot.series.iter().map(|PlotSeries { name, is_measured, points }| ToldSeries {
        name,
        measured: *is_measured,
        points,
    });
    ToldPlot {
        title: &plot.title,
        x: told(&plot.x.name, axis(&plot.x)),
        y: told(&plot.y.name, axis(&plot.y)),
        series: series.collect(),
    }
}

/// The measured points of a plot in words, a line each series.
pub(super) fn lines(plot: &Plot) -> String {
    let measured = plot.series.iter().filter(|series| series.is_measured);
    measured
        .map(|series| {
            let points: Vec<String> = series.points.iter().map(|point| plot.point_text(*point)).collect();
            format!("  {}, {}: {}\n", plot.y.name, series.name, points.join(" · "))
        })
        .collect()
}
