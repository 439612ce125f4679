"""Loads one module twice, as CPython runs a file and as the program's host loads it, and calls its function.

Both are done in this process, each in a module of its own named `__main__`, from the same state of the modules of the
standard library that the random modules change.
"""

import ast
import builtins
import decimal
import io
import logging
import math
import os
import random
import re
import signal
import sys
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from importlib.util import spec_from_file_location
from pathlib import Path

INPUTS = (0, 1, 2, 5, 1)
LONGEST_S = 0.5
ADDRESS = re.compile(" at 0x[0-9a-f]+")
# Before the name of an exception that the function raised.
FAILED = "!"
# Another folder of the driver's files can be tried without changing this one.
PARTS = Path(os.environ.get("POOLSCOPE_DRIVER") or Path(__file__).resolve().parents[3] / "assets" / "python")
FILE = "random_module.py"
# What random modules set or replace in others.
MARKS = ((math, "field_mark"), (builtins, "field_mark"), (math, "gcd"), (random, "randrange"))
NOTHING = object()


class TooLong(BaseException):
    """A module did not end in time."""


class DriverFiles:
    """Finds the files of the driver where one imports another, whichever these are."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        prefix, _, part_name = name.partition("poolscope_")
        return None if prefix or not part_name else spec_from_file_location(name, PARTS / (part_name + ".py"))


def part(name):
    """A file of the driver as the module that its others import."""
    return import_module("poolscope_" + name)


class Job(dict):
    """The fields that the host is given for a file; those that this test does not know are empty."""

    def __missing__(self, name):
        return ""


@contextmanager
def fresh_state(seed=99):
    """The state of the standard library, the same for each of the two, and put back behind it."""
    main, path, argv = sys.modules["__main__"], list(sys.path), list(sys.argv)
    environ, limit, folder = dict(os.environ), sys.getrecursionlimit(), os.getcwd()
    marks = [getattr(owner, name, NOTHING) for owner, name in MARKS]
    random.seed(seed)
    decimal.setcontext(decimal.Context(prec=28))
    logging.root.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for key in [key for key in sys.modules if type(key) is NameOfImported]:
            del sys.modules[key]
        sys.modules["__main__"] = main
        sys.path[:], sys.argv[:] = path, argv
        os.chdir(folder)
        sys.setrecursionlimit(limit)
        if dict(os.environ) != environ:
            os.environ.clear()
            os.environ.update(environ)
        for (owner, name), value in zip(MARKS, marks):
            if value is not NOTHING:
                setattr(owner, name, value)
            elif hasattr(owner, name):
                delattr(owner, name)


@contextmanager
def time_limit(longest_s=LONGEST_S):
    def stop(*_):
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    # A function may catch the first ones.
    signal.setitimer(signal.ITIMER_VIRTUAL, longest_s, longest_s / 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class NameOfImported(str):
    """Reads `__main__`, as the program calls the module, but is another to whoever asks: as where a worker imports it."""

    def __eq__(self, other):
        return self is other

    def __ne__(self, other):
        return self is not other

    __hash__ = str.__hash__


def whole(source):
    """The module as an import makes it, which runs nothing that is for the started file alone."""
    module = type(sys)("__main__")
    module.__name__ = NameOfImported("__main__")
    module.__file__ = FILE
    sys.modules["__main__"] = sys.modules[module.__name__] = module
    exec(compile(source, FILE, "exec", dont_inherit=True), module.__dict__)
    return module


def values(function):
    """What the function returns for each input, as Python writes it, or the kind of what it raises."""
    told = []
    for value in INPUTS:
        try:
            told.append(ADDRESS.sub("", repr(function(value))))
        except Exception as error:
            told.append(FAILED + type(error).__name__)
    return told


def expected(source, name, seed=99):
    """The values under CPython, and whether the module can be loaded there at all."""
    with fresh_state(seed), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        try:
            with time_limit():
                function = getattr(whole(source), name)
                return values(function) if callable(function) else None
        except (Exception, TooLong):
            return None


def cells(source):
    """The first line and the number of each cell, with three statements a cell."""
    lines = [node.lineno - len(getattr(node, "decorator_list", ())) for node in ast.parse(source).body]
    return " ".join("%d:%d" % (line, place) for place, line in enumerate([1, *lines[3::3]], 1))


def loaded(source, name, is_notebook):
    """The values under the program's rule of loading."""
    loading = part("loading")
    fields = Job(source=source, file=FILE, folder=os.getcwd(), function=name, whole="0")
    fields["cell_lines"] = cells(source) if is_notebook else ""
    with fresh_state(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        try:
            with time_limit(4 * LONGEST_S):
                return values(loading.load(fields, part).function)
        except loading.Refusal as refusal:
            return ["refused: %s" % str(refusal).splitlines()[0]]
        except TooLong:
            return ["did not end"]


def difference(source, name, is_notebook=False):
    """What CPython gives and what the host gives, where that is not the same; None for a module that tells nothing."""
    right = expected(source, name)
    # What random numbers make of it that nothing seeded is no value to compare.
    if right is None or any(right != expected(source, name, seed) for seed in (98, 97, 96)):
        return None
    here = loaded(source, name, is_notebook)
    return (right, here) if right != here else ()


warnings.simplefilter("ignore", SyntaxWarning)
# Nothing is written beside the files of the driver.
sys.dont_write_bytecode = True
sys.meta_path.append(DriverFiles)
