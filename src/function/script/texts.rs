//! Makes the texts that a script builds read as Python's: the language itself writes floats from a million on with six
//! digits, and texts in lists between double quotes.
//!
//! What is formatted (`f"{x}"`, `"%s" % x`, `"{}".format(x)`) is wrapped in calls of `__str__` and its like before the
//! script is compiled. Lines stay where they are, so that errors name the right ones.

use std::collections::BTreeMap;

use starlark::codemap::Span;
use starlark::syntax::AstModule;
use starlark::syntax::ast::{ArgumentP, AstExpr, AstLiteral, BinOp, ExprP};

/// Calls of the functions that scripts are given for it, under names that nobody gives: see `extras`.
const TEXT: &str = "__str__(";
const REPR: &str = "__repr__(";

/// The lines of a script that read differently once its texts are made as Python's, as the person wrote them.
#[derive(Default)]
pub(super) struct OwnLines(BTreeMap<usize, String>);

impl OwnLines {
    /// The script with its texts as Python's, and what its own lines were.
    pub(super) fn of(name: &str, module: AstModule, source: &str) -> (AstModule, Self) {
        let Some((text, lines)) = rewritten(&module, source) else { return (module, Self::default()) };
        match AstModule::parse(name, text, &super::listing::DIALECT) {
            Ok(module) => (module, Self(lines)),
            // A form that was not thought of: its texts are the language's own then.
            Err(_) => (module, Self::default()),
        }
    }

    /// An error's text with the lines as they were written; marks below them would stand in the wrong place.
    pub(super) fn shown_in(&self, error: &str) -> String {
        let mut shown = String::with_capacity(error.len());
        let (mut place, mut has_marks) = (None, false);
        for line in error.split_inclusive('\n') {
            let (number, text) = line.trim_start().split_once(" | ").unwrap_or_default();
            let own = |number: &usize| self.0.get(number);
            let quoted: Option<&String> = number.parse().ok().as_ref().and_then(own);
            let framed = place.take().as_ref().and_then(own);
            has_marks = match (quoted, framed) {
                (Some(own), _) => {
                    shown.push_str(&format!("{number} | {own}\n"));
                    true
                }
                (None, Some(own)) => {
                    shown.push_str(&format!("      {}\n", own.trim()));
                    false
                }
                (None, None) => {
                    let is_mark = has_marks
                        && text.trim_matches(['^', '-', ' ', '\n']).is_empty()
                        && line.contains('^');
                    shown.push_str(if is_mark { "" } else { line });
                    false
                }
            };
            place = place_of(line);
        }
        shown
    }
}

/// The line of the script that a frame of a traceback names; its text follows.
fn place_of(line: &str) -> Option<usize> {
    let (file, _) = line.trim_start().strip_prefix("* ")?.split_once(", in ")?;
    file.rsplit_once(':')?.1.parse().ok()
}

/// The script with its texts as Python's, and its own lines where they differ; nothing where it formats none.
fn rewritten(module: &AstModule, source: &str) -> Option<(String, BTreeMap<usize, String>)> {
    let mut edits = Edits { source, all: Vec::new() };
    module.statement().visit_expr(|expression| edits.look_at(expression));
    if edits.all.is_empty() {
        return None;
    }
    // Stable: of several at one place, the outer ones come first.
    edits.all.sort_by_key(|edit| edit.at);
    let (mut text, mut lines, mut done) = (String::with_capacity(source.len() * 2), BTreeMap::new(), 0);
    for Edit { at, removed, inserted } in edits.all {
        text.push_str(source.get(done..at)?);
        text.push_str(&inserted);
        let number = source.get(..at)?.matches('\n').count();
        lines.insert(number + 1, source.lines().nth(number)?.to_owned());
        done = at + removed;
    }
    text.push_str(source.get(done..)?);
    Some((text, lines))
}

struct Edit {
    at: usize,
    removed: usize,
    inserted: String,
}

struct Edits<'a> {
    source: &'a str,
    all: Vec<Edit>,
}

impl Edits<'_> {
    fn look_at(&mut self, expression: &AstExpr) {
        match &expression.node {
            ExprP::FString(text) => {
                let forms = conversions(&text.node.format.node, '{');
                for (inner, form) in text.node.expressions.iter().zip(forms) {
                    self.wrap(inner, if form == 'r' { REPR } else { TEXT });
                    self.drop_form(inner.span);
                }
            }
            ExprP::Op(left, BinOp::Percent, right) => self.look_at_percent(left, right),
            ExprP::Call(callee, given) if is_named(callee, "print") => {
                for one in &given.args {
                    if let ArgumentP::Positional(one) = &one.node
                        && !is_text(one)
                    {
                        self.wrap(one, TEXT);
                    }
                }
            }
            ExprP::Call(callee, given) => {
                if let ExprP::Dot(text, name) = &callee.node
                    && name.node == "format"
                    && let ExprP::Literal(AstLiteral::String(text)) = &text.node
                    && !text.node.contains("!r")
                {
                    for one in &given.args {
                        if let ArgumentP::Positional(one) | ArgumentP::Named(_, one) = &one.node {
                            self.wrap(one, TEXT);
                        }
                    }
                }
            }
            _ => {}
        }
        expression.node.visit_expr(|inner| self.look_at(inner));
    }

    fn look_at_percent(&mut self, text: &AstExpr, given: &AstExpr) {
        let ExprP::Literal(AstLiteral::String(literal)) = &text.node else { return };
        let kinds = conversions(&literal.node, '%');
        if !kinds.iter().any(|kind| matches!(kind, 's' | 'r')) || kinds.contains(&'(') {
            return;
        }
        match &given.node {
            ExprP::Tuple(given) if given.len() == kinds.len() => {
                for (one, kind) in given.iter().zip(&kinds) {
                    match kind {
                        's' => self.wrap(one, TEXT),
                        'r' => self.wrap(one, REPR),
                        _ => {}
                    }
                }
            }
            ExprP::Tuple(_) => return,
            _ => self.wrap(given, &format!("__percent__(\"{}\", ", String::from_iter(&kinds))),
        }
        self.show_as_texts(text.span);
    }

    /// Makes an expression the argument of a call. The place of a tuple, but for the empty one, is without
    /// its brackets.
    fn wrap(&mut self, expression: &AstExpr, call: &str) {
        let is_tuple = matches!(&expression.node, ExprP::Tuple(inner) if !inner.is_empty());
        let (open, close) = if is_tuple { ("(", ",))") } else { ("", ")") };
        let (begin, end) = (expression.span.begin().get() as usize, expression.span.end().get() as usize);
        let has_comma = self.source.get(begin..end).is_some_and(|text| text.trim_end().ends_with(','));
        let close = if has_comma { "))" } else { close };
        self.edit(begin, 0, format!("{call}{open}"));
        self.edit(end, 0, close.to_owned());
    }

    /// Takes away the `!r` behind an expression in braces.
    fn drop_form(&mut self, span: Span) {
        let end = span.end().get() as usize;
        let rest = self.source.get(end..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches([' ', ')']).len();
        if let Some(form) = rest[blanks..].strip_prefix('!').and_then(|rest| rest.chars().next()) {
            self.edit(end + blanks, 1 + form.len_utf8(), String::new());
        }
    }

    /// Turns each `%r` of a literal into `%s`: what it shows is a text already.
    fn show_as_texts(&mut self, span: Span) {
        let begin = span.begin().get() as usize;
        let literal = self.source.get(begin..span.end().get() as usize).unwrap_or_default();
        let signs = literal.as_bytes();
        let mut at = 0;
        while at + 1 < signs.len() {
            match (signs[at], signs[at + 1]) {
                (b'%', b'r') => self.edit(begin + at + 1, 1, "s".to_owned()),
                (b'%', _) => {}
                _ => {
                    at += 1;
                    continue;
                }
            }
            at += 2;
        }
    }

    fn edit(&mut self, at: usize, removed: usize, inserted: String) {
        self.all.push(Edit { at, removed, inserted });
    }
}

fn is_named(expression: &AstExpr, name: &str) -> bool {
    matches!(&expression.node, ExprP::Identifier(found) if found.node.ident == name)
}

/// Whether an expression is seen to be a text.
fn is_text(expression: &AstExpr) -> bool {
    matches!(&expression.node, ExprP::FString(_) | ExprP::Literal(AstLiteral::String(_)))
}

/// What a format asks for, one letter a value: `s`, `r`, `d`; of a format with braces, `s` or `r`.
fn conversions(format: &str, mark: char) -> Vec<char> {
    let mut found = Vec::new();
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        if sign != mark {
            continue;
        }
        match signs.next() {
            Some(next) if next == mark => {}
            Some('!') => found.extend(signs.next()),
            Some('}') if mark == '{' => found.push('s'),
            Some(kind) => found.push(kind),
            None => {}
        }
    }
    found
}
