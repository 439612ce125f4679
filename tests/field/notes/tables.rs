//! Dialects of tables, and JSON.

use crate::case::{Case, case, check};

fn echo(name: &str, table: impl AsRef<[u8]>, column: &str) -> Case {
    case(name).file("t.csv", table).run(format!("--command 'echo {{}}' -i t.csv --column {column}"))
}

#[test]
fn dialects_are_told_from_the_content() {
    check(&[
        echo("CR alone", "name,size\rUlm,1\rAix,3\r", "size").gives("1\n3\n"),
        echo("sep=", "sep=;\nname;size\nUlm;3\n", "size").gives("3\n"),
        echo("pipes", "id|n\n1|5\n2|6\n", "n").gives("5\n6\n"),
        echo("years as a header", "region,2023,2024\nEMEA,10,20\nAPAC,30,40\n", "region")
            .gives("EMEA\nAPAC\n"),
        echo("R's short header", "\"mpg\",\"cyl\"\n\"Mazda\",21,6\n\"Datsun\",22.8,4\n", "cyl")
            .gives("6\n4\n"),
        echo("# lines on top", "# made by a tool\n# on a day\na,b\n1,2\n3,4\n", "b").gives("2\n4\n"),
        echo("blank lines in the middle", "a,b\n1,2\n\n\n3,4\n", "b").gives("2\n4\n"),
        case("years are keys")
            .file("t.csv", "region,2023,2024\nEMEA,10,20\n")
            .file("f.py", "def f(row):\n    return sorted(row)\n")
            .run("--python f.py -i t.csv --column *")
            .gives("[\"2023\",\"2024\",\"region\"]\n"),
    ]);
}

#[test]
fn a_dialect_can_be_said() {
    let run = |case: Case, more: &str| case.run(format!("--command 'echo {{}}' -i t.csv {more}"));
    check(&[
        run(case("no header").file("t.csv", "a,b\nc,d\n"), "--header no --column 2").gives("b\nd\n"),
        run(case("a header of numbers").file("t.csv", "1,2\n3,4\n"), "--header yes --column 2").gives("4\n"),
        run(case("a delimiter").file("t.csv", "a:b\n1:2\n"), "--delimiter : --column b").gives("2\n"),
        run(case("an encoding").file("t.csv", b"name,n\ncaf\xe9,1\n"), "--encoding latin-1 --column name")
            .gives("café\n"),
        run(case("an encoding that is not said").file("t.csv", b"name,n\ncaf\xe9,1\n"), "--column name")
            .refuses("--encoding"),
    ]);
}

#[test]
fn json_is_what_python_reads() {
    let read = |name: &str, content: &str| {
        let rows = if content.contains('{') { "--column *" } else { "" };
        let run = format!("--python f.py -i t.json {rows}");
        case(name).file("t.json", content).file("f.py", "def f(x):\n    return repr(x)\n").run(run)
    };
    check(&[
        read("NaN and infinities", "[0.5, NaN, -Infinity]").gives("0.5\nnan\n-inf\n"),
        read("an object over several lines", "{\n\"a\": 1\n}\n").gives("{'a': 1}\n"),
        read("an object on one line", "{\"a\": 1}\n").gives("{'a': 1}\n"),
        read("31 digits", "[1000000000000000000000000000057]").gives("1000000000000000000000000000057\n"),
        read("31 digits within", "[{\"a\": 1000000000000000000000000000057}]")
            .gives("{'a': 1000000000000000000000000000057}\n"),
    ]);
}
