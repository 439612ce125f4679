//! The timeline of a report: a band a worker, its items along the time.

use std::io::{self, Write};

use super::html::{Escaped, cell};
use super::lane_shapes::{LEVELS, LaneShapes, Rows, Scale};
use crate::pool::{Lane, LifeEnd, RunLog};
use crate::value::{amount, grouped};

/// Width of the picture, and of the names at its left.
const WIDTH_PX: f64 = 1200.0;
const NAMES_PX: f64 = 96.0;
const RIGHT_PX: f64 = 8.0;
const AXIS_PX: f64 = 26.0;
/// About so many numbers stand along the axis.
const TICKS: f64 = 8.0;
/// With more lanes, what is drawn is coarser, so that the picture keeps its size.
const FINE_LANES: usize = 12;
/// Deaths with a word beside them, of each lane.
const NAMED_DEATHS: usize = 6;
/// The colours of workers repeat after these.
const COLORS: usize = 4;

/// Writes the section under this title, with a clock that goes up to `upto_ns` at least; nothing where nothing ran.
pub(super) fn write_timeline(log: &RunLog, title: &str, upto_ns: u64, out: &mut dyn Write) -> io::Result<()> {
    let lanes: Vec<(usize, &Lane)> =
        log.lanes.iter().enumerate().filter(|(_, lane)| !lane.lives.is_empty()).collect();
    if lanes.is_empty() || log.last_row_ns == 0 {
        return Ok(());
    }
    let (pitch, height) = match lanes.len() {
        ..=24 => (30.0, 20.0),
        25..=64 => (18.0, 12.0),
        _ => (8.0, 6.0),
    };
    let unit = (lanes.len() as f64 / FINE_LANES as f64).max(1.0);
    let scale = Scale {
        left: NAMES_PX,
        width: WIDTH_PX - NAMES_PX - RIGHT_PX,
        upto_ns: log.last_row_ns.max(upto_ns),
        unit,
    };
    let bottom = AXIS_PX + pitch * lanes.len() as f64;
    writeln!(out, "<section class=\"card\">\n<h2>{}</h2>", Escaped(title))?;
    write!(out, "<svg class=\"timeline\" viewBox=\"0 0 {WIDTH_PX} {:.0}\" role=\"img\" ", bottom + 4.0)?;
    writeln!(out, "aria-label=\"What each worker did from start to end\">\n{}", patterns())?;
    write_axis(&scale, bottom, out)?;
    for (nth, (place, lane)) in lanes.iter().enumerate() {
        let top = AXIS_PX + pitch * nth as f64 + (pitch - height) / 2.0;
        write_lane(log, *place, lane, &scale, Rows { top, height }, out)?;
    }
    out.write_all(b"</svg>\n")?;
    write_legend(out)?;
    out.write_all(b"</section>\n")
}

/// Hatchings, in the colours of the workers.
fn patterns() -> String {
    let pattern = |number: usize| {
        format!(
            "<pattern id=\"h{number}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><path class=\"w{number} line\" d=\"M2.5 0v5\"/></pattern>"
        )
    };
    format!("<defs>{}</defs>", (1..=COLORS).map(pattern).collect::<String>())
}

fn write_axis(scale: &Scale, bottom: f64, out: &mut dyn Write) -> io::Result<()> {
    let step_ns = step_ns(scale.upto_ns);
    let mut at_ns = 0;
    while at_ns <= scale.upto_ns {
        let x = scale.x(at_ns);
        // The first and the last would leave the picture.
        let anchor = if at_ns == 0 {
            "start"
        } else if x > WIDTH_PX - 40.0 {
            "end"
        } else {
            "middle"
        };
        writeln!(
            out,
            "<path class=\"grid\" d=\"M{x:.1} {:.1}V{bottom:.1}\"/><text class=\"tick\" x=\"{x:.1}\" y=\"14\" \
             text-anchor=\"{anchor}\">{}</text>",
            AXIS_PX - 6.0,
            amount::duration_ns(at_ns)
        )?;
        at_ns += step_ns;
    }
    Ok(())
}

/// A step of 1, 2 or 5 times a power of ten.
fn step_ns(upto_ns: u64) -> u64 {
    let least = (upto_ns as f64 / TICKS).max(1.0);
    let power = 10_f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= least).unwrap_or(10.0);
    (factor * power) as u64
}

fn write_lane(
    log: &RunLog,
    place: usize,
    lane: &Lane,
    scale: &Scale,
    rows: Rows,
    out: &mut dyn Write,
) -> io::Result<()> {
    let color = place % COLORS + 1;
    let name = lane_name(place, lane);
    let failed = if lane.failed > 0 { format!(", {} failed", grouped(lane.failed)) } else { String::new() };
    let items = amount::counted(lane.items, "item", "items");
    writeln!(out, "<g class=\"w{color}\"><title>{name}: {items}{failed}</title>")?;
    let size = rows.height.clamp(7.0, 12.0);
    let every = if rows.height < 7.0 { 2 } else { 1 };
    if place.is_multiple_of(every) {
        let y = rows.top + rows.height / 2.0 + size * 0.36;
        writeln!(out, "<text class=\"name\" x=\"0\" y=\"{y:.1}\" font-size=\"{size:.0}\">{name}</text>")?;
    }
    let shapes = LaneShapes::of(lane, scale, rows);
    write_path(out, "starting", &shapes.starting)?;
    for (level, path) in shapes.columns.iter().enumerate() {
        write_path(out, &format!("fill l{}", level + 1), path)?;
    }
    write_path(out, "fill", &shapes.plain)?;
    write_path(out, "ground", &shapes.ground)?;
    write_path(out, "fill", &shapes.on_core)?;
    if !shapes.ready.is_empty() {
        writeln!(out, "<path fill=\"url(#h{color})\" d=\"{}\"/>", shapes.ready)?;
    }
    write_path(out, "failed", &shapes.failed)?;
    write_ends(log, place, lane, scale, rows, out)?;
    out.write_all(b"</g>\n")
}

pub(super) fn lane_name(place: usize, lane: &Lane) -> String {
    if lane.is_for_suspects { "suspects".to_owned() } else { format!("worker {}", place + 1) }
}

fn write_path(out: &mut dyn Write, class: &str, path: &str) -> io::Result<()> {
    if path.is_empty() { Ok(()) } else { writeln!(out, "<path class=\"{class}\" d=\"{path}\"/>") }
}

/// A cross where the process of a worker died, and how, where there is room.
fn write_ends(
    log: &RunLog,
    place: usize,
    lane: &Lane,
    scale: &Scale,
    rows: Rows,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_as_planned = |end: &LifeEnd| matches!(end, LifeEnd::Closed | LifeEnd::Stopped | LifeEnd::Recycled);
    let ends = lane.lives.iter().filter_map(|life| Some((life.ended_ns?, life.end.as_ref()?)));
    let ends = ends.filter(|(at_ns, end)| !is_as_planned(end) && *at_ns <= log.last_row_ns);
    let (y, arm) = (rows.top + rows.height / 2.0, rows.height.min(8.0) / 2.0);
    let (mut crosses, mut last_x, mut named) = (String::new(), f64::MIN, 0);
    for (at_ns, end) in ends {
        let x = scale.x(at_ns);
        if x - last_x < scale.unit * 3.0 {
            continue;
        }
        last_x = x;
        crosses +=
            &format!("M{:.1} {:.1}l{w:.1} {w:.1}m0-{w:.1}l-{w:.1} {w:.1}", x - arm, y - arm, w = arm * 2.0);
        if named < NAMED_DEATHS && rows.height >= 12.0 && x < WIDTH_PX - 90.0 {
            named += 1;
            let (x, y) = (x + arm + 4.0, y + 4.0);
            writeln!(
                out,
                "<text class=\"death\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
                cell(&end.short(), 24)
            )?;
        }
    }
    let title = format!("{}: a process died", lane_name(place, lane));
    if crosses.is_empty() {
        return Ok(());
    }
    writeln!(out, "<path class=\"cross\" d=\"{crosses}\"><title>{}</title></path>", Escaped(&title))
}

fn write_legend(out: &mut dyn Write) -> io::Result<()> {
    let levels: String = (1..=LEVELS)
        .map(|level| format!("<path class=\"fill l{level}\" d=\"M{} 1h3v10h-3z\"/>", level * 3))
        .collect();
    let swatch = |inner: &str| format!("<svg class=\"swatch w1\" viewBox=\"0 0 30 12\">{inner}</svg>");
    let all = [
        ("<path class=\"fill\" d=\"M0 1h30v10h-30z\"/>", "on a core"),
        (
            "<path class=\"ground\" d=\"M0 1h30v10h-30z\"/><path fill=\"url(#h1)\" d=\"M0 1h30v10h-30z\"/>",
            "ready, no core",
        ),
        ("<path class=\"ground\" d=\"M.5 1h29v10h-29z\"/>", "waiting"),
        (levels.as_str(), "many short items: the stronger, the more of the time"),
        ("<path class=\"starting\" d=\"M0 2h30v8h-30z\"/>", "starting"),
        ("<path class=\"failed\" d=\"M0 1h30v10h-30z\"/>", "failed"),
    ];
    out.write_all(b"<ul class=\"legend\">\n")?;
    for (shape, text) in all {
        writeln!(out, "<li>{}{text}</li>", swatch(shape))?;
    }
    out.write_all(b"</ul>\n<p class=\"note\">A bar is divided into parts, each of which shows its shares from left to right. Bars that \
        are filled as a whole ran on a core, or were too short to be looked at.</p>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_the_axis_are_round() {
        for (upto_ns, step) in
            [(8, 1), (1000, 200), (3_170_000_000, 500_000_000), (60_000_000_000, 10_000_000_000), (0, 1)]
        {
            assert_eq!(step_ns(upto_ns), step, "{upto_ns}");
        }
    }
}
