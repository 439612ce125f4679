//! What comes back is kept.

use crate::case::{Case, case, check};

fn returns(name: &str, imports: &str, value: &str) -> Case {
    case(name)
        .file("f.py", format!("{imports}\ndef f(n):\n    return {value}\n"))
        .run("--python f.py 1 -o o.csv")
}

#[test]
fn what_has_no_counterpart_is_told_by_str() {
    check(&[
        returns("bytes", "", "b'hello'").gives("b'hello'\n").writes("o.csv", ",b'hello',"),
        returns("a decimal", "from decimal import Decimal", "Decimal('12.50')")
            .gives("12.50\n")
            .writes("o.csv", ",12.50,"),
        returns("a date", "from datetime import date", "date(2024, 2, 29)").gives("2024-02-29\n"),
        returns("a path", "from pathlib import PurePosixPath", "PurePosixPath('a/b')").gives("a/b\n"),
        returns("a uuid", "import uuid", "uuid.UUID(int=5)").gives("00000000-0000-0000-0000-000000000005\n"),
        returns(
            "inside JSON",
            "from decimal import Decimal\nfrom datetime import date",
            "[Decimal('1.50'), {'d': date(2024, 2, 29)}]",
        )
        .gives("[\"1.50\",{\"d\":\"2024-02-29\"}]\n"),
        returns("an enum", "from enum import Enum\nclass Colour(Enum):\n    RED = 1", "Colour.RED")
            .gives("Colour.RED\n"),
        returns("a fraction", "from fractions import Fraction", "Fraction(1, 3)").gives("1/3\n"),
    ]);
}

#[test]
fn iterators_are_lists() {
    check(&[
        returns("a chain", "import itertools", "itertools.chain([1], [2])").gives("[1,2]\n"),
        returns("a generator", "", "(q for q in range(3))").gives("[0,1,2]\n"),
        returns("an iterator of a list", "", "iter([1, 2])").gives("[1,2]\n"),
        returns("a dict's items", "", "{'a': 1}.items()").gives("[[\"a\",1]]\n"),
        returns("an object of the file", "class Three:\n    def __iter__(self): return self\n    def __init__(self): self.n = 0\n    def __next__(self):\n        self.n += 1\n        if self.n > 3: raise StopIteration\n        return self.n", "Three()")
            .gives("[1,2,3]\n"),
    ]);
}

#[test]
fn numbers_are_written_as_python_does() {
    check(&[
        returns("a large float", "", "2.0 ** 70")
            .gives("1.1805916207174113e+21\n")
            .writes("o.csv", ",1.1805916207174113e+21,"),
        returns("a small one", "", "1e-7").gives("1e-07\n"),
        returns("an even one", "", "3.0").gives("3.0\n"),
        returns("within JSON", "", "[2.0 ** 70, 1e16, 1e-5]").gives("[1.1805916207174113e+21,1e+16,1e-05]\n"),
        returns("a large integer", "", "2 ** 200")
            .gives("1606938044258990275541962092341162602522202993782792835301376\n"),
    ]);
}
