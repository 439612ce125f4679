//! Which names a piece of Python binds, uses and changes, as far as its tokens tell. What is doubtful counts as used: to
//! copy a statement too many is better than one too few.

use std::collections::BTreeSet;

use super::settings::{Imports, may_bind_any, start_of};
use super::texts;
use super::tokens::{LogicalLine, Token, TokenKind, logical_lines};

type Set = BTreeSet<String>;

/// What a piece does with names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) binds: Set,
    pub(super) uses: Set,
    /// What its value is changed of, by a call of a method or by an assignment to a part.
    pub(super) changes: Set,
    /// Functions that are called for their effects.
    pub(super) calls: Set,
    /// Names that its functions bind outside themselves.
    pub(super) globals: Set,
    /// What its names stand for that it imports.
    pub(super) imports: Imports,
    /// What its statements begin with, and those of its functions.
    pub(super) starts: Set,
    pub(super) starts_of_functions: Set,
    /// It imports all names of a module, or may bind any for another reason.
    pub(super) binds_all: bool,
    /// It waits outside of a function, which only notebooks can.
    pub(super) waits: bool,
}

impl Names {
    /// Those of neighbouring lines.
    pub(super) fn of(lines: &[LogicalLine<'_>]) -> Self {
        let mut names = Self::default();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let inner = lines[at + 1..].iter().take_while(|inner| inner.indent > line.indent).count();
            let body = &lines[at + 1..at + 1 + inner];
            let (head, rest) = parted(&line.tokens);
            match head.iter().find(|token| !token.is("async")).map(|token| token.text) {
                Some("def") => names.add_function(head, rest, body),
                Some("class") => names.add_class(head, rest, body),
                _ => {
                    let (mut own, mut inner) = (Self::default(), Self::of(body));
                    own.add_simple(head);
                    rest.split(|token| token.is(";") && token.depth == 0)
                        .for_each(|one| inner.add_simple(one));
                    // What a loop steps through is bound before its block uses it.
                    inner.uses.retain(|name| !(begins_block(head) && own.binds.contains(name)));
                    names.add(own);
                    names.add(inner);
                }
            }
            at += 1 + inner;
        }
        names
    }

    fn add(&mut self, other: Self) {
        self.binds.extend(other.binds);
        self.uses.extend(other.uses);
        self.changes.extend(other.changes);
        self.calls.extend(other.calls);
        self.globals.extend(other.globals);
        self.imports.extend(other.imports);
        self.starts.extend(other.starts);
        self.starts_of_functions.extend(other.starts_of_functions);
        self.binds_all |= other.binds_all;
        self.waits |= other.waits;
    }

    fn add_function(&mut self, head: &[Token<'_>], rest: &[Token<'_>], body: &[LogicalLine<'_>]) {
        let mut inner = Self::of(body);
        rest.split(|token| token.is(";") && token.depth == 0).for_each(|one| inner.add_simple(one));
        let mut own = inner.binds;
        for (before, token) in head.iter().zip(head.iter().skip(1)) {
            let is_param = token.depth == 1 && ["(", ",", "*", "**"].iter().any(|sign| before.is(sign));
            match token.is_name() {
                true if is_param => drop(own.insert(token.text.to_owned())),
                true if before.is("def") => drop(self.binds.insert(token.text.to_owned())),
                true => drop(self.uses.insert(token.text.to_owned())),
                false => {}
            }
        }
        own.retain(|name| !inner.globals.contains(name));
        self.uses.extend(inner.uses.into_iter().filter(|name| !own.contains(name)));
        self.starts_of_functions.extend(inner.starts);
        self.globals.extend(inner.globals);
    }

    fn add_class(&mut self, head: &[Token<'_>], rest: &[Token<'_>], body: &[LogicalLine<'_>]) {
        let mut inner = Self::of(body);
        inner.add_simple(rest);
        self.uses.extend(inner.uses);
        self.globals.extend(inner.globals);
        self.starts.extend(inner.starts);
        let name = head.iter().position(|token| token.is("class")).map_or(0, |at| at + 1);
        let is_keyword = |at: usize| head.get(at + 1).is_some_and(|next| next.is("="));
        let names = head.iter().enumerate().filter(|(at, token)| token.is_name() && !is_keyword(*at));
        for (at, token) in names {
            let into = if at == name { &mut self.binds } else { &mut self.uses };
            into.insert(token.text.to_owned());
        }
    }

    /// A statement on one logical line, or the head of one that has others within it.
    fn add_simple(&mut self, tokens: &[Token<'_>]) {
        let tokens = tokens.strip_prefix_of("async");
        let Some(first) = tokens.first() else { return };
        self.waits |= tokens.iter().any(|token| token.is("await"));
        // Where the names stand that are bound and not read.
        let mut targets = BTreeSet::new();
        match first.text {
            "import" | "from" => return self.add_import(tokens),
            "global" => return self.globals.extend(tokens.iter().filter(|token| token.is_name()).map(owned)),
            "del" => self.changes.extend(tokens.iter().filter(|token| token.is_name()).map(owned)),
            "for" => {
                let upto = tokens.iter().position(|token| token.is("in") && token.depth == 0).unwrap_or(1);
                self.add_target(&tokens[1..upto], &mut targets);
            }
            "with" | "except" | "case" => self.add_aliases(tokens, &mut targets),
            _ => self.add_assigned(tokens, &mut targets),
        }
        let own = own_names(tokens);
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Name
                    if is_used(tokens, at) && !own.contains(token.text) && !targets.contains(&token.at) =>
                {
                    self.uses.insert(owned(token));
                }
                TokenKind::Text => {
                    for line in texts::braces(token.text).into_iter().flat_map(logical_lines) {
                        let used = (0..line.tokens.len()).filter(|at| is_used(&line.tokens, *at));
                        let names = used.map(|at| owned(&line.tokens[at]));
                        self.uses.extend(names.filter(|name| !own.contains(name.as_str())));
                    }
                }
                _ => {}
            }
            if tokens.get(at + 1).is_some_and(|next| next.is(":=")) {
                self.binds.insert(owned(token));
            }
        }
    }

    /// `import a.b, c as d` and `from a import (b, c as d)`.
    fn add_import(&mut self, tokens: &[Token<'_>]) {
        let begin = tokens.iter().position(|token| token.is("import")).map_or(0, |at| at + 1);
        self.binds_all |= tokens[begin..].iter().any(|token| token.is("*"));
        let names: Vec<&Token<'_>> =
            tokens[begin..].iter().filter(|token| !token.is("(") && !token.is(")")).collect();
        let module: String = match begin {
            1 => String::new(),
            _ => tokens[1..begin - 1].iter().map(|token| token.text).chain(["."]).collect(),
        };
        for one in names.split(|token| token.is(",")) {
            let at = one.iter().position(|token| token.is("as"));
            let alias = at.and_then(|at| one.get(at + 1));
            let Some(bound) = alias.or(one.first()).map(|token| owned(token)) else { continue };
            let path: String = one[..at.unwrap_or(1)].iter().map(|token| token.text).collect();
            self.imports.insert(bound.clone(), format!("{module}{path}"));
            self.binds.insert(bound);
        }
    }

    /// What stands behind each `as`.
    fn add_aliases(&mut self, tokens: &[Token<'_>], targets: &mut BTreeSet<usize>) {
        for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.is("as")) {
            let depth = tokens[at].depth;
            let rest = &tokens[at + 1..];
            let ends = |token: &&Token<'_>| {
                token.depth < depth || token.depth == depth && (token.is(",") || token.is(":"))
            };
            let count = rest.iter().position(|token| ends(&token)).unwrap_or(rest.len());
            self.add_target(&rest[..count], targets);
        }
    }

    /// Assignments, and calls that are made for what they change.
    fn add_assigned(&mut self, tokens: &[Token<'_>], targets: &mut BTreeSet<usize>) {
        const CHANGES: [&str; 13] =
            ["+=", "-=", "*=", "/=", "//=", "%=", "**=", ">>=", "<<=", "&=", "|=", "^=", "@="];
        let mut begin = 0;
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.depth == 0) {
            let is_change = CHANGES.iter().any(|sign| token.is(sign));
            if token.is("=") || is_change {
                let target = &tokens[begin..at];
                let bare = target.iter().position(|token| token.is(":") && token.depth == 0);
                self.add_target(&target[..bare.unwrap_or(target.len())], targets);
                if is_change {
                    self.uses.extend(target.first().filter(|token| token.is_name()).map(owned));
                }
                begin = at + 1;
            }
        }
        let tokens = tokens.strip_prefix_of("await");
        self.starts.extend(start_of(tokens));
        self.binds_all |= may_bind_any(tokens);
        if let (0, [root, next, ..]) = (begin, tokens)
            && root.is_name()
        {
            if next.is("(") {
                self.calls.insert(owned(root));
            } else if next.is(".") && tokens.iter().any(|token| token.is("(")) {
                self.changes.insert(owned(root));
            }
        }
    }

    /// What an assignment binds, or changes a part of.
    fn add_target(&mut self, tokens: &[Token<'_>], targets: &mut BTreeSet<usize>) {
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_name()) {
            let follows = |signs: &[&str]| {
                tokens.get(at + 1).is_some_and(|next| signs.iter().any(|sign| next.is(sign)))
            };
            if at.checked_sub(1).is_some_and(|before| tokens[before].is(".")) {
                continue;
            }
            if follows(&[".", "[", "("]) {
                self.changes.insert(owned(token));
                self.uses.insert(owned(token));
            } else if !is_subscript(tokens, at) {
                self.binds.insert(owned(token));
                targets.insert(token.at);
            }
        }
    }
}

/// Whether a head binds names for its own block.
fn begins_block(head: &[Token<'_>]) -> bool {
    let first = head.strip_prefix_of("async").first();
    first.is_some_and(|first| ["for", "with", "except"].iter().any(|word| first.is(word)))
}

/// Whether a token stands within the brackets behind a value: `table[row]`, not `[a, b]`.
fn is_subscript(tokens: &[Token<'_>], at: usize) -> bool {
    let depth = tokens[at].depth;
    let open = tokens[..at].iter().rposition(|token| token.depth < depth && (token.is("[") || token.is("(")));
    let before = open.and_then(|open| open.checked_sub(1)).map(|before| &tokens[before]);
    before.is_some_and(|before| before.is_name() || before.is("]") || before.is(")"))
}

trait StripPrefix<'a> {
    /// Without a word that they begin with.
    fn strip_prefix_of(&self, word: &str) -> &[Token<'a>];
}

impl<'a> StripPrefix<'a> for [Token<'a>] {
    fn strip_prefix_of(&self, word: &str) -> &[Token<'a>] {
        match self {
            [first, rest @ ..] if first.is(word) => rest,
            all => all,
        }
    }
}

fn owned(token: &Token<'_>) -> String {
    token.text.to_owned()
}

/// A head up to its colon, and what follows it on the same line; simple statements up to the first semicolon.
fn parted<'t, 'a>(tokens: &'t [Token<'a>]) -> (&'t [Token<'a>], &'t [Token<'a>]) {
    const HEADS: [&str; 14] = [
        "if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class", "async",
        "match", "case",
    ];
    let is_head = tokens.first().is_some_and(|first| HEADS.contains(&first.text));
    let mut lambdas = 0_usize;
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.depth == 0) {
        if token.is("lambda") {
            lambdas += 1;
        }
        if is_head && token.is(":") {
            match lambdas {
                0 => return (&tokens[..at], &tokens[at + 1..]),
                _ => lambdas -= 1,
            }
        }
        if !is_head && token.is(";") {
            return (&tokens[..at], &tokens[at + 1..]);
        }
    }
    (tokens, &[])
}

/// Names that are bound within an expression alone: by comprehensions and by `lambda`.
fn own_names<'a>(tokens: &[Token<'a>]) -> BTreeSet<&'a str> {
    let mut own = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let end = match token.text {
            "for" if token.depth > 0 => "in",
            "lambda" => ":",
            _ => continue,
        };
        let rest = tokens[at + 1..].iter().take_while(|inner| !(inner.is(end) && inner.depth == token.depth));
        own.extend(rest.filter(|inner| inner.is_name()).map(|inner| inner.text));
    }
    own
}

/// Whether a name is read here, and is not a part of another or the name of an argument.
fn is_used(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let is_part = before.is_some_and(|before| before.is("."));
    let follows_open = before.is_some_and(|before| before.is("(") || before.is(","));
    let is_argument = token.depth > 0 && follows_open && tokens.get(at + 1).is_some_and(|next| next.is("="));
    token.is_name() && !is_part && !is_argument
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Names {
        Names::of(&logical_lines(source))
    }

    fn list(set: &Set) -> String {
        set.iter().cloned().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_statements_bind() {
        for (source, binds) in [
            ("import os.path, numpy as np", "np os"),
            ("from a import (b,\n c as d)", "b d"),
            ("a, (b, *c) = d = 1, (2, 3)", "a b c d"),
            ("x: int = 1; y = 2", "x y"),
            ("for i, (j, k) in z: t = i", "i j k t"),
            ("with open(p) as f, g() as (h, i):\n  pass", "f h i"),
            ("try:\n  import a\nexcept ImportError as e:\n  a = None", "a e"),
            ("async def f(x, y=1): pass", "f"),
            ("class C(B):\n  size = 3", "C"),
            ("table[i].x = rows[j] = 1", ""),
            ("if (n := f(2)) > 1: pass", "n"),
            ("n += 1", "n"),
        ] {
            assert_eq!(list(&names(source).binds), binds, "{source}");
        }
        assert!(names("from math import *").binds_all);
    }

    #[test]
    fn what_statements_use() {
        for (source, uses) in [
            ("x = a.b + c(d=e, *f)", "a c e f"),
            (
                "def f(x, y=A, *rest, key: T = B) -> R:\n  z = x + G\n  return [w for w in z if w in rest]",
                "A B G R T",
            ),
            ("def f():\n  global n\n  n = n + 1", "n"),
            ("def f(a):\n  def g(b): return a + b + C\n  return g(1)", "C"),
            ("class C(B, metaclass=M):\n  def f(self): return D", "B D M"),
            ("@wraps(g)\ndef f(): pass", "g wraps"),
            ("t = f'{a.b}: {c:>{w}}' + '{d}'", "a c w"),
            ("k = lambda p, q=1: p + r", "r"),
            ("d = {u: v for u, v in items}", "items"),
            ("table[i] = v", "i table v"),
            ("x, y = y, x", "x y"),
            ("for i in items:\n  table[i] = i", "items table"),
            ("with f() as g: g(h)", "f h"),
        ] {
            assert_eq!(list(&names(source).uses), uses, "{source}");
        }
    }

    #[test]
    fn what_statements_change() {
        for (source, changes, calls) in [
            ("random.seed(1)", "random", ""),
            ("table[i].x = 1", "table", ""),
            ("for row in rows:\n  table.append(row)", "table", ""),
            ("setup(3)", "", "setup"),
            ("x = table.pop()", "", ""),
            ("del cache[1]", "cache", ""),
        ] {
            let found = names(source);
            assert_eq!(
                (list(&found.changes).as_str(), list(&found.calls).as_str()),
                (changes, calls),
                "{source}"
            );
        }
    }
}
