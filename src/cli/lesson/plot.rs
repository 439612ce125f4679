//! What a lesson measured as points, as it is printed.

use serde::Serialize;

use crate::analysis::{Axis, FigureTable, Plot, PlotSeries};

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

/// The measured points of a plot as a table: a row a place, a column a series.
pub(super) fn table_of(plot: &Plot) -> FigureTable {
    let measured: Vec<&PlotSeries> = plot.series.iter().filter(|series| series.is_measured).collect();
    let mut places: Vec<f64> = measured.iter().flat_map(|series| &series.points).map(|(x, _)| *x).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let cell = |x: f64, series: &PlotSeries| {
        let point = series.points.iter().find(|point| point.0 == x);
        point.map_or_else(|| "-".to_owned(), |point| plot.value_text(*point))
    };
    let row = |x: &f64| {
        let cells = measured.iter().map(|series| cell(*x, series));
        std::iter::once(plot.x.unit.text(*x)).chain(cells).collect()
    };
    let names = measured.iter().map(|series| series.name.clone());
    FigureTable {
        title: format!("{}: {}", plot.title, plot.y.name),
        columns: std::iter::once(plot.x.name.clone()).chain(names).collect(),
        rows: places.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Unit;

    #[test]
    fn each_place_is_a_row_and_each_measured_series_a_column() {
        let axes = [Axis::log("size", Unit::Bytes), Axis::log("time", Unit::Seconds)];
        let pipe = PlotSeries::measured("pipe", vec![(1.0, 0.001), (1024.0, 0.002)]);
        let queue = PlotSeries::measured("queue", vec![(1024.0, 0.5)]);
        let law = PlotSeries { name: "law".into(), is_measured: false, points: vec![(1.0, 1.0)] };
        let table = table_of(&Plot::new("By size", axes, vec![pipe, queue, law]).unwrap());
        assert_eq!(
            (table.title.as_str(), table.columns.join("|").as_str()),
            ("By size: time", "size|pipe|queue")
        );
        assert_eq!(table.rows[0], ["1 B", "1.00 ms, 1.00 kB/s", "-"]);
        assert_eq!(table.rows[1], ["1 KiB", "2.00 ms, 512 kB/s", "500 ms, 2.05 kB/s"]);
    }
}
