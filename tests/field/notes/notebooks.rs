//! Notebooks, cell by cell and by logical lines.

use crate::case::{Case, case, check};

fn cells(name: &str, cells: &[&str], function: &str, input: &str) -> Case {
    case(name).notebook("n.ipynb", cells).run(format!("--python n.ipynb:{function} {input}"))
}

#[test]
fn only_what_jupyter_alone_understands_is_taken_out() {
    check(&[
        cells(
            "a line that begins with %",
            &["def key(n):\n    return (n * 31\n            % 7)"],
            "key",
            "3",
        )
        .gives("2\n"),
        cells(
            "a string that looks like a command",
            &["TEXT = '''\n!ls\n%cd x\n'''\ndef f(n):\n    return len(TEXT)"],
            "f",
            "1",
        )
        .gives("11\n"),
        cells("the output of a command", &["names = !ls", "def f(n): return n+1"], "f", "3").gives("4\n"),
        cells("help", &["sorted?", "def f(n): return n+1", "?len"], "f", "3").gives("4\n"),
        cells("a command over two lines", &["!pip install a \\\n    b", "def f(n): return n+1"], "f", "3")
            .gives("4\n"),
        cells("an indented cell", &["    def f(n):\n        return n+1"], "f", "3").gives("4\n"),
        cells(
            "await at the top",
            &["import asyncio\nawait asyncio.sleep(0)", "def f(n): return n+1"],
            "f",
            "3",
        )
        .gives("4\n"),
        cells("a timed line", &["%time T = [0, 1]", "def f(n): return T[n]"], "f", "1").gives("1\n"),
        cells("a timed cell", &["%%time\nT = [0, 5]", "def f(n): return T[n]"], "f", "1").gives("5\n"),
        cells(
            "a cell of another language",
            &["%%bash\nfor i in 1 2; do echo $i; done", "def f(n): return n+1"],
            "f",
            "3",
        )
        .gives("4\n"),
        cells("a magic in a block", &["if True:\n    %matplotlib inline\ndef f(n): return n+1"], "f", "3")
            .gives("4\n"),
        cells("display prints", &["def f(n):\n    display(n)\n    return n"], "f", "3")
            .gives("3\n")
            .says("] 3"),
    ]);
}

#[test]
fn cells_are_compiled_one_by_one() {
    check(&[
        cells(
            "a future import in a later cell",
            &["import math\ndef root(n): return math.sqrt(n)", "from __future__ import annotations"],
            "root",
            "9",
        )
        .gives("3.0\n"),
        cells("a cell that does not parse", &["def area(r): return r", "output = "], "area", "3")
            .gives("3\n"),
        cells(
            "an import that is not needed",
            &["from google.colab import drive", "def f(n): return n+1"],
            "f",
            "3",
        )
        .gives("4\n"),
        cells(
            "an import that is not needed, beside others",
            &["import math, no_such_module_here", "def f(n): return n+1"],
            "f",
            "3",
        )
        .gives("4\n"),
        cells("a cell that fails", &["import math\nK = 1 / 0", "def f(n): return n+1"], "f", "3")
            .gives("4\n"),
        cells(
            "a needed import that fails",
            &["import no_such_module_here as nope", "def f(n): return nope.x(n)"],
            "f",
            "3",
        )
        .says("no_such_module_here")
        .says("pip install"),
        cells("the last of a name", &["def f(n): return n+1", "def f(n): return n*2"], "f", "3").gives("6\n"),
    ]);
}

#[test]
fn a_place_is_a_cell_and_a_line() {
    check(&[
        cells(
            "of a failure",
            &["import math", "x = 1", "def f(n):\n    y = n\n    return 1 // (y - y)"],
            "f",
            "3",
        )
        .leaves("\n")
        .says("cell 3, line 3"),
        cells("of a syntax error", &["x = 1", "def f(n):\n    return (n\n"], "f", "3")
            .refuses("cell 2, line 2"),
    ]);
}

#[test]
fn older_formats_run() {
    let three = r#"{"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"metadata": {}, "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["Title"]},
        {"cell_type": "code", "collapsed": false, "input": ["def f(n):\n", "    return n + 1"], "language": "python",
         "metadata": {}, "outputs": [], "prompt_number": 1}]}]}"#;
    check(&[case("format 3").file("n.ipynb", three).run("--python n.ipynb:f 3").gives("4\n")]);
}
