"""What a piece of code does to the names around it: which it binds, uses and changes, and what it calls.

A *unit* is code that runs in one go: a statement of the file, or the body of a function when that is called. What the
calls of a unit do is decided elsewhere (`calls.py`); this file only reads the syntax tree.
"""

from __future__ import annotations

from poolscope_flow import Flow
from poolscope_known import GIVING_OUT, imported_names
from poolscope_tree import children, code_in, dotted, has_call, imported_by, kind_of, walk
from poolscope_units import DEEP, HELD, WIDE, Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from poolscope_tree import Node

# Methods by which containers keep what they are given.
KEEPERS = frozenset(
    "append appendleft add insert extend extendleft update setdefault put put_nowait push register __setitem__".split()
)
# Defaults of these kinds are objects that are there without the function.
KEPT_OUTSIDE = ("Constant", "Name", "Attribute", "UnaryOp")
OPERATORS = {"LShift": "__lshift__", "RShift": "__rshift__", "BitOr": "__or__"}


class Unit(Flow):
    """Code that runs in one go."""

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
            others = self.names_held(value) - {self.local(start)}
            self.calls.append(Call((self.local(start), method), [others] if kind == "BinOp" else []))

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
        if path[-1] in ("__import__", "import_module"):
            self.modules.add(imported_by(node) or ".")
        for part in code:
            call.is_known = True
            self.scan(part)
        for value in values:
            if kind_of(value) == "Attribute" and dotted(value)[0]:
                start, *rest = dotted(value)
                call.methods.append((self.local(start), *rest))
        if len(path) > 1 and path[0] and path[-1] not in GIVING_OUT:
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
        self.go_through(node.value)

    # Functions and classes

    def scan_TypeAlias(self, node: Node) -> None:
        """What stands for a type is worked out when it is asked for."""
        self.bind(node.name.id)
        inner = Unit()
        inner.is_function = True
        for part in getattr(node, "type_params", ()):
            inner.bind(part.name)
        inner.scan(node.value)
        self.inner.append(inner)

    def scan_FunctionDef(self, node: Node) -> None:
        self.scan_function(node)
        self.inner[-1].is_decorated = bool(node.decorator_list)
        self.bind(node.name)
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.link(node.name, self.held(default), HELD)
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
            if kind_of(default) not in KEPT_OUTSIDE:
                inner.kept_params.add(parameter.arg)
        for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
            if default is not None:
                inner.links += [(parameter.arg, name, how) for name, how in self.held(default)]
                if kind_of(default) not in KEPT_OUTSIDE:
                    inner.kept_params.add(parameter.arg)
        self.inner.append(inner)

    def call_decorators(self, node: Node) -> None:
        """Notes the calls of a definition's decorators."""
        for decorator in node.decorator_list:
            path = dotted(decorator)
            call = Call((path[0] and self.local(path[0]), *path[1:]), [{self.local(node.name)}], is_loose=True)
            call.receivers = self.names_held(decorator) - {call.path[0]} if has_call(decorator) else set()
            self.decorators.setdefault(self.local(node.name), set()).add(path[0] and self.local(path[0]))
            self.calls.append(call)
            if len(path) > 1 and path[0] and path[-1] not in GIVING_OUT:
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
