//! Finds the column that a person means among those that a file has.

use super::options::{ColumnChoice, LoadOptions};
use crate::error::edit_distance;
use crate::value::shortened;

const LISTED: usize = 12;

/// The place of the one column that is chosen, counted from 0; otherwise the reason, which lists the columns, nearest
/// first.
pub(super) fn find_column(columns: &[String], choice: &ColumnChoice) -> Result<usize, String> {
    match choice {
        ColumnChoice::Name(name) => {
            let named = columns.iter().position(|column| column == name);
            match name.parse() {
                Ok(number) if named.is_none() => find_column(columns, &ColumnChoice::Number(number)),
                _ => named.ok_or_else(|| unknown_name(columns, name)),
            }
        }
        ColumnChoice::Number(number) => match number.checked_sub(1) {
            Some(place) if place < columns.len() => Ok(place),
            _ => Err(format!("there is no column {number}; {}", listed(columns.iter(), columns.len()))),
        },
        ColumnChoice::All => {
            Err(match columns {
                [] => "it is a list of lines or values and no table; leave the column out, or say what stands between cells \
                       (in the terminal: --delimiter)"
                    .to_owned(),
                columns => format!("rows are made of columns; {}", listed(columns.iter(), columns.len())),
            })
        }
    }
}

/// Refuses types of columns that are not there, where the options ask for that.
pub(super) fn check_types(columns: &[String], options: &LoadOptions) -> Result<(), String> {
    let mut named = options.types.by_column.keys().filter(|_| options.needs_typed_columns);
    named.find(|name| !columns.contains(name)).map_or(Ok(()), |name| Err(unknown_name(columns, name)))
}

fn unknown_name(columns: &[String], name: &str) -> String {
    let mut nearest: Vec<(usize, &String)> =
        columns.iter().map(|column| (edit_distance(name, column), column)).collect();
    // A stable sort keeps equally near ones in the order of the file.
    nearest.sort_by_key(|(distance, _)| *distance);
    let names = nearest.into_iter().map(|(_, column)| column);
    format!("there is no column `{}`; {}", shortened(name, 60), listed(names, columns.len()))
}

fn listed<'a>(names: impl Iterator<Item = &'a String>, count: usize) -> String {
    let shown: Vec<String> = names.take(LISTED).map(|name| format!("`{}`", shortened(name, 60))).collect();
    let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
    match count {
        0 => "it has no columns".to_owned(),
        1 => format!("the only column is {}", shown.join(", ")),
        _ => format!("the columns are {}{more}", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<String> {
        ["city", "year", "value"].map(String::from).to_vec()
    }

    #[test]
    fn a_column_is_found_by_name_and_by_number() {
        assert_eq!(find_column(&columns(), &ColumnChoice::Name("year".into())), Ok(1));
        assert_eq!(find_column(&columns(), &ColumnChoice::Number(3)), Ok(2));
    }

    #[test]
    fn a_name_counts_more_than_a_number() {
        let years = ["2021", "2020", "1"].map(String::from);
        for (choice, place) in [("2020", 1), ("2", 1), ("1", 2), ("3", 2)] {
            assert_eq!(find_column(&years, &ColumnChoice::Name(choice.into())), Ok(place), "{choice}");
        }
        let reason = find_column(&years, &ColumnChoice::Name("4".into())).unwrap_err();
        assert!(reason.starts_with("there is no column 4; "), "{reason}");
    }

    #[test]
    fn types_of_columns_that_are_not_there_are_refused_where_that_is_asked() {
        let mut options = LoadOptions { needs_typed_columns: true, ..LoadOptions::default() };
        options.types.by_column.insert("year".to_owned(), super::super::CellType::Text);
        assert_eq!(check_types(&columns(), &options), Ok(()));
        options.types.by_column.insert("valeu".to_owned(), super::super::CellType::Text);
        assert!(check_types(&columns(), &options).unwrap_err().contains("no column `valeu`"));
        options.needs_typed_columns = false;
        assert_eq!(check_types(&columns(), &options), Ok(()));
    }

    #[test]
    fn an_unknown_column_lists_the_nearest_first() {
        let reason = find_column(&columns(), &ColumnChoice::Name("valeu".into())).unwrap_err();
        assert_eq!(reason, "there is no column `valeu`; the columns are `value`, `city`, `year`");
        for number in [0, 4] {
            let reason = find_column(&columns(), &ColumnChoice::Number(number)).unwrap_err();
            assert!(reason.contains("the columns are `city`, `year`, `value`"), "{reason}");
        }
        let reason = find_column(&[], &ColumnChoice::Number(1)).unwrap_err();
        assert_eq!(reason, "there is no column 1; it has no columns");
    }
}
