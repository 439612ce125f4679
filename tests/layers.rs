//! Checks the layers: which room may import which, which files may use each other, and what may be written only in
//! one place.
//!
//! It reads the sources as text, so it needs no feature and sees every platform's code.

use std::{fs, path::Path};

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

#[path = "layers/circles.rs"]
mod circles;

/// Every room and the rooms it may import. The order is the reading order of the library.
const ROOMS: [(&str, &[&str]); 12] = [
    ("error", &[]),
    ("value", &["error"]),
    ("input", &["value", "error"]),
    ("function", &["input", "value", "error"]),
    ("pool", &["function", "input", "value", "error"]),
    ("monitor", &["error"]),
    ("analysis", &["pool", "function", "monitor", "value", "error"]),
    ("export", &["analysis", "monitor", "pool", "function", "value", "error"]),
    ("lessons", &["export", "analysis", "pool", "function", "input", "value", "error"]),
    ("guide", &["error"]),
    (
        "cli",
        &["error", "value", "input", "function", "pool", "monitor", "analysis", "export", "lessons", "guide"],
    ),
    (
        "app",
        &["error", "value", "input", "function", "pool", "monitor", "analysis", "export", "lessons", "guide"],
    ),
];
/// Folders within the pool, and the files of the pool that they may not use: the record is made of events wherever they come
/// from, and decisions are made without clocks, pipes and processes.
const WITHIN_POOL: [(&str, &[&str]); 3] = [
    ("src/pool/record/", &["dispatcher", "driver", "host", "host_connection", "os", "run", "wire", "launch"]),
    (
        "src/pool/wording/",
        &["dispatcher", "driver", "host", "host_connection", "os", "run", "wire", "launch"],
    ),
    ("src/pool/dispatcher/", &["driver", "host", "host_connection", "run", "wire", "launch", "api"]),
];

#[test]
fn every_source_file_keeps_to_its_room() {
    let sources = sources();
    let mut found: Vec<String> = sources.iter().flat_map(|(name, source)| violations(name, source)).collect();
    found.sort();
    assert!(
        sources.len() > 5,
        "only {} source files found: the scan looks in the wrong place",
        sources.len()
    );
    assert!(found.is_empty(), "{} places break the rules:\n{}", found.len(), found.join("\n"));
}

/// All source files by their paths ("src/pool/mod.rs"), with what is in them.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut found) = (vec![root.join("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let parts = path.strip_prefix(root).expect("below the root").iter();
                let name = parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
                found.push((name, fs::read_to_string(&path).expect("readable UTF-8")));
            }
        }
    }
    found
}

/// What the file `name` ("src/pool/mod.rs") with this `source` may not hold, each as "file:line: what".
fn violations(name: &str, source: &str) -> Vec<String> {
    let all = tokens(source);
    let parts: Vec<&str> = name.split('/').skip(1).collect();
    let room = parts[0].trim_end_matches(".rs");
    let is_root = matches!(parts[..], ["main.rs" | "lib.rs"]);
    let is_test = parts.iter().any(|part| matches!(*part, "tests" | "tests.rs"));
    let mut found = Vec::new();
    let mut report = |line: usize, what: String| found.push(format!("{name}:{line}: {what}"));
    let most = if name == "src/main.rs" { 80 } else { 400 };
    if source.lines().count() > most {
        report(most + 1, format!("more than {most} lines: two rooms?"));
    }
    match ROOMS.iter().find(|(known, _)| *known == room) {
        _ if is_root => {}
        None => report(1, format!("room `{room}` is not in the table of the rooms")),
        Some((_, may)) => {
            for (line, target) in imports(&all) {
                if target != room && !may.contains(&target) {
                    report(line, format!("`{room}` may not use `crate::{target}`"));
                }
            }
        }
    }
    let forbidden = WITHIN_POOL.iter().find(|(folder, _)| name.starts_with(folder));
    for (folder, others) in forbidden.into_iter().filter(|_| !is_test) {
        for (line, target) in uses_above(&all, name.ends_with("/mod.rs")) {
            if others.contains(&target) {
                report(line, format!("{folder} may not use the pool's `{target}`"));
            }
        }
    }
    if room != "app" {
        for token in all.iter().filter(|t| t.text.starts_with("egui") || t.text == "eframe") {
            report(token.line, format!("`{}` outside src/app", token.text));
        }
    }
    if name != "src/main.rs" && !parts.contains(&"os") && !parts.contains(&"os.rs") {
        for (line, word) in platforms(&all) {
            report(line, format!("cfg({word}) outside an `os` folder or os.rs"));
        }
    }
    if name != "src/app/theme.rs" {
        for (line, what) in colours(&all) {
            report(line, format!("colour literal `{what}` outside src/app/theme.rs"));
        }
    }
    if room != "cli" && name != "src/main.rs" && !is_test {
        for pair in without_tests(&all).windows(2).filter(|pair| pair[1].text == "!") {
            if let word @ ("print" | "println" | "eprint" | "eprintln" | "dbg") = pair[0].text.as_str() {
                report(pair[0].line, format!("`{word}!` outside src/cli and src/main.rs"));
            }
        }
    }
    found
}

/// The name after each `super::super::`, or `crate::pool::`, and in a `mod.rs` after `super::`.
fn uses_above(tokens: &[Token], is_folder: bool) -> Vec<(usize, &str)> {
    let texts: Vec<&str> = tokens.iter().map(|token| &*token.text).collect();
    let begins = |at: usize, path: &[&str]| texts.get(at..at + path.len()).is_some_and(|found| found == path);
    let paths: [&[&str]; 3] = [
        &["super", ":", ":", "super", ":", ":"],
        &["crate", ":", ":", "pool", ":", ":"],
        &["use", "super", ":", ":"],
    ];
    let paths = if is_folder { &paths[..] } else { &paths[..2] };
    let after = |at: usize| paths.iter().find(|path| begins(at, path)).map(|path| at + path.len());
    (0..tokens.len()).filter_map(after).filter_map(|at| Some((tokens.get(at)?.line, texts[at]))).collect()
}

/// The first name after each `crate::`, groups included.
fn imports(tokens: &[Token]) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for at in 3..tokens.len() {
        if tokens[at - 3..at].iter().map(|token| &*token.text).ne(["crate", ":", ":"]) {
            continue;
        }
        let (mut depth, mut is_first) = (0, true);
        for Token { line, text } in &tokens[at..] {
            match text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                "," => is_first |= depth == 1,
                name if is_first => {
                    found.push((*line, name));
                    is_first = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

/// Names of platforms in `cfg(...)`, `cfg!(...)` and `cfg_attr(...)`.
fn platforms(tokens: &[Token]) -> Vec<(usize, &str)> {
    let is_cfg = |pair: &[Token]| pair[0].text.starts_with("cfg") && matches!(&*pair[1].text, "(" | "!");
    let starts = tokens.windows(2).enumerate().filter(|(_, pair)| is_cfg(pair)).map(|(at, _)| at);
    starts
        .flat_map(|at| tokens[at..].iter().take_while(|token| !matches!(&*token.text, "]" | "{" | ";")))
        .filter(|token| matches!(&*token.text, "unix" | "windows" | "target_os" | "target_family"))
        .map(|token| (token.line, &*token.text))
        .collect()
}

/// Colours that are written down or put together: `Color32::from_...`, `Color32::RED`, `hex_color!`.
fn colours(tokens: &[Token]) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for four in tokens.windows(4) {
        let (word, name) = (&*four[0].text, &*four[3].text);
        let is_neutral = matches!(name, "TRANSPARENT" | "PLACEHOLDER" | "WHITE");
        let is_colour = name.starts_with("from_") || (name == name.to_uppercase() && !is_neutral);
        if word == "Color32" && four[1].text == ":" && is_colour {
            found.push((four[3].line, name));
        } else if word.starts_with("hex") && four[1].text == "!" {
            found.push((four[0].line, word));
        }
    }
    found
}

/// The tokens without the items that stand under `#[cfg(test)]`.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if tokens[at..].iter().map(|token| &*token.text).take(MARK.len()).ne(MARK) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let mut depth = 0;
        while at < tokens.len() {
            let text = &*tokens[at].text;
            depth += i32::from(text == "{") - i32::from(text == "}");
            at += 1;
            if depth == 0 && matches!(text, "}" | ";") {
                break;
            }
        }
    }
    kept
}

#[derive(Clone)]
struct Token {
    line: usize,
    text: String,
}

/// Words and single signs; comments, texts and numbers are left out.
fn tokens(source: &str) -> Vec<Token> {
    fn add(stream: TokenStream, to: &mut Vec<Token>) {
        for tree in stream {
            let mut push =
                |span: Span, text: &str| to.push(Token { line: span.start().line, text: text.into() });
            match tree {
                TokenTree::Literal(_) => {}
                TokenTree::Ident(word) => push(word.span(), &word.to_string()),
                TokenTree::Punct(sign) => push(sign.span(), &sign.to_string()),
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        _ => ("(", ")"),
                    };
                    push(group.span_open(), open);
                    add(group.stream(), to);
                    to.push(Token { line: group.span_close().start().line, text: close.into() });
                }
            }
        }
    }
    let mut found = Vec::new();
    add(source.parse().expect("Rust"), &mut found);
    found
}

#[test]
fn the_scan_finds_what_is_forbidden() {
    for (name, source, line) in [
        ("src/value.rs", "use crate::error::Error;\nuse crate::pool::Pool;", 2),
        ("src/pool/wire.rs", "use crate::{\n  error::{Error, Result},\n  app,\n};", 3),
        ("src/app/panels/pool.rs", "fn f() {\n crate::cli::run() }", 2),
        ("src/error.rs", "// '\"\nuse crate\n::value::Value;", 3),
        ("src/gadget.rs", "", 1),
        ("src/main.rs", &"\n".repeat(81), 81),
        ("src/value.rs", &"\n".repeat(401), 401),
        ("src/export/html.rs", "let a = '{';\nuse egui::Ui;", 2),
        ("src/main.rs", "use eframe::run_native;", 1),
        ("src/pool/launch.rs", "#[cfg(all(\n not(test),\n unix))] mod a;", 3),
        ("src/monitor/mod.rs", "if cfg!(target_os = \"linux\") {}", 1),
        ("src/app/panels/run.rs", "let c = Color32::from_rgb(1, 2, 3);", 1),
        ("src/app/mod.rs", "let c = egui::Color32::RED;", 1),
        ("src/app/mod.rs", "let c = hex_color!(\"#fff\");", 1),
        ("src/pool/mod.rs", "#[cfg(test)] mod tests { fn f() {} }\nfn g() { println!(); }", 2),
        ("src/pool/record/rows.rs", "use crate::value::Column;\nuse super::super::dispatcher::Chunk;", 2),
        ("src/pool/wording/mod.rs", "use super::os::Exit;", 1),
        ("src/pool/dispatcher/mod.rs", "use crate::pool::wire::Up;", 1),
        ("src/pool/mod.rs", "let a = r#\"\"//\"#; let b = '\"'; eprintln!();", 1),
    ] {
        let found = violations(name, source);
        assert!(found.len() == 1 && found[0].starts_with(&format!("{name}:{line}: ")), "{source}: {found:?}");
    }
}

#[test]
fn the_scan_lets_pass_what_is_allowed() {
    for (name, source) in [
        ("src/pool/mod.rs", "use crate::function::{Params, catalogue};\nuse crate::{error, value::Value};"),
        (
            "src/value.rs",
            "/// use crate::pool;\n/* /* egui */ crate::app */ const A: &str = \"crate::app \\\" egui\";",
        ),
        ("src/value.rs", "const A: &str = r##\"\"# crate::app\"##; fn f<'a>(a: &'a str) -> char { '\\'' }"),
        ("src/pool/os/unix.rs", "#[cfg(target_os = \"linux\")] mod a;"),
        ("src/main.rs", "fn main() { #[cfg(unix)] poolscope::pool::run(); println!(); }"),
        ("src/app/theme.rs", "const A: Color32 = Color32::from_rgb(1, 2, 3);"),
        ("src/app/mod.rs", "use egui::Ui; let c = Color32::WHITE; let windows = 3; pub(crate) fn f() {}"),
        ("src/cli/run.rs", "println!(\"done\");"),
        ("src/pool/mod.rs", "#[cfg(test)]\nmod tests { fn f() { println!(); } }\n#[cfg(test)] mod more;"),
    ] {
        assert_eq!(violations(name, source), Vec::<String>::new(), "{source}");
    }
}
