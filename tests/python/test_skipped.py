"""What is not run, and what is said of it."""

import importlib.util
import unittest

from loader import loaded, part


class Skipped(unittest.TestCase):
    def gives(self, source, value, function="f", **fields):
        outcome = loaded(source, function, [3], **fields)
        self.assertEqual((outcome.refusal, outcome.values), (None, [value]), outcome)
        return outcome

    def fails(self, source, *words, function="f", **fields):
        outcome = loaded(source, function, [3], tell=True, **fields)
        told = outcome.refusal or outcome.values[0]
        for word in words:
            self.assertIn(word, told, outcome)
        return outcome

    def test_what_starts_workers_reads_or_serves_is_not_run(self):
        for statement in (
            "print(Pool(2).map(f, [1]))",
            "with Pool(2) as pool: print(pool.map(f, [1]))",
            "p = Process(target=f, args=(1,)); p.start(); p.join()",
            "with futures.ThreadPoolExecutor() as e: list(e.map(f, [1]))",
            "n = int(input())",
            "text = sys.stdin.read()",
            "while True: pass",
            "sys.exit(3)",
            "main()",
            "asyncio.run(asyncio.sleep(100))",
            "subprocess.run(['false'], check=True)",
            "unittest.main()",
            "time.sleep(100)",
            "quit()",
            "raise SystemExit",
        ):
            source = (
                "import asyncio, subprocess, sys, time, unittest\n"
                "from concurrent import futures\n"
                "from multiprocessing import Pool, Process\n"
                "def f(n): return n + 1\n"
                "def main(): Pool(2).map(f, [1])\n%s\n" % statement
            )
            with self.subTest(statement=statement):
                self.assertEqual(self.gives(source, "4").said, "")

    def test_what_a_measured_text_of_code_would_have_changed_is_told(self):
        start = "import timeit\nfrom timeit import repeat, Timer\nL = []\ndef g(): L.append(1)\n"
        for line, statement in (
            (5, "timeit.timeit('g()', globals=globals(), number=3)"),
            (5, "repeat('g()', globals=globals(), number=3)"),
            (5, "timeit.timeit(stmt='1', setup='L.append(1)', globals=globals())"),
            (5, "t = Timer('L.append(1)', globals=globals())\nt.timeit(2)"),
            (6, "import time\nprint(time.sleep(1), L.append(1), globals())"),
        ):
            with self.subTest(statement=statement):
                said = self.gives(start + statement + "\ndef f(n): return len(L)\n", "0").said
                self.assertIn("line %d was skipped" % line, said)
                self.assertIn("`f` uses `L`", said)

    def test_what_only_names_standard_input_may_run(self):
        source = "import sys\nfrom timeit import timeit\nclass In:\n    def __init__(self, file): self.file = file\n"
        source += "def f(n, port=In(sys.stdin)): return n + 1\nprint(timeit('f(5)', globals=globals(), number=10**12))\n"
        self.assertEqual(self.gives(source, "4").said, "")

    def test_a_line_that_loads_for_long_is_told(self):
        slow, first_s = part("slow"), part("slow").FIRST_S
        self.addCleanup(setattr, slow, "FIRST_S", first_s)
        slow.FIRST_S = 0.02
        source = "import sys\nK = 1\nwhile 'loading' not in sys.stderr.getvalue(): K = 1\ndef f(n): return n + K\n"
        said = self.gives(source, "4").said
        self.assertIn("it is at line 3 (`while 'loading' not in", said)
        self.assertIn("`f` may depend on that", said)
        self.assertIn("the whole file is run", self.gives(source, "4", whole="1").said)

    def test_guarded_blocks_are_not_run(self):
        for guard in (
            'if __name__ == "__main__": 1 / 0',
            'if "__main__" == __name__ and f: 1 / 0',
            'is_main = __name__ == "__main__"\nif is_main: 1 / 0',
            'try:\n    if __name__ == "__main__": 1 / 0\nfinally: K = 4',
            '__name__ == "__main__" and 1 / 0',
            '1 / 0 if __name__ == "__main__" else None',
        ):
            for is_whole in "01":
                with self.subTest(guard=guard, whole=is_whole):
                    self.gives("def f(n): return n + 1\n%s\n" % guard, "4", whole=is_whole)
        self.gives('if __name__ != "__main__": raise ImportError\nK = __name__\ndef f(n): return K', "'__main__'")

    def test_a_name_of_a_guarded_block_is_to_be_moved_out(self):
        source = 'def f(n): return n * K\nif __name__ == "__main__":\n    K = 3\n'
        for is_whole in "01":
            outcome = self.fails(source, "NameError", "`K`", "line 2", "move that line out", whole=is_whole)
            self.assertNotIn("--whole-file", outcome.values[0])

    def test_a_name_that_an_initializer_sets_is_told(self):
        source = "def start(k, *more):\n    global K\n    K = k\ndef f(n): return n * K\n"
        self.fails(source, "`K` is set by `start()`", "--initializer start:...")
        self.gives(source, "30", initializer="start:10")
        self.gives(source, "'ab, ab, ab, '", initializer="start:'ab, ',2")
        self.gives(source, "'ababab'", initializer="start:ab")
        failing = "def start(k): return k / 0\ndef f(n): return n\n"
        self.fails(failing, "the initializer `start` failed: ZeroDivisionError", "(line 1)", initializer="start:1")

    def test_what_an_initializer_needs_is_run(self):
        source = "T = []\nT.append(4)\ndef start():\n    global K\n    K = T[0]\ndef f(n): return n * K\n"
        self.gives(source, "12", initializer="start")

    def test_what_is_skipped_and_touches_a_name_is_said_once(self):
        source = "from multiprocessing import Pool\nT = {}\nT.update(Pool(2).map(len, []))\ndef f(n): return n + len(T)\n"
        said = self.gives(source, "3").said
        self.assertEqual(said.count("line 3 was skipped"), 1, said)
        self.assertIn("it starts workers; `f` uses `T`", said)
        self.assertEqual(self.gives(source, "3", first_worker="4").said, "")

    def test_a_value_that_only_a_skipped_statement_gives_is_told(self):
        source = "K = 5\nK = int(input())\ndef f(n): return K\n"
        self.fails(source, "NameError", "line 2 was skipped", "reads standard input", "--whole-file")
        self.fails("from multiprocessing import Pool\np = Pool(2)\nq = p.map(len, [])\ndef f(n): return q\n", "line 3")

    def test_imports_that_nothing_needs_may_fail(self):
        source = "import no_such\nfrom no_such.a import b\ndef g(n): return no_such.x\ndef f(n): return n\n"
        self.assertEqual(self.gives(source, "3").said, "")
        self.fails(source, "No module named 'no_such' (line 1)", "-m pip install no_such", function="g")
        if importlib.util.find_spec("PIL") is None:
            self.fails("import PIL.Image\ndef f(n): return PIL", "-m pip install pillow")
        self.fails("# %%file own.py\n# K = 1\nimport own\ndef f(n): return own.K", "a cell with `%%file own.py` writes it")

    def test_what_is_printed_by_what_is_not_needed_is_dropped(self):
        source = "X = [3]\nprint(X)\nlen(X)\nX.count(3)\nfor x in X: print(x)\ndef f(n): return X\n"
        outcome = self.gives(source, "[3]")
        self.assertEqual(outcome.lines, [1, 2, 3, 4, 5, 6])  # What only looks is too cheap to be left out; what it prints is dropped.
        self.assertEqual(outcome.said, "")

    def test_calls_that_only_compute_are_not_run(self):
        source = (
            "import random, re\n"
            "cat = ''.join\n"
            "Text = str\n"
            "def turn(text, by: Text): return text[by:] + text[:by]\n"
            "def best(words): return min((turn(word, 1) for word in words), key=lambda word: len(word))\n"
            "def draw(words): return re.sub('a', turn, cat([random.choice(list(words))]))\n"
            "found = best(['ab', 'c'])\n"
            "best({turn('ab', 1)})\n"
            "for by in range(3): print(turn('abc', by), draw('abc'))\n"
            "assert best(['a']) == 'a'\n"
            "def f(n): return turn('abc', n - 2) + cat(['d']) + draw('e')\n"
        )
        self.assertEqual(self.gives(source, "'bcade'").lines, [1, 2, 3, 4, 5, 6, 9, 11])

    def test_what_is_needed_only_perhaps_may_fail(self):
        source = "import os\nX = [3]\nos.mkdir('/proc/x')\ndef f(n): return X, os.sep\n"
        self.assertIn("line 3 failed", self.gives(source, "([3], '/')").said)

    def test_only_the_last_value_of_a_name_counts(self):
        outcome = self.gives("x = sum(range(10 ** 9))\nprint(x)\nx = 3\ndef f(n): return x\n", "3")
        self.assertEqual(outcome.lines, [3, 4])


if __name__ == "__main__":
    unittest.main()
