"""Objects that are changed under another name, or through an object that holds them, are what the whole file makes them."""

import sys
import unittest

from loader import loaded, whole

SHOWS = "def f(n): return %s\n"
# What comes before the function, and what the function gives.
CASES = (
    # Names of one statement.
    ("a = b = []\nb.append(1)\n", "a"),
    ("d = {}\nd['k'] = m = []\nm.append(1)\n", "d"),
    ("class O: pass\no = O()\no.l = m = []\nm.append(1)\n", "o.l"),
    ("(a, b) = (c, d) = [], []\nc.append(1)\n", "a"),
    ("a, b = [[]] * 2\nb.append(1)\n", "a"),
    ("a = (b := [])\nb.append(1)\n", "a"),
    ("if (b := []) is not None: a = b\nb.append(1)\n", "a"),
    ("import contextlib\nwith contextlib.nullcontext([]) as M: L = M\nM.append(1)\n", "L"),
    ("match [[]]:\n    case [x] as y: pass\nx.append(1)\n", "y"),
    # Objects that hold others.
    ("import csv, io\nbuf = io.StringIO()\nw = csv.writer(buf)\nw.writerow([1, 2])\n", "buf.getvalue()"),
    ("import pickle, io\nbuf = io.BytesIO()\np = pickle.Pickler(buf)\np.dump(3)\n", "buf.getvalue()"),
    ("import sqlite3\nc = sqlite3.connect(':memory:')\nu = c.cursor()\nu.execute('create table t(a)')\nu.execute('insert into t values (5)')\n",
     "c.execute('select a from t').fetchall()"),
    ("L = []\ndef g(*, a=L): a.append(1)\ng()\n", "L"),
    ("def counter():\n    n = 0\n    def add(k):\n        nonlocal n\n        n += k\n    def get(): return n\n    return add, get\n"
     "add, get = counter()\nadd(5)\n", "get()"),
    ("def mk():\n    s = []\n    return s.append, s\na, b = mk()\na(1)\n", "b"),
    ("class B:\n    def __init__(s, t): s.t = t\n    def __call__(s, v): s.t.append(v)\nL = []\nb = B(L)\nb(1)\n", "L"),
    ("class B:\n    def __init__(s, t): s.t = t\n    def __enter__(s): return s\n    def __exit__(s, *a): s.t.append(9)\n"
     "L = []\nwith B(L): pass\n", "L"),
    ("class B:\n    def __init__(s, t): s.t = t\n    def __lshift__(s, v): s.t.append(v)\nL = []\nb = B(L)\nb << 5\n", "L"),
    ("class B:\n    def __init__(s, t): s.t = t\n    @property\n    def go(s): s.t.append(4)\nL = []\nb = B(L)\nb.go\n", "L"),
    ("from collections import defaultdict\nd = defaultdict(list)\nd['b']\n", "dict(d)"),
    ("import functools\nL = []\np = functools.partial(L.append, 1)\np()\n", "L"),
    ("import functools\nL = []\ndef g(v): L.append(v)\nh = functools.partial(g, 3)\nh()\n", "L"),
    ("L = []\ntry: raise ValueError(L)\nexcept ValueError as e: M = e.args[0]\nM.append(1)\n", "L"),
    ("import socket\na, b = socket.socketpair()\na.sendall(b'hi')\n", "b.recv(2)"),
    # What other modules go by.
    ("import ssl, http.client\nssl._create_default_https_context = ssl._create_unverified_context\n",
     "http.client.ssl._create_default_https_context is http.client.ssl._create_unverified_context"),
    ("import string\nstring.digits += 'a'\n", "string.digits"),
)

# Ways to give an attribute of a function another value: what makes another way to the function, and the change.
WITH_STATE = "def g(n): return g.k + n\ng.k = 0\n"
ATTRIBUTES = (
    ("h = g\n", "h.k += 1"),
    ("d = {'a': g}\n", "d['a'].k += 1"),
    ("fs = []\nfs.append(g)\n", "fs[0].k += 1"),
    ("fs = [g]\n", "setattr(fs[0], 'k', 5)"),
    ("fs = [g]\n", "for f in fs: f.k += 1"),
    ("fs = {}\nfs.setdefault('g', g)\n", "fs['g'].__dict__['k'] += 1"),
    ("def get(): return g\n", "get().k += 1"),
    ("def get(): return g\n", "get().__dict__.update(k=4)"),
    ("get = lambda: g\n", "vars(get())['k'] += 1"),
    ("from functools import partial\np = partial(g, 1)\n", "p.func.k += 1"),
    ("def bump():\n    h = g\n    h.k += 1\n", "bump()"),
    ("class R:\n    def __init__(s): s.fs = []\n    def add(s, f): s.fs.append(f)\n    def hit(s): s.fs[0].k += 1\nr = R()\nr.add(g)\n", "r.hit()"),
)
# The same of what a class holds, by what its methods call it; and of what a function has been given for good.
STATES = (
    ("class K:\n    made = 0\n    def __new__(c):\n        c.made += 1\n        return object.__new__(c)\n", "K()", "K.made"),
    ("class K:\n    made = 0\n    def __init_subclass__(c): K.made += 1\n", "type('S', (K,), {})", "K.made"),
    ("def g(x=[0]): return x[0]\nc = g.__defaults__[0]\n", "c[0] += 1", "g()"),
    ("def g(*, k=1): return k\nh = g\n", "h.__kwdefaults__['k'] = 7", "g()"),
    ("Z = 0\ndef g(): return Z\nd = g.__globals__\n", "d['Z'] = 7", "g()"),
)
# Ways to change what a name of the file stands for without that name: what is defined for it, and the change.
LOOKED_UP = (
    ("", "eval('S')['k'] += 1"),
    ("import sys\n", "getattr(sys.modules[__name__], 'S')['k'] += 1"),
    ("import importlib\n", "importlib.import_module(__name__).S['k'] += 1"),
    ("import sys\ndef bump(): getattr(sys.modules[__name__], 'S')['k'] += 1\n", "bump()"),
    ("import sys\ndef put(v): setattr(sys.modules[__name__], 'S', {'k': v})\n", "put(7)"),
)
# What is not run where nothing needs it.
LOOP = "i = 0\nwhile i < 3:\n    i += 1\n    %s\n"


def needs(source):
    """The Python that this source needs."""
    return (3, 10) if source.startswith("match ") else (3, 8)


class Shared(unittest.TestCase):
    def test_changes_under_another_name_are_made(self):
        for before, shown in CASES:
            if sys.version_info < needs(before):
                continue
            source = before + SHOWS % shown
            with self.subTest(source=source):
                here, there = loaded(source, "f", [1]), whole(source, "f", [1])
                self.assertIsNone(there.refusal)
                self.assertEqual((here.refusal, here.values), (None, there.values))
                self.assertEqual(here.said, "")

    def test_loops_that_change_what_is_needed_run_whatever_they_call_it(self):
        states = [(WITH_STATE + before, change, "g(n)") for before, change in ATTRIBUTES]
        states += [("S = {'k': 0}\n" + before, change, "S['k']") for before, change in LOOKED_UP]
        for before, change, shown in [*states, *STATES]:
            source = before + LOOP % change + SHOWS % shown
            with self.subTest(source=source):
                here, there = loaded(source, "f", [1]), whole(source, "f", [1])
                self.assertIsNone(there.refusal)
                self.assertEqual((here.refusal, here.values), (None, there.values))
        # To hand a function on gives it no other state.
        before = WITH_STATE + "h = g\nnumbers = [1]\n"
        source = before + LOOP % "list(map(h, numbers))" + SHOWS % "g(n)"
        self.assertNotIn(before.count("\n") + 2, loaded(source, "f", [1]).lines)

    def test_what_is_not_for_the_started_file_runs(self):
        source = "if __name__ != '__main__': K = 2\nelse: K = 3\n" + SHOWS % "K"
        self.assertEqual(loaded(source, "f", [1]).values, ["2"])


if __name__ == "__main__":
    unittest.main()
