//! The text of a program by lines: which of them are its main block, and which are within a `with`.

/// The line that begins the main block.
const MAIN: &str = "if __name__ ==";

/// A program's text.
#[derive(Debug, Clone)]
pub struct Source {
    lines: Vec<&'static str>,
}

impl Source {
    pub(super) fn of(code: &'static str) -> Self {
        Self { lines: code.lines().collect() }
    }

    pub fn lines(&self) -> &[&'static str] {
        &self.lines
    }

    /// A line, counted from 1; empty behind the last.
    pub fn line(&self, line: u32) -> &'static str {
        (line as usize).checked_sub(1).and_then(|place| self.lines.get(place)).copied().unwrap_or_default()
    }

    /// The lines of the main block, counted from 1.
    pub fn main_lines(&self) -> impl Iterator<Item = u32> {
        let main = self.lines.iter().position(|line| line.starts_with(MAIN)).unwrap_or(self.lines.len());
        let block = (main + 1)..self.lines.len();
        block.filter(|place| !self.lines[*place].trim().is_empty()).map(|place| place as u32 + 1)
    }

    /// Whether going from one line to another goes out of a `with`; `to` is nothing behind the end.
    pub(super) fn leaves_with(&self, from: u32, to: Option<u32>) -> bool {
        self.with_of(from)
            .is_some_and(|with| to != Some(with) && to.and_then(|to| self.with_of(to)) != Some(with))
    }

    pub(super) fn is_with(&self, line: u32) -> bool {
        self.line(line).trim_start().starts_with("with ")
    }

    /// The line of the `with` that a line is in.
    fn with_of(&self, line: u32) -> Option<u32> {
        let depth = self.depth(line);
        (1..line).rev().find(|above| self.is_with(*above) && self.depth(*above) < depth)
    }

    fn depth(&self, line: u32) -> usize {
        let line = self.line(line);
        line.len() - line.trim_start().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_with_is_known() {
        let source = Source::of(
            "def f():\n    pass\n\nif __name__ == \"__main__\":\n    with a as b:\n        c\n\n        d\n    e\n",
        );
        assert_eq!(source.main_lines().collect::<Vec<_>>(), [5, 6, 8, 9]);
        let leaves = [(5, Some(6)), (6, Some(8)), (8, Some(5)), (8, Some(9)), (8, None), (9, None)]
            .map(|(from, to)| source.leaves_with(from, to));
        assert_eq!(leaves, [false, false, false, true, true, false]);
        assert_eq!((source.line(0), source.line(99)), ("", ""));
    }
}
