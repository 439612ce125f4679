//! A plot as SVG: axes with ticks, a line a series, its points with their values.

use std::io::{self, Write};

use super::html::Escaped;
use crate::analysis::{Plot, PlotScale, PlotSeries};

const WIDTH_PX: f64 = 720.0;
const HEIGHT_PX: f64 = 320.0;
/// Around the plot, for the texts of its axes.
const LEFT_PX: f64 = 78.0;
const RIGHT_PX: f64 = 24.0;
const TOP_PX: f64 = 28.0;
const BOTTOM_PX: f64 = 46.0;
const POINT_PX: f64 = 4.0;

/// Where values are in the picture.
struct Place {
    x: PlotScale,
    y: PlotScale,
}

impl Place {
    fn of(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x_of(self.x.share(x)), y_of(self.y.share(y)))
    }
}

fn x_of(share: f64) -> f64 {
    LEFT_PX + share * (WIDTH_PX - LEFT_PX - RIGHT_PX)
}

fn y_of(share: f64) -> f64 {
    HEIGHT_PX - BOTTOM_PX - share * (HEIGHT_PX - TOP_PX - BOTTOM_PX)
}

/// Writes the section of a plot.
pub(super) fn write_plot(plot: &Plot, out: &mut dyn Write) -> io::Result<()> {
    let title = Escaped(&plot.title);
    writeln!(out, "<section class=\"card\">\n<h2>{title}</h2>")?;
    writeln!(
        out,
        "<svg class=\"plot\" viewBox=\"0 0 {WIDTH_PX} {HEIGHT_PX}\" role=\"img\" aria-label=\"{title}\">"
    )?;
    write_axes(plot, out)?;
    let place = Place { x: plot.x_scale(), y: plot.y_scale() };
    for (nth, series) in plot.series.iter().enumerate() {
        write_series(plot, series, nth + 1, &place, out)?;
    }
    out.write_all(b"</svg>\n<ul class=\"legend\">\n")?;
    for (nth, series) in plot.series.iter().enumerate() {
        let name = Escaped(&series.name);
        writeln!(
            out,
            "<li><i class=\"dot w{}\"></i>{name}{}</li>",
            nth + 1,
            if series.is_measured { "" } else { ", dashed" }
        )?;
    }
    out.write_all(b"</ul>\n</section>\n")
}

fn write_axes(plot: &Plot, out: &mut dyn Write) -> io::Result<()> {
    let (right, bottom) = (x_of(1.0), y_of(0.0));
    for tick in plot.y_ticks() {
        let (y, text) = (y_of(tick.share), Escaped(&tick.text));
        writeln!(
            out,
            "<path class=\"grid\" d=\"M{LEFT_PX} {y:.1}H{right:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
            LEFT_PX - 8.0,
            y + 4.0
        )?;
    }
    for tick in plot.x_ticks() {
        let (x, text) = (x_of(tick.share), Escaped(&tick.text));
        writeln!(
            out,
            "<path class=\"grid\" d=\"M{x:.1} {bottom:.1}v5\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>",
            bottom + 19.0
        )?;
    }
    let names = [(LEFT_PX - 8.0, 14.0, "start", &plot.y.name), (right, HEIGHT_PX - 6.0, "end", &plot.x.name)];
    for (x, y, anchor, name) in names {
        let name = Escaped(name);
        writeln!(
            out,
            "<text class=\"axis\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{name}</text>"
        )?;
    }
    Ok(())
}

fn write_series(
    plot: &Plot,
    series: &PlotSeries,
    color: usize,
    place: &Place,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for (nth, point) in series.points.iter().enumerate() {
        let (x, y) = place.of(*point);
        line += &format!("{}{x:.1} {y:.1}", if nth == 0 { "M" } else { "L" });
    }
    let class = if series.is_measured { "curve" } else { "curve law" };
    writeln!(out, "<g class=\"w{color}\"><path class=\"{class}\" d=\"{line}\"/>")?;
    for point in series.points.iter().filter(|_| series.is_measured) {
        let ((x, y), text) = (place.of(*point), plot.point_text(*point));
        let title = format!("{}, {text}", series.name);
        writeln!(
            out,
            "<circle class=\"fill\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{POINT_PX}\"><title>{}</title></circle>",
            Escaped(&title)
        )?;
    }
    out.write_all(b"</g>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Axis, Unit};

    #[test]
    fn each_measured_point_is_a_dot_with_its_value_and_a_law_is_a_dashed_line() {
        let axes = [
            Axis::log("workers <b>", Unit::Count("worker", "workers <b>")),
            Axis::linear("speed-up", Unit::Ratio),
        ];
        let series = vec![
            PlotSeries::measured("measured & seen", vec![(1.0, 1.0), (2.0, 1.5)]),
            PlotSeries::law("law", (1.0, 16.0), |workers| workers.sqrt()),
        ];
        let plot = Plot::new("How much faster", axes, series).unwrap();
        let mut out = Vec::new();
        write_plot(&plot, &mut out).unwrap();
        let svg = String::from_utf8(out).unwrap();
        for part in [
            "aria-label=\"How much faster\"",
            "workers &lt;b&gt;",
            "<title>measured &amp; seen, 2 workers &lt;b&gt;: 1.50×</title>",
            "class=\"curve law\"",
            "law, dashed</li>",
            ">16</text>",
            ">4×</text>",
            // The first point is at the begin of x and at a quarter of y, which goes to 4.
            "M78.0 212.5L",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
