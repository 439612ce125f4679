"""What a piece of code does to the names around it: which it binds, uses and changes, and what it calls.

A *unit* is code that runs in one go: a statement of the file, or the body of a function when that is called. What the
calls of a unit do is decided elsewhere (`calls.py`); this file only reads the syntax tree.
"""

from __future__ import annotations

from poolscope_known import imported_names
from poolscope_tree import bound_by, children, code_in, dotted, has_call, imported_by, kind_of, walk
from poolscope_units import COMPREHENSIONS, DEEP, HELD, PART, SURE, WIDE, Call, Facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from poolscope_tree import Node

ENDS_LOOP = ("Break", "Return", "Raise")
# Methods by which containers keep what they are given.
KEEPERS = frozenset(
    "append appendleft add insert extend extendleft update setdefault put put_nowait push register __setitem__".split()
)
OPERATORS = {"LShift": "__lshift__", "RShift": "__rshift__", "BitOr": "__or__"}


class Unit(Facts):
    """Code that runs in one go."""

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
            self.surely.discard(self.local(node.id))

    def scan_Attribute(self, node: Node) -> None:
        path = dotted(node)
        if kind_of(node.value) == "Name":
            self.attributes.add((self.local(path[0]), node.attr))
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
        for name in held if has_call(node.value) else held & {dotted(node)[0]} or held:
            self.change(name, SURE if kind_of(node.value) == "Name" else SURE | DEEP)

    def scan_Assign(self, node: Node) -> None:
        self.scan(node.value)
        self.scan_all(node.targets)
        self.give(node.targets, node.value)
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
        self.scan(node.target)
        if target and kind_of(node.target) == "Name":
            self.link(target, self.held(node.value, HELD))

    def scan_NamedExpr(self, node: Node) -> None:
        self.scan(node.value)
        self.scan(node.target)
        self.give([node.target], node.value)

    def scan_For(self, node: Node) -> None:
        self.scan(node.iter)
        self.calls.append(Call(("iter",), [self.names_held(node.iter)]))
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
            self.calls.append(Call(("iter",), [self.names_held(part.iter)]))
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

    def scan_Expr(self, node: Node) -> None:
        self.scan(node.value)
        value = node.value.value if kind_of(node.value) == "Await" else node.value
        kind, start = kind_of(value), dotted(getattr(value, "left", value))[0]
        if kind == "Call":
            self.calls[-1].is_loose = True
        elif kind == "Subscript":
            self.change(start, DEEP)  # A `defaultdict` adds what is asked for.
        elif kind in ("Attribute", "BinOp") and start:
            # A property, or an operator, of a class of the file.
            method = value.attr if kind == "Attribute" else OPERATORS.get(kind_of(value.op), "")
            self.calls.append(Call((self.local(start), method), []))

    def scan_Call(self, node: Node) -> None:
        before = len(self.inner)
        for child in children(node):
            self.scan(child)
        path = dotted(node.func)
        path[0] = path[0] and self.local(path[0])
        named = {keyword.arg: self.names_held(keyword.value) for keyword in node.keywords}
        args = [self.names_held(argument) for argument in node.args]
        code = code_in(node, path)
        is_of_call = kind_of(node.func) == "Call"
        if path[0] is None or is_of_call:
            args.append(self.names_held(getattr(node.func, "value", node.func)))
        call = Call((None,) if is_of_call else tuple(path), args, named, self.inner[before:])
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        for value in values:
            call.note(self.held(value))
        call.depth = 0 if kind_of(getattr(node.func, "value", node.func)) == "Name" else DEEP
        if has_call(node.func):
            call.receivers = self.names_held(node.func) - {path[0]}
        self.calls.append(call)
        for part in code:
            call.is_known = True
            self.scan(part)
        for value in values:
            if kind_of(value) == "Attribute" and dotted(value)[0]:
                start, *rest = dotted(value)
                call.methods.append((self.local(start), *rest))
        if len(path) > 1 and path[0]:
            # What a method is given, its object may keep.
            for name in call.given():
                self.link(path[0], [(name, HELD if path[-1] in KEEPERS else HELD | WIDE)])

    def scan_Import(self, node: Node) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.imports[name] = alias.name if alias.asname else name
            # `import a.b` and `import a.c` both make `a` what it is.
            self.bind(name, bool(alias.asname))

    def scan_ImportFrom(self, node: Node) -> None:
        module = "." * node.level + (node.module or "")
        for name, path in imported_names(node, module):
            self.imports[name] = path
            self.bind(name)

    def scan_Global(self, node: Node) -> None:
        self.of_module.update(node.names)

    def scan_Nonlocal(self, node: Node) -> None:
        self.outward.update(node.names)

    def scan_Return(self, node: Node) -> None:
        if node.value:
            self.scan(node.value)
            self.returned.update(self.held(node.value))

    def scan_Yield(self, node: Node) -> None:
        self.is_generator = True
        self.scan_Return(node)

    def scan_YieldFrom(self, node: Node) -> None:
        self.is_generator = True
        self.scan_Return(node)

    # Functions and classes

    def scan_FunctionDef(self, node: Node) -> None:
        self.scan_function(node)
        self.bind(node.name)
        self.defined.add(self.local(node.name))
        self.call_decorators(node)

    scan_AsyncFunctionDef = scan_FunctionDef

    def scan_Lambda(self, node: Node) -> None:
        self.scan_function(node)

    def scan_function(self, node: Node) -> None:
        """A function's own names are its own; what else it uses it needs when it is called."""
        arguments = node.args
        named = (*getattr(arguments, "posonlyargs", ()), *arguments.args, *arguments.kwonlyargs)
        everything = [*named, *filter(None, (arguments.vararg, arguments.kwarg))]
        self.scan_all(getattr(node, "decorator_list", ()))
        self.scan_all((*arguments.defaults, *filter(None, arguments.kw_defaults)))
        for annotation in [argument.annotation for argument in everything] + [getattr(node, "returns", None)]:
            self.scan_annotation(annotation)
        inner = Unit(getattr(node, "name", ""))
        inner.is_method = self.class_names is not None
        inner.owner, inner.is_function = self.owner, True
        inner.params = [argument.arg for argument in everything]
        around = self.around_class if inner.is_method else self.renamed
        inner.renamed = {name: other for name, other in around.items() if name not in inner.params}
        inner.bound.update(inner.params)
        inner.callables = self.callables.union(inner.params)
        inner.surely.update(inner.params)
        if kind_of(node) == "Lambda":
            inner.scan(node.body)
            inner.returned.update(inner.held(node.body))
        else:
            inner.scan_all(node.body)
        # Code of defaults runs when the function is defined, and what they hold lives on in its parameters.
        for parameter, default in zip(reversed(named[: len(named) - len(arguments.kwonlyargs)]), reversed(arguments.defaults)):
            inner.links += [(parameter.arg, name, how) for name, how in self.held(default)]
            if kind_of(default) not in ("Constant", "Name", "Attribute", "UnaryOp"):
                inner.kept_params.add(parameter.arg)
        for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
            if default is not None:
                inner.links += [(parameter.arg, name, how) for name, how in self.held(default)]
        self.inner.append(inner)

    def call_decorators(self, node: Node) -> None:
        """Notes the calls of a definition's decorators."""
        for decorator in node.decorator_list:
            path = dotted(decorator)
            call = Call((path[0] and self.local(path[0]), *path[1:]), [{self.local(node.name)}], is_loose=True)
            call.receivers = self.names_held(decorator) - {call.path[0]} if has_call(decorator) else set()
            self.decorators.setdefault(self.local(node.name), set()).add(path[0] and self.local(path[0]))
            self.calls.append(call)
            if len(path) > 1 and path[0]:
                self.link(path[0], [(self.local(node.name), HELD)])

    def scan_annotation(self, node: Node | None) -> None:
        if node is None:
            return
        self.scan(node)
        for part in walk(node):
            if kind_of(part) == "Constant" and isinstance(part.value, str):
                words = "".join(letter if letter.isidentifier() or letter.isdigit() else " " for letter in part.value)
                self.names_in_words.update(words.split())

    def scan_ClassDef(self, node: Node) -> None:
        """A class body runs at once; its names are not seen from within its methods."""
        self.scan_all(node.decorator_list)
        self.scan_all(node.bases)
        self.scan_all(keyword.value for keyword in node.keywords)
        self.scan_all(getattr(node, "type_params", ()))
        bases = [dotted(base)[0] for base in node.bases] + [dotted(part.value)[0] for part in node.keywords]
        self.bases += [self.local(base) for base in bases if base]
        renamed, names = dict(self.renamed), self.class_names
        if names is None:
            self.around_class = renamed
        owner, self.owner = self.owner, self.local(node.name)
        self.class_names = set()
        self.scan_all(node.body)
        self.owner = owner
        self.class_attributes |= {name.partition("#")[0] for name in self.class_names - self.defined}
        own, self.renamed, self.class_names = self.class_names, renamed, names
        self.bind(node.name)
        self.defined_classes.add(self.local(node.name))
        self.link(node.name, [(name, HELD) for name in own])
        self.call_decorators(node)
