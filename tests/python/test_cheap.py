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
)
# With modules of the file's own folder.
MODULES = {
    "registry": "items = []\ndef add(item):\n    items.append(item)\n    return item\nclass Thing:\n    def __init__(self): add('thing')\n",
    "setup_env": "import os\ndef setup(): os.environ['POOLSCOPE_HELPER'] = '1'\n",
    "plugin": "import registry\nregistry.add('plugin')\n",
    "trainer": "import registry\ndef train():\n    for n in range(10 ** 9): registry.add(n)\ndef say():\n    print('loud')\n    registry.add(1)\n",
}
WITH_MODULES = (
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
    "print(cheap(3))",
    "noisy()",
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
    "logging.warning('x')",
    "os.system('true')",
    "urllib.request.urlopen('http://mail.invalid')",
    "words = ask('Text: ')",
    "result = trainer.train()",
    "trainer.say()",
    "from trainer import train; train()",
)
AROUND = """\
import collections, itertools, logging, os, queue, threading, time, urllib.request
import pandas, trainer
try: ask = raw_input
except NameError: ask = input
q = queue.Queue()
model = pandas.Model()
def slow(n):
    while n < 10 ** 9: n += 1
    return n
def cheap(n): return n + 1
def noisy(): print('noise')
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
