"""What assignments, loops, branches and the like do to names: the part of `names.py` that knows how code goes on."""

from __future__ import annotations

from poolscope_tree import bound_by, children, dotted, has_call, imported_by, kind_of, walk
from poolscope_units import COMPREHENSIONS, DEEP, DISPLAYS, HELD, PART, STORED, SURE, WIDE, Call, Facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from poolscope_tree import Node

ENDS_LOOP = ("Break", "Return", "Raise")


class Flow(Facts):
    """Statements and expressions, all but calls and definitions."""

    def scan(self, node: Node) -> None:
        """Learns from a node and all below it; each kind that matters has a method of its own."""
        kind = kind_of(node)
        method = getattr(self, "scan_" + kind, None)
        if method:
            method(node)
        elif kind in COMPREHENSIONS:
            self.scan_comprehension(node)
        else:
            for child in children(node):
                self.scan(child)

    def scan_all(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self.scan(node)

    def scan_Name(self, node: Node) -> None:
        kind = kind_of(node.ctx)
        if kind == "Store":
            self.bind(node.id)
            self.stored.add(self.local(node.id))
            return
        self.use(node.id)
        if kind == "Del":
            self.change(node.id)
            self.deleted.add(self.local(node.id))
            self.surely.discard(self.local(node.id))

    def scan_Attribute(self, node: Node) -> None:
        path = dotted(node)
        if kind_of(node.value) == "Name":
            self.attributes.add((self.local(path[0]), node.attr))
        elif node.attr == "modules":
            self.attributes.add(("", node.attr))
        if node.attr in ("f_globals", "__globals__"):
            self.use("globals")
        self.scan(node.value)
        self.store_in(node)

    def scan_Subscript(self, node: Node) -> None:
        self.scan(node.value)
        self.scan(node.slice)
        self.store_in(node)

    def store_in(self, node: Node) -> None:
        """Notes that `object.name = ...` and the like change the object."""
        if kind_of(node.ctx) == "Load":
            return
        self.stores.append(dotted(node.value))
        held = self.names_held(node.value)
        how = SURE if kind_of(node.value) == "Name" else SURE | DEEP
        how |= STORED if "__dict__" in dotted(node.value) or kind_of(node) == "Attribute" else 0
        for name in held if has_call(node.value) else held & {dotted(node)[0]} or held:
            self.change(name, how)

    def go_through(self, node: Node) -> None:
        """Notes that what a value gives is gone through, which uses up an iterator and runs what makes its items."""
        held = self.names_held(node) if kind_of(node) not in DISPLAYS else None
        if held:
            self.calls.append(Call(("iter",), [held]))

    def scan_Starred(self, node: Node) -> None:
        self.scan(node.value)
        if kind_of(node.ctx) == "Load":
            self.go_through(node.value)

    def scan_Compare(self, node: Node) -> None:
        for child in children(node):
            self.scan(child)
        for operator, other in zip(node.ops, node.comparators):
            if kind_of(operator) in ("In", "NotIn"):
                self.go_through(other)

    def scan_Assign(self, node: Node) -> None:
        self.walrus = []
        self.scan(node.value)
        if any(kind_of(target) in ("Tuple", "List") for target in node.targets):
            self.go_through(node.value)
        self.scan_all(node.targets)
        self.give(node.targets, node.value)
        self.walrus = []
        module = imported_by(node.value)
        if module:
            self.imports.update((target.id, module) for target in node.targets if kind_of(target) == "Name")

    def scan_AnnAssign(self, node: Node) -> None:
        self.scan_annotation(node.annotation)
        if node.value:
            self.scan(node.value)
            self.scan(node.target)
            self.give([node.target], node.value)
        elif kind_of(node.target) != "Name":
            self.scan(node.target)

    def scan_AugAssign(self, node: Node) -> None:
        target = dotted(node.target)[0]
        if target:
            self.use(target)
            # What is in `a[b] += c` may be changed in place.
            self.change(target, SURE if kind_of(node.target) == "Name" else SURE | DEEP)
        self.scan(node.value)
        self.go_through(node.value)
        self.scan(node.target)
        if target and kind_of(node.target) == "Name":
            self.link(target, self.held(node.value, HELD))

    def scan_NamedExpr(self, node: Node) -> None:
        self.scan(node.value)
        self.scan(node.target)
        self.give([node.target], node.value)
        self.walrus = [*self.walrus, node.target.id]

    def scan_For(self, node: Node) -> None:
        self.scan(node.iter)
        self.go_through(node.iter)
        before = set(self.surely)
        self.scan(node.target)
        self.give([node.target], node.iter, PART)
        self.scan_all(node.body)
        self.surely = set(before)
        self.scan_all(node.orelse)
        self.surely = before

    scan_AsyncFor = scan_For

    def scan_While(self, node: Node) -> None:
        self.scan(node.test)
        before = set(self.surely)
        self.scan_all(node.body)
        self.surely = set(before)
        self.scan_all(node.orelse)
        self.surely = before
        is_always = kind_of(node.test) == "Constant" and node.test.value
        ends = any(kind_of(part) in ENDS_LOOP for inner in node.body for part in walk(inner))
        self.is_endless = self.is_endless or bool(is_always and not ends)

    def scan_If(self, node: Node) -> None:
        self.scan(node.test)
        self.scan_branches([node.body, node.orelse])

    def scan_IfExp(self, node: Node) -> None:
        self.scan(node.test)
        self.scan_branches([[node.body], [node.orelse]])

    def scan_BoolOp(self, node: Node) -> None:
        self.scan(node.values[0])
        self.scan_branches([node.values[1:], []])

    def scan_branches(self, branches: list[list[Node]]) -> None:
        """Code of which one part runs."""
        before, after = set(self.surely), None
        for branch in branches:
            self.surely = set(before)
            self.scan_all(branch)
            after = self.surely if after is None else after & self.surely
        self.surely = after  # type: ignore[assignment]  # There are branches.

    def scan_Try(self, node: Node) -> None:
        before, first = set(self.surely), len(self.calls)
        self.scan_all(node.body)
        # An exception holds what it was made of.
        given = set().union(*(call.given() for call in self.calls[first:]))
        for handler in node.handlers:
            if handler.name:
                self.link(handler.name, [(name, HELD | WIDE) for name in given])
        self.scan_all(node.orelse)
        after = self.surely
        for handler in node.handlers:
            self.surely = set(before)
            self.scan(handler)
            after = after & self.surely
        self.surely = after
        self.scan_all(node.finalbody)

    scan_TryStar = scan_Try

    def scan_ExceptHandler(self, node: Node) -> None:
        if node.type:
            self.scan(node.type)
        if node.name:
            self.bind(node.name)
        self.scan_all(node.body)

    def scan_Match(self, node: Node) -> None:
        self.scan(node.subject)
        held, before = list(self.held(node.subject, PART)), set(self.bound)
        self.scan_branches([[case] for case in node.cases] + [[]])
        for name in self.bound - before:
            self.link(name, held)
        self.tie({name for case in node.cases for name in names_caught(case.pattern)}, (), node)

    def scan_MatchAs(self, node: Node) -> None:
        for child in children(node):
            self.scan(child)
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            self.bind(name)

    scan_MatchStar = scan_MatchMapping = scan_MatchAs

    def scan_With(self, node: Node) -> None:
        for item in node.items:
            self.scan(item.context_expr)
            for name in ("__enter__", "__exit__"):
                call = Call((*dotted(item.context_expr), name), [])
                if has_call(item.context_expr):
                    call.receivers = self.names_held(item.context_expr) - {call.path[0]}
                self.calls.append(call)
            if item.optional_vars:
                self.scan(item.optional_vars)
                self.give([item.optional_vars], item.context_expr)
        # An exception in the middle may be suppressed.
        before = set(self.surely)
        self.scan_all(node.body)
        self.surely = before

    scan_AsyncWith = scan_With

    def scan_comprehension(self, node: Node) -> None:
        renamed = dict(self.renamed)
        names, self.class_names = self.class_names, None
        surely = set(self.surely)
        for part in node.generators:
            self.scan(part.iter)
            self.go_through(part.iter)
            held = list(self.held(part.iter, PART))
            for name in bound_by(part.target):
                self.renamed[name] = "%s#%d" % (name, id(part))
            for name in bound_by(part.target):
                self.link(name, held)
            self.scan(part.target)
            self.scan_all(part.ifs)
        for field in ("key", "value", "elt"):
            if hasattr(node, field):
                self.scan(getattr(node, field))
        walrus = {name for name in self.surely - surely if "#" not in name}
        self.surely = surely if kind_of(node) == "GeneratorExp" else surely | (walrus & surely)
        self.renamed, self.class_names = renamed, names


def names_caught(pattern: Node) -> set[str]:
    """The names that a pattern of `match` binds."""
    names = {getattr(part, "name", None) or getattr(part, "rest", None) for part in walk(pattern)}
    return names - {None}  # type: ignore[return-value]  # What is left are names.
