use super::*;
use crate::input::CellTypes;
use crate::input::LoadProgress;
use crate::input::{Loaded, load_reader};
use crate::value::{Column, Value, ValueRef};

fn load_as(format: Format, text: &str, column: Option<ColumnChoice>) -> crate::error::Result<Loaded> {
    let options = LoadOptions { format: Some(format), column, ..LoadOptions::default() };
    load_reader(text.as_bytes(), "t", &options, &LoadProgress::new())
}

fn bad_lines(loaded: &Loaded) -> Vec<(u64, &str)> {
    loaded.bad.first.iter().map(|bad| (bad.line, bad.reason.as_str())).collect()
}

#[test]
fn a_list_of_scalars_is_a_column() {
    let loaded = load_as(Format::Json, "[1, 2,\n 3 ]\n", None).unwrap();
    assert_eq!((&*loaded.column, loaded.columns.len()), (&vec![1_i64, 2, 3].into(), 0));
    let loaded = load_as(Format::Json, r#"["a,b", "c]", "\u00e9"]"#, None).unwrap();
    assert_eq!(*loaded.column, ["a,b", "c]", "é"].into_iter().collect());
    let loaded = load_as(Format::Json, "[1, 2.5]", None).unwrap();
    assert_eq!(*loaded.column, Column::Mixed(vec![1.into(), 2.5.into()]));
}

#[test]
fn a_key_of_objects_can_be_chosen() {
    let text = r#"[{"n": 1, "s": "x"}, {"n": 2, "s": "y"}, {"s": "z"}]"#;
    let loaded = load_as(Format::Json, text, Some(ColumnChoice::Name("n".into()))).unwrap();
    assert_eq!(*loaded.column, vec![1_i64, 2].into());
    assert_eq!(bad_lines(&loaded), [(1, "has no `n`")]);
    let loaded = load_as(Format::Json, text, Some(ColumnChoice::Number(2))).unwrap();
    assert_eq!(*loaded.column, ["x", "y", "z"].into_iter().collect());
    let error = load_as(Format::Json, text, Some(ColumnChoice::Name("m".into()))).unwrap_err();
    assert!(error.to_string().contains("the columns are `n`, `s`"), "{error}");
}

#[test]
fn objects_stay_whole_unless_a_single_key_has_what_is_asked_for() {
    let loaded = load_as(Format::Jsonl, "{\"a\": 1, \"b\": 2}\n{\"a\": 3}\n\n", None).unwrap();
    assert_eq!(*loaded.column, Column::Json([r#"{"a": 1, "b": 2}"#, r#"{"a": 3}"#].into_iter().collect()));
    assert_eq!((loaded.columns.len(), loaded.chosen_column), (2, None));
    let single = "{\"a\": 1}\n{\"a\": 3}\n";
    let loaded = load_as(Format::Jsonl, single, None).unwrap();
    assert_eq!((loaded.column.get(1), loaded.chosen_column), (Some(ValueRef::Json("{\"a\": 3}")), None));
    let options = LoadOptions { types: CellTypes::all(CellType::Number), ..LoadOptions::default() };
    let loaded = load_reader(single.as_bytes(), "t", &options, &LoadProgress::new()).unwrap();
    assert_eq!((&*loaded.column, loaded.chosen_column), (&vec![1_i64, 3].into(), Some(0)));
}

#[test]
fn an_integer_of_any_size_keeps_its_digits() {
    let loaded = load_as(Format::Json, "[1,\n99999999999999999999]", None).unwrap();
    assert_eq!(*loaded.column, Column::Mixed(vec![1.into(), Value::Json("99999999999999999999".into())]));
}

#[test]
fn a_broken_element_or_end_is_a_bad_line() {
    let loaded = load_as(Format::Json, "[\"a\",\n\"b\" \"c\",\n,\n\"d\",]", None).unwrap();
    assert_eq!(*loaded.column, ["a", "d"].into_iter().collect());
    assert_eq!(bad_lines(&loaded), [(2, "not valid JSON (trailing characters)"), (3, "empty")]);
    let loaded = load_as(Format::Json, "[1, 2, 3", None).unwrap();
    assert_eq!(loaded.column.len(), 2);
    assert_eq!(bad_lines(&loaded), [(1, "the list is not closed; the file may be cut off")]);
    let loaded = load_as(Format::Json, "[1, 2]\n[3]", None).unwrap();
    assert_eq!(bad_lines(&loaded), [(2, "there is more after the end of the list")]);
}

#[test]
fn objects_may_follow_each_other_without_a_list() {
    let key = || Some(ColumnChoice::Name("a".into()));
    let loaded = load_as(Format::Json, "{\n\"a\": 1}\n {\"a\": [2,\n {}]},{\"a\": 3}\n", key()).unwrap();
    let values = [1.into(), Value::Json("[2,{}]".into()), 3.into()];
    assert_eq!(*loaded.column, Column::Mixed(values.to_vec()));
    let loaded = load_as(Format::Json, "{\"a\": 1}\nx\n{\"a\": 2", None).unwrap();
    let reasons =
        [(2, "not valid JSON (expected value)"), (3, "the object is not closed; the file may be cut off")];
    assert_eq!(bad_lines(&loaded), reasons);
    let error = load_as(Format::Json, "5", None).unwrap_err();
    assert!(error.to_string().contains("must hold one list"), "{error}");
}

#[test]
fn an_element_that_is_too_long_is_passed_over() {
    let long = b"[1, \"".chain(io::repeat(b'x').take(2 * MAX_ROW_BYTES as u64)).chain(&b"\", 2]"[..]);
    let mut elements = Elements::new(long);
    let mut seen = Vec::new();
    while elements.advance().unwrap() {
        seen.push((elements.row().bytes.len(), elements.row().broken.is_some()));
    }
    assert_eq!(seen, [(1, false), (KEPT_HEAD_BYTES, true), (1, false)]);
    assert!(elements.row.capacity() <= 2 * MAX_ROW_BYTES);
}
