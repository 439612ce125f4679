"""Cuts out what a file runs only when it is started itself: `if __name__ == "__main__":` and the like."""

from __future__ import annotations

from poolscope_tree import kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from poolscope_tree import Node


def is_main_test(node: Node, names: Container[str | None] = ()) -> bool:
    """Whether an expression asks whether the file is the one that was started."""
    parts = list(walk(node))
    asks = any(kind_of(part) == "Name" and part.id == "__name__" for part in parts)
    texts = [part.value for part in parts if kind_of(part) == "Constant"]
    equal = any(kind_of(part) in ("Eq", "In") for part in parts) and not any(kind_of(part) == "Not" for part in parts)
    return asks and equal and "__main__" in texts or any(getattr(part, "id", None) in names for part in parts)


def is_import_test(node: Node) -> bool:
    """Whether an expression is `__name__ != "__main__"`, which holds where the file is imported."""
    if kind_of(node) != "Compare" or [kind_of(operator) for operator in node.ops] != ["NotEq"]:
        return False
    sides = (node.left, node.comparators[0])
    names = [side.id for side in sides if kind_of(side) == "Name"]
    texts = [side.value for side in sides if kind_of(side) == "Constant"]
    return (names, texts) == (["__name__"], ["__main__"])


def cut_guards(body: list[Node], names: set[str] | None = None) -> tuple[list[Node], list[Node]]:
    """Splits what is only run in the started file off from statements; gives what is left and what was cut."""
    names = set() if names is None else names
    left, cut = [], []
    for node in body:
        kind = kind_of(node)
        if kind == "Assign" and is_main_test(node.value):
            names.update(target.id for target in node.targets if kind_of(target) == "Name")
        if kind == "If" and is_import_test(node.test):
            rest, more = cut_guards(node.body, names)
            left += rest
            cut += more + node.orelse
        elif kind == "If" and is_main_test(node.test, names):
            cut.append(node)
            rest, more = cut_guards(node.orelse, names)
            left += rest
            cut += more
        elif kind == "Expr" and kind_of(node.value) in ("IfExp", "BoolOp") and is_main_test(node.value, names):
            cut.append(node)
        elif kind == "Match" and kind_of(node.subject) == "Name" and node.subject.id == "__name__":
            cut.append(node)
        else:
            if kind in ("If", "Try", "TryStar", "With", "For", "While"):
                cut += cut_inner_guards(node, names)
            left.append(node)
    return left, cut


def cut_inner_guards(node: Node, names: set[str]) -> list[Node]:
    """The same within a compound statement, which keeps a statement in each of its blocks."""
    cut = []
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if block:
            left, more = cut_guards(block, names)
            cut += more
            if more:
                setattr(node, field, left or ([passing(block[0])] if field == "body" else []))
    for handler in getattr(node, "handlers", ()):
        cut += cut_inner_guards(handler, names)
    return cut


def passing(node: Node) -> Node:
    """A `pass` in the place of a statement."""
    code = compile("pass", "<pass>", "exec", 0x400).body[0]  # type: ignore[attr-defined]  # Of a module.
    for field in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
        setattr(code, field, getattr(node, field))
    return code
