"""Tells what must not be run while a file is loaded, and why."""

from __future__ import annotations

from poolscope_known import (
    LOOSE,
    LOOSE_METHODS,
    LOOSE_MODULES,
    MAINS,
    MAKERS,
    POOL_MODULES,
    READERS,
    SERVERS,
    SERVER_METHODS,
    SERVER_MODULES,
    STARTERS,
    STARTERS_OF_ANY,
    root_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from poolscope_names import Unit
    from poolscope_units import Call


class Dangers:
    """What the calls in a file start, wait for or end."""

    # Of `Bindings`, which it is used with.
    bound: set[str]
    classes: set[str]
    functions: dict[str, list[Unit]]
    imports: dict[str, str]
    made_of: dict[str, set[str]]
    methods: dict[str, list[Unit]]
    full: Callable[[Sequence[Any]], str | None]
    path_of: Callable[[str], str | None]

    def never(self, unit: Unit, seen: set[int] | None = None, defines: bool = False) -> str | None:
        """Why a unit must not run while the file is loaded, in words; None where it may.

        A definition may name standard input, as a default for instance, without reading it.
        """
        seen = set() if seen is None else seen
        if id(unit) in seen:
            return None
        seen.add(id(unit))
        names_stdin = ("sys", "stdin") in unit.attributes or self.path_of("stdin") == "sys.stdin" and "stdin" in unit.used
        if names_stdin and not (defines and all(self.is_not_of_stdin(call) for call in unit.calls)):
            return "it reads standard input"
        if unit.is_endless and not unit.is_generator:
            return "it runs without end"
        for call in unit.calls:
            reason = self.never_call(call) or self.never_within(call, seen)
            if reason:
                return reason
        return None

    def is_not_of_stdin(self, call: Call) -> bool:
        full = call.path[0] and self.full(call.path)
        return not (full and full.startswith("sys.stdin."))

    def never_call(self, call: Call) -> str | None:
        """Why a call must not be made, going by what it calls."""
        path, last = call.path, call.path[-1]
        if path[0] is None:
            return None
        full = self.full(path)
        root = full and full.partition(".")[0]
        if last in (STARTERS if root in POOL_MODULES else STARTERS_OF_ANY if full is None else ()):
            if last not in self.classes and last not in self.functions:
                return "it starts workers"
        if (full or ".".join(path)) in READERS and (full or path[0] not in self.bound):
            return "it reads standard input"
        is_server = last in SERVER_METHODS and (root in SERVER_MODULES or self.is_server(path[0]))
        if last in SERVERS and last not in self.methods or is_server:
            return "it runs until it is ended"
        return "it runs a program of its own" if full in MAINS else None

    def is_server(self, name: str) -> bool:
        """Whether a name stands for an object of a package that serves."""
        makers = [self.imports.get(maker, "") for maker in self.made_of.get(name, ())]
        return any(root_of(maker) in SERVER_MODULES for maker in makers)

    def never_within(self, call: Call, seen: set[int]) -> str | None:
        """The same of the functions of the file that a call leads to."""
        path = call.path
        units: Sequence[Unit]
        if len(path) == 1:
            units = [unit for unit in self.functions.get(path[0], ()) if not unit.is_method or unit.name in MAKERS]
        else:
            units = self.methods.get(path[-1], ()) if self.full(path) is None else ()
        callbacks = [unit for name in call.given() for unit in self.functions.get(name, ()) if path[-1] == "Thread"]
        for unit in [*units, *callbacks]:
            reason = self.never(unit, seen)
            if reason:
                return reason
        if any(method[-1] in SERVERS for method in call.methods):
            return "it runs until it is ended"
        return None

    def is_loose(self, unit: Unit) -> bool:
        """Whether a unit does what is of no use where nothing of it is needed but what it might change."""
        for call in unit.calls:
            full = call.path[0] and (self.full(call.path) or ".".join(call.path))
            if full in LOOSE or call.path[-1] in LOOSE_METHODS or full and full.partition(".")[0] in LOOSE_MODULES and self.full(call.path):
                return True
        return False
