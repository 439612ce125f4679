"""The top-level statements of a file: what each binds, uses at once and later, and changes."""

from __future__ import annotations

from poolscope_names import Unit
from poolscope_sharing import returned_names
from poolscope_tree import is_name, kind_of, walk
from poolscope_units import WIDE, turned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from poolscope_tree import Node
    from poolscope_units import Held, Link

END = 1 << 60
DEFINITIONS = ("FunctionDef", "AsyncFunctionDef", "ClassDef", "TypeAlias")
IMPORTS = ("Import", "ImportFrom")
ASSIGNMENTS = ("Assign", "AnnAssign", "AugAssign")


class Statement:
    """One statement of the file, outside of all functions."""

    def __init__(self, node: Node, place: int) -> None:
        self.node = node
        self.place = place
        self.line = min([node.lineno] + [part.lineno for part in getattr(node, "decorator_list", ())])
        self.kind = kind_of(node)
        self.unit = Unit()
        self.unit.scan(node)
        # What goes on living under the name of a function is what it returns.
        for inner in self.unit.inner:
            for name in [inner.name] if inner.name and not inner.is_method else self.unit.bound:
                self.unit.links += self.links_of_methods(inner)
                self.unit.links += [(name + "()", held, how | WIDE) for held, how in returned_names(inner)]
        if self.kind not in DEFINITIONS + IMPORTS:
            self.unit.links += list(self.links_back())
        self.bound = {name for name in self.unit.bound if is_name(name)}
        self.surely = {name for name in self.unit.surely if is_name(name)}
        self.used = {name for name in self.unit.used if is_name(name)}
        self.later, self.attributes = names_used_later(self.unit)
        self.modules = modules_used_later(self.unit)
        self.changed: dict[str, bool] = {}  # Names of objects that it may change; True where that is sure.
        self.is_needed = self.is_kept = False
        self.is_certain = False  # Needed for what it binds or changes for sure, and not only for what it might change.
        self.reason: str | None = None  # Why it must not run.
        self.is_loose: bool | None = None  # Of no use but for its effects; None where that was not asked yet.

    def links_back(self) -> Iterator[Link]:
        """The links among names that it binds itself, the other way round.

        What is bound to something made here does not need another statement for it, by which it would be found.
        """
        unit = self.unit
        names = unit.bound - unit.defined - unit.imports.keys()
        for name, other, how in unit.links:
            if name in names and other in names:
                yield other, name, turned(how)

    @staticmethod
    def links_of_methods(inner: Unit) -> list[Link]:
        """What a method gives its object to hold."""
        if not inner.is_method or not inner.params:
            return []
        links = [link for link in inner.links if link[0] == inner.params[0] and link[1] not in inner.bound]
        return [(inner.owner + "()", other, how | WIDE) for _, other, how in links]

    def called(self) -> set[str]:
        """The names whose functions may be called while it runs, also by lambdas that it hands on."""
        if self.kind in DEFINITIONS:
            return self.used
        # A block may define functions itself, and call them or hand them on.
        at_once = (call.given() | {call.path[0]} for call in self.unit.calls)
        return (self.used | self.later).union(*at_once) - {None}

    def defines(self) -> bool:
        """Whether it only defines something, or imports it."""
        calls = [part for part in walk(self.node) if kind_of(part) in ("Call", "Await")]
        is_quiet = self.kind in ASSIGNMENTS and not calls
        return self.kind in DEFINITIONS or is_quiet


def names_used_later(unit: Unit) -> tuple[set[str], set[tuple[str, str]]]:
    """The names that the functions of a unit take from around it when they are called, and attributes used of names."""
    names, attributes = set(unit.names_in_words), set(unit.attributes)
    for inner in unit.inner:
        deeper, more = names_used_later(inner)
        own = inner.bound - inner.of_module
        names |= (inner.used | deeper) - own | inner.of_module
        # An object of the module that is changed is needed, too.
        attributes |= {(name, attribute) for name, attribute in more if name not in own}
    return {name for name in names if is_name(name)}, attributes


def modules_used_later(unit: Unit) -> set[str]:
    """The modules that the functions of a unit import when they are called."""
    found = set(unit.modules)
    for inner in unit.inner:
        found.update(inner.imports.values(), modules_used_later(inner))
    return found


def merge(changed: dict[str, int], found: Iterable[Held], params: Container[str]) -> None:
    """Adds what a function changes around it."""
    for name, how in found:
        if name not in params:
            changed[name] = changed.get(name, 0) | how
