"""Tells names that only ever stand for values that nothing can change: numbers, text, types and the like."""

from __future__ import annotations

from poolscope_known import BUILTINS, TEXT_METHODS, UNCHANGING_MAKERS
from poolscope_tree import dotted, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from poolscope_bindings import Bindings
    from poolscope_names import Unit
    from poolscope_tree import Node

MODULES = frozenset("math cmath fractions datetime typing uuid time zoneinfo string numbers abc".split())
# Of these, calls make nothing that can be changed.
MAKING = MODULES - {"string", "abc"}
CALLS = ("re.compile", "collections.namedtuple", "decimal.Decimal", "pathlib.Path", "pathlib.PurePath", "os.getcwd")
PARTS = ("BoolOp", "BinOp", "UnaryOp", "IfExp", "Compare", "Tuple")


def constant_names(units: list[Unit], calls: Bindings) -> set[str]:
    """The names of the file that are bound only to values that cannot be changed."""
    values: dict[str, list[Node]]
    others: set[str]
    known: set[str]
    values, others = {}, set()
    for unit in units:
        for name in unit.bound:
            told = len(unit.values.get(name, ())) + (name in unit.defined)
            if unit.stores_of.get(name, 0) != told:
                others.add(name)
        others |= set().union(*map(names_set_in, unit.inner))
        for name, nodes in unit.values.items():
            values.setdefault(name, []).extend(nodes)
    known, waiting = set(), set(values) - others
    while True:
        found = {name for name in waiting if all(is_constant(value, known, calls) for value in values[name])}
        if not found:
            return known
        known |= found
        waiting -= found


def names_set_in(unit: Unit) -> set[str]:
    """The names of the module that a function, or one in it, sets."""
    return unit.of_module.union(*map(names_set_in, unit.inner))


def is_constant(node: Node, known: set[str], calls: Bindings) -> bool:
    """Whether an expression gives a value that cannot be changed; `known` are names of such values."""
    kind = kind_of(node)
    if kind in ("Constant", "JoinedStr", "Lambda"):
        return True
    if kind == "Name":
        return node.id in known or node.id in BUILTINS and node.id not in calls.bound
    if kind in PARTS:
        parts = [part for field in node._fields for part in listed(getattr(node, field)) if hasattr(part, "lineno")]
        return all(is_constant(part, known, calls) for part in parts)
    if kind == "Subscript":
        return is_constant(node.value, known, calls)
    path = dotted(node)
    full: Any = path[0] and calls.full(path)
    if kind == "Attribute":
        return bool(full) and full.partition(".")[0] in MODULES or is_constant(node.value, known, calls)
    if kind != "Call":
        return False
    if full:
        return full in CALLS or full.partition(".")[0] in MAKING
    if kind_of(node.func) == "Name":
        return path[0] in UNCHANGING_MAKERS and path[0] not in calls.bound
    return kind_of(node.func) == "Attribute" and node.func.attr in TEXT_METHODS and is_constant(node.func.value, known, calls)


def listed(value: Node) -> list[Node]:
    return value if isinstance(value, list) else [value]
