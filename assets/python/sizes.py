"""How many items the values of a file have at most, as far as that can be read off it."""

from __future__ import annotations

from poolscope_contents import Contents
from poolscope_tree import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from poolscope_tree import Node

    # By the name of a parameter: the whole number it is given, how many items that has, and how many if in memory.
    Frame = dict[str, tuple[int | None, float, float]]

ENDLESS = float("inf")
# Taken for a container that is given its items later, by statements that are cheap themselves.
GROWN = 100
DISPLAYS = ("List", "Tuple", "Set")
# Calls that give as many items as what they are given.
SAME = frozenset("enumerate zip sorted reversed list tuple set frozenset dict iter filter map".split())
SAME_METHODS = frozenset("items keys values copy split splitlines strip lower upper rsplit".split())
LONGEST_REPEATED = 100_000
MOST_BITS = 100_000


class Sizes:
    """How many items a value has."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.sized: dict[str, float] = {}
        self.frame: Frame = {}  # Of the functions that are being looked at.

    def frame_of(self, node: Node, given: Sequence[Node], skipped: int) -> Frame:
        """What the parameters of a function stand for; `skipped` for that of its object."""
        arguments = node.args
        params = [*getattr(arguments, "posonlyargs", ()), *arguments.args]
        named = [*params, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
        frame: Frame = {param.arg: (None, ENDLESS, GROWN) for param in named}
        for param, value in zip(params[len(params) - len(arguments.defaults) :], arguments.defaults):
            frame[param.arg] = self.number(value), self.size(value), self.size_held(value)
        for param, value in zip(params[skipped:], given):
            frame[param.arg] = self.number(value), self.size(value), self.size_held(value)
        return frame

    def size(self, node: Node) -> float:
        """At most so many items; `ENDLESS` where that cannot be told."""
        kind = kind_of(node)
        if kind in DISPLAYS:
            return sum(self.size(part.value) if kind_of(part) == "Starred" else 1 for part in node.elts)
        if kind == "Dict":
            return sum(self.size(value) if key is None else 1 for key, value in zip(node.keys, node.values))
        if kind == "Constant":
            return len(node.value) if isinstance(node.value, (str, bytes)) else 1
        if kind == "Name":
            return self.size_of_name(node.id)
        if kind in ("ListComp", "SetComp", "DictComp", "GeneratorExp"):
            times = 1.0
            for part in node.generators:
                times *= self.size(part.iter)
            return times
        return self.size_of_call(node) if kind == "Call" else ENDLESS

    def size_of_name(self, name: str) -> float:
        if name in self.frame:
            return self.frame[name][1]
        if name not in self.sized:
            contents = self.contents
            self.sized[name] = ENDLESS  # Where it goes in a circle.
            values = contents.values.get(name, ())
            if name in contents.classes and not values:
                self.sized[name] = GROWN  # An enumeration.
            elif values and name not in contents.imports and name not in contents.functions:
                self.sized[name] = max(GROWN, *map(self.size, values))
        return self.sized[name]

    def size_of_call(self, node: Node) -> float:
        func = node.func
        if kind_of(func) == "Attribute":
            return self.size(func.value) if func.attr in SAME_METHODS else ENDLESS
        if kind_of(func) != "Name" or func.id in self.contents.names or func.id in self.contents.imports:
            return ENDLESS
        if func.id == "range":
            numbers = [self.number(value) for value in node.args]
            known = [number for number in numbers if number is not None]
            return len(range(*known[:3])) if len(known) == len(numbers) and known[2:] != [0] and known else ENDLESS
        if func.id in SAME and not node.keywords:
            sizes = [self.size(value) for value in node.args[1 if func.id in ("filter", "map") else 0 :]]
            return min(sizes, default=0) if func.id == "zip" else max(sizes, default=0)
        return ENDLESS

    def size_held(self, node: Node) -> float:
        """The same, where what is in memory already is taken for little: it is gone through by C."""
        kind = kind_of(node)
        if kind == "Name" and node.id in self.frame:
            return self.frame[node.id][2]
        if kind == "Name" and not any(map(self.is_lazy, self.contents.values.get(node.id, ()))):
            return GROWN
        if kind in ("Attribute", "Subscript", "BinOp", "Starred", "IfExp", "BoolOp"):
            return GROWN
        if kind == "Call" and kind_of(node.func) == "Attribute":
            return GROWN if node.func.attr in SAME_METHODS else self.size(node)
        return self.size(node)

    def is_lazy(self, value: Node) -> bool:
        return kind_of(value) in ("GeneratorExp", "Call")

    def number(self, node: Node) -> int | None:
        """The whole number that an expression stands for, where it is written in the file."""
        kind = kind_of(node)
        if kind == "Constant":
            return node.value if type(node.value) is int else None
        if kind == "UnaryOp" and kind_of(node.op) == "USub":
            inner = self.number(node.operand)
            return None if inner is None else -inner
        if kind == "BinOp" and kind_of(node.op) in ("Mult", "Pow") and self.is_small_result(node):
            left, right = self.number(node.left), self.number(node.right)
            if left is None or right is None or right < 0:
                return None
            return left * right if kind_of(node.op) == "Mult" else left**right
        if kind == "Call" and kind_of(node.func) == "Name" and node.func.id == "len" and len(node.args) == 1:
            size = self.size(node.args[0])
            return None if size == ENDLESS else int(size)
        if kind == "Name" and node.id in self.frame:
            return self.frame[node.id][0]
        values = self.contents.values.get(node.id, ()) if kind == "Name" else ()
        return self.number(values[0]) if len(values) == 1 and kind_of(values[0]) == "Constant" else None

    def is_small_result(self, node: Node) -> bool:
        """Whether an operation gives no giant: `[0] * 10**9`."""
        kind = kind_of(node.op)
        left, right = self.number(node.left), self.number(node.right)
        if kind in ("Pow", "LShift"):
            if left is None or right is None:
                return kind_of(node.right) == "Constant" and type(node.right.value) is int and abs(node.right.value) <= 4
            return right * (left.bit_length() if kind == "Pow" else 1) <= MOST_BITS
        if kind == "Mult" and self.is_sequence(node.left) | self.is_sequence(node.right):
            times = right if left is None else left
            return times is not None and times <= LONGEST_REPEATED
        return True

    def is_sequence(self, node: Node) -> bool:
        """Whether it may be a list or a text."""
        if kind_of(node) == "Name":
            return any(self.is_sequence(value) for value in self.contents.values.get(node.id, ()) if kind_of(value) != "Name")
        is_text = kind_of(node) == "Constant" and isinstance(node.value, (str, bytes))
        return is_text or kind_of(node) in ("List", "Tuple", "JoinedStr")
