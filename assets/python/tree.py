"""Walks syntax trees without the module `ast`, which takes long to load."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    Node = Any  # Of a syntax tree; `ast`, which has their types, is not loaded.

# Calls of these measure how long the code in a text takes, which they run.
MEASURING = ("timeit", "repeat", "Timer")
PROFILING = (["cProfile", "run"], ["profile", "run"])


def kind_of(node: object) -> str:
    """The name of a node's type."""
    return type(node).__name__


def children(node: Node) -> Iterator[Node]:
    """The nodes right below one."""
    for field in node._fields:
        value = getattr(node, field, None)
        for part in value if isinstance(value, list) else (value,):
            if hasattr(part, "_fields"):
                yield part


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def dotted(node: Node) -> list[Any]:
    """The names of `a.b.c`, `a.b().c` or `a[0].c`; the first is None where it is no name."""
    names = []
    while True:
        kind = kind_of(node)
        if kind == "Attribute":
            names.append(node.attr)
        elif kind not in ("Subscript", "Call", "Await", "Starred"):
            break
        node = node.func if kind == "Call" else node.value
    names.append(node.id if kind == "Name" else None)
    return names[::-1]


def bound_by(node: Node) -> set[str]:
    """The names that a target or a statement binds in plain sight."""
    return {part.id for part in walk(node) if kind_of(part) == "Name" and kind_of(part.ctx) == "Store"}


def has_call(node: Node) -> bool:
    """Whether the object of `a().b` comes from a call."""
    while kind_of(node) in ("Attribute", "Subscript"):
        node = node.value
    return kind_of(node) == "Call"


def is_name(name: str) -> bool:
    """Whether a name is one of the file, or stands for the state of a module, and not for something within a unit."""
    return name.isidentifier() or name == "*" or name.startswith("<")


def imported_by(value: Node) -> str | None:
    """The module of `__import__("module")` and `import_module("module")`."""
    if kind_of(value) != "Call" or dotted(value)[-1] not in ("__import__", "import_module") or not value.args:
        return None
    name = getattr(value.args[0], "value", None)
    return name if isinstance(name, str) else None


def code_in(node: Node, path: Sequence[str | None]) -> list[Node]:
    """The statements of `exec("...")`, `eval("...")`, and of what measures how long a text of code takes."""
    is_measured = path[-1] in MEASURING or path in PROFILING
    if path not in (["exec"], ["eval"]) and not is_measured:
        return []
    given = node.args if is_measured else node.args[:1]
    given = [*given, *(keyword.value for keyword in node.keywords if keyword.arg in ("stmt", "setup"))]
    texts = [getattr(part, "value", None) for part in given]
    return [statement for text in texts if isinstance(text, str) for statement in statements_in(text)]


def statements_in(text: str) -> list[Node]:
    try:
        return compile(text.strip(), "<text>", "exec", 0x400).body  # type: ignore[attr-defined]  # A module.
    except (SyntaxError, ValueError):
        return []
