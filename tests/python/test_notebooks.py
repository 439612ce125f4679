"""Cells of notebooks, each compiled for itself."""

import os
import tempfile
import unittest

from loader import of_cells


class Cells(unittest.TestCase):
    def gives(self, texts, value, function="f", **fields):
        outcome = of_cells(texts, function, [3], **fields)
        self.assertEqual((outcome.refusal, outcome.values), (None, [value]), outcome)
        return outcome

    def test_a_cell_that_is_not_python_matters_where_it_is_needed(self):
        self.gives(["def f(n): return n", "output ="], "3")
        self.gives(["def f(n): return n", "x = (\n"], "3")
        outcome = of_cells(["def f(n): return n * K", "pass\nK = 3 3"], "f", [3])
        self.assertIn("cell 2, line 2 of notes.ipynb: invalid syntax", outcome.refusal)
        # What is only in doubt does not stop a function that does without it.
        self.gives(["def f(n): return n", "K = 3 3", "from other import train", "w = train(f, K)"], "3")

    def test_future_imports_hold_for_all_cells(self):
        self.gives(["import math", "from __future__ import annotations\ndef f(n: x) -> y: return n"], "3")

    def test_a_cell_may_await(self):
        cells = ["import asyncio\nasync def g(): return 4", "K = await g()", "def f(n): return n + K"]
        self.gives(cells, "7")
        self.gives(cells, "7", whole="1")

    def test_the_names_that_jupyter_gives_are_there(self):
        self.gives(["def f(n): return __builtin__.abs(-n)"], "3")

    def test_errors_name_cell_and_line(self):
        outcome = of_cells(["K = 1", "def f(n):\n    return n / 0"], "f", [3], tell=True)
        self.assertIn("(cell 2, line 2)", outcome.values[0])
        self.assertIn("return n / 0", outcome.values[0])
        outcome = of_cells(["K = 1", "K = 1 / 0\ndef f(n): return K"], "f", [3])
        self.assertIn("ZeroDivisionError: division by zero (cell 2, line 1)", outcome.refusal)

    def test_each_function_of_a_name_can_be_chosen(self):
        cells = ["def f(n): return n + K", "K = 1", "def f(n): return -n", "K = 5"]
        for function, value in (("f", "-3"), ("f@cell1", "8"), ("f@cell3", "-3")):
            for is_whole in "01":
                self.gives(cells, value, function, whole=is_whole)
        self.assertIn("cell 2 of notes.ipynb does not define `f`", of_cells(cells, "f@cell2", [3]).refusal)

    def test_display_prints_and_commands_tell_what_to_write(self):
        self.gives(["def f(n): return display(n)"], "None")
        outcome = of_cells(['names = get_ipython().getoutput("ls")', "def f(n): return names"], "f", [3])
        self.assertIn("`!ls` is for Jupyter to run", outcome.refusal)
        self.gives(['names = get_ipython().getoutput("ls")', "def f(n): return n"], "3")

    def test_what_cells_write_and_run_elsewhere_is_told_where_the_function_goes_by_it(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in (("helper.py", "K = 1\n"), ("main.py", "V = 1\nif __name__ == '__main__':\n    V = 2\n"), ("old.txt", "old")):
            with open(os.path.join(folder.name, name), "w") as file:
                file.write(text)
        reads = "def f(n): return open('old.txt').read()"
        for cells, told in (
            (["# %%writefile helper.py\n# K = 2", "import helper\ndef f(n): return helper.K"], "files are not written"),
            (["from main import *  # %run main.py", "def f(n): return V"], "it is only run as `python FILE`"),
            (["pass  # !echo new > old.txt", reads], "commands of the shell are not run"),
            (["# %%bash\n# echo new >old.txt", reads], "commands of the shell are not run"),
            (["# %%writefile helper.py\n# K = 1", "import helper\ndef f(n): return helper.K"], ""),
            (["# %%writefile helper.py\n# K = 2", "def f(n): return n"], ""),
            (["pass  # !echo new > other.txt", reads], ""),
            (["from main import *  # %run main.py", "def f(n): return n"], ""),
        ):
            said = of_cells(cells, "f", [3], os.path.join(folder.name, "n.ipynb"), folder=folder.name).said
            self.assertTrue(told in said if told else "was skipped" not in said, (cells, said))


if __name__ == "__main__":
    unittest.main()
