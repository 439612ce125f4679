"""Tells which statements do nothing that is seen from outside and are done at once, so that running them harms nobody.

Such are left in a host even where nothing seems to need them, as where a worker imports the file: what they change need
not be known then. In doubt a statement is dear: what is not known to be cheap may train a model, and what is not known
to be quiet may print or write a file once for each host. Costs are rough numbers of steps.
"""

from __future__ import annotations

from poolscope_contents import FUNCTIONS, Contents
from poolscope_files import prints_to_file
from poolscope_known import BUILTINS, LOOSE, MAKERS, is_of_library
from poolscope_quiet import CHEAP_METHODS, CONSUMING, GOING_ON, GOING_THROUGH, LOUD_BUILTINS, OPERATIONS, TAKING_FUNCTIONS, is_quiet
from poolscope_sizes import ENDLESS, LONGEST_REPEATED, Sizes
from poolscope_tree import children, kind_of
from poolscope_units import COMPREHENSIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from poolscope_sizes import Frame
    from poolscope_tree import Node

# The most that a statement may cost which nothing needs: some milliseconds.
MOST = 20_000
IMPORT = 100
# So many functions are looked into for a file; what is left then is taken to be dear.
MOST_LOOKED_INTO = 3000


def total(costs: Iterable[float]) -> float:
    """The sum of costs, which need not be known on once it is too much."""
    found = 0.0
    for cost in costs:
        found += cost
        if found > MOST:
            return ENDLESS
    return found


class Costs(Sizes):
    """What the statements and functions of a file cost."""

    def __init__(self, contents: Contents, module: Callable[[str], Contents | None]) -> None:
        super().__init__(contents)
        self.module = module  # Gives a module of the file's own folder.
        self.others: dict[str, Costs | None] = {}
        self.known: dict[tuple[int, tuple[object, ...]], float] = {}
        self.running: set[int] = set()  # The functions whose costs are being added up.
        self.looked_into = [0]  # How many functions, here and in other modules.
        self.is_in_generator = self.counts_operators = self.is_caught = False

    def is_cheap(self, node: Node) -> bool:
        """Whether a statement is quiet, and done at once."""
        return self.cost(node) <= MOST

    def cost(self, node: Node) -> float:
        """What it costs to run a piece of code; `ENDLESS` where that is not known to be little."""
        kind = kind_of(node)
        if kind in COMPREHENSIONS:
            return self.cost_comprehension(node)
        method = getattr(self, "cost_" + kind, None)
        return method(node) if method else self.inside(node)

    def inside(self, node: Node) -> float:
        more = self.operators() if kind_of(node) in OPERATIONS else 0
        return 1 + more + self.all_of(children(node))

    def all_of(self, nodes: Iterable[Node]) -> float:
        return total(map(self.cost, nodes))

    # Statements

    def cost_FunctionDef(self, node: Node) -> float:
        defaults = (*node.args.defaults, *filter(None, node.args.kw_defaults))
        called = total(self.decorating(decorator, node) for decorator in node.decorator_list)
        return 1 + self.all_of(node.decorator_list) + called + self.all_of(defaults)

    cost_AsyncFunctionDef = cost_FunctionDef

    def cost_Lambda(self, node: Node) -> float:
        return 1 + self.all_of((*node.args.defaults, *filter(None, node.args.kw_defaults)))

    def cost_ClassDef(self, node: Node) -> float:
        bases = [*node.bases, *(keyword.value for keyword in node.keywords)]
        called = total(self.decorating(decorator, node) for decorator in node.decorator_list)
        made = self.methods(("__init_subclass__", "__new__", "__init__", "__set_name__")) if bases else 0
        return 1 + called + made + total(map(self.base, bases)) + self.all_of((*node.decorator_list, *bases, *node.body))

    def decorating(self, decorator: Node, node: Node) -> float:
        """What a decorator costs that is called with a function or class."""
        if kind_of(decorator) == "Call":
            return self.made_by(decorator)
        return self.calling(decorator, [node])

    def base(self, node: Node) -> float:
        """Classes of packages may do anything where one is based on them."""
        path = self.contents.path_of(node)
        is_package = path is not None and not self.contents.is_local(path) and not is_of_library(path)
        return ENDLESS if is_package else 0

    def cost_While(self, node: Node) -> float:
        return self.inside(node) if self.is_in_generator else ENDLESS

    def cost_For(self, node: Node) -> float:
        once = 1 + self.operators() + self.all_of((node.target, *node.body))
        return self.cost(node.iter) + self.size(node.iter) * once + self.all_of(node.orelse)

    def cost_comprehension(self, node: Node) -> float:
        times, total = 1.0, 0.0
        for part in node.generators:
            total += times * self.cost(part.iter)
            times *= self.size(part.iter)
            total += times * (1 + self.operators() + self.all_of(part.ifs))
        values = [getattr(node, field) for field in ("key", "value", "elt") if hasattr(node, field)]
        return total + times * self.all_of(values)

    def dear(self, node: Node) -> float:
        return ENDLESS

    cost_AsyncFor = cost_AsyncWith = cost_Await = dear

    def cost_Raise(self, node: Node) -> float:
        return self.inside(node) if self.running or self.is_caught else ENDLESS

    def cost_Try(self, node: Node) -> float:
        was_caught, self.is_caught = self.is_caught, bool(node.handlers)
        found = 1 + self.all_of(node.body)
        self.is_caught = was_caught
        return found + self.all_of((*node.handlers, *node.orelse, *node.finalbody))

    cost_TryStar = cost_Try

    def cost_With(self, node: Node) -> float:
        return self.inside(node) + self.methods(("__enter__", "__exit__"))

    def cost_Import(self, node: Node) -> float:
        return total(self.importing(alias.name) for alias in node.names)

    def cost_ImportFrom(self, node: Node) -> float:
        return self.importing("." * node.level + (node.module or ""))

    def importing(self, module: str) -> float:
        return IMPORT if self.contents.is_local(module) or is_quiet(module) else ENDLESS

    # Expressions

    def cost_Attribute(self, node: Node) -> float:
        """A property is a call."""
        named = self.contents.decorated.get(node.attr, ()) if self.contents.path_of(node) is None else ()
        return 1 + self.cost(node.value) + self.operators() + total(map(self.body, named))

    def cost_BinOp(self, node: Node) -> float:
        return self.inside(node) + (0 if self.is_small_result(node) else ENDLESS)

    def cost_Compare(self, node: Node) -> float:
        searched = [part for operator, part in zip(node.ops, node.comparators) if kind_of(operator) in ("In", "NotIn")]
        return self.inside(node) + total(self.size_held(part) for part in searched)

    def cost_Call(self, node: Node) -> float:
        func = node.func
        before = self.cost(func.value) if kind_of(func) == "Attribute" else 0 if kind_of(func) == "Name" else self.cost(func)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if prints_to_file(node, self.contents.path_of):
            return ENDLESS
        return 1 + before + self.all_of(given) + self.calling(func, given)

    def calling(self, func: Node, given: list[Node]) -> float:
        """What it costs to call something with these values."""
        kind = kind_of(func)
        path = self.contents.path_of(func)
        if path is not None:
            return self.imported(path, given)
        if kind == "Name":
            return self.named(func.id, given)
        if kind == "Attribute":
            return self.method(func, given)
        if kind == "Call":
            return self.made_by(func) + self.callbacks(given)
        return self.body(func) if kind == "Lambda" else self.any_mentioned()

    def callbacks(self, given: Iterable[Node]) -> float:
        """What the functions cost that a call is given, should it call them."""
        return total(self.value_called(value) for value in given if kind_of(value) in ("Name", "Lambda") or self.is_method(value))

    def is_method(self, value: Node) -> bool:
        return kind_of(value) == "Attribute" and (value.attr in self.contents.functions or value.attr in GOING_ON)

    def value_called(self, value: Node) -> float:
        """What it costs to call a value; nothing where it is no function of the file."""
        kind = kind_of(value)
        if kind in FUNCTIONS:
            return self.body(value)
        if kind == "ClassDef":
            return 0  # It is made, and no object of it.
        if kind == "Attribute":
            return self.method(value, [])
        name = value.id
        contents = self.contents
        if name in contents.functions or name in contents.classes:
            return self.named(name, [])
        path = contents.path_of(value)
        if path is not None:
            return self.imported(path, [])
        if name in LOUD_BUILTINS and name not in contents.names:
            return ENDLESS
        return total(self.value_called(other) for other in contents.values.get(name, ()) if kind_of(other) == "Lambda")

    def named(self, name: str, given: list[Node]) -> float:
        """What it costs to call what a name stands for."""
        contents, found = self.contents, []
        found += [self.body(node, given) for node in contents.functions.get(name, ())]
        found += [self.made(node, given) for node in contents.classes.get(name, ())]
        found += [self.called_value(value) for value in contents.values.get(name, ())]
        if found:
            found += [self.builtin(name, given)] if name in BUILTINS else []
            return total(found) + self.callbacks(given)
        if name in contents.imports:
            return self.imported(contents.imports[name], given)
        others = list(filter(None, map(self.other, contents.stars)))
        others = [other for other in others if name in other.contents.names or name in other.contents.imports]
        if others:
            return total(other.named(name, []) for other in others) + self.callbacks(given)
        if name in BUILTINS:
            return self.builtin(name, given)
        return self.any_mentioned() if name in self.frame else ENDLESS

    def called_value(self, value: Node) -> float:
        """What it costs to call what an expression gave."""
        kind = kind_of(value)
        if kind == "Lambda":
            return self.body(value)
        if kind == "Call":
            return self.made_by(value)
        if kind in ("Name", "Attribute") and kind_of(value.ctx) == "Load":
            return self.guarded(value, (), lambda: self.calling(value, []))
        return self.any_mentioned()

    def made_by(self, call: Node) -> float:
        """What it costs to call what a call gave: a function within a function, an object, a partial call."""
        if id(call) in self.running:
            return 0  # `task = wrapped(task)`.
        return self.guarded(call, (), lambda: self.made_by_new(call))

    def made_by_new(self, call: Node) -> float:
        func, contents = call.func, self.contents
        given = self.callbacks((*call.args, *(keyword.value for keyword in call.keywords)))
        path = contents.path_of(func)
        if path is not None and not contents.is_local(path):
            return given if is_of_library(path) else ENDLESS
        if kind_of(func) == "Name" and func.id in contents.functions:
            inner = [part for node in contents.functions[func.id] for part in contents.within(node)]
            return given + total(map(self.body, inner))
        if kind_of(func) == "Name" and func.id in contents.classes:
            return given + self.methods(("__call__",))
        return given + self.any_mentioned()

    def builtin(self, name: str, given: list[Node]) -> float:
        if name == "__import__":
            return self.importing_by_name(given)
        if name in LOUD_BUILTINS:
            return ENDLESS
        if name == "print":
            return 1 + self.methods(("__str__", "__repr__", "__format__"))
        if name in ("bytes", "bytearray") and any((self.number(value) or 0) > LONGEST_REPEATED for value in given):
            return ENDLESS
        if name in TAKING_FUNCTIONS and given:
            return max([self.size(value) for value in given[1:]], default=1) * (1 + self.callbacks(given[:1]))
        if name in CONSUMING:
            return max([self.size_held(value) for value in given], default=0) * (1 + self.callbacks(given))
        return 1 + (self.methods(("__next__", "__iter__")) if name in ("next", "iter") else 0)

    def importing_by_name(self, given: list[Node]) -> float:
        """What `__import__("module")` costs, also where a loop goes through names that are written there."""
        names = given[:1]
        if names and kind_of(names[0]) == "Name":
            names = self.contents.values.get(names[0].id, [])
        texts = [getattr(name, "value", None) for name in names]
        return total(self.importing(text) if isinstance(text, str) else ENDLESS for text in texts or [None])

    def method(self, func: Node, given: list[Node]) -> float:
        """What a call of a method costs, of which only the name is known."""
        contents, name = self.contents, func.attr
        found = [node for node in contents.functions.get(name, ())]
        others = [other for other in map(self.other, contents.local_modules()) if other]
        if found or any(name in other.contents.functions for other in others):
            is_above = kind_of(func.value) == "Call" and kind_of(func.value.func) == "Name" and func.value.func.id == "super"
            is_mild = is_above or name in MAKERS or name in CHEAP_METHODS
            own = total(self.body(node, given, 1) for node in found if not (is_mild and id(node) in self.running))
            return own + total(other.methods((name,)) for other in others) + self.callbacks(given)
        if contents.is_of_package(func.value):
            return ENDLESS
        if kind_of(func.value) == "Name" and func.value.id in BUILTINS and name in MAKERS:
            return 1  # `int.__new__(cls, value)`.
        if name in contents.stored:
            return self.any_mentioned()
        return self.callbacks(given) if name in CHEAP_METHODS and not self.may_wait(func, given) else ENDLESS

    def may_wait(self, func: Node, given: list[Node]) -> bool:
        """Whether a method is named as one of queues or threads that waits, and is not seen to be another."""
        return func.attr == "get" and not given or func.attr == "join" and not self.is_sequence(func.value)

    def imported(self, path: str, given: list[Node]) -> float:
        """What a call of something imported costs."""
        if not self.contents.is_local(path):
            if path == "importlib.import_module":
                return self.importing_by_name(given)
            if not is_quiet(path) or path in LOOSE:
                return ENDLESS
            if path == "os.urandom" and any((self.number(value) or ENDLESS) > LONGEST_REPEATED for value in given):
                return ENDLESS
            times = max(map(self.size_held, given), default=0) if path in GOING_THROUGH else 1
            return 1 + times * (1 + self.callbacks(given))
        module, _, name = path.rpartition(".")
        other = self.other(module)
        if other is not None:
            return other.named(name, []) + self.callbacks(given)
        other = self.other(module.rpartition(".")[0])
        return ENDLESS if other is None else other.methods((name,)) + self.callbacks(given)

    def other(self, module: str) -> Costs | None:
        """The same of a module of the file's own folder."""
        if module not in self.others:
            contents = self.module(module) if module else None
            self.others[module] = None
            if contents:
                self.others[module] = found = Costs(contents, self.module)
                found.others, found.running, found.looked_into = self.others, self.running, self.looked_into
        return self.others[module]

    # Functions

    def body(self, node: Node, given: Sequence[Node] = (), skipped: int = 0) -> float:
        """What a call of a function costs with these arguments; one that calls itself may go on for long."""
        frame = self.frame_of(node, given, skipped)
        return self.guarded(node, tuple(frame.values()), lambda: self.body_of(node, frame))

    def body_of(self, node: Node, frame: Frame) -> float:
        before = self.is_in_generator, self.frame
        self.is_in_generator, self.frame = self.contents.is_generator(node), {**self.frame, **frame}
        found = 1 + (self.cost(node.body) if kind_of(node) == "Lambda" else self.all_of(node.body))
        self.is_in_generator, self.frame = before
        return found

    def guarded(self, node: Node, given: tuple[object, ...], work: Callable[[], float]) -> float:
        """What comes to the same each time is worked out once; what goes in a circle is dear."""
        key = id(node), given
        if key in self.known:
            return self.known[key]
        self.looked_into[0] += 1
        if id(node) in self.running or self.looked_into[0] > MOST_LOOKED_INTO:
            return ENDLESS
        self.running.add(id(node))
        found = self.known[key] = work()
        self.running.discard(id(node))
        return found

    def made(self, node: Node, given: Sequence[Node] = ()) -> float:
        """What it costs to make an object of a class of the file."""
        key = tuple((self.number(value), self.size(value)) for value in given)
        return self.guarded(node, key, lambda: total(self.made_parts(node, given)))

    def made_parts(self, node: Node, given: Sequence[Node]) -> Iterator[float]:
        for part in node.body:
            if getattr(part, "name", None) in MAKERS:
                yield self.body(part, given, 1)
            elif kind_of(part) in ("Assign", "AnnAssign") and part.value:
                yield from (self.body(inner) for inner in self.contents.within(part))  # Such as factories of fields.
        for base in (*node.bases, *(keyword.value for keyword in node.keywords)):
            path = self.contents.path_of(base)
            if path is not None:
                yield self.imported(path, []) if self.contents.is_local(path) else self.base(base)
            elif kind_of(base) == "Name":
                yield from (self.made(above, given) for above in self.contents.classes.get(base.id, ()))

    def methods(self, names: Iterable[str]) -> float:
        """What calls of all methods of these names cost."""
        found = [node for name in names for node in self.contents.functions.get(name, ())]
        return total(self.body(node) for node in found if id(node) not in self.running)

    def operators(self) -> float:
        """What an operator costs, which may be any of the file's own; one within another is the built-in one."""
        if self.counts_operators or not self.contents.operators:
            return 0
        self.counts_operators = True
        found = self.methods(self.contents.operators)
        self.counts_operators = False
        return found

    def any_mentioned(self) -> float:
        """What it costs to call a function that is not known: any that the file hands on or keeps."""
        key = id(self)
        if key in self.running:
            return ENDLESS
        self.running.add(key)
        found = total(self.body(node) for name in self.contents.mentioned() for node in self.contents.functions[name])
        found += total(self.imported(path, []) for path in self.contents.mentioned_of_others())
        self.running.discard(key)
        return found
