"""Answers what a file asks of its own name, and cuts out what it runs only when it is started itself.

The program calls a person's module `__main__`, so that texts and pickles of its objects are those of `python FILE`. But
`__name__ == "__main__"` is answered as where a worker imports the file: what is for the started file alone is not run,
and what is for an import is.
"""

from __future__ import annotations

from poolscope_tree import kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from poolscope_tree import Node

# What an import makes of a comparison of `__name__` with `"__main__"`.
ANSWERS = {"Eq": False, "Is": False, "In": False, "NotEq": True, "IsNot": True, "NotIn": True}
BLOCKS = ("If", "Try", "TryStar", "With", "For", "While", "AsyncFor", "AsyncWith")
ENDINGS = ("exit", "_exit", "quit")


def answer(node: Node, known: dict[str, bool]) -> bool | None:
    """What an expression is where the file is imported; None where that takes more than the file's own name.

    `known` are names of such answers.
    """
    kind = kind_of(node)
    if kind == "Compare" and len(node.ops) == 1 and asks_for_main(node.left, node.comparators[0]):
        return ANSWERS.get(kind_of(node.ops[0]))
    if kind == "Name":
        return known.get(node.id)
    if kind == "UnaryOp" and kind_of(node.op) == "Not":
        inner = answer(node.operand, known)
        return None if inner is None else not inner
    if kind == "BoolOp":
        deciding = kind_of(node.op) == "Or"
        answers = [answer(value, known) for value in node.values]
        return deciding if deciding in answers else None if None in answers else not deciding
    return None


def asks_for_main(left: Node, right: Node) -> bool:
    """Whether one side of a comparison is the module's name, and the other is or holds `"__main__"`."""
    for side, other in ((left, right), (right, left)):
        parts = getattr(other, "elts", None) or [other]
        if kind_of(side) == "Name" and side.id == "__name__":
            return "__main__" in [part.value for part in parts if kind_of(part) == "Constant"]
    return False


def cut_guards(body: list[Node], lines: Iterable[int] | None = None) -> tuple[list[Node], list[Node]]:
    """Splits what is only run in the started file off from statements; gives what is left and what was cut.

    `lines` are those where the file's name stands, by which few statements are looked through; None for all.
    """
    guards = Guards()
    left, cut = guards.split(body)
    for node in left:
        if lines is None or any(node.lineno <= line <= node.end_lineno for line in lines):
            fold(node)
    return left, cut


class Guards:
    """What the questions met so far have been called: `is_main = __name__ == "__main__"`."""

    def __init__(self) -> None:
        self.known: dict[str, bool] = {}

    def split(self, body: list[Node]) -> tuple[list[Node], list[Node]]:
        left: list[Node] = []
        cut: list[Node] = []
        for node in body:
            method = getattr(self, "split_" + kind_of(node), None)
            kept, more = method(node) if method else ([node], [])
            left += kept
            cut += more
            if kind_of(node) in BLOCKS and node in kept:
                cut += self.split_blocks(node)
        return left, cut

    def split_Assign(self, node: Node) -> tuple[list[Node], list[Node]]:
        """Notes what an answer is called from here on."""
        value = answer(node.value, self.known) if kind_of(node.value) != "Name" else None
        for target in node.targets:
            if kind_of(target) == "Name":
                self.known.pop(target.id, None)
                if value is not None:
                    self.known[target.id] = value
        return [node], []

    def split_If(self, node: Node) -> tuple[list[Node], list[Node]]:
        """Keeps the branch that an import takes."""
        value = answer(node.test, self.known)
        if value is None:
            return [node], []
        if value and ends(node.body):
            # An import of the file is not what it is made for.
            return [], [node]
        left, cut = self.split(node.body if value else node.orelse)
        return left, cut + node.orelse if value else [node, *cut]

    def split_Expr(self, node: Node) -> tuple[list[Node], list[Node]]:
        value = node.value
        is_guard = kind_of(value) == "BoolOp" and answer(value, self.known) is not None
        if kind_of(value) == "BoolOp" and kind_of(value.op) == "And":
            is_guard = is_guard or answer(value.values[0], self.known) is False
        if kind_of(value) == "IfExp":
            is_guard = answer(value.test, self.known) is False
        return ([], [node]) if is_guard else ([node], [])

    def split_Match(self, node: Node) -> tuple[list[Node], list[Node]]:
        """Drops the cases of `match __name__` for the started file."""
        if kind_of(node.subject) != "Name" or node.subject.id != "__name__":
            return [node], []
        others = [case for case in node.cases if not is_main_case(case.pattern)]
        if len(others) == len(node.cases):
            return [node], []
        cut = [part for case in node.cases if case not in others for part in case.body]
        node.cases = others
        return [node] if others else [], cut

    def split_blocks(self, node: Node) -> list[Node]:
        """Splits the blocks of a compound statement, each of which keeps a statement; gives what was cut."""
        cut = []
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if block:
                left, more = self.split(block)
                cut += more
                if more:
                    setattr(node, field, left or ([passing(block[0])] if field == "body" else []))
        for handler in getattr(node, "handlers", ()):
            cut += self.split_blocks(handler)
        return cut


def is_main_case(pattern: Node) -> bool:
    return kind_of(pattern) == "MatchValue" and getattr(pattern.value, "value", None) == "__main__"


def ends(body: list[Node]) -> bool:
    """Whether a block ends the program, or the import of the file."""
    last = body[-1]
    call = getattr(last, "value", None)
    name = getattr(call, "func", None)
    return kind_of(last) == "Raise" or getattr(name, "attr", getattr(name, "id", None)) in ENDINGS


def fold(node: Node) -> None:
    """Puts the answers of an import in the place of questions that are left in a statement."""
    for part in list(walk(node)):
        for field in part._fields if kind_of(part) != "Assert" else ():
            value = getattr(part, field, None)
            if isinstance(value, list):
                value[:] = [folded(item) for item in value]
            elif kind_of(value) == "Compare":
                setattr(part, field, folded(value))


def folded(node: Node) -> Node:
    value = answer(node, {}) if kind_of(node) == "Compare" else None
    return node if value is None else placed("True" if value else "False", node).value


def passing(node: Node) -> Node:
    """A `pass` in the place of a statement."""
    return placed("pass", node)


def placed(text: str, node: Node) -> Node:
    """A statement that stands where another node does."""
    code = compile(text, "<guard>", "exec", 0x400).body[0]  # type: ignore[attr-defined]  # Of a module.
    for part in walk(code):
        for field in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            if hasattr(part, field):
                setattr(part, field, getattr(node, field))
    return code
