//! The tables of lessons that are seen as a picture: what was at each seat, and what each level of a tree took.

use super::seats::{Seat, seats};
use super::{Lesson, LessonRun, Measured, Shown, WorkTree};
use crate::analysis::FigureTable;
use crate::pool::RunLog;
use crate::value::amount;

/// Of each run that has one, in the order of the runs.
pub(super) fn tables(lesson: &Lesson, measured: &Measured) -> Vec<FigureTable> {
    let runs = lesson.runs().iter().enumerate();
    runs.filter_map(|(place, run)| table(run, measured.log(place))).collect()
}

fn table(run: &LessonRun, log: &RunLog) -> Option<FigureTable> {
    match run.shown {
        Shown::Seats => Some(seats_table(run.title, &seats(log))),
        Shown::Tree => WorkTree::of(log).map(|tree| tree_table(run.title, &tree)),
        Shown::Tiles | Shown::Cores | Shown::Nothing => None,
    }
}

fn seats_table(title: &str, seats: &[Option<Seat>]) -> FigureTable {
    let fork = |fork: Option<usize>| fork.map_or("-".to_owned(), |fork| format!("fork {fork}"));
    let row = |(place, seat): (usize, &Option<Seat>)| {
        let number = (place + 1).to_string();
        match seat {
            Some(seat) => vec![number, seat.meals.to_string(), fork(seat.holds), fork(seat.waits_for)],
            None => vec![number, "not known".to_owned(), "-".to_owned(), "-".to_owned()],
        }
    };
    FigureTable {
        title: format!("At the table: {title}"),
        columns: ["philosopher", "meals", "holds", "waits for"].map(String::from).to_vec(),
        rows: seats.iter().enumerate().map(row).collect(),
    }
}

fn tree_table(title: &str, tree: &WorkTree) -> FigureTable {
    let level_s = tree.level_s();
    let all_s = level_s.iter().sum::<f64>();
    let share = |time_s: f64| format!("{:.1} %", if all_s > 0.0 { 100.0 * time_s / all_s } else { 0.0 });
    let row = |what: String, time_s: f64| vec![what, amount::duration(time_s), share(time_s)];
    let level =
        |(height, (nodes, time_s)): (usize, (&[_], &f64))| row(level_words(height, nodes.len()), *time_s);
    let mut rows: Vec<Vec<String>> = tree.levels().zip(&level_s).enumerate().map(level).collect();
    rows.push(row("longest path".to_owned(), tree.path().1));
    FigureTable {
        title: format!("What the nodes took: {title}"),
        columns: ["level", "on a core", "of all"].map(String::from).to_vec(),
        rows,
    }
}

/// What the nodes of a level are: "4 pairs".
pub fn level_words(height: usize, count: usize) -> String {
    match (height, count) {
        (0, _) => format!("{count} parts"),
        (_, 1) => "the last pair".to_owned(),
        _ => format!("{count} pairs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::WorkNode;

    #[test]
    fn a_seat_is_a_row_and_its_forks_are_counted_from_one() {
        let hungry = Seat { meals: 0, holds: Some(1), waits_for: Some(2) };
        let sated = Seat { meals: 3, holds: None, waits_for: None };
        let table = seats_table("left, then right", &[Some(hungry), Some(sated), None]);
        assert_eq!(table.title, "At the table: left, then right");
        assert_eq!(table.rows[0], ["1", "0", "fork 1", "fork 2"]);
        assert_eq!(table.rows[1], ["2", "3", "-", "-"]);
        assert_eq!(table.rows[2], ["3", "not known", "-", "-"]);
    }

    #[test]
    fn a_level_is_a_row_and_the_longest_path_stands_below_them() {
        let node = |cpu_s| Some(WorkNode { worker: 1, cpu_s });
        let tree = WorkTree::new([1.0, 1.0, 1.0, 3.0, 2.0, 1.0, 1.0].map(node).to_vec()).unwrap();
        let table = tree_table("a tree", &tree);
        let cells = |row: &[String]| [row[0].clone(), row[2].clone()];
        assert_eq!(cells(&table.rows[0]), ["4 parts", "60.0 %"]);
        assert_eq!(cells(&table.rows[1]), ["2 pairs", "30.0 %"]);
        assert_eq!(cells(&table.rows[2]), ["the last pair", "10.0 %"]);
        assert_eq!(cells(&table.rows[3]), ["longest path", "50.0 %"]);
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
    }
}
