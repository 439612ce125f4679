//! Which statements of a source a function needs: those that bind what it uses, or change it, and what these need.

use std::collections::BTreeSet;

use super::names::Names;
use super::settings::{Imports, sets_up};
use super::tokens::{LogicalLine, logical_lines};

/// A statement at the top of a source, with the comments above it.
#[derive(Debug, Clone)]
pub(super) struct Statement<'a> {
    pub(super) text: &'a str,
    /// The line of its first word, from 1.
    pub(super) line: usize,
    pub(super) names: Names,
    /// Whether it is a `from __future__ import`, which has to stand first.
    pub(super) is_future: bool,
}

/// All statements of a source, in order.
pub(super) fn statements(source: &str) -> Vec<Statement<'_>> {
    let lines = logical_lines(source);
    let mut begins: Vec<usize> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let goes_on = |word: &&str| line.tokens.first().is_some_and(|token| token.is(word));
        let is_part = ["else", "elif", "except", "finally"].iter().any(goes_on);
        let is_decorated = place.checked_sub(1).is_some_and(|before| is_decorator(&lines[before]));
        if begins.is_empty() || (line.indent == 0 && !is_part && !is_decorated) {
            begins.push(place);
        }
    }
    let ends = begins.iter().skip(1).copied().chain([lines.len()]);
    begins.iter().zip(ends).map(|(begin, end)| statement(source, &lines[*begin..end])).collect()
}

fn is_decorator(line: &LogicalLine<'_>) -> bool {
    line.indent == 0 && line.tokens.first().is_some_and(|token| token.is("@"))
}

fn statement<'a>(source: &'a str, lines: &[LogicalLine<'a>]) -> Statement<'a> {
    let (first, last) = (&lines[0], &lines[lines.len() - 1]);
    let end = source[last.range.end..].find('\n').map_or(source.len(), |end| last.range.end + end);
    let begin = with_comments(source, first.range.start);
    let is_future = first.tokens.get(1).is_some_and(|token| token.is("__future__"));
    let line = source[..first.range.start].matches('\n').count() + 1;
    Statement {
        text: source[begin..end].trim_start_matches('\u{feff}'),
        line,
        names: Names::of(lines),
        is_future,
    }
}

/// Where the comments begin that stand right above a place.
fn with_comments(source: &str, at: usize) -> usize {
    let mut begin = source[..at].rfind('\n').map_or(0, |end| end + 1);
    while let Some(above) =
        source[..begin.saturating_sub(1)].rfind('\n').map(|end| end + 1).or((begin > 0).then_some(0))
    {
        if !source[above..begin].starts_with('#') {
            break;
        }
        begin = above;
    }
    begin
}

/// Which of the statements are needed for these names.
pub(super) fn needed_for(statements: &[Statement<'_>], wanted: &[&str]) -> Vec<bool> {
    let mut needed: BTreeSet<&str> = wanted.iter().copied().collect();
    let imports = statements.iter().flat_map(|one| one.names.imports.clone()).collect();
    let mut is_taken = vec![false; statements.len()];
    loop {
        let before = is_taken.iter().filter(|taken| **taken).count();
        for (place, statement) in statements.iter().enumerate() {
            if !is_taken[place] && is_needed(statement, statements, &needed, &imports) {
                is_taken[place] = true;
                let names = &statement.names;
                needed.extend(names.uses.iter().chain(&names.globals).map(String::as_str));
            }
        }
        if before == is_taken.iter().filter(|taken| **taken).count() {
            return is_taken;
        }
    }
}

fn is_needed(
    statement: &Statement<'_>,
    all: &[Statement<'_>],
    needed: &BTreeSet<&str>,
    imports: &Imports,
) -> bool {
    let names = &statement.names;
    let is_wanted = |name: &String| needed.contains(name.as_str());
    let is_setting = |start: &String| sets_up(start, imports);
    // A call of a function that binds a needed name outside itself, or sets up the process.
    let sets = |name: &String| {
        let mut of_name = all.iter().map(|other| &other.names).filter(|other| other.binds.contains(name));
        of_name.any(|other| {
            other.globals.iter().any(is_wanted) || other.starts_of_functions.iter().any(is_setting)
        })
    };
    statement.is_future
        || names.binds_all
        || names.binds.iter().chain(&names.changes).any(is_wanted)
        || names.calls.iter().any(sets)
        || names.starts.iter().any(is_setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(source: &str, wanted: &str) -> String {
        let all = statements(source);
        let is_taken = needed_for(&all, &[wanted]);
        let taken = all.iter().zip(is_taken).filter(|(_, taken)| *taken);
        taken.map(|(statement, _)| statement.text).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_function_comes_with_what_it_uses() {
        let source = "import math\nimport os\nLIMIT = 3\nOTHER = 4\n\n# Helps.\n@cached\ndef helper(n):\n    return n % LIMIT\n\n\
                      def task(n):\n    return math.sqrt(helper(n))\n\nprint(task(3))\nresults = [task(n) for n in range(10)]\n\
                      from functools import lru_cache as cached\n";
        let expected = "import math\nLIMIT = 3\n# Helps.\n@cached\ndef helper(n):\n    return n % LIMIT\n\
                        def task(n):\n    return math.sqrt(helper(n))\nfrom functools import lru_cache as cached";
        assert_eq!(taken(source, "task"), expected);
    }

    #[test]
    fn what_changes_a_needed_value_is_needed() {
        let source = "table = {}\nother = {}\nfor n in range(3):\n    table[n] = n\nother.update(a=1)\ntable.update(b=2)\n\
                      def task(n):\n    return table[n]\n";
        let found = taken(source, "task");
        assert!(found.contains("table[n] = n") && found.contains("table.update"), "{found}");
        assert!(!found.contains("other"), "{found}");
    }

    #[test]
    fn a_call_that_sets_a_needed_name_is_needed() {
        let source = "size = 1\ndef setup(n):\n    global size\n    size = n\nsetup(5)\nsetup2(6)\ndef task(n):\n    return n * size\n";
        let found = taken(source, "task");
        assert!(
            found.contains("setup(5)") && found.contains("def setup") && !found.contains("setup2"),
            "{found}"
        );
    }

    #[test]
    fn what_sets_up_the_process_is_needed() {
        for setting in [
            "os.environ[\"A\"] = \"1\"",
            "__import__(\"os\").environ[\"A\"] = \"1\"  # %env A=1",
            "__import__('os').chdir('x')",
            "environ.update(A=1)",
            "np.random.seed(3)",
            "seed(3)",
            "sys.path.append('x')",
            "if a:\n    sys.path.append('x')",
            "globals().update(b)",
            "setup()",
        ] {
            let source = format!(
                "import os, sys, numpy as np\nfrom os import environ\nfrom random import (seed, random as r)\n\
                 def setup():\n    os.environ['A'] = '1'\n{setting}\ndef task(n):\n    return n\n"
            );
            assert!(taken(&source, "task").contains(setting), "{setting}");
        }
        for other in ["sys.exit()", "time.sleep(3)", "os.system('ls')", "plt.show()", "r()", "np.zeros(3)"] {
            let source = format!("import os, sys, time\n{other}\ndef task(n):\n    return n\n");
            assert!(!taken(&source, "task").contains(other), "{other}");
        }
    }

    #[test]
    fn statements_keep_their_parts_and_comments() {
        let source = "# one\n# two\nif a:\n    x = 1\n# three\nelse:\n    x = 2\n\ny = 3  # four\n";
        let all = statements(source);
        assert_eq!(
            all.iter().map(|one| (one.line, one.text)).collect::<Vec<_>>(),
            [(3, "# one\n# two\nif a:\n    x = 1\n# three\nelse:\n    x = 2"), (9, "y = 3  # four"),]
        );
    }
}
