use super::*;
use crate::export::fixture;
use crate::function::FunctionSpec;
use crate::function::command::CommandSpec;
use crate::function::script::ScriptSpec;
use crate::pool::{Cause, Mode};
use crate::value::{Column, Value};

fn machine() -> Machine {
    let (system, processor) = (Some("Linux <12>".to_owned()), Some("A & B".to_owned()));
    Machine { usable_cores: 2, memory_bytes: 16 << 30, system, processor }
}

fn reported(log: &RunLog) -> String {
    let mut out = Vec::new();
    write_report(log, &Ledger::of(log, log.last_row_ns), &machine(), &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    is_sound(&page);
    page
}

/// Tags are closed in the order in which they were opened, and nothing is loaded or run.
fn is_sound(page: &str) {
    const VOID: [&str; 2] = ["meta", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("no end: {piece:.60}"));
        let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed in {piece:.80}");
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
    for word in ["<script", "<link", "<img", "http://", "https://", "@import", " onload", "javascript:"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn a_report_has_all_its_parts_and_no_text_becomes_markup() {
    let page = reported(&fixture::eventful());
    for part in [
        "<h1>echo</h1>",
        "numbers &amp; &lt;more&gt;.csv",
        "2026-11-29 06:15:07 UTC",
        "Where the time of the workers went",
        "<svg class=\"timeline\"",
        "most memory of a process",
        "SIGKILL",
        "Failures by cause",
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
        "Linux &lt;12&gt;",
        "A &amp; B",
        "prefers-color-scheme: dark",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains('\u{202e}') && !page.contains('\u{1}'));
}

#[test]
fn a_run_of_nothing_has_a_report() {
    let page = reported(&fixture::empty(fixture::job(Mode::Thread, 2, Column::default())));
    assert!(
        page.contains("No part of the workers&#39; time stands out")
            && !page.contains("<svg class=\"timeline\"")
    );
}

#[test]
fn texts_of_functions_are_shown_and_secrets_are_not() {
    let mut job = fixture::job(Mode::Process, 1, vec![1_i64].into());
    let source = "def f(n):\n    return n < 3 and \"</code>\" or '&'\n";
    job.function = FunctionSpec::Script(ScriptSpec::new("a<b>.py", source, None).unwrap());
    let page = reported(&fixture::empty(job.clone()));
    assert!(page.contains("a&lt;b&gt;.py, 2 lines") && page.contains("&quot;&lt;/code&gt;&quot;"), "{page}");
    let env = vec![("API_KEY".to_owned(), "hunter2".to_owned())];
    job.function =
        FunctionSpec::Command(CommandSpec { template: "cat {}".into(), env, ..CommandSpec::default() });
    let page = reported(&fixture::empty(job));
    assert!(page.contains("API_KEY") && !page.contains("hunter2") && page.contains("cat {}"));
}

#[test]
fn a_large_run_has_a_small_report() {
    let items = 60_000;
    let long = "<&\"é".repeat(500);
    let inputs: Column = vec![long.as_str(); items].into_iter().collect();
    let mut log = fixture::empty(fixture::job(Mode::Process, 64, inputs));
    (0..64).for_each(|lane| fixture::ready(&mut log, lane..lane + 1, 100 + lane as u32, [0, 5]));
    for index in 0..items as u64 {
        let (lane, at) = ((index % 64) as usize, 10 + index / 64 * 7);
        match index % 5 {
            0 => fixture::fails(
                &mut log,
                lane,
                index,
                [at, at + 3],
                Cause::Raised(format!("{long} {index} {}", "x".repeat(index as usize % 90)).as_str().into()),
            ),
            _ => fixture::ran(&mut log, lane, index, [at, at + 1 + index % 5], Value::Text(long.clone())),
        }
    }
    let page = reported(&log);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
}
