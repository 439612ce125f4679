//! Files that need each other: neither can be read, tested or moved without the other.

use std::collections::{BTreeMap, BTreeSet};

use super::{Token, sources, tokens, without_tests};

/// Circles that are there for a reason, by the files in them.
const KNOWN: [(&[&str], &str); 0] = [];

/// Modules by their paths within the crate, and those that each uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_files_use_each_other_but_where_a_reason_says_so() {
    let sources = sources();
    let uses = uses(sources.iter().map(|(name, source)| (name.as_str(), source.as_str())));
    let found = circles(&uses);
    let known: Vec<Vec<&str>> = KNOWN.iter().map(|(files, _)| files.to_vec()).collect();
    assert!(uses.len() > 5, "only {} source files found", uses.len());
    assert_eq!(found, known, "circles that are there, and those that have a reason");
}

/// What each of the files uses. A folder and what is in it are one thing: uses within one line of descent do not count.
fn uses<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Uses {
    let files: Vec<(String, &str)> = files.filter_map(|(name, text)| Some((module(name)?, text))).collect();
    let modules: BTreeSet<&str> = files.iter().map(|(module, _)| module.as_str()).collect();
    let of_file = |(module, source): &(String, &str)| {
        let all = without_tests(&tokens(source));
        let targets = paths(&all).into_iter().filter_map(|path| resolve(module, &path, &modules));
        let is_related = |target: &String| {
            let begins = |long: &str, short: &str| {
                long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            };
            begins(module, target) || begins(target, module)
        };
        (module.clone(), targets.filter(|target| !is_related(target)).collect())
    };
    files.iter().map(of_file).collect()
}

/// "pool::record" for "src/pool/record/mod.rs"; nothing for tests and for the roots of the crate.
fn module(name: &str) -> Option<String> {
    let path = name.strip_prefix("src/")?.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let is_test = path.split('/').any(|part| part.ends_with("tests") || part == "fuzz_checks");
    (!is_test && !matches!(path, "lib" | "main")).then(|| path.replace('/', "::"))
}

/// All paths that begin with `crate`, `self` or `super`, groups taken apart.
fn paths(tokens: &[Token]) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let is_begin = matches!(&*tokens[at].text, "crate" | "self" | "super");
        if is_begin && (at == 0 || tokens[at - 1].text != ":") && is_joined(tokens, at) {
            take_path(tokens, at, &mut Vec::new(), &mut found);
        }
    }
    found
}

fn is_joined(tokens: &[Token], at: usize) -> bool {
    tokens[at + 1..].iter().map(|token| &*token.text).take(2).eq([":", ":"])
}

/// Adds the path at `at`, which goes on what is before it; gives where it ends.
fn take_path<'t>(
    tokens: &'t [Token],
    mut at: usize,
    before: &mut Vec<&'t str>,
    found: &mut Vec<Vec<&'t str>>,
) -> usize {
    let length = before.len();
    while at < tokens.len() {
        let text = &*tokens[at].text;
        if text == "{" {
            at += 1;
            while at < tokens.len() && tokens[at].text != "}" {
                at = take_path(tokens, at, before, found);
                while at < tokens.len() && !matches!(&*tokens[at].text, "," | "}") {
                    at += 1;
                }
                at += usize::from(at < tokens.len() && tokens[at].text == ",");
            }
            break;
        }
        before.push(text);
        if !is_joined(tokens, at) {
            found.push(before.clone());
            break;
        }
        at += 3;
    }
    before.truncate(length);
    at + 1
}

/// The module that a path in a module leads to, or to something in it.
fn resolve(module: &str, path: &[&str], modules: &BTreeSet<&str>) -> Option<String> {
    let mut at: Vec<&str> = module.split("::").collect();
    for part in path {
        match *part {
            "crate" => at.clear(),
            "self" => {}
            "super" => drop(at.pop()),
            name => at.push(name),
        }
    }
    while !at.is_empty() && !modules.contains(at.join("::").as_str()) {
        at.pop();
    }
    (!at.is_empty()).then(|| at.join("::"))
}

/// Groups of modules each of which uses all others of its group, if by way of them.
fn circles(uses: &Uses) -> Vec<Vec<&str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        uses.keys().map(|module| (module.as_str(), reachable(uses, module))).collect();
    let mut found: Vec<Vec<&str>> = Vec::new();
    for (module, others) in &reached {
        let circle: Vec<&str> = others
            .iter()
            .copied()
            .filter(|other| reached.get(other).is_some_and(|back| back.contains(module)))
            .collect();
        if circle.len() > 1 && !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

fn reachable<'u>(uses: &'u Uses, from: &str) -> BTreeSet<&'u str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = uses.get(from).into_iter().flatten().map(String::as_str).collect();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(uses.get(module).into_iter().flatten().map(String::as_str));
        }
    }
    reached
}

#[test]
fn circles_are_found_whatever_way_they_take() {
    let files = [
        ("src/a/mod.rs", "mod one; mod two; mod three; pub use self::one::One;"),
        ("src/a/one.rs", "use super::two::{self, Two};\nfn f() { crate::b::g() }"),
        ("src/a/two.rs", "use crate::{\n  a::{three::{Three, more}, Other},\n  b,\n};"),
        ("src/a/three.rs", "fn f() -> super::one::One { todo() }"),
        ("src/b.rs", "#[cfg(test)]\nmod tests { use crate::a::one::One; }"),
    ];
    let uses = uses(files.into_iter());
    assert_eq!(circles(&uses), [["a::one", "a::three", "a::two"]]);
}
