"""What the lister finds in a source without running it."""

import json
import os
import subprocess
import sys
import unittest

from loader import compiled

LISTER = os.path.join(os.path.dirname(__file__), "..", "..", "assets", "python", "functions.py")


def listing(source, cells=()):
    with open(LISTER) as file:
        command = [sys.executable, "-I", "-S", "-E", "-c", file.read()]
    request = json.dumps({"source": source, "cells": cells}).encode()
    return json.loads(subprocess.run(command, input=request, stdout=subprocess.PIPE, check=True).stdout)


def signature(one):
    names = [param["name"] + ("=" + param["default"] if param["default"] else "") for param in one["params"]]
    return "%s %s(%s)" % (one["kind"], one["name"], ", ".join(names))


class Listed(unittest.TestCase):
    def lists(self, source, *signatures, **more):
        self.assertEqual([signature(one) for one in listing(source, **more)["functions"]], list(signatures))

    def test_functions_in_blocks_are_listed_but_none_that_only_a_guard_defines(self):
        self.lists(
            "try:\n  import x\nexcept ImportError:\n  def a(): pass\n"
            "with open('f') as f:\n  def b(x): pass\nfor i in range(2):\n  async def c(*, k=1): pass\n"
            "if __name__ == '__main__':\n  def d(): pass\n",
            "function a()",
            "function b(x)",
            "function c(k=1)",
        )

    def test_what_is_called_like_a_function_is_listed_with_its_parameters(self):
        self.lists(
            "from functools import partial\n"
            "def power(base, exponent=2, *, mod=None): return base ** exponent\n"
            "cube = partial(power, exponent=3)\n"
            "two_to = partial(power, 2)\n"
            "alias = power\n"
            "double = lambda n: n * 2\n"
            "class Model:\n"
            "  def __init__(self, k): self.k = k\n"
            "  def run(self, x, y=0): return x\n"
            "  @staticmethod\n"
            "  def static(z): return z\n"
            "  def __call__(self, q): return q\n"
            "model = Model(1)\n"
            "run = model.run\n"
            "static = Model.static\n"
            "def make(k): return lambda n: n * k\n"
            "triple = make(3)\n"
            "data = load(); results = pool.map(power, [1]); logger = logging.getLogger()\n",
            "function power(base, exponent=2, mod=None)",
            "function double(n)",
            "function make(k)",
            "value cube(base, exponent=3, mod=None)",
            "value two_to(exponent=2, mod=None)",
            "value alias(base, exponent=2, mod=None)",
            "value model(q)",
            "value run(x, y=0)",
            "value static(z)",
            "value triple()",
            "class Model(k)",
        )

    def test_classes_have_the_parameters_of_their_fields(self):
        self.lists(
            "from dataclasses import dataclass\n@dataclass\nclass P:\n  x: int\n  y: int = 2\n",
            "class P(x, y=2)",
            "imported dataclass()",
        )

    def test_imported_names_come_last(self):
        self.lists(
            "from math import sqrt, pi as PI\nfrom typing import cast\nimport math\nroot = math.sqrt\ndef f(): pass\n",
            "function f()",
            "imported sqrt()",
            "imported root()",
        )

    def test_functions_of_one_name_are_told_apart_by_their_cells(self):
        source = "def f(a): pass\nx = = 1\ndef f(b): pass\ndef g(): pass\n"
        self.lists(source, "function f@cell2(a)", "function f(b)", "function g()", cells=[(1, 2), (2, 3), (3, 4)])

    def test_all_names_are_told_and_a_line_that_is_no_python(self):
        found = listing("import os.path\nfrom m import *\na, (b, c) = 1, (2, 3)\nfor d in []: pass\n")
        self.assertEqual(found["names"], ["*", "a", "b", "c", "d", "os"])
        self.assertEqual(listing("x = 1\ndef f(:\n")["error"]["line"], 2)

    def test_lines_are_pythons_own(self):
        self.lists("x = '\u2028\x0c'\r\ndef f(a='\u00e9', b=(1,\r\n 2)): pass\r", "function f(a='\u00e9', b=(1,\n 2))")

    def test_an_interpreter_tells_what_it_is(self):
        with open(LISTER) as file:
            command = [sys.executable, "-I", "-S", "-E", "-c", file.read()]
        request = json.dumps({"source": None, "driver": [["driver", "1"], ["part", "2"]]}).encode()
        answer = json.loads(subprocess.run(command, input=request, stdout=subprocess.PIPE, check=True).stdout)
        self.assertEqual(answer["version"], "%d.%d.%d" % sys.version_info[:3])
        self.assertTrue(answer["driver"] and answer["parts"] and "functions" not in answer)

    def test_hosts_do_not_work_hints_out(self):
        text = (
            '"""What it is."""\n'
            "from __future__ import annotations\n"
            "number: Part | None = 1\n"
            "class Whole:\n"
            "  part: Part\n"
            "  async def of(self: Whole, a: Part, /, *c: int, d: Part | None = None, **e: Part) -> Part:\n"
            "    self.part: Part = a\n"
            "def last() -> None: pass\n"
        )
        names = {}
        exec(compiled("part", text), names)
        self.assertEqual((names["__doc__"], names["number"]), ("What it is.", 1))
        self.assertNotIn("annotations", names)
        self.assertEqual(names["last"].__code__.co_firstlineno, 8)


if __name__ == "__main__":
    unittest.main()
