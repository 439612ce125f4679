use std::cell::RefCell;

use super::*;
use crate::function::{CallContext, CallQueue, Console, OutputStream};
use crate::value::{Value, ValueRef};

#[derive(Default)]
struct Lines(RefCell<Vec<String>>);

impl Console for Lines {
    fn line(&self, _: OutputStream, text: &str) {
        self.0.borrow_mut().push(text.to_owned());
    }
}

type CallOutcome = std::result::Result<Value, String>;

fn called(source: &str, input: ValueRef<'_>) -> (CallOutcome, Vec<String>) {
    let function = ScriptSpec::new("test.py", source, None).unwrap().load().unwrap();
    let console = Lines::default();
    let outcome =
        function.call(&CallContext { worker: 3, is_thread: false, index: 7, console: &console }, input);
    (outcome, console.0.into_inner())
}

fn gives(source: &str, input: ValueRef<'_>) -> Value {
    called(source, input).0.unwrap()
}

/// Calls one after the other, and what they came to.
struct Row {
    left: RefCell<std::ops::Range<i64>>,
    outcomes: RefCell<Vec<CallOutcome>>,
}

impl Console for Row {
    fn line(&self, _: OutputStream, _: &str) {}
}

impl CallQueue for Row {
    fn worker(&self) -> usize {
        1
    }

    fn begin(&self) -> Option<ValueRef<'_>> {
        self.left.borrow_mut().next().map(ValueRef::Int)
    }

    fn end(&self, outcome: CallOutcome) -> bool {
        self.outcomes.borrow_mut().push(outcome);
        true
    }
}

fn outcomes_of(source: &str, count: i64) -> Vec<CallOutcome> {
    let function = ScriptSpec::new("test.py", source, None).unwrap().load().unwrap();
    let row = Row { left: RefCell::new(0..count), outcomes: RefCell::default() };
    function.session().unwrap().run(&row);
    row.outcomes.into_inner()
}

#[test]
fn many_calls_share_a_session_and_each_fails_alone() {
    let outcomes = outcomes_of("def f(n):\n    return 12 // (n - 2)\n", 5);
    let told: Vec<_> = outcomes.iter().map(|one| one.as_ref().ok().cloned()).collect();
    assert_eq!(told, [-6, -12, 0, 12, 6].map(|n| (n != 0).then_some(Value::Int(n))));
    let error = outcomes[2].as_ref().unwrap_err();
    assert!(
        error.contains("12 // 0 (line 2)\n") && error.contains("test.py:2, in f\n      return 12"),
        "{error}"
    );
    assert!(!error.contains("call_loop"), "{error}");
}

#[test]
fn what_calls_leave_behind_is_no_blame_of_later_ones() {
    // A hundred times 4 MB, with a limit of 64 MB.
    let outcomes = outcomes_of("def f(n):\n    return len([[n] for _ in range(50000)])\n", 100);
    assert!(outcomes.iter().all(|one| *one == Ok(Value::Int(50_000))), "{outcomes:?}");
}

#[test]
fn a_call_that_has_ended_is_not_ended_again() {
    // Its heap is past the limit only once it has returned.
    let outcomes = outcomes_of("def f(n):\n    return len('x' * (n + 100000000))\n", 3);
    assert_eq!(outcomes.len(), 3, "{outcomes:?}");
}

#[test]
fn the_functions_of_the_notes_run_as_they_are() {
    let source = "def task(n):\n    return n * 2\n";
    assert_eq!(gives(source, ValueRef::Int(21)), Value::Int(42));
    assert_eq!(gives(source, ValueRef::Float(1.5)), Value::Float(3.0));
    assert_eq!(gives(source, ValueRef::Text("ab")), Value::Text("abab".into()));
    assert_eq!(gives(source, ValueRef::Int(1 << 40)), Value::Int(1 << 41));
    let printing = "def print_number(n):\n    print(f'Process {n}', worker())\n";
    assert_eq!(called(printing, ValueRef::Int(5)), (Ok(Value::None), vec!["Process 5 3".to_owned()]));
    assert_eq!(called("def f():\n    print('Worker process is running')\n", ValueRef::None).1.len(), 1);
}

#[test]
fn rows_and_lists_become_arguments_and_results() {
    let source = "def add(a, b, c=1):\n    return {'sum': a + b + c, 'all': [a, b]}\n";
    let expected = Value::Json(r#"{"sum":4,"all":[1,2]}"#.into());
    assert_eq!(gives(source, ValueRef::Json("[1,2]")), expected);
    assert_eq!(gives(source, ValueRef::Json(r#"{"b":2,"a":1,"d":9}"#)), expected);
    let error = called(source, ValueRef::Int(1)).0.unwrap_err();
    assert!(
        error.starts_with("`add` takes 3 arguments (a, b, c), but this input is one value: 1; "),
        "{error}"
    );
}

#[test]
fn extras_are_there() {
    let sums =
        "def f(n):\n    return [sqrt(n), floor(2.7), sum([1, 2]), round(2.5), pow(2, 10), divmod(7, 2)]\n";
    assert_eq!(gives(sums, ValueRef::Int(16)), Value::Json("[4.0,2,3,2,1024,[3,1]]".into()));
    let random = "def f(n):\n    return random(n) == random(n) and random(n) != random(n + 1)\n";
    assert_eq!(gives(random, ValueRef::Int(1)), Value::Bool(true));
}

#[test]
fn what_scripts_cannot_do_is_said_with_its_line() {
    for (source, line, word) in [
        ("import math\ndef f(n):\n    return n\n", 1, "import"),
        ("def f(n):\n    while n:\n        n -= 1\n", 2, "while"),
        ("class A:\n    pass\n", 1, "class"),
    ] {
        let error = functions("x.py", source).unwrap_err().to_string();
        assert!(error.contains(&format!("line {line}: ")) && error.contains(&format!("`{word}`")), "{error}");
        assert!(error.contains("--python"), "{error}");
    }
    for (line, instead) in [
        ("return f'{n:.2f}'", "format within an f-string"),
        ("return sum(i for i in range(n))", "`[x for x in ...]`"),
        ("return 1 < n < 3", "`a < b and b < c`"),
        ("return {1, 2}", "`set([1, 2])`"),
        ("return n ** 2", "`pow(a, b)`"),
        ("return n is None", "`x == None`"),
        ("return nonlocal", "a script cannot use `nonlocal`"),
        ("return math.sqrt(n)", "functions such as `sqrt` stand by themselves"),
        ("return sqrtt(n)", "did you mean `sqrt`?"),
        ("return open(n)", "a script has no `open`"),
        ("\treturn n", "indented with spaces"),
    ] {
        let error = functions("x.py", &format!("def f(n):\n    {line}\n")).unwrap_err().to_string();
        assert!(error.contains("line 2: ") && error.contains(instead), "{error}");
        assert!(error.ends_with("run it with Python instead (--python)"), "{error}");
    }
    let error = functions("x.py", "def f(n)\n    return 1\n").unwrap_err().to_string();
    assert!(error.contains("could not read x.py: line 1"), "{error}");
    let deep = format!("x = {}1{}", "(".repeat(3000), ")".repeat(3000));
    assert!(functions("x.py", &deep).unwrap_err().to_string().contains("brackets"));
}

#[test]
fn errors_are_of_one_item_and_name_the_line() {
    let error = called("def f(n):\n    return n // 0\n", ValueRef::Int(1)).0.unwrap_err();
    assert!(error.lines().next().unwrap().contains("(line 2)"), "{error}");
    // On a stack like that of a lane; tests have less.
    let deep = || called("def f(n):\n    return f(n + 1)\n", ValueRef::Int(1)).0.unwrap_err();
    let lane = std::thread::Builder::new().stack_size(8 << 20).spawn(deep).unwrap();
    let error = lane.join().unwrap();
    assert!(error.contains("go deeper than 1000 (line 2)") && error.lines().count() < 15, "{error}");
    let endless =
        "def f(n):\n    x = []\n    for i in range(1 << 30):\n        x.append([i] * 100)\n    return 1\n";
    let error = called(endless, ValueRef::Int(1)).0.unwrap_err();
    assert!(error.to_lowercase().contains("heap"), "{error}");
    let own = "def f(n):\n    fail(\"the order is too big to fit in i32\")\n";
    let error = called(own, ValueRef::Int(1)).0.unwrap_err();
    assert!(error.contains("the order is too big to fit in i32"), "{error}");
}

#[test]
fn functions_are_listed_with_what_they_take() {
    let source = "def a(x, y=[1, 2], *rest, **more):\n    \"\"\"Adds.\n\n    More.\"\"\"\n    return x\n\
                  def b():\n    pass\ndef _own():\n    pass\n";
    let listed = functions("x.py", source).unwrap();
    let told: Vec<_> = listed.iter().map(|one| (one.signature(), one.line, one.doc.as_deref())).collect();
    assert_eq!(told, [("a(x, y=[1, 2], *rest, **more)".into(), 1, Some("Adds.")), ("b()".into(), 6, None)]);
    assert!(listed[1].takes_nothing());
    let error = ScriptSpec::new("x.py", source, Some("bb")).unwrap_err().to_string();
    assert!(error.contains("did you mean `a`?") || error.contains("did you mean `b`?"), "{error}");
    let error = ScriptSpec::new("x.py", source, None).unwrap_err().to_string();
    assert!(error.contains("a, b"), "{error}");
}

/// Expressions, and each as CPython 3.11 gives it.
const AS_IN_PYTHON: &[(&str, &str)] = &[
    ("'{!r}'.format(999999999999998.0)", "999999999999998.0"),
    ("'{} {!r} {{}} {name}'.format('x', 'x', name=1e16)", "x 'x' {} 1e+16"),
    ("'{1} {0!r} {1!s}'.format([1.0], 'b')", "b [1.0] b"),
    ("'{}'.format('{}'.format((1, 2)))", "(1, 2)"),
    ("('%s' % 5).format()", "5"),
    ("','.join(['{!r}'.format(x % 3) for x in [4, 5.5]])", "1,2.5"),
    ("'%g %g %g %g' % (5e-324, 3.0, 123456.789, 1e-5)", "4.94066e-324 3 123457 1e-05"),
    ("'%e|%E' % (float('inf'), 12345.678)", "inf|1.234568E+04"),
    ("'%.2f|%8.3f|%-8d|%05d|%+d|% d' % (2.675, 1/3, 5, -42, 7, 8)", "2.67|   0.333|5       |-0042|+7| 8"),
    ("'%#x %X %o %#.3g' % (255, 255, 8, 1.0)", "0xff FF 10 1.00"),
    ("'%(a)s %(b)05.1f%%' % {'a': 'x', 'b': 2.25}", "x 002.2%"),
    ("'%*d|%-*d|%.*f' % (4, 1, 4, 2, 1, 0.25)", "   1|2   |0.2"),
    ("'%d %d %s' % (True, 2.9, True)", "1 2 True"),
    ("'%.3s|%5s|%r' % ('abcdef', 'x', 'x')", "abc|    x|'x'"),
    ("'%c%c' % (65, 'b')", "Ab"),
    ("'%s' % (1,)", "1"),
    ("'%s' % [1, 2.0]", "[1, 2.0]"),
    ("[a % 2.0 for a in ['%g', '%s']]", "['2', '2.0']"),
    ("9007199254740992.0 // 2.5", "3602879701896396.0"),
    (
        "[1e16 // -0.7, 1 // 0.1, 0.3 // 0.1, -0.0 // 3, -7 // 2, 7 // -2]",
        "[-1.4285714285714288e+16, 9.0, 2.0, -0.0, -4, -4]",
    ),
    (
        "[float('inf') // -0.7, 0.0 % -0.7, -4.0 % 2, 5.5 % -2, -7 % 3, 7 % -3]",
        "[nan, -0.0, 0.0, -0.5, 2, -2]",
    ),
    (
        "[1 << 31, 123456789 << 5, -3 << 30, n << 0, (1 << 40) << 70, -1 << 31, 1 << 32 >> 32]",
        "[2147483648, 3950617248, -3221225472, 0, 1298074214633706907132624082305024, -2147483648, 1]",
    ),
    (
        "[pow(10, 25) / 3, -pow(10, 400) / pow(10, 399), 9007199254740993 / 1, 1 / 3, 7 / 2.0, (1 << 62) / -3]",
        "[3.3333333333333333e+24, -10.0, 9007199254740992.0, 0.3333333333333333, 3.5, -1.5372286728091292e+18]",
    ),
    (
        "[[x < 1, x > 1, x <= x, x == x, x != x, 1 >= x] for x in [float('nan')]]",
        "[[False, False, False, False, True, False]]",
    ),
    ("[x == 9007199254740993.0 for x in [9007199254740993, 9007199254740992]]", "[False, True]"),
    (
        "[1 < 2.5, 3 > 2.5, -1e300 < -pow(10, 299), 2 == 2.0, [1] < [2], 'a' < 'b', 'a' == 1]",
        "[True, True, True, True, True, True, False]",
    ),
    ("[True == 1, 1 != True, False < 2, True == 1.0, max(True, 0.5)]", "[True, False, True, True, True]"),
    (
        "[max(1, float('nan')), max([2.5, 7, 3]), min(3, 1, 2), min(['b', 'a']), max([-3, 2], key=abs), min([], default=5)]",
        "[1, 7, 1, 'a', -3, 5]",
    ),
    ("[filter(None, [0, 1, '', 2]), filter(lambda x: x > 1, [1, 2])]", "[[1, 2], [2]]"),
    (
        "[str(range(3)), repr(range(1, 9, 2)), '{!a}'.format('é')]",
        "['range(0, 3)', 'range(1, 9, 2)', \"'\\\\xe9'\"]",
    ),
    ("[round(log(pow(10, 400)), 9), log(8, 2), round(log(1e300), 9)]", "[921.034037198, 3.0, 690.775527898]"),
    ("'%#.1g|%#.1g|%#.3g' % (1.0, 123.0, 1.0)", "1.|1.e+02|1.00"),
    (
        "[round(1e300, -300), round(45.4, -1), round(45.0, -1), round(55.0, -1), round(-149.5, -2), round(7.0, -400), round(2675.5, -2)]",
        "[1e+300, 50.0, 40.0, 60.0, -100.0, 0.0, 2700.0]",
    ),
    ("divmod(1, 0.1)", "(9.0, 0.09999999999999995)"),
    (
        "f'{(n + 1) % 3}|{(n + 7) * (2.0)}|{(n, 1)[0]}|{(n, )}|{ ( n + 1 ) }|{(\"(\")!r}'",
        "1|14.0|0|(0,)|1|'('",
    ),
    ("((('%s' % (5)))).format()", "5"),
    ("('{}' # (\n        ).format((n + 1) * (2))", "2"),
    ("('a' + '{}').format(1) + '(' + ('{}(').format(2)", "a1(2("),
    ("['{}'][(0)].format(1)", "1"),
    ("'{}' .format (n)", "0"),
    ("7 # comment // %\n        // 2 # x\n        % 2", "1"),
    ("(7 // 2) % (3 - 1) * (8 % 3)", "2"),
    ("100000000000 // 7 % 1000", "285"),
];

#[test]
fn texts_and_divisions_are_as_in_python() {
    for (expression, expected) in AS_IN_PYTHON {
        let source = format!("def f(n):\n    return repr({expression})\n");
        let shown = match gives(&source, ValueRef::Int(0)) {
            Value::Text(text) => text.trim_matches(['\'', '"']).to_owned(),
            other => panic!("{expression}: {other:?}"),
        };
        assert_eq!(shown, expected.trim_matches('\''), "{expression}");
    }
    let modified = "def f(n):\n    x = 17\n    x %= 10\n    d = {'a': 7.0}\n    d['a'] //= 2\n    t = '%g' \n    t %= (n,)\n    y = 1\n    y <<= 31\n    y /= 2\n    x //= 2 if n else 1\n    return [x, d, t, y]\n";
    assert_eq!(
        gives(modified, ValueRef::Float(2.0)),
        Value::Json(r#"[3,{"a":3.0},"2",1073741824.0]"#.into())
    );
}

#[test]
fn lists_and_dicts_change_as_in_python() {
    let source = "def f(n):\n    a = [1, 2]\n    b = a\n    a *= 2 + n\n    c = [7]\n    c *= 0\n    x = 3\n    x *= 2.5\n    \
                  d = {'p': 1, 'q': 2}\n    last = (d).popitem()\n    return [b, c, x, last, d]\n";
    let expected = r#"[[1,2,1,2],[],7.5,["q",2],{"p":1}]"#;
    assert_eq!(gives(source, ValueRef::Int(0)), Value::Json(expected.into()));
}

#[test]
fn what_is_printed_is_the_whole_of_each_argument() {
    let printing =
        "def f(n):\n    print((n + 1) * 2, (n), (n,), -(n + 1.0), (n + 1) % (4), [(n)][(0)], '(' * (n))\n";
    assert_eq!(called(printing, ValueRef::Int(2)).1, ["6 2 (2,) -3.0 3 2 (("]);
}

#[test]
fn faults_of_formats_are_told() {
    for (expression, told) in [
        ("'%d' % 'x'", "\"x\" is not a number"),
        ("'%d %d' % (1,)", "not enough arguments"),
        ("'%d' % (1, 2)", "not all arguments converted"),
        ("'%x' % 1.5", "%x needs an integer, not 1.5"),
        ("'%z' % 1", "unsupported format character 'z'"),
        ("'%' % 1", "incomplete format"),
        ("'%(b)s' % {'a': 1}", "no key \"b\""),
        ("'%999999999d' % 1", "at most"),
        ("'{:.2f}'.format(1)", "write `'%.2f' % x`"),
        ("'{} {}'.format(1)", "no such value"),
        ("'}'.format(1)", "a single `}`"),
        ("1 % 0", "(line 2)"),
        ("1.0 // 0", "(line 2)"),
        ("1 / 0", "(line 2)"),
        ("pow(10, 400) / 3", "too large for a float"),
        ("1 << -1", "(line 2)"),
        ("sleep(float('nan'))", "sleep takes a number of seconds"),
        ("exp(1000)", "too large"),
        ("sqrt(pow(10, 400))", "too large"),
        ("max([])", "max() arg is an empty sequence"),
        ("max(1, 'a')", "(line 2)"),
        ("int('0x10')", "invalid literal for int() with base 10: '0x10'"),
        ("float('1_')", "could not convert string to float: '1_'"),
        ("int(float('nan'))", "cannot convert nan to an integer"),
        ("int(2, 16)", "int() can't convert non-string with explicit base"),
    ] {
        let error = called(&format!("def f(n):\n    return {expression}\n"), ValueRef::Int(0)).0.unwrap_err();
        let first = error.lines().next().unwrap();
        assert!(first.contains(told) && first.ends_with("(line 2)"), "{expression}: {error}");
        assert!(
            error.ends_with(&format!("      return {expression}\n")) || error.contains(expression),
            "{error}"
        );
    }
}
