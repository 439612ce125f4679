//! Names of functions, and how inputs become arguments.

use crate::case::{case, check};

const CALLABLES: &str = "\
from functools import partial
from math import sqrt
from operator import mul as times
def power(base, exponent):
    return base ** exponent
square = partial(power, exponent=2)
class Scale:
    def __init__(self, k): self.k = k
    def by(self, n): return n * self.k
    def __call__(self, n): return n + self.k
triple = Scale(3).by
plus = Scale(4)
class Box:
    def __init__(self, n): self.n = n
    def __str__(self): return 'box of %d' % self.n
";

#[test]
fn callables_of_every_kind_can_be_named() {
    let call = |name: &str, input: &str| {
        case(name).file("f.py", CALLABLES).run(format!("--python f.py:{name} {input}"))
    };
    check(&[
        call("square", "5").gives("25\n"),
        call("power", "'[2,5]'").gives("32\n"),
        call("times", "'[2,5]'").gives("10\n"),
        call("sqrt", "9").gives("3.0\n"),
        call("triple", "5").gives("15\n"),
        call("plus", "5").gives("9\n"),
        call("Box", "5").gives("box of 5\n"),
    ]);
}

#[test]
fn words_of_a_shell_are_inputs() {
    check(&[
        case("a comma in a name").file("a,b.txt", "x\n").run("--command 'cat {}' 'a,b.txt'").gives("x\n"),
        case("a list is one input").run("--command 'echo {}' '[2,5]'").gives("[2,5]\n"),
        case("a column of two words")
            .file("t.csv", "Town Name,n\nUlm,1\nLe Havre,2\n")
            .run("--command 'echo {Town Name}' -i t.csv --column *")
            .gives("Ulm\nLe Havre\n"),
    ]);
}
