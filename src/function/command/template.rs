//! What a template says: text with placeholders in it, and what stands for them for one input. Pure: nothing is run and
//! no file is looked at.
//!
//! The placeholders and their meaning are GNU parallel's. A form (`.`, `/`, `//`, `/.`) can follow each name of a value:
//! `{2/.}`, `{path//}`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::error::nearest;
use crate::value::{ValueRef, shortened};

/// One character of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) sign: char,
    /// It stands for itself and begins no placeholder.
    pub(super) is_plain: bool,
}

/// A piece of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Hole(Hole),
}

/// A placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hole {
    pub(super) source: Source,
    form: Form,
    /// With its braces, as a person wrote it.
    pub(super) written: String,
}

/// Where the text of a placeholder comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Input,
    /// A place in a list, from 1.
    Position(usize),
    Column(String),
    /// The item's number, from 1.
    Number,
    Worker,
}

/// What of a path is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Whole,
    WithoutExtension,
    Base,
    Folder,
    BaseWithoutExtension,
}

impl Hole {
    /// The placeholder of the whole input, for templates that have none.
    pub(super) fn input() -> Self {
        Self { source: Source::Input, form: Form::Whole, written: "{}".to_owned() }
    }

    /// What stands between two braces as a placeholder; nothing where it is only text, as in `awk '{print $1}'`.
    fn parse(inner: &str) -> Option<Self> {
        let forms = [
            ("/.", Form::BaseWithoutExtension),
            ("//", Form::Folder),
            ("/", Form::Base),
            (".", Form::WithoutExtension),
            ("", Form::Whole),
        ];
        let (name, form) = forms.iter().find_map(|(end, form)| Some((inner.strip_suffix(end)?, *form)))?;
        let source = match (name, form) {
            ("", _) => Source::Input,
            ("#", Form::Whole) => Source::Number,
            ("%", Form::Whole) => Source::Worker,
            _ => match name.as_bytes() {
                [digit @ b'1'..=b'9'] => Source::Position(usize::from(digit - b'0')),
                _ if is_column(name) => Source::Column(name.to_owned()),
                _ => return None,
            },
        };
        Some(Self { source, form, written: format!("{{{inner}}}") })
    }
}

/// Names with other signs in them are text: braces stand for much else in scripts of awk, sed or jq.
fn is_column(name: &str) -> bool {
    let is_inner = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.');
    name.starts_with(|first: char| first.is_alphabetic() || first == '_') && name.chars().all(is_inner)
}

/// The pieces of what is written, each with where it begins.
pub(super) fn parts(letters: &[Letter]) -> Vec<(usize, Part)> {
    let (mut parts, mut text, mut at) = (Vec::new(), String::new(), 0);
    while let Some(letter) = letters.get(at) {
        match hole_at(&letters[at..]) {
            Some((hole, length)) => {
                if !text.is_empty() {
                    parts.push((at - text.chars().count(), Part::Text(std::mem::take(&mut text))));
                }
                parts.push((at, Part::Hole(hole)));
                at += length;
            }
            None => {
                text.push(letter.sign);
                at += 1;
            }
        }
    }
    if !text.is_empty() {
        parts.push((at - text.chars().count(), Part::Text(text)));
    }
    parts
}

/// The placeholder that these letters begin with, and how many of them it takes.
fn hole_at(letters: &[Letter]) -> Option<(Hole, usize)> {
    let (first, rest) = letters.split_first()?;
    if first.sign != '{' || first.is_plain {
        return None;
    }
    let end = rest.iter().position(|letter| matches!(letter.sign, '{' | '}'))?;
    let is_closed = rest[end].sign == '}' && !rest[..=end].iter().any(|letter| letter.is_plain);
    let inner: String = rest[..end].iter().map(|letter| letter.sign).collect();
    is_closed.then(|| Hole::parse(&inner)).flatten().map(|hole| (hole, end + 2))
}

/// What an input has parts of; each as it is written, so that `1.10` and large integers stay what they are.
enum Fields<'a> {
    None,
    Row(BTreeMap<String, &'a RawValue>),
    List(Vec<&'a RawValue>),
}

impl<'a> Fields<'a> {
    fn of(input: ValueRef<'a>) -> Self {
        let ValueRef::Json(text) = input else { return Self::None };
        let row = serde_json::from_str(text).map(Self::Row);
        row.or_else(|_| serde_json::from_str(text).map(Self::List)).unwrap_or(Self::None)
    }
}

/// One input with its surroundings, from which placeholders are filled.
pub(super) struct Filling<'a> {
    input: ValueRef<'a>,
    fields: Fields<'a>,
    number: u64,
    worker: usize,
}

impl<'a> Filling<'a> {
    /// `has_fields` says that a placeholder asks for a part of the input.
    pub(super) fn new(input: ValueRef<'a>, has_fields: bool, index: u64, worker: usize) -> Self {
        let fields = if has_fields { Fields::of(input) } else { Fields::None };
        Self { input, fields, number: index + 1, worker }
    }

    /// The bytes that stand for a placeholder; otherwise a sentence that says what is missing.
    pub(super) fn fill(&self, hole: &Hole) -> Result<Cow<'_, [u8]>, String> {
        let text = match &hole.source {
            Source::Input => bytes_of(self.input)?,
            Source::Number => Cow::Owned(self.number.to_string().into_bytes()),
            Source::Worker => Cow::Owned(self.worker.to_string().into_bytes()),
            Source::Column(name) => field_bytes(self.column(name, &hole.written)?),
            Source::Position(place) => match (&self.fields, place) {
                (Fields::List(list), _) => match list.get(place - 1) {
                    Some(field) => field_bytes(field),
                    None => return Err(format!("{} is missing: the list has {}", hole.written, list.len())),
                },
                // As one source of inputs is for GNU parallel.
                (_, 1) => bytes_of(self.input)?,
                _ => return Err(format!("{} is for lists, but this is {}", hole.written, self.what_it_is())),
            },
        };
        Ok(match text {
            Cow::Borrowed(text) => Cow::Borrowed(hole.form.of(text)),
            Cow::Owned(text) if hole.form == Form::Whole => Cow::Owned(text),
            Cow::Owned(text) => Cow::Owned(hole.form.of(&text).to_vec()),
        })
    }

    fn column(&self, name: &str, written: &str) -> Result<&RawValue, String> {
        match &self.fields {
            Fields::Row(row) => row.get(name).copied().ok_or_else(|| no_column(name, row)),
            _ => Err(format!(
                "{written} names a column; take the rows of a table whole for that (column `*`): this is {}",
                self.what_it_is()
            )),
        }
    }

    fn what_it_is(&self) -> String {
        format!("{}: {}", self.input.type_name(), shortened(&self.input.to_string(), 60))
    }
}

fn no_column(name: &str, row: &BTreeMap<String, &RawValue>) -> String {
    let names = || row.keys().map(String::as_str);
    let all = names().collect::<Vec<_>>().join(", ");
    let hint = nearest(name, names()).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    format!("there is no column `{name}` among {}{hint}", shortened(&all, 200))
}

/// A cell as a command gets it.
pub(super) fn bytes_of(cell: ValueRef<'_>) -> Result<Cow<'_, [u8]>, String> {
    match cell {
        ValueRef::None => Ok(Cow::Borrowed(b"")),
        ValueRef::Text(text) | ValueRef::Json(text) => Ok(Cow::Borrowed(text.as_bytes())),
        ValueRef::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
        ValueRef::Tile(_) => Err("a picture tile cannot be given to a command".to_owned()),
        ValueRef::Bool(_) | ValueRef::Int(_) | ValueRef::Float(_) => {
            Ok(Cow::Owned(cell.to_string().into_bytes()))
        }
    }
}

fn field_bytes(field: &RawValue) -> Cow<'_, [u8]> {
    match field.get() {
        "null" => Cow::Borrowed(b""),
        text if text.starts_with('"') => {
            // It was read as JSON before.
            Cow::Owned(serde_json::from_str::<String>(text).unwrap_or_default().into_bytes())
        }
        other => Cow::Borrowed(other.as_bytes()),
    }
}

impl Form {
    fn of(self, path: &[u8]) -> &[u8] {
        match self {
            Self::Whole => path,
            Self::WithoutExtension => without_extension(path),
            Self::Base => base(path),
            Self::Folder => folder(path),
            Self::BaseWithoutExtension => without_extension(base(path)),
        }
    }
}

fn base(path: &[u8]) -> &[u8] {
    path.iter().rposition(|byte| *byte == b'/').map_or(path, |slash| &path[slash + 1..])
}

fn without_extension(path: &[u8]) -> &[u8] {
    let name_at = path.len() - base(path).len();
    path[name_at..].iter().rposition(|byte| *byte == b'.').map_or(path, |dot| &path[..name_at + dot])
}

/// As the command `dirname`.
fn folder(path: &[u8]) -> &[u8] {
    let trimmed = without_slashes(path);
    match trimmed.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => without_slashes(&trimmed[..=slash]),
        None if trimmed.is_empty() && path.starts_with(b"/") => &path[..1],
        None => b".",
    }
}

/// Without the slashes at the end; the root keeps its own.
fn without_slashes(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte != b'/') {
        Some(last) => &path[..=last],
        None => &path[..path.len().min(1)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, input: ValueRef<'_>) -> Result<String, String> {
        let letters: Vec<_> = template.chars().map(|sign| Letter { sign, is_plain: false }).collect();
        let filling = Filling::new(input, true, 6, 3);
        let mut text = String::new();
        for (_, part) in parts(&letters) {
            match part {
                Part::Text(part) => text.push_str(&part),
                Part::Hole(hole) => text.push_str(&String::from_utf8_lossy(&filling.fill(&hole)?)),
            }
        }
        Ok(text)
    }

    #[test]
    fn paths_are_taken_apart_as_by_gnu_parallel() {
        let forms = "{} {.} {/} {//} {/.}";
        for (path, expected) in [
            ("a.tar.gz", "a.tar.gz a.tar a.tar.gz . a.tar"),
            ("dir.x/file", "dir.x/file dir.x/file file dir.x file"),
            ("/a/b/c.txt", "/a/b/c.txt /a/b/c c.txt /a/b c"),
            ("/a", "/a /a a / a"),
            ("a//b", "a//b a//b b a b"),
            ("a/b/", "a/b/ a/b/  a "),
            ("/", "/ /  / "),
            (".profile", ".profile  .profile . "),
            ("foo.", "foo. foo foo. . foo"),
        ] {
            assert_eq!(filled(forms, ValueRef::Text(path)).unwrap(), expected, "{path}");
        }
    }

    #[test]
    fn parts_of_the_input_and_its_surroundings_have_placeholders() {
        let row = ValueRef::Json(r#"{"name":"Ada","born":1815,"path":"a/b.c","none":null,"list":[1, 2]}"#);
        let template = "{name}-{born}-{path/.}-{path//}-{none}-{list}-{#}-{%}";
        assert_eq!(filled(template, row).unwrap(), "Ada-1815-b-a--[1, 2]-7-3");
        assert_eq!(filled("{2}{1}{2.}", ValueRef::Json(r#"["a","b.c"]"#)).unwrap(), "b.cab");
        assert_eq!(filled("{1/}", ValueRef::Text("a/b")).unwrap(), "b");
        assert_eq!(filled("{}", ValueRef::Bool(true)).unwrap(), "true");
        assert_eq!(filled("<{}>", ValueRef::None).unwrap(), "<>");
    }

    #[test]
    fn other_braces_are_text() {
        for text in ["{print $1}", "{a,b}", "{1..9}", "{ }", "{", "}", "{0}", "{10}", "{##}", "{/x}", "{{"] {
            assert_eq!(filled(text, ValueRef::Int(1)).unwrap(), text);
        }
        assert_eq!(filled(r#"{"n": {}, "m": [{}]}"#, ValueRef::Int(1)).unwrap(), r#"{"n": 1, "m": [1]}"#);
        assert_eq!(filled("{{}}", ValueRef::Int(1)).unwrap(), "{1}");
    }

    #[test]
    fn what_is_missing_is_a_sentence() {
        let row = ValueRef::Json(r#"{"name":"Ada","born":1815}"#);
        let missing = "there is no column `nmae` among born, name; did you mean `name`?";
        assert_eq!(filled("{nmae}", row).unwrap_err(), missing);
        let no_row = "{name} names a column; take the rows of a table whole for that (column `*`): this is an integer: 5";
        assert_eq!(filled("{name}", ValueRef::Int(5)).unwrap_err(), no_row);
        let no_place = filled("{3}", ValueRef::Json("[1,2]")).unwrap_err();
        assert_eq!(no_place, "{3} is missing: the list has 2");
        assert_eq!(
            filled("{2}", ValueRef::Int(5)).unwrap_err(),
            "{2} is for lists, but this is an integer: 5"
        );
    }
}
