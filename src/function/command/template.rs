//! What a template says: text with placeholders in it, and what stands for them for one input. Pure: nothing is run and
//! no file is looked at.
//!
//! The placeholders and their meaning are GNU parallel's. A form (`.`, `/`, `//`, `/.`) can follow each name of a value:
//! `{2/.}`, `{path//}`.

use std::borrow::Cow;

use super::fields::Fields;
use crate::value::{ValueRef, shortened};

/// What of a value a placeholder can ask for, by how it ends.
const FORMS: [(&str, Form); 5] = [
    ("/.", Form::BaseWithoutExtension),
    ("//", Form::Folder),
    ("/", Form::Base),
    (".", Form::WithoutExtension),
    ("", Form::Whole),
];

/// One character of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) sign: char,
    /// It stands for itself and begins no placeholder.
    pub(super) is_plain: bool,
}

/// A piece of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TemplatePart {
    Text(String),
    Placeholder(Placeholder),
}

/// A placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placeholder {
    pub(super) source: PlaceholderKind,
    pub(super) form: Form,
    /// With its braces, as a person wrote it.
    pub(super) written: String,
}

/// Where the text of a placeholder comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PlaceholderKind {
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
pub enum Form {
    Whole,
    WithoutExtension,
    Base,
    Folder,
    BaseWithoutExtension,
}

impl Placeholder {
    /// The placeholder of the whole input, for templates that have none.
    pub(super) fn input() -> Self {
        Self { source: PlaceholderKind::Input, form: Form::Whole, written: "{}".to_owned() }
    }

    /// What stands between two braces as a placeholder; nothing where it is only text, as in `awk '{print $1}'`.
    /// `columns` are the names that count in spite of the signs in them.
    pub(super) fn parse(inner: &str, columns: &[String]) -> Option<Self> {
        let (source, form) = column_of(inner, columns)
            .map(|(name, form)| (PlaceholderKind::Column(name.to_owned()), form))
            .or_else(|| plain_source(inner))?;
        Some(Self { source, form, written: format!("{{{inner}}}") })
    }
}

/// The column of these that is named between two braces, by its whole name first.
pub(super) fn column_of<'a>(inner: &'a str, columns: &[String]) -> Option<(&'a str, Form)> {
    let named = FORMS.iter().rev().filter_map(|(end, form)| Some((inner.strip_suffix(end)?, *form)));
    named.into_iter().find(|(name, _)| columns.iter().any(|column| column == name))
}

pub(super) fn plain_source(inner: &str) -> Option<(PlaceholderKind, Form)> {
    let (name, form) = FORMS.iter().find_map(|(end, form)| Some((inner.strip_suffix(end)?, *form)))?;
    let source = match (name, form) {
        ("", _) => PlaceholderKind::Input,
        ("#", Form::Whole) => PlaceholderKind::Number,
        ("%", Form::Whole) => PlaceholderKind::Worker,
        _ => match name.as_bytes() {
            [digit @ b'1'..=b'9'] => PlaceholderKind::Position(usize::from(digit - b'0')),
            _ if is_plain_name(name) => PlaceholderKind::Column(name.to_owned()),
            _ => return None,
        },
    };
    Some((source, form))
}

/// Whether a name in braces can only be meant as a column. With other signs in it, it may be one: braces stand for much
/// else in scripts of awk, sed or jq.
pub(super) fn is_plain_name(name: &str) -> bool {
    let is_inner = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.');
    name.starts_with(|first: char| first.is_alphabetic() || first == '_') && name.chars().all(is_inner)
}

/// The length of the named column that a text begins with, its closing brace included. The text follows a brace.
pub(super) fn column_length(text: &str, columns: &[String]) -> Option<usize> {
    let (inner, _) = text.split_once(['{', '}'])?;
    let is_closed = text[inner.len()..].starts_with('}');
    (is_closed && column_of(inner, columns).is_some()).then(|| inner.chars().count() + 1)
}

/// The pieces of what is written, each with where it begins.
pub(super) fn parts(letters: &[Letter], columns: &[String]) -> Vec<(usize, TemplatePart)> {
    let (mut parts, mut text, mut at) = (Vec::new(), String::new(), 0);
    while let Some(letter) = letters.get(at) {
        match hole_at(&letters[at..], columns) {
            Some((placeholder, length)) => {
                if !text.is_empty() {
                    parts.push((at - text.chars().count(), TemplatePart::Text(std::mem::take(&mut text))));
                }
                parts.push((at, TemplatePart::Placeholder(placeholder)));
                at += length;
            }
            None => {
                text.push(letter.sign);
                at += 1;
            }
        }
    }
    if !text.is_empty() {
        parts.push((at - text.chars().count(), TemplatePart::Text(text)));
    }
    parts
}

/// The placeholder that these letters begin with, and how many of them it takes.
fn hole_at(letters: &[Letter], columns: &[String]) -> Option<(Placeholder, usize)> {
    let (first, rest) = letters.split_first()?;
    if first.sign != '{' || first.is_plain {
        return None;
    }
    let end = rest.iter().position(|letter| matches!(letter.sign, '{' | '}'))?;
    let is_closed = rest[end].sign == '}' && !rest[..=end].iter().any(|letter| letter.is_plain);
    let inner: String = rest[..end].iter().map(|letter| letter.sign).collect();
    is_closed.then(|| Placeholder::parse(&inner, columns)).flatten().map(|placeholder| (placeholder, end + 2))
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

    pub(super) fn fields(&self) -> &Fields<'a> {
        &self.fields
    }

    /// The bytes that stand for a placeholder; otherwise a sentence that says what is missing.
    pub(super) fn fill(&self, placeholder: &Placeholder) -> Result<Cow<'_, [u8]>, String> {
        let text = match &placeholder.source {
            PlaceholderKind::Input => bytes_of(self.input)?,
            PlaceholderKind::Number => Cow::Owned(self.number.to_string().into_bytes()),
            PlaceholderKind::Worker => Cow::Owned(self.worker.to_string().into_bytes()),
            PlaceholderKind::Column(name) => self.column(name, &placeholder.written)?,
            PlaceholderKind::Position(place) => self.position(*place, &placeholder.written)?,
        };
        Ok(match text {
            Cow::Borrowed(text) => Cow::Borrowed(placeholder.form.of(text)),
            Cow::Owned(text) if placeholder.form == Form::Whole => Cow::Owned(text),
            Cow::Owned(text) => Cow::Owned(placeholder.form.of(&text).to_vec()),
        })
    }

    fn column(&self, name: &str, written: &str) -> Result<Cow<'_, [u8]>, String> {
        match &self.fields {
            Fields::Row(_) => self.fields.named(name),
            _ => Err(format!(
                "{written} names a column; take the rows of a table whole for that (column `*`), or write \\{written} \
                 where the brace is text: this is {}",
                self.what_it_is()
            )),
        }
    }

    fn position(&self, place: usize, written: &str) -> Result<Cow<'_, [u8]>, String> {
        match (&self.fields, place) {
            (Fields::Row(_) | Fields::List(_), _) => self.fields.at(place, written),
            // As one source of inputs is for GNU parallel.
            (Fields::None, 1) => bytes_of(self.input),
            (Fields::None, _) => {
                Err(format!("{written} is for lists and rows, but this is {}", self.what_it_is()))
            }
        }
    }

    fn what_it_is(&self) -> String {
        format!("{}: {}", self.input.type_name(), shortened(&self.input.to_string(), 60))
    }
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
    use super::super::candidates::Candidates;
    use super::*;

    fn filled(template: &str, input: ValueRef<'_>) -> Result<String, String> {
        let letters: Vec<_> = template.chars().map(|sign| Letter { sign, is_plain: false }).collect();
        let filling = Filling::new(input, true, 6, 3);
        let columns = Candidates::of(template).columns_of(filling.fields())?;
        let mut text = String::new();
        for (_, part) in parts(&letters, &columns) {
            match part {
                TemplatePart::Text(part) => text.push_str(&part),
                TemplatePart::Placeholder(placeholder) => {
                    text.push_str(&String::from_utf8_lossy(&filling.fill(&placeholder)?))
                }
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
        let missing = "there is no column `nmae` among name, born; did you mean `name`?";
        assert_eq!(filled("{nmae}", row).unwrap_err(), missing);
        let no_row = "{name} names a column; take the rows of a table whole for that (column `*`), or write \\{name} \
                      where the brace is text: this is an integer: 5";
        assert_eq!(filled("{name}", ValueRef::Int(5)).unwrap_err(), no_row);
        let no_place = filled("{3}", ValueRef::Json("[1,2]")).unwrap_err();
        assert_eq!(no_place, "{3} is missing: the list has 2");
        assert_eq!(
            filled("{2}", ValueRef::Int(5)).unwrap_err(),
            "{2} is for lists and rows, but this is an integer: 5"
        );
    }

    #[test]
    fn names_with_other_signs_count_where_the_row_has_such_a_column() {
        let row = ValueRef::Json(r#"{"Town Name":"a/b.c","2023":1.10,"a,b":"x","1":"one","é":"ü","n":NaN}"#);
        let template =
            "{Town Name} {Town Name/.} {2023} {a,b} {1} {2} {é} {n} {Town  Name, too} {print $1} {1..3}";
        assert_eq!(
            filled(template, row).unwrap(),
            "a/b.c b 1.10 x one 1.10 ü NaN {Town  Name, too} {print $1} {1..3}"
        );
        assert_eq!(
            filled("{Town Nmae}", row).unwrap_err(),
            "there is no column `Town Nmae`; did you mean `Town Name`? (write \\{ for a brace that is text)"
        );
        assert_eq!(filled("{Town Name}", ValueRef::Text("x")).unwrap(), "{Town Name}");
        assert_eq!(filled("{9}", row).unwrap_err(), "{9} is missing: the row has 6 columns");
    }
}
