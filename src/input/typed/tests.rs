use proptest::prelude::*;

use super::*;
use crate::input::CellType;
use crate::value::Value;

fn read(text: &str) -> Column {
    parse_typed(text).unwrap_or_else(|error| panic!("{text:?}: {error}")).cells().clone()
}

fn reason(text: &str) -> String {
    parse_typed(text).map_or_else(|error| error.to_string(), |column| panic!("{text:?} gives {column:?}"))
}

fn ints(cells: &[i64]) -> Column {
    cells.to_vec().into()
}

fn texts(cells: &[&str]) -> Column {
    cells.iter().copied().collect()
}

fn json(cells: &[&str]) -> Column {
    Column::Json(cells.iter().copied().collect())
}

#[test]
fn integers_stand_between_commas_or_on_lines_or_in_a_list() {
    for text in [
        "1, 2, 3",
        "1\n2\n3\n",
        "[1, 2, 3]",
        "1,2,3,",
        "1,\r\n2\r\n\r\n3,\r\n",
        " [1,\n2, 3,]\n",
        "(1, 2, 3)",
        "\u{feff}1,2\n3",
    ] {
        assert_eq!(read(text), ints(&[1, 2, 3]), "{text:?}");
    }
    assert_eq!(read("-1, +2, 1_000_000"), ints(&[-1, 2, 1_000_000]));
    assert_eq!(read("[7]"), ints(&[7]));
}

#[test]
fn numbers_are_what_they_are_in_a_list_of_python() {
    let values = [Value::Int(1), Value::Float(2.5), Value::Float(1000.0), Value::Float(0.5)];
    assert_eq!(read("1, 2.5, 1e3, .5"), Column::Mixed(values.to_vec()));
    assert_eq!(read("0.5, 2.5"), vec![0.5, 2.5].into());
    let big = Value::Json("9223372036854775808".to_owned());
    assert_eq!(read("[1, 9_223_372_036_854_775_808]"), Column::Mixed(vec![1.into(), big]));
    assert_eq!(read("3.14159265358979323846"), texts(&["3.14159265358979323846"]));
    assert_eq!(read("[3.14159265358979323846]"), vec![std::f64::consts::PI].into());
}

#[test]
fn how_a_value_was_typed_stays_beside_it() {
    let column = parse_typed("1, 2.50, +3, 1_000, True, (1, 2)").unwrap();
    let written: Vec<_> = (0..column.len()).map(|place| column.written(place)).collect();
    assert_eq!(written, [None, Some("2.50"), Some("+3"), Some("1_000"), Some("True"), Some("(1, 2)")]);
}

#[test]
fn values_can_be_read_as_another_type() {
    let typed = |text: &str, cells, is_hint| {
        parse_typed_as(text, &CellTypes { is_hint, ..CellTypes::all(cells) })
            .map(|column| column.cells().clone())
    };
    assert_eq!(
        typed("1.10, 007, 'a', 1..2", CellType::Text, true),
        Ok(texts(&["1.10", "007", "a", "1", "2"]))
    );
    assert_eq!(typed("1, 2.5, 007", CellType::Float, false), Ok(vec![1.0, 2.5, 7.0].into()));
    let error = typed("1, x", CellType::Int, false).unwrap_err().to_string();
    assert_eq!(error, "could not read the inputs: line 1, position 4: not an integer");
    assert_eq!(typed("1, x", CellType::Int, true), Ok(Column::Mixed(vec![1.into(), "x".into()])));
}

#[test]
fn words_make_text_of_all() {
    assert_eq!(read("apple, 007, New York, None"), texts(&["apple", "007", "New York", "None"]));
    assert_eq!(read(r#""a, b", "c""#), texts(&["a, b", "c"]));
    assert_eq!(
        read(r#"['it''s', "say \"hi\"\n", '\u00e9\x41\q']"#),
        texts(&["it's", "say \"hi\"\n", "éA\\q"])
    );
    assert_eq!(
        read(r"['\a\b\f\v\0', '\033[1m\1018\777']"),
        texts(&["\x07\x08\x0c\x0b\0", "\x1b[1mA8\u{1ff}"])
    );
    assert_eq!(read("\"12\""), texts(&["12"]));
    assert_eq!(read("don't, C:\\new"), texts(&["don't", "C:\\new"]));
}

#[test]
fn python_words_keep_their_meaning() {
    assert_eq!(read("[True, False]"), Column::Bool(vec![true, false]));
    assert_eq!(read("[None, None]"), Column::None(2));
    assert_eq!(read("[1, None, True]"), Column::Mixed(vec![1.into(), Value::None, true.into()]));
}

#[test]
fn nested_lists_become_json() {
    assert_eq!(read("[[1, 2], (3, 'x')]"), json(&["[1, 2]", "[3,\"x\"]"]));
    assert_eq!(read("[1, 2], [3]"), json(&["[1, 2]", "[3]"]));
    assert_eq!(
        read("{'a': 1.5, b: [True, None], \"c\": {}}"),
        json(&[r#"{"a":1.5,"b":[true,null],"c":{}}"#])
    );
    let nested = [Value::Json("[1, [2.0]]".to_owned()), Value::Int(5)];
    assert_eq!(read("[1, [2.0]], 5"), Column::Mixed(nested.to_vec()));
}

#[test]
fn ranges_hold_both_of_their_ends() {
    assert_eq!(read("1..4"), ints(&[1, 2, 3, 4]));
    assert_eq!(read("0..20 step 5"), ints(&[0, 5, 10, 15, 20]));
    assert_eq!(read("0..9 step 5"), ints(&[0, 5]));
    assert_eq!(read("3..1 step -1"), ints(&[3, 2, 1]));
    assert_eq!(read("-2 .. -1"), ints(&[-2, -1]));
    assert_eq!(read("1..3, 10, 20..30 step 5\n40"), ints(&[1, 2, 3, 10, 20, 25, 30, 40]));
    assert_eq!(read("1..2, 0.5"), Column::Mixed(vec![1.into(), 2.into(), 0.5.into()]));
    assert_eq!(read("[1..2, x]"), texts(&["1", "2", "x"]));
    assert_eq!(read("9223372036854775806..9223372036854775807"), ints(&[i64::MAX - 1, i64::MAX]));
    assert_eq!(
        read("-9223372036854775808..9223372036854775807 step 9223372036854775807"),
        ints(&[i64::MIN, -1, i64::MAX - 1])
    );
}

#[test]
fn ranges_that_never_arrive_say_what_to_write() {
    assert!(reason("5..1").contains("line 1, position 1: 5..1 runs backwards; write 5..1 step -1"));
    assert!(reason("1..5 step -1").contains("never arrives with step -1"));
    assert!(reason("1..5 step 0").contains("the step of a range cannot be 0"));
    assert!(reason("1...5").contains("`1...5` is not a range of integers"));
    assert!(reason("0.5..2").contains("not a range of integers"));
    assert!(reason("[[1..3]], 4").contains("line 1, position 3: a range cannot stand within a nested list"));
}

#[test]
fn ranges_end_at_a_hundred_million() {
    let reason_of_many = reason("1..100000000, 7");
    assert!(
        reason_of_many.contains("these are 100,000,001 inputs, and at most 100,000,000"),
        "{reason_of_many}"
    );
    assert!(
        reason("-9223372036854775808..9223372036854775807").contains("18,446,744,073,709,551,615 inputs")
    );
}

#[test]
fn a_range_that_does_not_fit_is_named_with_its_place() {
    assert!(reason("1..99999999999999999999").contains("`99999999999999999999` does not fit in 64 bits"));
}

#[test]
fn what_is_not_closed_or_not_parted_is_shown() {
    for (text, part) in [
        ("[1, 2", "line 1, position 1: this `[` is never closed"),
        ("1\n[1, {2: ", "line 2, position 9: there should be a value"),
        ("1, \"abc\n2", "line 1, position 4: this quote is not closed"),
        ("1,,2", "line 1, position 3: there is nothing before this comma"),
        (",", "nothing before this comma"),
        ("(555) 1234", "line 1, position 7: there should be a comma"),
        ("[1)]", "line 1, position 3: there should be a comma"),
        ("{'a' 1}", "there should be a `:`"),
    ] {
        let reason = reason(text);
        assert!(reason.contains(part), "{text:?}: {reason}");
    }
    assert!(reason(&"[".repeat(100_000)).contains("nested too deeply"));
}

#[test]
fn an_empty_text_says_what_to_type() {
    for text in ["", " \n ", "[]"] {
        assert!(reason(text).contains("there are none; type values such as 1, 2, 3"), "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*", brackets in "[\\[\\](){}'\",:.0-9 \\\\xu\n-]*") {
        let _ = parse_typed(&text);
        let _ = parse_typed(&brackets);
    }

    #[test]
    fn integers_come_back_as_they_were_printed(numbers in prop::collection::vec(any::<i64>(), 1..50)) {
        prop_assert_eq!(read(&format!("{numbers:?}")), Column::Int(numbers.clone()));
        let lines: Vec<String> = numbers.iter().map(i64::to_string).collect();
        prop_assert_eq!(read(&lines.join("\n")), Column::Int(numbers));
    }

    #[test]
    fn floats_come_back_as_they_were_printed(numbers in prop::collection::vec(-1e300_f64..1e300, 1..50)) {
        prop_assert_eq!(read(&format!("{numbers:?}")), Column::Float(numbers));
    }

    #[test]
    fn quoted_texts_come_back(words in prop::collection::vec("[^\\p{C}]*", 1..20)) {
        let quoted: Vec<String> = words.iter().map(|word| serde_json::to_string(word).unwrap()).collect();
        let expected: Column = words.iter().map(String::as_str).collect();
        prop_assert_eq!(read(&quoted.join(", ")), expected);
    }
}

#[test]
fn a_list_can_be_repeated_as_in_python() {
    for text in ["[2, 3]*2", " [2,\n3] * 2\n", "(2, 3)  *2"] {
        assert_eq!(read(text), ints(&[2, 3, 2, 3]), "{text:?}");
    }
    assert_eq!(read("[20_000_000]*8"), ints(&[20_000_000; 8]));
    assert_eq!(read("['a'] * 2"), texts(&["a", "a"]));
    assert_eq!(read("[1..3] * 2"), ints(&[1, 2, 3, 1, 2, 3]));
    assert!(reason("[1] * 0").contains("there are none"));
    assert!(reason("[1] * x2").contains("there should be a whole number"), "{}", reason("[1] * x2"));
    assert!(reason("[1] * 2, 3").contains("there should be a whole number"));
    assert!(reason("[1] * 999_999_999_999").contains("at most 100,000,000"));
    // What is no list is what it was before.
    assert_eq!(read("a*2, b"), texts(&["a*2", "b"]));
}
