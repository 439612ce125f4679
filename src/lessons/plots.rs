//! The plots of lessons: what their runs measured, as points.

use super::judge::beyond::{amdahls_speedup, serial_share, steps_ns};
use super::judge::claims::{FOUR_PROCESSES, FOUR_THREADS, ONE_PROCESS, TWO_PROCESSES, TWO_THREADS};
use super::{Lesson, Measured};
use crate::analysis::{Axis, Plot, PlotSeries, Unit};

const KIB: f64 = 1024.0;
const WORKERS: Unit = Unit::Count("worker", "workers");
/// A law is shown up to so many workers at least.
const LAW_WORKERS: f64 = 16.0;

/// What a lesson plots.
struct LessonPlot {
    lesson: &'static str,
    /// So many of its runs are shown on one clock; those behind them are made for the plot alone.
    shown_runs: usize,
    make: fn(&Measured) -> Option<Plot>,
}

const PLOTS: [LessonPlot; 7] = [
    LessonPlot { lesson: "sending-costs", shown_runs: 3, make: hand_overs },
    LessonPlot { lesson: "memory-of-processes", shown_runs: 3, make: memory },
    LessonPlot { lesson: "memory-of-threads", shown_runs: 3, make: memory },
    LessonPlot { lesson: "threads-wait", shown_runs: 2, make: waits },
    LessonPlot { lesson: "amdahl", shown_runs: 2, make: speedups },
    LessonPlot { lesson: "chunk-size", shown_runs: 2, make: chunks },
    LessonPlot { lesson: "false-sharing", shown_runs: 1, make: distances },
];

fn of(lesson: &Lesson) -> Option<&'static LessonPlot> {
    PLOTS.iter().find(|plot| plot.lesson == lesson.name)
}

/// The plot of a lesson; nothing where it has none, or where nothing was measured for it.
pub(super) fn plot(lesson: &Lesson, measured: &Measured) -> Option<Plot> {
    of(lesson).and_then(|plot| (plot.make)(measured))
}

/// How many of the runs of a lesson are shown on one clock: the first ones.
pub(super) fn shown_runs(lesson: &Lesson) -> usize {
    of(lesson).map_or(lesson.runs().len(), |plot| plot.shown_runs)
}

/// Runs: by a pipe, by a queue, in shared memory; an item is a size, and gives microseconds.
fn hand_overs(measured: &Measured) -> Option<Plot> {
    let points = |run: usize| measured.pairs(run).into_iter().map(|(size, us)| (size, us / 1e6)).collect();
    let series = vec![
        PlotSeries::measured("processes, by a pipe", points(0)),
        PlotSeries::measured("threads, by a queue", points(1)),
        PlotSeries::measured("processes, in shared memory", points(2)),
    ];
    let axes =
        [Axis::log("size", Unit::Bytes), Axis::log("time, until the receiver has answered", Unit::Seconds)];
    Plot::new("Time to hand over, by size", axes, series)
}

/// Runs: see `catalogue::claims::MEMORIES`.
fn memory(measured: &Measured) -> Option<Plot> {
    let points = |runs: [usize; 3], bytes: fn(&Measured, usize) -> f64| {
        let of_run = |run: usize| (measured.log(run).workers as f64, bytes(measured, run));
        // Where the system does not tell, nobody told; and one that started too late for an item would be missing in a sum.
        let have_told = |run: &usize| {
            measured.field_by_process(*run, "private_kib").len() == measured.log(*run).shape().hosts()
        };
        runs.into_iter().filter(have_told).map(of_run).collect()
    };
    let processes = [ONE_PROCESS, TWO_PROCESSES, FOUR_PROCESSES];
    let series = vec![
        PlotSeries::measured("processes, private", points(processes, private_bytes)),
        PlotSeries::measured(
            "threads, of their process",
            points([ONE_PROCESS, TWO_THREADS, FOUR_THREADS], private_bytes),
        ),
        PlotSeries::measured("processes, shared by all", points(processes, common_bytes)),
    ];
    let axes = [Axis::linear("workers", WORKERS), Axis::linear("memory", Unit::Memory)];
    Plot::new("Memory, by the number of workers", axes, series)
}

fn private_bytes(measured: &Measured, run: usize) -> f64 {
    measured.field_by_process(run, "private_kib").values().sum::<f64>() * KIB
}

/// Each process has all that it reads in common with the others: it is there once.
fn common_bytes(measured: &Measured, run: usize) -> f64 {
    measured.field_by_process(run, "shared_kib").values().copied().fold(0.0, f64::max) * KIB
}

/// Runs: one thread, sixteen threads, and one that gives the seconds that other numbers of threads took.
fn waits(measured: &Measured) -> Option<Plot> {
    let pools = [0, 1].map(|run| (measured.log(run).workers as f64, measured.work_s(run)));
    let points = pools.into_iter().chain(measured.pairs(2)).collect();
    let axes = [
        Axis::log("threads", Unit::Count("thread", "threads")),
        Axis::linear("time for sixteen answers", Unit::Seconds),
    ];
    Plot::new(
        "Sixteen answers of 0.2 s, by the number of threads",
        axes,
        vec![PlotSeries::measured("measured", points)],
    )
}

/// Runs: one worker, a worker a core.
fn speedups(measured: &Measured) -> Option<Plot> {
    let workers = measured.log(1).workers as f64;
    let serial_share = serial_share(measured);
    let points = [0, 1].map(|run| (measured.log(run).workers as f64, measured.speedup(run, 0)));
    let law = PlotSeries::law(
        format!("Amdahl's law with {:.0} % serial", 100.0 * serial_share),
        (1.0, workers.max(LAW_WORKERS)),
        |workers| amdahls_speedup(serial_share, workers),
    );
    let axes = [Axis::log("workers", WORKERS), Axis::linear("speed-up", Unit::Ratio)];
    Plot::new(
        "How much faster, by the number of workers",
        axes,
        vec![PlotSeries::measured("measured", points.into()), law],
    )
}

/// The last run: Python's own pool, in which an item is a size of chunks, and gives the microseconds of an item in them.
fn chunks(measured: &Measured) -> Option<Plot> {
    let points = measured.pairs(2).into_iter().map(|(chunk, us)| (chunk, us / 1e6)).collect();
    let axes = [
        Axis::log("items in a chunk", Unit::Count("item", "items")),
        Axis::log("time of an item, with its hand-over", Unit::Seconds),
    ];
    let series = vec![PlotSeries::measured("Python's own pool", points)];
    Plot::new("Time of an item, by the size of chunks", axes, series)
}

/// Run: an item is how far apart the counters are, and gives the nanoseconds of a step.
fn distances(measured: &Measured) -> Option<Plot> {
    let points = steps_ns(&measured.pairs(0)).into_iter().map(|(bytes, ns)| (bytes, ns / 1e9)).collect();
    let axes = [
        Axis::log("bytes from counter to counter", Unit::Count("byte", "bytes")),
        Axis::linear("time of a step", Unit::Seconds),
    ];
    let series = vec![PlotSeries::measured("the middle of the 3 quickest of 12 rounds", points)];
    Plot::new("Time of a step, by the distance of the counters", axes, series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plot_is_of_a_lesson_and_of_its_runs() {
        for plot in &PLOTS {
            let lesson = Lesson::find(plot.lesson).unwrap_or_else(|error| panic!("{error}"));
            assert!((1..=lesson.runs().len()).contains(&plot.shown_runs), "{}", plot.lesson);
            assert_eq!(shown_runs(lesson), plot.shown_runs);
        }
        let other = Lesson::find("the-lock").unwrap();
        assert_eq!(shown_runs(other), other.runs().len());
    }
}
