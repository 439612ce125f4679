//! Tables made by a small generator, the same each time.

use super::Table;

const COUNT: u64 = 100;

/// A small generator of numbers (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % limit
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    pub fn is(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

/// What the cells of a column look like.
const KINDS: [&[&str]; 10] = [
    &["alpha", "beta", "gamma delta", "x", "Ö-strich", "日本"],
    &["1", "25", "-3", "1000", "0"],
    &["1.10", "2.5", "-0.25", "1e5", "3.00"],
    &["007", "01569", "00", "0123"],
    &["2024-02-29", "1999-12-31", "2000-01-01"],
    &["true", "false", "TRUE", "False"],
    &["NaN", "", "n/a", "3", "None"],
    &["1000000000000000000000000000057", "12345678901234567890", "7"],
    &["a, b", "semi;colon", "tab\there", "pi|pe", "quote\"d", "two\nlines"],
    &["=1+1", "@home", "+49 30 123", "-x", "'tis"],
];
const NAMES: [&str; 8] = ["id", "name", "Town Name", "größe", "n", "value_2", "2024", "is.open"];

pub fn tables() -> Vec<Table> {
    (1..=COUNT).map(table).collect()
}

fn table(seed: u64) -> Table {
    let mut dice = Dice::new(seed);
    let delimiter = *dice.pick(&[',', ',', ',', ';', '\t', '|']);
    let line_end = *dice.pick(&["\n", "\n", "\r\n", "\r"]);
    let quotes_all = dice.is(5);
    let first_name = dice.below(NAMES.len());
    let columns = 2 + dice.below(5);
    let kinds: Vec<&[&str]> = (0..columns).map(|_| *dice.pick(&KINDS)).collect();
    let names: Vec<&str> = (0..columns).map(|place| NAMES[(first_name + place) % NAMES.len()]).collect();
    let mut lines = vec![line(&names, delimiter, quotes_all)];
    for _ in 0..3 + dice.below(12) {
        let cells: Vec<&str> = kinds.iter().map(|kind| *dice.pick(kind)).collect();
        lines.push(line(&cells, delimiter, quotes_all));
        if dice.is(12) {
            lines.push(String::new());
        }
    }
    let above = dice.below(3) * usize::from(dice.is(4));
    let comments = (0..above).map(|place| format!("# line {place} of a tool"));
    let mut text = comments.chain(lines).collect::<Vec<_>>().join(line_end);
    if !dice.is(4) {
        text.push_str(line_end);
    }
    let mark = if dice.is(6) { "\u{feff}" } else { "" };
    Table::new(format!("generated {seed}"), mark.to_owned() + &text)
        .delimited(delimiter)
        .below(above)
        .told("--header yes")
}

fn line(cells: &[&str], delimiter: char, quotes_all: bool) -> String {
    let quoted = cells.iter().map(|cell| {
        let has_meaning = cell.contains([',', ';', '\t', '|', '"', '\n']);
        if quotes_all || has_meaning {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            (*cell).to_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(&delimiter.to_string())
}
