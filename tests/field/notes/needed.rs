//! What the function needs is run: statements that change what it depends on, in order.

use crate::case::{Case, case, check};

fn python(name: &str, source: &str, inputs: &str) -> Case {
    case(name).file("f.py", source).run(format!("--python f.py:f --chunk 1 {inputs}"))
}

#[test]
fn what_changes_a_needed_name_is_run() {
    check(&[
        python(
            "a table filled by a loop",
            "SIEVE = [True] * 50\nfor i in range(2, 50):\n    for j in range(i * i, 50, i): SIEVE[j] = False\n\
             def f(n): return SIEVE[n]\n",
            "9 4 7",
        )
        .gives("false\nfalse\ntrue\n"),
        python("method calls", "WORDS = set()\nWORDS.add('a')\nWORDS.update(['b'])\ndef f(n): return sorted(WORDS)\n", "1")
            .gives("[\"a\",\"b\"]\n"),
        python("a store by subscript", "T = {}\nT['k'] = 5\ndef f(n): return T['k'] + n\n", "1").gives("6\n"),
        python("a store in a function uses the global", "SEEN = dict()\ndef f(n):\n    if n not in SEEN: SEEN[n] = n * n\n    return SEEN[n]\n", "2 3 2")
            .gives("4\n9\n4\n"),
        python("a with block", "import io\nwith io.StringIO('3') as source:\n    K = int(source.read())\ndef f(n): return n * K\n", "2")
            .gives("6\n"),
        python("a while block", "K = 1\nwhile K < 100:\n    K *= 2\ndef f(n): return K\n", "1").gives("128\n"),
        python("a try block", "try:\n    K = int('x')\nexcept ValueError:\n    K = 4\ndef f(n): return n * K\n", "2").gives("8\n"),
        python("a call that binds a global", "def start():\n    global K\n    K = 7\nstart()\ndef f(n): return n * K\n", "2").gives("14\n"),
        python("an object changed through an argument", "def fill(table):\n    table.append(4)\nT = []\nfill(T)\ndef f(n): return T\n", "1")
            .gives("[4]\n"),
    ]);
}

#[test]
fn the_state_of_modules_is_set() {
    check(&[
        python("the precision of decimals", "from decimal import Decimal, getcontext\ngetcontext().prec = 50\ndef f(n): return str(Decimal(1) / n)\n", "3")
            .gives(format!("0.{}\n", "3".repeat(50))),
        python("a seed, in every process", "import random; random.seed(7)\nSALT = random.randrange(1000)\ndef f(n): return SALT\n", "1..4")
            .gives("331\n331\n331\n331\n"),
        python("logging", "import logging; logging.basicConfig(level=20)\ndef f(n): logging.info('%d', n); return n\n", "1")
            .gives("1\n")
            .says("INFO:root:1"),
        python("a limit of the interpreter", "import sys\nsys.setrecursionlimit(5000)\ndef f(n): return n if n == 0 else f(n - 1)\n", "3000")
            .gives("0\n"),
        python("the environment", "import os\nos.environ['FIELD_K'] = '5'\ndef f(n): return os.environ['FIELD_K'] * n\n", "2").gives("55\n"),
        python(
            "arguments of the command line",
            "import argparse; p = argparse.ArgumentParser()\np.add_argument('--k', type=int, default=3)\nargs = p.parse_args([])\n\
             def f(n): return n * args.k\n",
            "2",
        )
        .gives("6\n"),
        python("arguments without a list", "import argparse\np = argparse.ArgumentParser()\np.add_argument('--k', type=int, default=3)\nargs = p.parse_args()\ndef f(n): return n * args.k\n", "2")
            .gives("6\n"),
    ]);
}

#[test]
fn what_is_never_run_is_said() {
    check(&[
        python("the guard's names", "def f(n): return n * K\nif __name__ == '__main__': K = 3\n", "2").leaves("\n").says("K").omits("--whole-file"),
        python("a pool at the top is not started", "from multiprocessing import Pool\nimport os\ndef f(n): return n + 1\nPool(2).map(f, [1, 2])\nprint('done')\n", "2")
            .gives("3\n"),
        python("standard input is not read", "def f(n): return n + 1\nwhile True:\n    line = input()\n", "2").gives("3\n"),
    ]);
}

#[test]
fn an_initializer_can_be_named() {
    let source = "def start(k):\n    global K\n    K = k\ndef f(n): return n * K\n";
    check(&[
        python("with an argument", source, "2 --initializer start:10").gives("20\n"),
        python(
            "without one",
            "def start():\n    global K\n    K = 4\ndef f(n): return n * K\n",
            "2 --initializer start",
        )
        .gives("8\n"),
        python("a hint names it", source, "2").leaves("\n").says("start"),
        python("one that is not there", source, "2 --initializer begin:10").refuses("begin"),
    ]);
}

#[test]
fn long_integers_are_shown_in_decimal_digits() {
    let digits = seven_to_the(6000);
    check(&[python("7**6000", "def f(n): return [n, 7**n]\n", "6000").gives(format!("[6000,{digits}]\n"))]);
}

/// 7 to a power, digit by digit.
fn seven_to_the(power: u32) -> String {
    let mut digits = vec![1_u32];
    for _ in 0..power {
        let mut carry = 0;
        for digit in &mut digits {
            let product = *digit * 7 + carry;
            (*digit, carry) = (product % 10, product / 10);
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    digits.iter().rev().map(u32::to_string).collect()
}

#[test]
fn main_is_the_file_and_its_bytes_are_its_text() {
    check(&[
        python("who is main", "import sys\ndef f(n): return [f.__module__, sys.modules['__main__'].f is f, __name__]\n", "1")
            .gives("[\"__main__\",true,\"__main__\"]\n"),
        python(
            "pickles by name",
            "import pickle\nclass Box:\n    def __init__(self, v): self.v = v\ndef f(n): return pickle.loads(pickle.dumps(Box(n))).v\n",
            "3",
        )
        .gives("3\n"),
        case("a relative import")
            .file("pkg/__init__.py", "")
            .file("pkg/consts.py", "K = 5\n")
            .file("pkg/work.py", "from .consts import K\ndef f(n): return n * K\n")
            .run("--python pkg/work.py:f 2")
            .gives("10\n"),
        case("latin-1 declared")
            .file("f.py", b"# coding: latin-1\ndef f(n): return 'caf\xe9'\n")
            .run("--python f.py:f 1")
            .gives("café\n"),
        case("bytes undeclared").file("f.py", b"def f(n): return 'caf\xe9'\n").run("--python f.py:f 1").refuses("SyntaxError"),
        case("a byte order mark").file("f.py", "\u{feff}def f(n): return 'é'\n").run("--python f.py:f 1").gives("é\n"),
    ]);
}
