"""What a file defines, by name and anywhere in it: functions, classes, values, imports."""

from __future__ import annotations

from poolscope_known import DISTANT, MAKERS, is_of_library
from poolscope_tree import children, dotted, imported_by, kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from poolscope_tree import Node

# What may give an object of a package; from a name to what it was made of, so often.
MADE = ("Call", "Attribute", "Name", "Subscript")
MOST_STEPS = 4
FUNCTIONS = ("FunctionDef", "AsyncFunctionDef", "Lambda")
# Methods that have a call of their own, or that only words ask for.
OTHERWISE = frozenset(MAKERS) | frozenset(
    "__call__ __enter__ __exit__ __next__ __repr__ __str__ __format__ __del__ __reduce__ __getstate__ __setstate__".split()
)


class Contents:
    """The definitions of a file, also within functions and classes."""

    functions: dict[str, list[Node]]
    classes: dict[str, list[Node]]
    values: dict[str, list[Node]]
    decorated: dict[str, list[Node]]

    def __init__(self, body: list[Node], is_local: Callable[[str], bool], package: str = "") -> None:
        """`package` is the one that a module is of, from which its relative imports are seen."""
        self.package = package.split(".") if package else []
        self.is_local = lambda path: path.startswith(".") or is_local(path.partition(".")[0])
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []
        self.functions, self.classes, self.values = {}, {}, {}
        self.decorated = {}  # Functions that something was made of: properties above all.
        self.stored: set[str] = set()  # Attributes that are given a value.
        self.called: set[int] = set()
        self.loaded: set[str] = set()
        self.generators: set[int] = set()
        self.inner: dict[int, list[Node]] = {}
        self.of_package: dict[str, bool] = {}
        for node in body:
            self.read(node, [])
        self.operators = [name for name in self.functions if name[:2] == name[-2:] == "__" and name not in OTHERWISE]
        self.names = {*self.functions, *self.classes, *self.values}

    def read(self, node: Node, around: list[Node]) -> None:
        """Notes a node and all below it; `around` are the functions that it stands in."""
        kind = kind_of(node)
        if kind in FUNCTIONS:
            for outer in around:
                self.inner.setdefault(id(outer), []).append(node)
            around = [*around, node]
        method = getattr(self, "read_" + kind, None)
        if method:
            method(node, around)
        for part in children(node):
            self.read(part, around)

    def read_FunctionDef(self, node: Node, around: list[Node]) -> None:
        self.functions.setdefault(node.name, []).append(node)
        if node.decorator_list:
            self.decorated.setdefault(node.name, []).append(node)
            self.loaded.add(node.name)

    read_AsyncFunctionDef = read_FunctionDef

    def read_ClassDef(self, node: Node, around: list[Node]) -> None:
        self.classes.setdefault(node.name, []).append(node)

    def read_Import(self, node: Node, around: list[Node]) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.imports[name] = alias.name if alias.asname else name

    def read_ImportFrom(self, node: Node, around: list[Node]) -> None:
        module = "." * node.level + (node.module or "")
        if 0 < node.level <= len(self.package):
            above = self.package[: len(self.package) - node.level + 1]
            module = ".".join(above + ([node.module] if node.module else []))
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
            else:
                self.imports[alias.asname or alias.name] = "%s.%s" % (module.rstrip(".") or ".", alias.name)

    def read_Assign(self, node: Node, around: list[Node]) -> None:
        for target in node.targets:
            for part in walk(target):
                kind = kind_of(part)
                if kind == "Name" and kind_of(part.ctx) == "Store":
                    # A name for a part of a value stands for what is not known.
                    self.values.setdefault(part.id, []).append(node.value if part is target else part)
                elif kind == "Attribute" and kind_of(part.ctx) == "Store":
                    self.stored.add(part.attr)

    def read_AnnAssign(self, node: Node, around: list[Node]) -> None:
        if kind_of(node.target) == "Name" and node.value:
            self.values.setdefault(node.target.id, []).append(node.value)
        elif kind_of(node.target) == "Attribute":
            self.stored.add(node.target.attr)

    def read_NamedExpr(self, node: Node, around: list[Node]) -> None:
        self.values.setdefault(node.target.id, []).append(node.value)

    def read_For(self, node: Node, around: list[Node]) -> None:
        items = getattr(node.iter, "elts", None) if kind_of(node.target) == "Name" else None
        for part in walk(node.target):
            if kind_of(part) == "Name":
                self.values.setdefault(part.id, []).extend(items or [part])

    read_comprehension = read_For

    def read_With(self, node: Node, around: list[Node]) -> None:
        for item in node.items:
            for part in walk(item.optional_vars) if item.optional_vars else ():
                if kind_of(part) == "Name":
                    self.values.setdefault(part.id, []).append(item.context_expr)

    def read_Call(self, node: Node, around: list[Node]) -> None:
        self.called.add(id(node.func))

    def read_Name(self, node: Node, around: list[Node]) -> None:
        if id(node) not in self.called and kind_of(node.ctx) == "Load":
            self.loaded.add(node.id)

    def read_Yield(self, node: Node, around: list[Node]) -> None:
        self.generators.update(id(outer) for outer in around[-1:])

    read_YieldFrom = read_Yield

    def is_generator(self, node: Node) -> bool:
        return id(node) in self.generators

    def within(self, node: Node) -> list[Node]:
        """The functions that stand in one, or in a statement."""
        found = self.inner.get(id(node))
        return [part for part in walk(node) if kind_of(part) in FUNCTIONS and part is not node] if found is None else found

    def mentioned(self) -> set[str]:
        """The names of functions that stand somewhere without being called there."""
        return self.loaded & self.functions.keys()

    def mentioned_of_others(self) -> set[str]:
        """The paths of what is imported from the file's own folder and stands somewhere without being called there."""
        return {path for name, path in self.imports.items() if name in self.loaded and "." in path.lstrip(".") and self.is_local(path)}

    def path_of(self, node: Node) -> str | None:
        """What a name or `name.attribute` was imported as; None where it was not."""
        names: list[str] = []
        while kind_of(node) == "Attribute":
            names.append(node.attr)
            node = node.value
        module = imported_by(node)
        if module:
            return ".".join((module, *reversed(names)))
        if kind_of(node) != "Name" or node.id not in self.imports or node.id in self.names:
            return None
        return ".".join((self.imports[node.id], *reversed(names)))

    def is_of_package(self, node: Node) -> bool:
        """Whether an object comes from a package, which does as it pleases."""
        start = dotted(node)[0]
        if start is not None and start not in self.of_package:
            self.of_package[start] = self.is_name_of_package(start)
        return start is not None and self.of_package[start]

    def is_name_of_package(self, start: str) -> bool:
        names, seen = {start}, set()
        for _ in range(MOST_STEPS):
            seen |= names
            paths = [self.imports[name] for name in names if name in self.imports]
            if any(not self.is_local(path) and (not is_of_library(path) or path.partition(".")[0] in DISTANT) for path in paths):
                return True
            values = [value for name in names if name not in self.imports for value in self.values.get(name, ())]
            names = {dotted(value)[0] for value in values if kind_of(value) in MADE} - seen - {None}
        return False

    def local_modules(self) -> Iterator[str]:
        """The modules of the file's own folder that it imports, or imports something from."""
        for path in {*self.imports.values(), *self.stars}:
            if self.is_local(path):
                yield path
                yield path.rpartition(".")[0]
