"""Modules of the standard library that a host loads late, and only from there: a person's folder may hold a `threading.py` of
its own, which is for that person's code alone."""

from __future__ import annotations

import sys
from os.path import exists, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HELD: dict[str, Any] = {}
# What may be loaded once the folder of a person's code is in the way, and all that these load themselves.
LATE = ("inspect", "json", "linecache", "re", "threading", "traceback")
NAMES = (
    "ast collections contextlib copyreg dis enum functools heapq importlib inspect itertools json keyword linecache opcode "
    "operator re reprlib sre_compile sre_constants sre_parse textwrap threading token tokenize traceback types warnings weakref"
).split()


def library(name: str) -> Any:
    """A module of the standard library that most runs do without, and that takes milliseconds to load."""
    if name not in HELD:
        HELD[name] = __import__(name)
    return HELD[name]


def hold_libraries(folder: str) -> None:
    """Where a person's folder holds modules with names of the standard library, loads what this process may need of that
    before it would get theirs. The person's code is to get its own."""
    own = {name for name in NAMES if exists(join(folder, name + ".py")) or exists(join(folder, name))}
    if not own:
        return
    before = set(sys.modules)
    for name in LATE:
        library(name)
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in own:
            del sys.modules[name]
