"""What may change something in a way that is not written in its place is run, as where the file is imported."""

import os
import sys
import tempfile
import unittest

from loader import imported, loaded

SHOWS = "def f(n): return %s\n"
HOLDER = "class H:\n    def __init__(self, box): self.box = box\n"
# What comes before the function, and what the function gives; by what it is about.
CASES = {
    "functions that something holds": (
        ("import threading\nL = []\ndef g(): L.append(1)\nt = threading.Thread(target=g)\nt.start(); t.join()\n", "L"),
        ("import threading\nL = []\nt = threading.Timer(0.01, L.append, [5])\nt.start()\nt.join()\n", "L"),
        ("import threading\nL = []\ndef g(x): L.append(x)\nts = [threading.Thread(target=g, args=(i,)) for i in range(2)]\n"
         "for t in ts: t.start()\nfor t in ts: t.join()\n", "sorted(L)"),
        ("import functools\nL = []\ndef g(a, b): L.append(b)\nps = {'x': functools.partial(g, 1)}\nps['x'](4)\n", "L"),
        ("import string\nL = []\nm = string.Formatter()\nm.get_value = lambda key, *a: L.append(key)\nm.format('{a}')\n", "L"),
        ("L = []\ndef g(a=L): pass\ng.__defaults__[0].append(1)\n", "L"),
    ),
    "what is registered or shared": (
        ("H = {}\ndef on(n):\n    def d(f):\n        H[n] = f\n        return f\n    return d\nL = []\n@on('a')\ndef g(): L.append(1)\n"
         "H['a']()\n", "L"),
        ("class B:\n    _s = {}\n    def __init__(self): self.__dict__ = B._s\na = B()\nb = B()\nb.x = 4\n", "a.x"),
        ("def g(x, *, acc=[]):\n    acc.append(x)\n    return acc\ng(1)\n", "g(3)"),
        ("import io\nb = io.StringIO()\nout = [b]\nprint('x', file=out[0])\n", "b.getvalue()"),
        ("import dataclasses\nA = []\n@dataclasses.dataclass\nclass W: a: list\nw = dataclasses.replace(W(A))\nw.a.append(1)\n", "A"),
    ),
    "closures with more than one state": (
        ("def mk():\n    a = []; b = []\n    def add(x): a.append(x); b.append(x * 2)\n    def get(): return a, b\n"
         "    return add, get\nadd, get = mk()\nadd(5)\n", "get()"),
        ("def mk(s):\n    def put(v): s.append(v)\n    return put\nL = []\nps = [mk(L), mk(L)]\nfor p in ps: p(1)\n", "L"),
    ),
    "items made when they are asked for": (
        ("L = []\ndef g(x): L.append(x)\nm = map(g, [1, 2])\nlist(m)\n", "L"),
        ("L = []\ndef g(x): L.append(x)\nm = (g(i) for i in range(2))\nfor _ in m: pass\n", "L"),
        ("L = []\nm = filter(lambda x: L.append(x), [1, 2])\n[*m]\n", "L"),
        ("L = []\ndef gen(to):\n    for i in range(3):\n        to.append(i)\n        yield i\ng = gen(L)\nfor i in g: pass\n", "L"),
        ("it = iter([1, 2, 3])\n2 in it\n", "list(it)"),
        ("it = iter([1, 2, 3])\nL = []\nL.extend(it)\n", "list(it)"),
        ("def g(x): yield from x\nit = iter('abc')\nx = list(g(it))\n", "list(it)"),
    ),
    "methods that run unasked": (
        (HOLDER + "    def __bool__(self):\n        self.box.append(1)\n        return True\nL = []\nh = H(L)\nif h: pass\n", "L"),
        (HOLDER + "    def __contains__(self, x): return self.box.append(x)\nL = []\nh = H(L)\nprint(3 in h)\n", "L"),
        ("L = []\nclass A:\n    def __del__(self): L.append(1)\na = A()\ndel a\n", "L"),
        ("class C:\n    def __init__(self): self.n = 0\n    def __call__(self, x): self.n += x\nc = C()\nx = list(map(c, [1, 2]))\n", "c.n"),
        ("L = []\nclass D:\n    def __lt__(self, other):\n        L.append(1)\n        return True\nx = [D(), D()]\nx.sort()\n", "L"),
        ("class A:\n    def __rshift__(self, to): to.append(1)\nL = []\na = A()\na >> L\n", "L"),
        ("import enum\nL = []\nclass E(enum.Enum):\n    A = 1\n    def __init__(self, v): L.append(v)\n", "L"),
        ("R = []\nclass A:\n    def __class_getitem__(cls, k): R.append(k)\nA[3]\n", "R"),
        ("class A: x = 1\nsetattr(type(A()), 'x', 5)\n", "A.x"),
    ),
    "names that are not written": (
        ("L = []\ne = exec\ne('L.append(1)')\n", "L"),
        ("X = 1\ng = globals\ng()['X'] = 3\n", "X"),
        ("X = 1\n(lambda: globals().__setitem__('X', 4))()\n", "X"),
        ("import __main__\n__main__.K = 4\n", "K"),
        ("import sys\nme = sys.modules[__name__]\nme.K = 4\n", "K"),
        ("import sys\nL = []\ndef g(): sys._getframe().f_globals['L'].append(1)\ng()\n", "L"),
        ("X = 1\ndel X\n", "'X' in globals()"),
        ("def put(): pass\ntry: from plug import *\nexcept ImportError: pass\n", "put"),
    ),
    "what is printed": (
        ("import sys, io\nb = io.StringIO()\nsys.stdout = b\nprint('x')\nsys.stdout = sys.__stdout__\n", "b.getvalue()"),
        ("import sys, io\nb = io.StringIO()\nold, sys.stdout = sys.stdout, b\ndef say(t): print(t)\nsay('x')\nsys.stdout = old\n",
         "b.getvalue()"),
        ("import builtins\nb = []\nbuiltins.print = lambda *a: b.append(a)\nprint('x')\n", "b"),
    ),
    "states of modules": (
        ("import plug\ntry: import added\nexcept ImportError: pass\n", "plug.R"),
        ("import plug, sys\nif sys.version_info > (3,): import added\n", "plug.R"),
        ("import plug, contextlib\nwith contextlib.suppress(ImportError):\n    import added\n    import not_there\n", "plug.R"),
        ("from plug import R\nR.append('me')\ndef g():\n    import plug\n    return plug.R\n", "g()"),
        ("import plug as s\nfor v in 'ab': s.R.append(v)\n", "__import__('plug').R"),
        ("from plug import Loader, table\no = Loader()\no.load('ab')\n", "table()"),
        ("from plug import Loader, table\no = Loader()\nx = [o.load(v) for v in 'ab']\n", "table()"),
        ("from plug import Loader, table\no = Loader()\nn = 0\nwhile n < 3:\n    o.load('a')\n    n += 1\n", "table()"),
        ("from plug import Loader, table\nimport threading\no = Loader()\nt = threading.Thread(target=o.load, args=('a',))\nt.start()\nt.join()\n",
         "table()"),
        ("from plug import Loader, table\nload = Loader().load\nload('ab')\n", "table()"),
        ("from plug import fill, table\njobs = [fill]\nfor job in jobs: job('ab')\n", "table()"),
        ("from plug import fill, table\njobs = {'a': [fill]}\njobs['a'][0]('ab')\n", "table()"),
        ("def bump(box):\n    for i in range(1500000): box[0] += 1\na = [0]\nopts = dict(box=a)\nbump(**opts)\n", "a"),
        ("import random, threading\nrandom.seed(4)\nt = threading.Thread(target=random.random)\nt.start()\nt.join()\n",
         "random.random()"),
        ("from random import seed, random\nfrom threading import Thread\nt = Thread(target=seed, args=(7,))\nt.start()\nt.join()\n",
         "random()"),
        ("import os, threading\nt = threading.Thread(target=os.environ.__setitem__, args=('QA', 'yes'))\nt.start()\nt.join()\n",
         "os.environ.get('QA')"),
        ("import io, pprint\ns = io.StringIO()\npprint.pprint([1], stream=s)\n", "s.getvalue()"),
        ("import io, dis\ns = io.StringIO()\ndis.dis('1', file=s)\n", "bool(s.getvalue())"),
        ("import xml\nfrom xml.dom import minidom\n", "xml.dom.minidom.__name__"),
        ("import string\nif True: string.digits = 'a'\n", "__import__('string').digits"),
        ("import string\nsetattr(string, 'digits', 'a')\n", "__import__('string').digits"),
        ("import datetime\nclass D(datetime.date):\n    @classmethod\n    def today(cls): return 5\ndatetime.date = D\n",
         "__import__('datetime').date.today()"),
        ("import decimal\nc = decimal.getcontext()\nc.prec = 3\n", "str(__import__('decimal').Decimal(1) / 3)"),
        ("import codecs\ncodecs.register_error('mine', lambda e: ('?', e.end))\n", "b'\\xff'.decode('ascii', 'mine')"),
        ("import unittest.mock as m\np = m.patch('math.pi', 3)\np.start()\nimport math\n", "math.pi"),
    ),
    "what a file asks of its own name": (
        ("if __name__ == '__main__' or True: K = 2\n", "K"),
        ("if not __name__ == '__main__': K = 2\nelse: K = 3\n", "K"),
        ("K = 1 if '__main__' == __name__ else 2\n", "K"),
        ("is_main = __name__ == '__main__'\nK = 1\nif not is_main: K = 2\n", "K"),
        ("if __name__ not in ('__main__',): K = 2\nelif True: K = 3\n", "K"),
        ("class A:\n    if __name__ == '__main__': K = 1\n    else: K = 2\n", "A.K"),
        ("def g(): return __name__ != '__main__'\nK = g()\n", "K"),
    ),
}
PLUG = "R = []\nput = 5\ndef table(): return R\ndef fill(text): R.extend(text)\nclass Loader:\n    def load(self, text):\n        for letter in text: R.append(letter)\n"
ADDED = "import plug\nplug.R.append('added')\n"


class Doubts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "tasks.py")
        with open(os.path.join(folder.name, "plug.py"), "w") as file:
            file.write(PLUG)
        with open(os.path.join(folder.name, "added.py"), "w") as file:
            file.write(ADDED)

    def test_what_an_import_gives_is_given(self):
        for about, cases in CASES.items():
            for before, shown in cases:
                source = before + SHOWS % shown
                with self.subTest(about, source=source):
                    here = loaded(source, "f", [1], file=self.file, folder=os.path.dirname(self.file))
                    there = imported(source, "f", [1], self.file)
                    self.assertIsNone(there.refusal)
                    self.assertEqual((here.refusal, here.values), (None, there.values))

    def test_nothing_is_said_of_what_is_run(self):
        for before, shown in CASES["functions that something holds"]:
            self.assertEqual(loaded(before + SHOWS % shown, "f", [1]).said, "")

    def test_what_is_dangerous_is_told(self):
        source = "from multiprocessing.pool import ThreadPool\nL = []\nwith ThreadPool(2) as p: p.map(L.append, [1])\n" + SHOWS % "L"
        said = loaded(source, "f", [1]).said
        self.assertIn("line 3 was skipped", said)
        self.assertIn("`f` uses `L`", said)

    def test_what_only_looks_like_it_is_not_run(self):
        for source, lines in (
            ("import json, logging\nlog = logging.getLogger('a')\nC = json.loads('[1]')\nlog.warning('is %s', C)\ndef f(n): return C\n", [1, 2, 3, 4, 5]),
            ("import queue\nq = queue.Queue()\nseen = {}\ndef g(): seen[q.get()] = 1\nq.join()\ndef f(n): return g, seen\n", [1, 2, 3, 4, 6]),
            ("class P:\n    def __init__(self, n): self.n = n\n    def __lt__(self, other): return self.n < other.n\n"
             "ps = [P(2), P(1)]\nps.sort()\ndef f(n): return P(n).n\n", [1, 4, 5, 6]),
            ("T = [0] * 9\nS = [1, 2]\nn = 0\nwhile n < 9:\n    p = S[n % 2]\n    T[n] = p\n    n += 1\ndef f(n): return S\n", [1, 2, 3, 8]),
            ("def g(n): return n * 2\nout = [g(n) for n in range(10 ** 6)]\nprint(out)\nprint(sum(out))\nC = {}\ndef f(n): return g(n), C\n", [1, 5, 6]),
        ):
            with self.subTest(source=source):
                outcome = loaded(source, "f", [1])
                self.assertEqual((outcome.refusal, outcome.said, outcome.lines), (None, "", lines))

    def test_what_is_given_out_is_not_changed(self):
        for statement in (
            "with open('out.csv', 'w') as h:\n    w = csv.writer(h)\n    for row in D: w.writerow(row)",
            "h = open('out.txt', 'w')\nh.write(D)\nh.close()",
            "s = smtplib.SMTP('mail.invalid')\ns.send_message(D)\ns.quit()",
            "s = socket.create_connection(('mail.invalid', 1))\ns.sendall(D)\ns.close()",
            "p = subprocess.Popen(['cat'], stdin=subprocess.PIPE)\np.communicate(D)",
            "t = tkinter.Tk()\nt.title(D)\nt.mainloop()",
        ):
            source = "import csv, smtplib, socket, subprocess, tkinter\nD = [[1]]\n%s\ndef f(n): return D\n" % statement
            with self.subTest(statement=statement):
                outcome = loaded(source, "f", [1])
                self.assertEqual((outcome.refusal, outcome.values, len(outcome.lines)), (None, ["[[1]]"], 2), outcome)

    def test_what_goes_by_a_skipped_statement_is_told_with_it(self):
        source = "from multiprocessing import Process\nL = []\ndef f(n):\n    L.append(n)\n    return L\n"
        source += "ps = [Process(target=f, args=(i,)) for i in range(3)]\nfor p in ps: p.start()\nfor p in ps: p.join()\n"
        said = loaded(source, "f", [1]).said
        self.assertEqual(said.count("was skipped"), 1, said)
        self.assertIn("line 6 was skipped", said)
        self.assertIn("`f` uses `L`,", said)

    def test_the_started_file_is_told_from_an_import(self):
        source = "import sys\nif __name__ != '__main__': sys.exit('not to be imported')\nK = __name__\n" + SHOWS % "K"
        for is_whole in "01":
            self.assertEqual(loaded(source, "f", [1], whole=is_whole).values, ["'__main__'"])

    @unittest.skipIf(sys.version_info < (3, 10), "`match` is of Python 3.10")
    def test_cases_for_the_started_file_are_dropped(self):
        source = "match __name__:\n    case '__main__': K = 1 / 0\n    case _: K = 2\n" + SHOWS % "K"
        self.assertEqual(loaded(source, "f", [1]).values, ["2"])

    def test_imports_of_a_guard_are_not_told(self):
        source = "import sys\ndef f(n): return sys.maxsize > n\nif __name__ == '__main__':\n    import sys\n    sys.exit(f(1))\n"
        outcome = loaded(source, "f", [1])
        self.assertEqual((outcome.values, outcome.said), (["True"], ""))


if __name__ == "__main__":
    unittest.main()
