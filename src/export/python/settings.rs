//! Which statements set up the process for all functions, whatever names these use: `os.environ["A"] = "1"`.

use std::collections::BTreeMap;

use super::tokens::{Token, TokenKind};

/// What a name stands for that an import binds: `np` for `numpy`, `seed` for `random.seed`.
pub(super) type Imports = BTreeMap<String, String>;

/// With a call of these a statement may bind any name.
const BINDERS: [&str; 4] = ["globals", "exec", "vars", "locals"];
/// What functions go by without naming it; nothing that shows, waits, ends or starts something.
const SETTINGS: [&str; 34] = [
    "os.chdir",
    "os.environ",
    "os.makedirs",
    "os.mkdir",
    "os.nice",
    "os.putenv",
    "os.umask",
    "os.unsetenv",
    "sys.argv",
    "sys.modules",
    "sys.path",
    "sys.set_int_max_str_digits",
    "sys.setrecursionlimit",
    "random.seed",
    "random.setstate",
    "numpy.random.seed",
    "numpy.random.set_state",
    "numpy.seterr",
    "numpy.set_printoptions",
    "pandas.options",
    "pandas.set_option",
    "torch.manual_seed",
    "warnings",
    "locale.setlocale",
    "decimal.getcontext",
    "decimal.setcontext",
    "socket.setdefaulttimeout",
    "resource.setrlimit",
    "threading.stack_size",
    "time.tzset",
    "signal.signal",
    "logging.basicConfig",
    "builtins",
    "gc",
];

/// What a statement begins with, up to the first call or subscript: `os.environ` of `os.environ["A"] = "1"`; of
/// `__import__("os").environ` the same.
pub(super) fn start_of(tokens: &[Token<'_>]) -> Option<String> {
    let (mut path, mut rest) = match tokens {
        [import, open, name, close, rest @ ..]
            if import.is("__import__") && open.is("(") && close.is(")") && name.kind == TokenKind::Text =>
        {
            (name.text.trim_matches(['"', '\'']).to_owned(), rest)
        }
        [root, rest @ ..] if root.is_name() => (root.text.to_owned(), rest),
        _ => return None,
    };
    while let [dot, name, after @ ..] = rest
        && dot.is(".")
        && name.is_name()
    {
        path = format!("{path}.{}", name.text);
        rest = after;
    }
    Some(path)
}

/// Whether a statement that begins so may bind any name.
pub(super) fn may_bind_any(tokens: &[Token<'_>]) -> bool {
    matches!(tokens, [root, open, ..] if BINDERS.iter().any(|name| root.is(name)) && open.is("("))
}

/// Whether a statement that begins so sets up the process.
pub(super) fn sets_up(start: &str, imports: &Imports) -> bool {
    let (root, rest) = start.split_once('.').map_or((start, None), |(root, rest)| (root, Some(rest)));
    let root = imports.get(root).map_or(root, String::as_str);
    let full = rest.map_or(root.to_owned(), |rest| format!("{root}.{rest}"));
    SETTINGS
        .iter()
        .any(|name| full.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}
