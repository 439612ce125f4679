"""What is quiet and cheap is run as an import would run it, also where nothing is seen to need it; what is not, is not."""

import os
import tempfile
import unittest

from loader import imported, loaded

# What changes what `f` gives, in ways that a reader of the text does not follow.
UNSEEN = (
    "class K(int):\n    made = 0\n    def __new__(c, *given):\n        c.made += 1\n        return int.__new__(c, *given)\na = K(3)\nb = K(4)\ndef f(n): return K.made\n",
    "class E(Exception):\n    made = 0\n    def __new__(c, *given):\n        c.made += 1\n        return Exception.__new__(c)\ntry: raise E('a')\nexcept E: pass\ndef f(n): return E.made\n",
    "import sys\nclass Tee:\n    def __init__(self, other): self.other, self.lines = other, []\n    def write(self, text): self.lines.append(text)\n    def flush(self): pass\nsys.stdout = tee = Tee(sys.stdout)\nprint('zz')\ndef f(n): return tee.lines\n",
    "import io, sys\nsys.stdout = io.StringIO()\nprint('zz')\ndef f(n): return sys.stdout.getvalue()\n",
    "import itertools\nclass K:\n    ids = itertools.count()\n    def __init__(self): self.id = next(self.ids)\na, b = K(), K()\ndef f(n): return K().id\n",
    "class B:\n    ids = __import__('itertools').count()\nclass K(B):\n    def __init__(self): self.id = next(self.ids)\na = K()\ndef f(n): return K().id\n",
    "import itertools\nfrom dataclasses import dataclass, field\n@dataclass\nclass K:\n    id: int = field(default_factory=itertools.count().__next__)\na = K()\ndef f(n): return K().id\n",
    "import itertools\nclass N:\n    ids = itertools.count()\n    def __init__(self): self.id = next(self.ids)\nclass G:\n    def __init__(self, n): self.all = [N() for _ in range(n)]\ng, h = G(3), G(2)\ndef f(n): return h.all[0].id\n",
    "def init():\n    import os\n    os.environ['POOLSCOPE_CHEAP'] = 'x'\ninit()\nimport os\nK = os.environ.get('POOLSCOPE_CHEAP')\ndef f(n): return K\n",
    "import functools\nclass S: v = 0\n@functools.lru_cache(None)\ndef settings(): return S()\ns = settings()\ns.v = 5\ndef f(n): return settings().v\n",
    "a = iter([1, 2, 3])\ng = (i for i in a)\nv = next(g)\ndef f(n): return list(a)\n",
    "log = []\nclass K:\n    def __hash__(self):\n        log.append(1)\n        return 1\n{K()}\ndef f(n): return log\n",
    "import functools\ndef helper(n): 'words'\ndef f(n): return f.__doc__\nfunctools.update_wrapper(f, helper)\n",
    "import json\ndef init():\n    import json\n    json.dumps = lambda value: 'patched'\ninit()\ndef f(n): return json.dumps(1)\n",
    "from collections import defaultdict\nids = defaultdict(lambda: len(ids))\ndef code(word): return ids[word]\nfor word in 'ab': print(word, code(word))\ndef f(n): return code('c')\n",
    "class Stats:\n    def __init__(self): self.calls = []\n    def count(self, g):\n        def counted(*given):\n            self.calls.append(g.__name__)\n            return g(*given)\n        return counted\ns = Stats()\n@s.count\ndef g(n): return n\nprint(g(3))\ndef f(n): return s.calls\n",
    "class O:\n    n = 0\n    def __len__(self):\n        self.n += 1\n        return 1\no = O()\ndef main(): print(len(o))\nmain()\ndef f(n): return o.n\n",
    "class O:\n    n = 0\n    @property\n    def v(self):\n        self.n += 1\n        return self.n\no = O()\ndef main():\n    x = o.v\n    print(x)\nmain()\ndef f(n): return o.n\n",
    "import functools\nclass C:\n    @functools.lru_cache(None)\n    def sq(self, x): return x * x\nprint(C().sq(3))\ndef f(n): return C.sq.cache_info().currsize\n",
    "import csv\nprint(csv.field_size_limit(77))\ndef f(n): return csv.field_size_limit()\n",
    "import logging\nclass H(logging.Handler):\n    seen = []\n    def emit(self, record): self.seen.append(record.getMessage())\nlog = logging.getLogger('a')\nlog.setLevel(logging.INFO)\nlog.addHandler(H())\nlog.info('start')\ndef f(n): return H.seen\n",
    "import logging\ndef main():\n    old = logging.addLevelName(33, 'ZED')\n    print(old)\nmain()\ndef f(n): return logging.getLevelName(33)\n",
)
# With modules of the file's own folder.
MODULES = {
    "registry": "items = []\ndef add(item):\n    items.append(item)\n    return item\nclass Thing:\n    def __init__(self): add('thing')\n",
    "setup_env": "import os\ndef setup(): os.environ['POOLSCOPE_HELPER'] = '1'\n",
    "seeds": "import random\nspoken = []\ndef seed_all(n):\n    random.seed(n)\n    spoken.append(n)\n    print('seeded', n)\ndef __getattr__(name):\n    spoken.append(name)\n    return 3\n",
    "pack/__init__": "from .inner import raised, count\n",
    "pack/inner": "count = {'n': 0}\ndef raised():\n    count['n'] += 1\n    return count['n']\n",
    "plugin": "import registry\nregistry.add('plugin')\n",
    "trainer": "import registry\ndef train():\n    for n in range(10 ** 9): registry.add(n)\ndef say():\n    print('loud')\n    registry.add(1)\n",
}
WITH_MODULES = (
    "import random\nfrom seeds import seed_all\nseed_all(42)\ndef f(n): return random.random()\n",
    "import seeds\nprint(seeds.lazy)\ndef f(n): return seeds.spoken\n",
    "from registry import *\nfor n in range(2): print(add(n))\ndef f(n): return items\n",
    "from pack import *\nprint(raised())\ndef f(n): return count\n",
    "import registry\n(lambda: __import__('plugin'))()\ndef f(n): return registry.items\n",
    "import pack\nprint(pack.raised())\ndef f(n): return pack.count\n",
    "from registry import *\nadd('s')\ndef f(n): return items\n",
    "from registry import Thing\nimport registry\nts = [Thing(), Thing()]\ndef f(n): return registry.items\n",
    "import setup_env, os\n[call() for call in (setup_env.setup,)]\ndef f(n): return os.environ.get('POOLSCOPE_HELPER')\n",
    "import importlib, registry\nmods = [importlib.import_module(name) for name in ('plugin',)]\ndef f(n): return registry.items\n",
    "import sys, registry\nif sys.version_info > (3, 0):\n    import plugin\ndef f(n): return registry.items\n",
    "def load():\n    import plugin\nload()\ndef f(n):\n    import registry\n    return registry.items\n",
)
# What `f` does not go by, and each host would do once more: it takes long, waits, is seen, or may be so.
LEFT_OUT = (
    "out = [slow(n) for n in range(10 ** 6)]",
    "out = slow(3)",
    "for n in range(10 ** 8): pass",
    "big = [0] * 10 ** 9",
    "big = list(range(10 ** 8))",
    "total = sum(n for n in range(10 ** 8))",
    "print(cheap(3), file=open('out.txt', 'w'))",
    "noisy(open('out.txt', 'w'))",
    "log = codecs.open('out.txt', 'w')",
    "log = functools.partial(open, mode='w')('out.txt')",
    "logging.basicConfig(filename='out.txt')",
    "logging.getLogger('a').addHandler(logging.FileHandler('out.txt'))",
    "sys.stdout = open('out.txt', 'w')",
    "atexit.register(noisy, None)",
    "noise = os.urandom(10 ** 9)",
    "zeros = bytes(5 * 10 ** 8)",
    "text = open('data.txt').read()",
    "with open('out.txt', 'w') as file: file.write('x')",
    "table = pandas.read_csv('data.csv')",
    "model.fit([1])",
    "fib(30)",
    "time.sleep(1)",
    "q.get()",
    "q.join()",
    "collections.deque(itertools.repeat(1), maxlen=0)",
    "5 in itertools.repeat(1)",
    "threading.Event().wait()",
    "os.remove('data.txt')",
    "many = Many(10 ** 7)",
    "box = [later for later in (slow,)][0](3)",
    "os.system('true')",
    "urllib.request.urlopen('http://mail.invalid')",
    "words = ask('Text: ')",
    "result = trainer.train()",
    "trainer.say()",
    "from trainer import train; train()",
)
AROUND = """\
import atexit, codecs, collections, functools, itertools, logging, os, sys, queue, threading, time, urllib.request
import pandas, trainer
try: ask = raw_input
except NameError: ask = input
q = queue.Queue()
model = pandas.Model()
def slow(n):
    while n < 10 ** 9: n += 1
    return n
def cheap(n): return n + 1
def noisy(file): print('noise', file=file)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
class Many:
    def __init__(self, n): self.all = [0 for _ in range(n)]
def f(n): return n + 1
"""


class Cheap(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        for name, text in MODULES.items():
            os.makedirs(os.path.dirname(os.path.join(self.folder, name)), exist_ok=True)
            with open(os.path.join(self.folder, name + ".py"), "w") as file:
                file.write(text)

    def test_what_no_reader_sees_is_as_where_the_file_is_imported(self):
        file = os.path.join(self.folder, "tasks.py")
        for source in UNSEEN + WITH_MODULES:
            with self.subTest(source=source):
                outcome = loaded(source, "f", [3], file=file, folder=self.folder)
                whole = imported(source, "f", [3], file=file)
                self.assertEqual((outcome.refusal, outcome.said, outcome.values), (None, "", whole.values))

    def test_what_takes_long_or_is_seen_is_left_out(self):
        file, line = os.path.join(self.folder, "tasks.py"), AROUND.count("\n") + 1
        for statement in LEFT_OUT:
            with self.subTest(statement=statement):
                outcome = loaded(AROUND + statement + "\n", "f", [3], file=file, folder=self.folder)
                self.assertEqual((outcome.refusal, outcome.values), (None, ["4"]), outcome)
                self.assertNotIn(line, outcome.lines)

    def test_a_file_that_is_not_written_and_then_read_is_told(self):
        for source in (
            "with open('cfg.txt', 'w') as file: file.write('v2')\ndef f(n): return open('cfg.txt').read()\n",
            "CFG = 'cfg.txt'\ndef prepare():\n    with open(CFG, mode='w') as file: print('v2', file=file)\nprepare()\ndef f(n): return open(CFG).read()\n",
            "import subprocess\nsubprocess.run(['touch', 'cfg.txt'])\ndef f(n):\n    with open('cfg.txt') as file: return file.read()\n",
            "import subprocess\nsubprocess.run('echo new >cfg.txt; ls', shell=True)\ndef f(n): return open('cfg.txt').read()\n",
            "import os\nos.truncate('./cfg.txt', 1)\ndef f(n): return open('cfg.txt').read()\n",
            "from pathlib import Path\nP = Path('cfg.txt')\nP.unlink()\ndef f(n): return P.exists()\n",
            "def save(path):\n    with open(path, 'w') as f: f.write('new')\nsave('data/cfg.txt')\ndef f(n): return open('cfg.txt').read()\n",
        ):
            with self.subTest(source=source):
                said = loaded(source, "f", [1], file=os.path.join(self.folder, "tasks.py"), folder=self.folder).said
                self.assertRegex(said, "was skipped .*: files are not written while a file is loaded; `f` uses `cfg.txt`")
        quiet = "print(open('cfg.txt').read())\nwith open('other.txt', 'w') as file: file.write('x')\ndef f(n): return n, 'cfg.txt'\n"
        self.assertEqual(loaded(quiet, "f", [1]).said, "")

    def test_what_is_cheap_does_not_bring_what_is_dear(self):
        source = "seen = []\ntotal = sum(n for n in range(10 ** 8))\nseen.append(total)\nbig = [0] * 10 ** 9\nseen.append(len(big))\ndef f(n): return n\n"
        outcome = loaded(source, "f", [3])
        self.assertEqual((outcome.refusal, outcome.values), (None, ["3"]), outcome)
        self.assertTrue({2, 3, 4, 5}.isdisjoint(outcome.lines), outcome)

    def test_a_long_file_whose_functions_call_each_other_is_decided_soon(self):
        import _pydecimal

        with open(_pydecimal.__file__) as file:
            outcome = loaded(file.read(), "Decimal", ["1.5"])
        self.assertEqual((outcome.refusal, outcome.values), (None, ["Decimal('1.5')"]))

    def test_imports_are_not_made_for_what_only_makes_a_value(self):
        source = "import logging, re, threading\nlog = logging.getLogger('a')\nlock = threading.Lock()\npattern = re.compile('a')\ndef f(n): return n\n"
        self.assertEqual(loaded(source, "f", [3]).lines, [5])


if __name__ == "__main__":
    unittest.main()
