//! How deep a script is nested, told from its text alone: what is deeper takes the whole stack of whoever parses, checks
//! or runs it, and that ends the process.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// Brackets within each other.
const MOST_BRACKETS: usize = 200;
/// Operators of one expression: `a + b + c` is a sum of a sum.
const MOST_OPERATORS: usize = 2_000;
/// Blocks within each other: the bodies of functions, loops and conditions.
const MOST_BLOCKS: usize = 100;
/// A `lambda` takes as much of the stack as so many operators.
const LAMBDA_OPERATORS: usize = 10;
/// Branches of one `if`: each is within the one before.
const MOST_BRANCHES: usize = 1_000;

const WORDS: [&str; 5] = ["and", "or", "not", "if", "else"];

/// Where a scan of the text is.
#[derive(Default)]
struct Scan {
    /// For each bracket that is open, and for what is outside of all, the operators since the last comma.
    operators: Vec<usize>,
    /// By indentation: the branches of the `if` there.
    branches: BTreeMap<usize, usize>,
    /// The indentations of the blocks that are open.
    blocks: Vec<usize>,
    /// The quotes that end the text that is open.
    quotes: Option<&'static str>,
}

/// Refuses a script that is nested too deep; the error names the line.
pub(super) fn check(name: &str, source: &str) -> Result<()> {
    let mut scan = Scan { operators: vec![0], ..Scan::default() };
    for (line, text) in (1..).zip(source.lines()) {
        scan.line(text)
            .map_err(|reason| Error::usage(format!("read {name}"), format!("line {line} {reason}")))?;
    }
    Ok(())
}

impl Scan {
    fn line(&mut self, text: &str) -> std::result::Result<(), String> {
        let is_new = self.quotes.is_none() && self.operators.len() == 1;
        if is_new {
            self.operators = vec![0];
            self.count_block(text)?;
            self.count_branch(text)?;
        }
        let mut rest = text;
        while let Some(sign) = rest.chars().next() {
            let length = match self.quotes {
                Some(quotes) => self.within_text(quotes, rest),
                None if sign == '#' => break,
                None => self.within_code(sign, rest)?,
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        // Only text in three quotes goes on in the next line.
        self.quotes = self.quotes.filter(|quotes| quotes.len() == 3);
        Ok(())
    }

    fn count_block(&mut self, text: &str) -> std::result::Result<(), String> {
        let bare = text.trim_start();
        if bare.is_empty() || bare.starts_with('#') {
            return Ok(());
        }
        let indent = text.len() - bare.len();
        self.blocks.retain(|other| *other < indent);
        self.blocks.push(indent);
        match self.blocks.len() > MOST_BLOCKS + 1 {
            true => Err(format!(
                "is nested in more than {MOST_BLOCKS} blocks; move the inner ones into a function"
            )),
            false => Ok(()),
        }
    }

    fn count_branch(&mut self, text: &str) -> std::result::Result<(), String> {
        let bare = text.trim_start();
        if bare.is_empty() || bare.starts_with('#') {
            return Ok(());
        }
        let indent = text.len() - bare.len();
        self.branches.retain(|other, _| *other <= indent);
        if !bare.starts_with("elif") {
            self.branches.remove(&indent);
            return Ok(());
        }
        let count = self.branches.entry(indent).or_default();
        *count += 1;
        match *count > MOST_BRANCHES {
            true => Err(format!("is the branch of an `if` that has more than {MOST_BRANCHES}; use a dict")),
            false => Ok(()),
        }
    }

    fn within_text(&mut self, quotes: &'static str, rest: &str) -> usize {
        if rest.starts_with(quotes) {
            self.quotes = None;
            return quotes.len();
        }
        let escaped = usize::from(rest.starts_with('\\'));
        rest.chars().take(1 + escaped).map(char::len_utf8).sum()
    }

    fn within_code(&mut self, sign: char, rest: &str) -> std::result::Result<usize, String> {
        if let Some(quotes) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| rest.starts_with(quotes))
        {
            self.quotes = Some(quotes);
            return Ok(quotes.len());
        }
        if sign.is_alphanumeric() || sign == '_' {
            let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(rest.len());
            if WORDS.contains(&&rest[..end]) {
                self.count_operator()?;
            }
            if &rest[..end] == "lambda" {
                (0..LAMBDA_OPERATORS).try_for_each(|_| self.count_operator())?;
            }
            return Ok(end);
        }
        match sign {
            '(' | '[' | '{' if self.operators.len() > MOST_BRACKETS => {
                return Err(format!("has more than {MOST_BRACKETS} brackets within each other"));
            }
            '(' | '[' | '{' => {
                // A call of a call of a call is nested, too.
                self.count_operator()?;
                self.operators.push(0);
            }
            ')' | ']' | '}' if self.operators.len() > 1 => drop(self.operators.pop()),
            ',' | ';' => *self.innermost() = 0,
            '+' | '-' | '*' | '/' | '%' | '|' | '&' | '^' | '~' | '.' => self.count_operator()?,
            _ => {}
        }
        Ok(sign.len_utf8())
    }

    fn innermost(&mut self) -> &mut usize {
        if self.operators.is_empty() {
            self.operators.push(0);
        }
        let last = self.operators.len() - 1;
        &mut self.operators[last]
    }

    fn count_operator(&mut self) -> std::result::Result<(), String> {
        *self.innermost() += 1;
        // What is in brackets is within what stands around them.
        match self.operators.iter().sum::<usize>() > MOST_OPERATORS {
            true => {
                Err(format!("has an expression of more than {MOST_OPERATORS} operators; use a loop or sum()"))
            }
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(source: &str) -> String {
        check("script", source).map_or_else(|error| error.reason().to_owned(), |()| String::new())
    }

    #[test]
    fn what_would_take_the_whole_stack_is_refused_by_its_line() {
        let sum = vec!["n"; 20_000].join("+");
        let brackets = format!("{}1{}", "(".repeat(300), ")".repeat(300));
        let branches = "    elif n == 1:\n        return 1\n".repeat(3_000);
        let blocks: String = (0..3_000).map(|depth| format!("{}if n:\n", " ".repeat(depth))).collect();
        let calls = format!("f{}", "()".repeat(3_000));
        for (source, told) in [
            (
                format!("def f(n):\n    return {sum}\n"),
                "line 2 has an expression of more than 2000 operators",
            ),
            (format!("x = {}1\n", "-".repeat(5_000)), "line 1 has an expression of more"),
            (format!("x = {}1\n", "not ".repeat(5_000)), "line 1 has an expression of more"),
            (format!("x = (\n{}\n)\n", sum.replace('+', "+\n")), "has an expression of more"),
            (format!("x = {brackets}\n"), "line 1 has more than 200 brackets within each other"),
            (format!("def f(n):\n    if n:\n        return 0\n{branches}"), "is the branch of an `if`"),
            (format!("x = {calls}\n"), "line 1 has an expression of more"),
            (format!("x = {}1\n", "lambda: ".repeat(1_000)), "line 1 has an expression of more"),
            (
                format!("x = {}1{}\n", "(lambda: 1 + ".repeat(190), ")".repeat(190)),
                "line 1 has an expression of more",
            ),
            (blocks, "line 102 is nested in more than 100 blocks"),
        ] {
            assert!(reason(&source).contains(told), "{}: {}", &source[..20], reason(&source));
        }
    }

    #[test]
    fn what_is_long_and_not_deep_is_no_matter() {
        let list = vec!["-1 + 2"; 20_000].join(", ");
        let lines = "x = 1 + 2\nif x:\n    y = -x\nelif x:\n    y = 1\nelse:\n    y = 2\n".repeat(5_000);
        for source in [
            format!("x = [{list}]\n"),
            format!("x = [\n{}\n]\n", list.replace(", ", ",\n")),
            lines,
            format!("x = '{}' # {}\n", "+(".repeat(5_000), "((".repeat(5_000)),
            format!("x = \"\"\"\n{}\n\"\"\"\n", "-[\n".repeat(5_000)),
            "x = '\\'' + \"it's\" + r'\\'\n".to_owned(),
            format!("x = [\n{}]\n", "lambda: 1 + 2,\n".repeat(5_000)),
        ] {
            assert_eq!(reason(&source), "", "{}", &source[..20]);
        }
    }
}
