//! Whether the first record of a table names its columns: as a person said, or as what stands below it tells.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::number::{Number, read_number, read_special_float};
use super::options::ColumnChoice;
use super::sample::{Header, Sample, are_names, is_number};

/// Numbers that can name columns: years.
const YEARS: RangeInclusive<i64> = 1800..=2200;

/// So many columns of a kind are no accident.
const LEAST_COLUMNS: usize = 3;
/// Fewer cells of a column do not tell whether it repeats itself.
const LEAST_ANSWERS: usize = 4;

impl Sample {
    /// Whether the first record names the columns, as a person said, by the name of the column that is asked for, or by
    /// what stands below it.
    pub(super) fn header(&self, said: Option<bool>, choice: Option<&ColumnChoice>) -> Header {
        let is_header = said.unwrap_or_else(|| self.names(choice) || self.has_header());
        match is_header {
            true if self.has_row_names() => Header::NamesButFirst,
            true => Header::Names,
            false => Header::None,
        }
    }

    /// By a word above numbers, by years above what is none, by places above decimals, by being all words that differ, but
    /// for one above the numbers of the rows, or by words that are not among the few of their columns.
    pub(super) fn has_header(&self) -> bool {
        self.has_word_above_numbers()
            || self.has_years_above_others()
            || self.has_places_above_decimals()
            || are_names(self.first())
            || self.has_names_but_of_the_index()
            || self.has_words_above_answers()
    }

    /// Whether the numbers of the first record count up by one, such as minutes, above numbers with decimals.
    fn has_places_above_decimals(&self) -> bool {
        let first = self.first().iter().enumerate();
        let numbers: Vec<(usize, i64)> = first
            .filter_map(|(place, cell)| match read_number(cell) {
                Number::Int(number) => Some((place, number)),
                _ => None,
            })
            .collect();
        let are_decimals = |place: usize| {
            let mut below = self.below(place).filter(|cell| !cell.is_empty()).peekable();
            below.peek().is_some() && below.all(|cell| is_number(cell) && !is_whole(cell))
        };
        numbers.len() >= LEAST_COLUMNS
            && numbers.windows(2).all(|pair| pair[1].1 == pair[0].1.wrapping_add(1))
            && numbers.iter().all(|(place, _)| are_decimals(*place))
    }

    /// Whether several columns hold a few words again and again, and none of them the one in the first record: so answers
    /// stand below their questions, some of which have no name.
    fn has_words_above_answers(&self) -> bool {
        let mut columns = 0;
        for (place, name) in self.first().iter().enumerate() {
            let filled: Vec<&Vec<u8>> = self.below(place).filter(|cell| !cell.is_empty()).collect();
            let answers: HashSet<&Vec<u8>> = filled.iter().copied().collect();
            if name.is_empty() || filled.len() < LEAST_ANSWERS || answers.len() * 2 > filled.len() {
                continue;
            }
            if is_number(name) || answers.contains(name) {
                return false;
            }
            columns += 1;
        }
        columns >= LEAST_COLUMNS
    }

    /// Whether only the first name is empty, above cells that are not: so pandas writes the numbers of its rows.
    fn has_names_but_of_the_index(&self) -> bool {
        let [index, names @ ..] = self.first() else { return false };
        let mut below = self.below(0).peekable();
        index.is_empty()
            && !names.is_empty()
            && are_names(names)
            && below.peek().is_some()
            && below.all(|cell| !cell.is_empty())
    }

    /// Whether a column is chosen by a name that the first record holds, such as the year 2020; 2 is rather the second.
    fn names(&self, choice: Option<&ColumnChoice>) -> bool {
        let Some(ColumnChoice::Name(name)) = choice else { return false };
        if name.parse::<usize>().is_ok_and(|number| number <= self.width()) {
            return false;
        }
        self.first().iter().any(|cell| cell == name.as_bytes())
    }

    /// Whether a column begins with a word and goes on in numbers.
    pub(super) fn has_word_above_numbers(&self) -> bool {
        let named = |(place, name): (usize, &Vec<u8>)| {
            let is_value = is_number(name) || read_special_float(name).is_some();
            !name.is_empty() && !is_value && self.tally(place, Header::Names).is_mostly_numeric()
        };
        self.first().iter().enumerate().any(named)
    }

    /// Whether the numbers of the first record are years that differ, with other numbers than years below.
    fn has_years_above_others(&self) -> bool {
        let mut seen = HashSet::new();
        let numbers: Vec<(usize, &Vec<u8>)> =
            self.first().iter().enumerate().filter(|(_, cell)| is_number(cell)).collect();
        let are_years = numbers.iter().all(|(_, cell)| is_year(cell) && seen.insert(*cell));
        // Of two columns a year alone is as likely a value.
        let is_enough =
            numbers.len() > 1 || self.first().iter().any(|cell| cell.is_empty() || !is_number(cell));
        let has_others = |(place, _): &(usize, &Vec<u8>)| {
            let below: Vec<&Vec<u8>> = self.below(*place).filter(|cell| !cell.is_empty()).collect();
            let are_numbers = !below.is_empty() && below.iter().all(|cell| is_number(cell) && !is_year(cell));
            // Not a word that stands for a year that is not known.
            let is_one = || below.iter().all(|cell| *cell == below[0]);
            are_numbers || below.len() > 1 && !below.iter().any(|cell| is_number(cell)) && !is_one()
        };
        !numbers.is_empty() && is_enough && are_years && numbers.iter().all(has_others)
    }
}

fn is_whole(cell: &[u8]) -> bool {
    !matches!(read_number(cell), Number::Float(number) if number.fract() != 0.0)
}

fn is_year(cell: &[u8]) -> bool {
    matches!(read_number(cell), Number::Int(year) if cell.len() == 4 && YEARS.contains(&year))
}

#[cfg(test)]
mod tests {
    use super::super::records::Records;
    use super::super::rows::{OwnedRow, first_rows};
    use super::*;

    fn sample(text: &str) -> Sample {
        let rows = first_rows(&mut Records::new(text.as_bytes(), b','), 100, 1, || false).unwrap();
        Sample::of(rows.iter().map(OwnedRow::row), b',')
    }

    fn header(text: &str) -> Header {
        sample(text).header(None, None)
    }

    #[test]
    fn years_above_other_numbers_name_columns() {
        for text in [
            "region,2023,2024\nEMEA,10,20\n",
            ",2020,2021\nUlm,3,4\n",
            "2019,2020\n1,2\n3,4\n",
            ",a,b\n0,x,y\n1,z,w\n",
            "state,2018\nAlabama,R+27\nAlaska,R+15\n",
        ] {
            assert_eq!(header(text), Header::Names, "{text}");
        }
        for text in [
            "Bach,1685,1750\nMozart,1756,1791\n",
            "1,2\n3,4\n",
            "EMEA,10,20\nAPAC,30,40\n",
            "2020\n17\n",
            "Bach,1685\nHomer,unknown\nLaozi,unknown\n",
        ] {
            assert_eq!(header(text), Header::None, "{text}");
        }
    }

    #[test]
    fn numbers_that_count_up_above_decimals_name_columns() {
        assert_eq!(header("team,0,1,2\nHawks,0.5,0.51,0.52\nNets,0.5,0.49,0.48\n"), Header::Names);
        for text in ["1,2,3\n2,4,6\n3,6,9\n", "a,1,2,4\nb,0.5,0.2,0.1\n", "1,2,3\n0.5,4,0.1\n"] {
            assert_eq!(header(text), Header::None, "{text}");
        }
    }

    #[test]
    fn questions_above_answers_name_columns() {
        let answers = "yes,often,,blue\nno,never,,red\n".repeat(3);
        assert_eq!(header(&format!("Do you?,How often?,,Which?\n{answers}")), Header::Names);
        assert_eq!(header(&format!("yes,How often?,,Which?\n{answers}")), Header::None);
        assert_eq!(header("Do you?,How often?,,Which?\nyes,often,,blue\nno,never,,red\n"), Header::None);
    }

    #[test]
    fn what_a_person_says_counts() {
        let words = sample("ann,ulm\nbob,aix\n");
        assert_eq!([None, Some(false)].map(|said| words.header(said, None)), [Header::Names, Header::None]);
        let numbers = sample("1,2\n3,4\n");
        assert_eq!(numbers.header(Some(true), None), Header::Names);
        assert_eq!(numbers.column_names(Header::Names), ["1", "2"]);
    }
}
