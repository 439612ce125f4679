//! Makes what a script computes the same as in Python where the language itself differs: it writes floats from a million
//! on with six digits and texts in lists between double quotes, its divisions are off in the last digit, and shifted
//! integers lose what 32 bits have no room for.
//!
//! What is formatted (`f"{x}"`, `"{}".format(x)`) becomes calls of `__str__` and its like before the script is parsed
//! again, and operators become calls after that; see `operators`. Lines stay where they are, so that errors name the
//! right ones.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use starlark::codemap::Span;
use starlark::syntax::AstModule;
use starlark::syntax::ast::{ArgumentP, AssignOp, AssignTargetP, AstExpr, AstLiteral, AstStmt, ExprP, StmtP};

/// Calls of the functions that scripts are given for it, under names that nobody gives: see `stdlib`.
const TEXT: &str = "__str__";
const REPR: &str = "__repr__";
const MULTIPLY: &str = "__imul__";
/// Methods that are Python's as functions.
const METHODS: [(&str, &str); 2] = [("format", "__format__"), ("popitem", "__popitem__")];
/// What operators become, in the parsed script.
const OPERATORS: [(&str, &str); 10] = [
    ("%", "__mod__"),
    ("//", "__floordiv__"),
    ("/", "__truediv__"),
    ("<<", "__lshift__"),
    ("==", "__eq__"),
    ("!=", "__ne__"),
    ("<", "__lt__"),
    ("<=", "__le__"),
    (">", "__gt__"),
    (">=", "__ge__"),
];

/// The lines of a script that read differently once its texts are made as Python's, as the person wrote them.
#[derive(Default)]
pub(super) struct OwnLines(BTreeMap<usize, String>);

impl OwnLines {
    /// The script with its texts as Python's, and what its own lines were.
    pub(super) fn of(name: &str, module: AstModule, source: &str) -> (AstModule, Self) {
        let again = rewritten(&module, source).and_then(|(text, lines)| {
            // A form that was not thought of: its texts are the language's own then.
            Some((AstModule::parse(name, text, &super::listing::DIALECT).ok()?, Self(lines)))
        });
        let (mut module, lines) = again.unwrap_or((module, Self::default()));
        let operators = OPERATORS.map(|(sign, function)| (sign.to_owned(), function.to_owned()));
        module.replace_binary_operators(&HashMap::from(operators));
        (module, lines)
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
    let mut edits = Edits::of(module, source);
    if edits.all.is_empty() {
        return None;
    }
    // Stable: of several at one place, the outer ones come first, and what ends there before what is taken away.
    edits.all.sort_by_key(|edit| (edit.at, edit.removed > 0));
    let (mut text, mut lines, mut done) = (String::with_capacity(source.len() * 2), BTreeMap::new(), 0);
    let own_lines: Vec<&str> = source.lines().collect();
    // How many line ends there are before `done`, counted once along the way.
    let mut number = 0;
    for Edit { at, removed, inserted } in edits.all {
        let kept = source.get(done..at)?;
        number += kept.matches('\n').count();
        text.push_str(kept);
        text.push_str(&inserted);
        lines.entry(number + 1).or_insert((*own_lines.get(number)?).to_owned());
        done = at + removed;
        number += source.get(at..done)?.matches('\n').count();
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
    /// Where texts and comments stand, whose brackets are none, in order.
    opaque: Vec<(usize, usize)>,
    /// The comments of these.
    comments: Vec<(usize, usize)>,
    all: Vec<Edit>,
}

impl<'a> Edits<'a> {
    fn of(module: &AstModule, source: &'a str) -> Self {
        let comments: Vec<(usize, usize)> = module.comments().iter().map(|span| place(*span)).collect();
        let mut edits = Self { source, opaque: comments.clone(), comments, all: Vec::new() };
        module.statement().visit_expr(|expression| note_texts(expression, &mut edits.opaque));
        edits.opaque.sort_by_key(|(begin, end)| (*begin, Reverse(*end)));
        module.statement().visit_expr(|expression| edits.look_at(expression));
        edits.look_at_statement(module.statement());
        edits
    }

    /// Spells `a %= b` out as `a = a % (b)`, where a second look at `a` changes nothing.
    fn look_at_statement(&mut self, statement: &AstStmt) {
        statement.node.visit_stmt(|inner| self.look_at_statement(inner));
        let StmtP::AssignModify(target, operator, given) = &statement.node else { return };
        let sign = match operator {
            AssignOp::Percent => "%",
            AssignOp::FloorDivide => "//",
            AssignOp::Divide => "/",
            AssignOp::LeftShift => "<<",
            AssignOp::Multiply => "*",
            _ => return,
        };
        let is_plain = match &target.node {
            AssignTargetP::Identifier(_) => true,
            AssignTargetP::Index(inner) => is_plain(&inner.0) && is_plain(&inner.1),
            _ => false,
        };
        let (begin, end) = place(target.span);
        let Some(text) = self.source.get(begin..end).filter(|_| is_plain) else { return };
        let Some(at) = self.source[end..].find(sign) else { return };
        let is_product = sign == "*";
        let spelled = if is_product { format!("= {MULTIPLY}({text}, ") } else { format!("= {text} {sign} ") };
        self.edit(end + at, sign.len() + 1, spelled);
        self.wrap(given, "");
        if is_product {
            self.edit(self.balanced(given.span).1, 0, ")".to_owned());
        }
    }

    fn look_at(&mut self, expression: &AstExpr) {
        match &expression.node {
            ExprP::FString(text) => {
                let forms = conversions(&text.node.format.node);
                for (inner, form) in text.node.expressions.iter().zip(forms) {
                    self.wrap(inner, if form == 'r' { REPR } else { TEXT });
                    self.drop_form(inner.span);
                }
            }
            ExprP::Call(callee, given) if is_named(callee, "print") => {
                for one in &given.args {
                    if let ArgumentP::Positional(one) = &one.node
                        && !is_text(one)
                    {
                        self.wrap(one, TEXT);
                    }
                }
            }
            ExprP::Call(callee, _) => {
                if let ExprP::Dot(of, name) = &callee.node
                    && let Some((_, function)) = METHODS.iter().find(|(method, _)| *method == name.node)
                {
                    self.look_at_method(of.span, name.span, function);
                }
            }
            _ => {}
        }
        expression.node.visit_expr(|inner| self.look_at(inner));
    }

    /// Turns `text.format(...)` into `__format__(text, ...)`, and the like.
    fn look_at_method(&mut self, of: Span, name: Span, function: &str) {
        let (mut begin, mut end) = self.balanced(of);
        // Its own brackets, if it has any, are closed before the dot.
        while let Some(behind) = self.after(end, ')') {
            let Some(before) = self.before(begin, '(') else { return };
            (begin, end) = (before, behind);
        }
        let named_until = place(name).1;
        if let (Some(dot), Some(open)) = (self.after(end, '.'), self.after(named_until, '(')) {
            self.edit(begin, 0, format!("{function}("));
            self.edit(dot - 1, named_until - (dot - 1), String::new());
            self.edit(open - 1, 1, ",".to_owned());
        }
    }

    /// Makes an expression the argument of a call. The place of a tuple, but for the empty one, is without its brackets.
    fn wrap(&mut self, expression: &AstExpr, call: &str) {
        let is_tuple = matches!(&expression.node, ExprP::Tuple(inner) if !inner.is_empty());
        let (begin, end) = self.balanced(expression.span);
        let has_comma = self.source.get(begin..end).is_some_and(|text| text.trim_end().ends_with(','));
        let (open, close) = if call.is_empty() { ("(", ")") } else { ("((", "))") };
        let comma = if is_tuple && !has_comma { "," } else { "" };
        self.edit(begin, 0, format!("{call}{open}"));
        self.edit(end, 0, format!("{comma}{close}"));
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

    /// The place of an expression with the brackets of its first and its last part: to the parser, `(a + b) * (c)` begins
    /// with `a` and ends with `c`.
    fn balanced(&self, span: Span) -> (usize, usize) {
        let (mut begin, mut end) = place(span);
        let (mut open, mut missing) = (0_usize, 0);
        for sign in self.code(begin, end) {
            match sign {
                '(' => open += 1,
                ')' if open == 0 => missing += 1,
                ')' => open -= 1,
                _ => {}
            }
        }
        for _ in 0..missing {
            begin = self.before(begin, '(').unwrap_or(begin);
        }
        for _ in 0..open {
            end = self.after(end, ')').unwrap_or(end);
        }
        (begin, end)
    }

    /// The signs between two places that are neither in a text nor in a comment.
    fn code(&self, begin: usize, end: usize) -> impl Iterator<Item = char> + '_ {
        let first = self.opaque.partition_point(|(from, _)| *from < begin);
        let inner = self.opaque[first..].iter().take_while(move |(from, _)| *from < end);
        let mut hidden = inner.filter(move |(_, to)| *to <= end).peekable();
        let mut hidden_until = begin;
        self.source.get(begin..end).unwrap_or_default().char_indices().filter_map(move |(at, sign)| {
            let at = begin + at;
            while let Some((_, to)) = hidden.next_if(|(from, _)| *from <= at) {
                hidden_until = hidden_until.max(*to);
            }
            (at >= hidden_until).then_some(sign)
        })
    }

    /// The place behind a sign, where it comes next.
    fn after(&self, mut at: usize, sign: char) -> Option<usize> {
        loop {
            let rest = self.source.get(at..)?;
            at += rest.len() - rest.trim_start().len();
            match self.comments.binary_search_by_key(&at, |(begin, _)| *begin) {
                Ok(comment) => at = self.comments[comment].1,
                Err(_) => return self.source[at..].starts_with(sign).then_some(at + sign.len_utf8()),
            }
        }
    }

    /// The place of a sign, where it comes last before another.
    fn before(&self, mut at: usize, sign: char) -> Option<usize> {
        loop {
            at = self.source.get(..at)?.trim_end().len();
            match self.comments.binary_search_by_key(&at, |(_, end)| *end) {
                Ok(comment) => at = self.comments[comment].0,
                Err(_) => return self.source[..at].ends_with(sign).then(|| at - sign.len_utf8()),
            }
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

fn place(span: Span) -> (usize, usize) {
    (span.begin().get() as usize, span.end().get() as usize)
}

fn note_texts(expression: &AstExpr, places: &mut Vec<(usize, usize)>) {
    if is_text(expression) {
        places.push(place(expression.span));
    }
    expression.node.visit_expr(|inner| note_texts(inner, places));
}

/// Whether looking at an expression twice is the same as once.
fn is_plain(expression: &AstExpr) -> bool {
    matches!(&expression.node, ExprP::Identifier(_) | ExprP::Literal(_))
}

/// What a format asks for with each of its braces: `s` or `r`.
fn conversions(format: &str) -> Vec<char> {
    let mut found = Vec::new();
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        if sign != '{' {
            continue;
        }
        match signs.next() {
            Some('{') | None => {}
            Some('!') => found.extend(signs.next()),
            Some(_) => found.push('s'),
        }
    }
    found
}
