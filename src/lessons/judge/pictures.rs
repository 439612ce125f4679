//! What the figures of the lessons that are seen as a picture say: see the runs in `catalogue::pictures`.

use super::{NO_GAIN, NO_PYTHON_THREADS, duration, gained_from_all_cores};
use crate::lessons::{Figure, Judged, Measured, Seat, WorkTree, seats};

/// From this share of what all cores could give, a tree gains from them: its runs are short, and a moment in which something
/// else has a core weighs much.
const TREE_SHARE: f64 = 0.65;
/// So many meals each philosopher wants: `MEALS` in `assets/lessons/dining.py`.
const MEALS: usize = 3;
/// The tree of the second run must not be faster than its path by more than what two measurements of it differ.
const PATH_TOLERANCE: f64 = 1.15;

/// Runs: forks in a circle, forks in one order for all.
pub(in crate::lessons) fn dining(measured: &Measured) -> Judged {
    let [circle, order] =
        [0, 1].map(|run| seats(measured.log(run)).into_iter().flatten().collect::<Vec<_>>());
    dined(&circle, &order, measured.work_s(0))
}

fn dined(circle: &[Seat], order: &[Seat], given_up_s: f64) -> Judged {
    let eaten = |seats: &[Seat]| seats.iter().map(|seat| seat.meals).sum::<usize>();
    let of_all = |seats: &[Seat]| format!("{} of {}", eaten(seats), MEALS * seats.len());
    let waiting = circle.iter().filter(|seat| seat.holds.is_some() && seat.waits_for.is_some()).count();
    let is_deadlock = !circle.is_empty() && waiting == circle.len();
    Judged {
        holds: is_deadlock && !order.is_empty() && eaten(order) == MEALS * order.len(),
        right: match eaten(circle) {
            0 => 2,
            meals if meals < MEALS * circle.len() => 1,
            _ => 0,
        },
        figures: vec![
            Figure::new(of_all(circle), "meals, where all take the left fork first"),
            Figure::new(format!("{waiting} of {}", circle.len()), "held a fork and waited for another"),
            Figure::new(format!("{given_up_s:.1} s"), "until this lesson ended the deadlock"),
            Figure::new(of_all(order), "meals, in one order for all"),
        ],
        why: match is_deadlock {
            true => {
                "Each holds the fork that a neighbour waits for, all around the table: none can go on, and none gives up what \
                 it has. In one order for all, the last philosopher waits with empty hands, and a neighbour can eat."
            }
            false => "This time the forks came free before all had taken their first one. It need not stay so.",
        }
        .to_owned(),
    }
}

/// What a tree came to, beside the same made by one worker.
struct Grown {
    tree: WorkTree,
    speedup: f64,
    workers: usize,
    /// Its workers were on all cores, and it was faster for it.
    gained: bool,
    /// Both came to the same.
    is_right: bool,
}

impl Grown {
    /// Runs: by one worker, by one for each core. Nothing where the second made no tree.
    fn of(measured: &Measured) -> Option<Self> {
        let is_right = measured.last_text(0).is_some() && measured.last_text(0) == measured.last_text(1);
        let (tree, workers) = (WorkTree::of(measured.log(1))?, measured.log(1).workers);
        let gained = gained_from_all_cores(measured, 1, workers as f64, TREE_SHARE);
        Some(Self { tree, speedup: measured.speedup(1, 0), workers, gained, is_right })
    }

    /// What all nodes took, by what those of the longest path did: no number of workers leads beyond.
    fn limit(&self) -> f64 {
        self.tree.level_s().iter().sum::<f64>() / self.tree.path().1.max(1e-9)
    }

    /// What is told first, of both kinds of trees.
    fn figures(&self) -> Vec<Figure> {
        let threads = if self.workers == 1 { "thread" } else { "threads" };
        vec![
            Figure::ratio(self.speedup, format!("as fast with {} {threads}", self.workers)),
            Figure::ratio(self.limit(), "at most: all nodes, by the longest path"),
        ]
    }
}

/// A tree that came to something else, or none at all: a fault of this program.
fn wrong_tree() -> Judged {
    let why = "The tree came to something else with one worker, which must not be: please tell its makers.";
    Judged { holds: false, right: 2, figures: Vec::new(), why: why.to_owned() }
}

pub(in crate::lessons) fn word_count(measured: &Measured) -> Judged {
    match Grown::of(measured).filter(|grown| grown.is_right) {
        Some(grown) => counted(&grown, measured.cores),
        None => wrong_tree(),
    }
}

fn counted(grown: &Grown, cores: usize) -> Judged {
    let level_s = grown.tree.level_s();
    let (counting_s, joining_s) = (level_s[0], level_s[1..].iter().sum::<f64>());
    let mut figures = grown.figures();
    figures.extend([
        Figure::new(
            format!("{:.1} %", 100.0 * counting_s / (counting_s + joining_s)),
            "of the work is counting",
        ),
        Figure::new(duration(1e6 * joining_s), "joined, seven times in all"),
    ]);
    Judged {
        holds: grown.gained,
        right: match grown.speedup {
            _ if grown.gained => 0,
            gain if gain >= NO_GAIN => 1,
            _ => 2,
        },
        figures,
        why: match cores {
            1 => "There is one core here: nothing can run beside something else.".to_owned(),
            _ => format!(
                "A part has many words and few different ones, so that a count is short and quickly joined: nearly all of the \
                 work is in the leaves, which run beside each other. {NO_PYTHON_THREADS}"
            ),
        },
    }
}

pub(in crate::lessons) fn merge_sort(measured: &Measured) -> Judged {
    match Grown::of(measured).filter(|grown| grown.is_right) {
        Some(grown) => sorted(&grown),
        None => wrong_tree(),
    }
}

fn sorted(grown: &Grown) -> Judged {
    let (level_s, parts, limit) = (grown.tree.level_s(), grown.tree.parts() as f64, grown.limit());
    let all_s = level_s.iter().sum::<f64>().max(1e-9);
    let shares: Vec<String> = level_s.iter().map(|s| format!("{:.0}", 100.0 * s / all_s)).collect();
    let last_s = level_s.last().copied().unwrap_or_default();
    // In the middle, as ratios go, between eight and what merge sort comes to.
    let is_less = limit < 0.85 * parts;
    let mut figures = grown.figures();
    figures.extend([
        Figure::new(format!("{} %", shares.join(" + ")), "of the work, level by level"),
        Figure::new(duration(1e6 * last_s), "the last merge: one worker alone"),
    ]);
    Judged {
        holds: is_less && grown.speedup <= PATH_TOLERANCE * limit,
        right: if is_less { 2 } else { 1 },
        figures,
        why: format!(
            "Each level merges all numbers once more, with half as many workers as the one before: the last merge is one \
             worker's, while all others have nothing to do. {NO_PYTHON_THREADS}"
        ),
    }
}

/// Runs: two halves, many tiles.
pub(in crate::lessons) fn mandelbrot(measured: &Measured) -> Judged {
    let [halves_s, tiles_s] = [0, 1].map(|run| {
        let all_s = measured.durations_s(run);
        let longest_s = all_s.iter().copied().fold(0.0, f64::max);
        [all_s.iter().copied().fold(longest_s, f64::min), longest_s]
    });
    drawn(measured.speedup(1, 0), halves_s, tiles_s, measured.cores)
}

/// The shortest and the longest of the halves, and of the tiles.
fn drawn(speedup: f64, halves_s: [f64; 2], tiles_s: [f64; 2], cores: usize) -> Judged {
    let took = |[shortest_s, longest_s]: [f64; 2]| {
        format!("{} and {}", duration(1e6 * shortest_s), duration(1e6 * longest_s))
    };
    Judged {
        holds: cores > 1 && speedup >= NO_GAIN,
        right: match speedup {
            gain if cores > 1 && gain >= NO_GAIN => 1,
            gain if gain > 1.0 / NO_GAIN => 2,
            _ => 0,
        },
        figures: vec![
            Figure::ratio(speedup, "as fast in tiles"),
            Figure::new(took(halves_s), "for the one half and the other"),
            Figure::new(took(tiles_s), "for the shortest tile and the longest"),
        ],
        why: match cores {
            1 => "There is one core here: both workers take turns on it in any case.",
            _ => {
                "Points inside the set take all steps, those outside a few. Who has the half with most of the set works on \
                 when the other is done; in tiles, whoever is done takes the next one."
            }
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::WorkNode;
    use crate::lessons::judge::told;

    #[test]
    fn a_deadlock_is_where_all_hold_a_fork_and_wait_for_another() {
        let seat = |meals, holds, waits_for| Seat { meals, holds, waits_for };
        let stuck = |meals| (0..5).map(|n| seat(meals, Some(n), Some((n + 1) % 5))).collect::<Vec<_>>();
        let eaten = vec![seat(3, None, None); 5];
        assert_eq!(told(dined(&stuck(0), &eaten, 1.7)), (true, 2));
        assert_eq!(told(dined(&stuck(1), &eaten, 2.0)), (true, 1));
        assert_eq!(told(dined(&eaten, &eaten, 2.0)), (false, 0), "all have eaten");
        assert_eq!(told(dined(&stuck(0), &stuck(0), 2.0)), (false, 2), "no order helps");
        assert!(!dined(&[], &[], 2.0).holds, "nobody came");
    }

    fn grown(cpu_s: [f64; 4], speedup: f64) -> Grown {
        let levels = [vec![cpu_s[0]; 8], vec![cpu_s[1]; 4], vec![cpu_s[2]; 2], vec![cpu_s[3]]].concat();
        let nodes = levels.into_iter().map(|cpu_s| Some(WorkNode { worker: 1, cpu_s })).collect();
        let (tree, gained) = (WorkTree::new(nodes).unwrap(), speedup >= 1.3);
        Grown { tree, speedup, workers: 2, gained, is_right: true }
    }

    #[test]
    fn joining_is_little_where_the_leaves_are_nearly_all_of_the_work() {
        let light = [0.2, 0.001, 0.001, 0.001];
        assert_eq!(told(counted(&grown(light, 1.9), 2)), (true, 0));
        assert_eq!(told(counted(&grown(light, 1.27), 2)), (false, 1));
        assert_eq!(told(counted(&grown(light, 1.0), 2)), (false, 2));
        assert_eq!(told(counted(&Grown { workers: 1, ..grown(light, 1.0) }, 1)), (false, 2));
        assert_eq!(counted(&grown(light, 1.9), 2).figures[2].value, "99.6 %");
    }

    #[test]
    fn a_merge_sort_is_limited_by_its_path_and_not_by_its_parts() {
        let sort = [0.1, 0.01, 0.02, 0.04];
        assert!((grown(sort, 1.9).limit() - 0.92 / 0.17).abs() < 1e-9);
        assert_eq!(told(sorted(&grown(sort, 1.9))), (true, 2));
        assert_eq!(told(sorted(&grown(sort, 7.0))), (false, 2), "faster than its path");
        assert_eq!(
            told(sorted(&grown([0.1, 1e-6, 1e-6, 1e-6], 1.9))),
            (false, 1),
            "merges that take no time"
        );
        assert_eq!(sorted(&grown(sort, 1.9)).figures[2].value, "87 + 4 + 4 + 4 %");
    }

    #[test]
    fn tiles_that_differ_are_drawn_sooner_one_by_one() {
        let (halves_s, tiles_s) = ([0.2, 1.2], [0.0002, 0.2]);
        assert_eq!(told(drawn(1.7, halves_s, tiles_s, 2)), (true, 1));
        assert_eq!(told(drawn(1.05, halves_s, tiles_s, 2)), (false, 2));
        assert_eq!(told(drawn(0.7, halves_s, tiles_s, 2)), (false, 0));
        assert_eq!(told(drawn(1.4, halves_s, tiles_s, 1)), (false, 2), "one core");
    }
}
