"""What is known of a unit of code: names bound, used, changed, and which of them may share objects."""

from __future__ import annotations

from poolscope_known import BUILTINS, TEXT_METHODS, UNCHANGING_MAKERS
from poolscope_tree import bound_by, children, code_in, dotted, kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from poolscope_names import Unit
    from poolscope_tree import Node

    Held = tuple[str, int]  # A name, and how objects are shared with it.
    Link = tuple[str, str, int]  # A name, the other, and how.
    Near = dict[str, list[Held]]  # By a name: what it is linked to.

COMPREHENSIONS = ("ListComp", "SetComp", "DictComp", "GeneratorExp")
DISPLAYS = ("List", "Tuple", "Set", "Dict")
STORES = ("Attribute", "Subscript")
# How an object is changed: for sure, and not itself but what it holds.
SURE, DEEP = 1, 2
# In doubt, but also what a call of the file's own or of Python's library may have tied to it.
FAR = 8
# By a new value of an attribute, which functions have as well: what else is done with what they were given changes none.
STORED = 16
# How a name shares objects with another: through what a call made of them, by holding them, as a part of them.
WIDE, HELD, PART = 1, 2, 4
# Functions that are named as methods of texts are, and give objects that hold what others do.
COPIES = (["dataclasses", "replace"], ["copy", "replace"])
# What makes two objects of which one gets what the other is given: they reach nothing else, whatever module makes them.
PAIRS = ("socketpair",)
# Calls that make a new container of what others hold.
FRESH = frozenset("list dict set tuple sorted frozenset Counter deque OrderedDict defaultdict copy".split())


def part_of(how: int) -> int:
    """What a value shares with an object, where its part shares it so."""
    return how if how & HELD else how | PART


def held_in(how: int) -> int:
    """The same where it is a container that holds the object: a part of that is the object itself."""
    return how & ~PART if how & PART else how | HELD


def turned(how: int) -> int:
    """How the other object shares with this one: what holds a part, and what is a part of a holder."""
    return how & WIDE | (PART if how & HELD else 0) | (HELD if how & PART else 0)


def items_of(how: int) -> int:
    """The same where it is a container of what the object holds."""
    return how if how & PART else how | HELD


class Call:
    """A call, with the names whose objects it is given."""

    def __init__(
        self,
        path: tuple[Any, ...],
        args: list[set[str]],
        named: dict[str | None, set[str]] | None = None,
        functions: Sequence[Unit] = (),
        is_loose: bool = False,
    ) -> None:
        self.path = path
        self.args = args  # For each positional argument, the names that its value is or holds.
        self.named = named or {}
        self.functions = functions  # Units of lambdas among the arguments.
        self.depth = 0  # DEEP for a method of a part: `a.b.append(c)`.
        self.hows: dict[str, int] = {}  # How what it is given shares objects with names.
        self.receivers: set[str] = set()  # Names that a call further up gave its object: `type(a).b()`.
        self.methods: list[tuple[str, ...]] = []  # Paths of methods among the arguments.
        self.is_known = False  # Runs code that stands in the call as text, which was read.
        self.is_loose = is_loose  # Nothing takes what it returns.

    def note(self, held: Iterable[Held]) -> None:
        """Notes how an argument shares objects with names, of several ways that by which most is changed."""
        for name, how in held:
            before = self.hows.get(name, WIDE | HELD)
            self.hows[name] = how & before & (WIDE | HELD) | (how | before) & PART

    def given(self) -> set[str]:
        """All names whose objects the call can get at."""
        return set().union(*self.args, *self.named.values())


class Facts:
    """What is known of a unit."""

    defined: set[str]
    stored: set[str]
    owner: str
    class_attributes: set[str]

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.params: list[str] = []
        self.bound: set[str] = set()
        self.surely: set[str] = set()  # Bound by now, whatever way the code took.
        self.used: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()  # (name, attribute) of `name.attribute`.
        self.changed: dict[str, int] = {}  # Names whose objects it changes, and how.
        self.calls: list[Call] = []
        self.links: list[Link] = []  # (name, other, how): it may share objects of the other.
        self.inner: list[Unit] = []  # Functions that it defines.
        self.values: dict[str, list[Node]] = {}  # What names are bound to, where that is one expression.
        self.makers: dict[str, set[str]] = {}  # What was called for names that take apart what it gave.
        self.imports: dict[str, str] = {}
        self.modules: set[str] = set()  # Imported by calls that name them; "." where the name is made up.
        self.deleted: set[str] = set()
        self.walrus: list[str] = []  # Names bound within the value of an assignment.
        self.of_module: set[str] = set()
        self.outward: set[str] = set()
        self.returned: set[Held] = set()
        self.names_in_words: set[str] = set()  # Of annotations that are text.
        self.bases: list[str] = []
        self.decorators: dict[str, set[str | None]] = {}  # Names of what functions and classes went through.
        self.is_generator = self.is_endless = self.is_method = self.is_decorated = False
        self.defined_classes: set[str] = set()
        self.defined, self.stored = set(), set()  # Names bound by `def`, and by assignments.
        # Arguments of calls within values: what is called, the argument's place or name, what it holds.
        self.passes: dict[str, tuple[str, int | str | None, list[Held]]] = {}
        self.is_function = False
        self.stores_of: dict[str, int] = {}  # How often names are bound.
        # Parameters, also of functions around: what they do is told where they are given.
        self.callables: set[str] = set()
        self.stores: list[list[Any]] = []  # Paths of objects that are stored into.
        # Of a method, its class; of a class, what all objects share.
        self.owner, self.class_attributes = None, set()  # type: ignore[assignment]  # Methods have one.
        self.kept_params: set[str] = set()  # Those whose default lives on from call to call.
        # Names that mean something of their own here: of comprehensions and class bodies.
        self.renamed: dict[str, str] = {}
        self.class_names: set[str] | None = None

    # Names

    def local(self, name: str) -> str:
        """The name under which a name of the source is kept."""
        return self.renamed.get(name, name)

    def bind(self, name: str, is_sure: bool = True) -> None:
        """Notes that a name is given a value; `is_sure` tells whether it has one from here on."""
        if self.class_names is not None and name not in self.of_module:
            self.renamed[name] = "%s#%d" % (name, id(self.class_names))
            self.class_names.add(self.renamed[name])
        name = self.local(name)
        self.bound.add(name)
        self.stores_of[name] = self.stores_of.get(name, 0) + 1
        if is_sure:
            self.surely.add(name)

    def use(self, name: str) -> None:
        """Notes that a name is read, where its value may come from around the unit."""
        name = self.local(name)
        if name not in self.surely:
            self.used.add(name)

    def change(self, name: str | None, how: int = SURE) -> None:
        """Notes that a name's object is changed, and how."""
        if name:
            name = self.local(name)
            self.changed[name] = self.changed.get(name, 0) | how

    def link(self, name: str, held: Iterable[Held], how: int = 0) -> None:
        """Notes that a name may share objects with those."""
        name = self.local(name)
        self.links += [(name, other, how | more) for other, more in held if other != name]

    def tie(self, names: Iterable[str], holders: Iterable[str], key: object) -> None:
        """Notes that names may stand for one object, or for parts of one, which the holders hold."""
        names, holders = [self.local(name) for name in names], [self.local(name) for name in holders]
        shared = "targets#%d" % id(key)
        if len(names) + len(holders) > 1:
            for name in names:
                self.links += [(name, shared, WIDE), (shared, name, WIDE)]
            for name in holders:
                self.links += [(name, shared, WIDE | HELD), (shared, name, WIDE | PART)]

    def give(self, targets: list[Node], value: Node, how: int = 0) -> None:
        """Notes that what targets are bound to, or hold, may be shared with what the value holds; `how` for its items."""
        for target in targets:
            if kind_of(target) == "Tuple" and kind_of(value) == "Constant":
                self.give(target.elts, value)  # The letters of a text.
        if kind_of(value) == "Tuple":
            pairs = [target for target in targets if kind_of(target) == "Tuple" and len(target.elts) == len(value.elts)]
            targets = [target for target in targets if target not in pairs]
            for place, part in enumerate(value.elts if pairs else ()):
                self.give([target.elts[place] for target in pairs], part)
        names = set(self.walrus).union(*map(bound_by, targets))
        self.tie(names, {dotted(target)[0] for target in targets if kind_of(target) in STORES} - names - {None}, value)
        for target in targets:
            kind = kind_of(target)
            more = PART if kind in DISPLAYS else how if kind == "Name" else HELD
            for name in self.names_held(target) if kind in DISPLAYS else [dotted(target)[0]]:
                if name:
                    self.link(name, self.held(value, more))
            is_made = kind in DISPLAYS and kind_of(value) == "Call" and dotted(value)[-1] not in PAIRS
            maker = dotted(value)[0] if is_made else None
            for name in bound_by(target) if maker else ():
                self.makers.setdefault(self.local(name), set()).add(maker)
            if kind == "Name" and not how:
                self.values.setdefault(self.local(target.id), []).append(value)

    def held(self, node: Node, how: int = 0) -> Iterator[Held]:
        """The names whose objects a value is, or holds, and how."""
        kind = kind_of(node)
        if kind == "Name":
            yield self.local(node.id), how
        elif kind in ("Attribute", "Subscript"):
            yield from self.held(node.value, part_of(how))
        elif kind in ("NamedExpr", "Await", "FormattedValue"):
            if kind == "NamedExpr":
                yield self.local(node.target.id), how
            yield from self.held(node.value, how | (WIDE if kind == "Await" else 0))
        elif kind in DISPLAYS + ("BoolOp", "IfExp"):
            for part in children(node):
                yield from self.held(part, how if kind in ("BoolOp", "IfExp") else held_in(how))
        elif kind == "Starred":
            yield from self.held(node.value, part_of(how))
        elif kind == "Call":
            read = [part.value for part in code_in(node, dotted(node.func)) if kind_of(part) == "Expr"]
            for value in read:
                yield from self.held(value, how)
            if not read:
                yield from self.held_by_call(node, how | WIDE)
        elif kind in ("BinOp", "keyword"):
            for part in children(node):
                yield from self.held(part, items_of(how | WIDE) if kind == "BinOp" else how)
        elif kind in COMPREHENSIONS:
            for part in node.generators:
                yield from self.held(part.iter, items_of(how | WIDE))
            own = set().union(*(bound_by(part.target) for part in node.generators))
            parts = list(walk(getattr(node, "elt", None) or node.value))
            # A generator holds what it is going to call, a list what that gave.
            called = {id(part.func) for part in parts if kind_of(part) == "Call" and kind != "GeneratorExp"}
            for part in parts:
                if kind_of(part) == "Name" and part.id not in own:
                    yield self.local(part.id) + ("()" if id(part) in called else ""), held_in(how | WIDE)

    def held_by_call(self, node: Node, how: int) -> Iterator[Held]:
        """The same of what a call gives."""
        is_name = kind_of(node.func) == "Name"
        name = node.func.id if is_name else getattr(node.func, "attr", "")
        is_text = not is_name and name in TEXT_METHODS and dotted(node.func) not in COPIES
        if is_text or is_name and name in UNCHANGING_MAKERS - {"type"}:
            return
        if name in FRESH:
            how = items_of(how)
        if name == "type" and node.args and kind_of(node.args[0]) == "Call":
            yield from self.held(node.args[0].func, how)  # The class itself.
        if is_name:
            # What a function gives is not the function.
            yield self.local(name) + "()", how
        else:
            yield from self.held(node.func, how)
        for place, part in enumerate((*node.args, *node.keywords)):
            if not is_name or name in BUILTINS or name in FRESH:
                yield from self.held(part, how)
                continue
            # Whether it gives back what it is given is seen when all functions are known.
            key = part.arg if kind_of(part) == "keyword" else place
            passed = "%s()%s#%d" % (name, key, id(node))
            self.passes[passed] = self.local(name), key, list(self.held(part))
            yield passed, how

    def names_held(self, node: Node) -> set[str]:
        return {name for name, _ in self.held(node)}
