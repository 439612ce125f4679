//! What was written stays: a guess of type never replaces a cell's text.

use crate::case::{Case, case, check};

const TOWNS: &str = "postcode,town\n01569,Ulm\n02134,Aix\n";
const IDENTITY: &str = "def f(x):\n    return repr(x)\n";

#[test]
fn a_command_gets_cells_as_they_are_written() {
    let houses = "12\n14\n14a\n16\n18\n20\n";
    check(&[
        case("a leading zero")
            .file("p.csv", TOWNS)
            .run("--command 'echo {postcode}' -i p.csv --column *")
            .gives("01569\n02134\n"),
        case("one column")
            .file("p.csv", TOWNS)
            .run("--command 'echo {}' -i p.csv --column postcode")
            .gives("01569\n02134\n"),
        case("a word among numbers").file("h.txt", houses).run("--command 'echo {}' -i h.txt").gives(houses),
        case("numbers in many writings")
            .file("n.txt", "1.10\n1e5\n-0\n1.00E+05\n14.90340\n+5\n.5\n5.\n0x10\n1_000\n")
            .run("--command 'echo {}' -i n.txt")
            .gives("1.10\n1e5\n-0\n1.00E+05\n14.90340\n+5\n.5\n5.\n0x10\n1_000\n"),
        case("an integer of 31 digits")
            .file("b.txt", "1000000000000000000000000000057\n")
            .run("--command 'echo {}' -i b.txt")
            .gives("1000000000000000000000000000057\n"),
        case("what a command prints stays").run("--shell --command 'echo 3.10 #{}' 1").gives("3.10\n"),
        case("a printed leading zero stays").run("--shell --command 'echo 007 #{}' 1").gives("007\n"),
        case("typed inputs too").run("--command 'echo {}' 007 1.10 1e5").gives("007\n1.10\n1e5\n"),
    ]);
}

#[test]
fn rows_hold_the_inputs_as_they_were_written() {
    let prices = "item,price\na,1.00E+05\nb,14.90340\nc,007\n";
    let run = |file: &str| format!("--command 'echo Z-{{}}' -i p.csv --column price -o {file}");
    let both = |case: Case, file: &str| {
        case.file("p.csv", prices).run(run(file)).gives("Z-1.00E+05\nZ-14.90340\nZ-007\n")
    };
    check(&[
        both(case("as CSV"), "o.csv")
            .writes("o.csv", "0,1.00E+05,Z-1.00E+05,")
            .writes("o.csv", "1,14.90340,")
            .writes("o.csv", "2,007,Z-007,"),
        both(case("as JSON Lines"), "o.jsonl")
            .writes("o.jsonl", "1.00E+05")
            .writes("o.jsonl", "14.90340")
            .writes("o.jsonl", "007"),
        both(case("as JSON"), "o.json").writes("o.json", "14.90340"),
        case("a postcode")
            .file("p.csv", TOWNS)
            .run("--command 'echo Z-{}' -i p.csv --column postcode -o o.csv")
            .gives("Z-01569\nZ-02134\n")
            .writes("o.csv", "0,01569,Z-01569,"),
    ]);
}

#[test]
fn python_gets_the_numbers_that_people_expect() {
    let python = |name: &str, file: &str| {
        case(name).file("f.py", IDENTITY).file("n.txt", file).run("--python f.py -i n.txt")
    };
    check(&[
        python("floats", "1.10\n2.5\n").gives("1.1\n2.5\n"),
        python("an exponent", "1e5\n2e5\n").gives("100000.0\n200000.0\n"),
        python("integers", "2500\n-3\n").gives("2500\n-3\n"),
        python("leading zeros are text", "01569\n02134\n").gives("'01569'\n'02134'\n"),
        python("a column with words is text", "12\n14a\n16\n").gives("'12'\n'14a'\n'16'\n"),
        python("integers of any size", "1000000000000000000000000000057\n3\n")
            .gives("1000000000000000000000000000057\n3\n"),
        case("arithmetic with them")
            .file("f.py", "def f(n):\n    return n + 1\n")
            .file("n.txt", "1000000000000000000000000000057\n")
            .run("--python f.py -i n.txt")
            .gives("1000000000000000000000000000058\n"),
    ]);
}

#[test]
fn a_hint_says_what_the_function_gets() {
    let hinted = |hint: &str, file: &str| {
        let source = format!("def f(x: {hint}):\n    return repr(x)\n");
        case(format!("x: {hint}")).file("f.py", source).file("n.txt", file).run("--python f.py -i n.txt")
    };
    check(&[
        hinted("str", "1.10\n1e5\n007\n").gives("'1.10'\n'1e5'\n'007'\n"),
        hinted("int", "007\n12\n").gives("7\n12\n"),
        hinted("float", "1\n2.50\n").gives("1.0\n2.5\n"),
        case("in a row")
            .file("f.py", "def f(postcode: str, town):\n    return repr((postcode, town))\n")
            .file("p.csv", TOWNS)
            .run("--python f.py -i p.csv --column *")
            .gives("('01569', 'Ulm')\n('02134', 'Aix')\n"),
    ]);
}

#[test]
fn a_type_can_be_said() {
    let typed = |kind: &str, file: &str| {
        case(format!("--type {kind}"))
            .file("f.py", IDENTITY)
            .file("n.txt", file)
            .run(format!("--python f.py -i n.txt --type {kind}"))
    };
    check(&[
        typed("text", "1.10\n2500\n").gives("'1.10'\n'2500'\n"),
        typed("integer", "007\n12\n").gives("7\n12\n"),
        typed("float", "1\n2\n").gives("1.0\n2.0\n"),
        typed("json", "[1, 2.50]\n{\"a\": null}\n").gives("[1, 2.5]\n{'a': None}\n"),
        typed("integer", "1\nx\n").refuses("line 2"),
    ]);
}

#[test]
fn a_column_widens_wherever_it_comes_from() {
    let numbers: String = (1..=1000).map(|n| format!("{n}\n")).collect::<String>() + "3.5\n";
    let halves: Vec<f64> = (1..=1000).map(f64::from).chain([3.5]).map(|n| n / 2.0).collect();
    let halves: String = halves.iter().map(|half| format!("{half:?}\n")).collect();
    let script = "--script-text 'def f(x): return x / 2'";
    check(&[
        case("from a file").file("n.txt", &numbers).run(format!("{script} -i n.txt")).gives(&halves),
        case("from standard input").stdin(&numbers).run(format!("{script} -i -")).gives(&halves),
        case("from a stream")
            .file("n.txt", &numbers)
            .run(format!("{script} -i n.txt --stream"))
            .gives(&halves),
    ]);
}
