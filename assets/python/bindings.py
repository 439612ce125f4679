"""What the names of a file stand for: modules, functions, classes, objects and what made them."""

from __future__ import annotations

from poolscope_constants import constant_names
from poolscope_known import BUILTINS, ITERATORS, ITERATOR_MODULES, LOOKING_MODULES, DISTANT, is_of_library, root_of
from poolscope_names import Unit
from poolscope_sharing import returned_by
from poolscope_tree import dotted, kind_of, walk
from poolscope_units import WIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from poolscope_tree import Node
    from poolscope_units import Link

# What makes functions that remember, and the module of it where a name is a part of a path.
CACHES = ("functools.lru_cache", "functools.cache", "functools")


class Bindings:
    """What the names of a file stand for."""

    functions: dict[str, list[Unit]]
    methods: dict[str, list[Unit]]
    classes: set[str]
    iterators: set[str]
    foreign: set[str]
    held: dict[str, set[str]]
    made_of: dict[str, set[str]]
    aliases: dict[str, list[Any]]
    parents: dict[str, set[str]]
    method_values: dict[str, set[str]]

    def __init__(self, units: list[Unit], is_local: Callable[[str], bool]) -> None:
        """`units` are the statements of the file in order; `is_local` tells modules of the file's own folder."""
        self.is_local = lambda path: path.startswith(".") or is_local(path.partition(".")[0])
        self.imports: dict[str, str] = {}
        self.functions, self.methods, self.classes, self.iterators = {}, {}, set(), set()
        self.bound = set().union(*(unit.bound for unit in units))
        self.foreign, self.held = set(), {}
        self.returning: dict[tuple[str, int | str | None], bool] = {}
        self.values: dict[str, list[Node]] = {}  # What names are bound to.
        self.plain: set[str] = set()  # Names of functions, which are not changed by being given to a call.
        self.one_for_all: set[str] = set()  # Classes of which objects may share all that they hold.
        self.made_of, self.aliases, self.parents, self.method_values = {}, {}, {}, {}
        for unit in units:
            # A function without a name is known by what it is stored in.
            replaced = {attribute for name, attribute in unit.attributes if self.imports.get(name) == "builtins"}
            self.note(unit, unit.bound.union(replaced, (path[0] for path in unit.stores if path[0])))
            for name, decorators in unit.decorators.items():
                # What is left are names.
                self.parents.setdefault(name, set()).update(decorators - {None})  # type: ignore[arg-type]
            for name in unit.bound if unit.bases else ():
                self.parents.setdefault(name, set()).update(unit.bases)
            for name, makers in unit.makers.items():
                self.made_of.setdefault(name, set()).update(makers)
            for name, values in unit.values.items():
                self.values.setdefault(name, []).extend(values)
                for value in values:
                    if all(kind_of(part) in ("Name", "Attribute", "Load") for part in walk(value)):
                        self.aliases[name] = dotted(value)
                if all(kind_of(value) == "Attribute" for value in values):
                    self.method_values[name] = {value.attr for value in values}
                makers = [dotted(value)[0] for value in values if kind_of(value) == "Call"]
                self.made_of.setdefault(name, set()).update(filter(None, makers))
        self.has_queues = any(root_of(path) in ("queue", "multiprocessing", "asyncio") for path in self.imports.values())
        self.class_attributes = set().union(*(unit.class_attributes for unit in units))
        self.sharing = set().union(*(unit.bound for unit in units if unit.class_attributes))
        self.foreign = {name for name, path in self.imports.items() if not self.is_local(path)}
        self.defined = set().union(*(unit.defined for unit in units)).difference(*(unit.stored for unit in units))
        self.plain = {name for name in self.defined - self.classes if not self.kin_here(name)}
        self.made_by_packages = self.found_made_by_packages()
        self.note_held(units)
        for unit in units:
            for name, values in unit.values.items():
                if any(map(self.makes_iterator, values)):
                    self.iterators.add(name)
        generators = {name for name, made in self.functions.items() if any(unit.is_generator for unit in made)}
        self.iterators.update(name + "()" for name in generators)
        passes = [(passed, name) for unit in units for passed, (name, _, _) in unit.passes.items()]
        self.iterators.update(passed for passed, name in passes if name in generators)

        self.constants = constant_names(units, self)
        self.kept: dict[str | None, list[Unit]] = {}  # Functions without a name that objects were given.
        for call in (call for unit in units for call in unit.calls):
            self.kept.setdefault(call.path[0], []).extend(call.functions)

    def found_made_by_packages(self) -> set[str]:
        """The names of objects that calls of packages made, or of their objects; these do as they please, and for long."""
        paths = {name: self.imports[name] for name in self.foreign}
        found = {name for name, path in paths.items() if not is_of_library(path) or root_of(path) in DISTANT}
        found |= {"*"} & self.imports.keys()
        size = -1
        while size < len(found):
            size = len(found)
            found |= {name for name, makers in self.made_of.items() if not makers.isdisjoint(found)}
        return found

    def note_held(self, units: list[Unit]) -> None:
        """Learns which names hold functions: partial calls, threads, objects that were given one, what closures are in."""
        for name, other, how in (link for unit in units for link in self.links(unit)):
            is_looking = name in self.foreign and root_of(self.imports[name]) in LOOKING_MODULES
            if not is_looking and (not how & WIDE or name not in self.made_by_packages):
                self.held.setdefault(name, set()).add(other)

    def note(self, unit: Unit, names: Iterable[str]) -> None:
        """Learns what the functions of a unit are called."""
        self.classes |= unit.defined_classes
        for name, path in unit.imports.items():
            self.imports.setdefault(name, path)
        for inner in unit.inner:
            if inner.is_method:
                self.methods.setdefault(inner.name, []).append(inner)
                if inner.params and (inner.params[0], "__dict__") in inner.attributes:
                    self.one_for_all.add(inner.owner)
            for name in [inner.name] if inner.name and not inner.is_method else names:
                self.functions.setdefault(name, []).append(inner)
            self.note(inner, [inner.name + "()"] if inner.name else ())

    def links(self, unit: Unit) -> Iterator[Link]:
        """The links of a unit, with those through calls that may give back what they are given."""
        for passed, (name, key, held) in unit.passes.items():
            if self.may_return(name, key):
                yield from ((passed, other, how) for other, how in held)
        yield from unit.links

    def may_return(self, name: str, key: int | str | None) -> bool:
        """Whether a function may give back an argument, or something that holds it."""
        if name not in self.plain:
            return True
        known = self.returning.get((name, key))
        if known is None:
            known = any(self.returns(unit, key) for unit in self.functions[name])
            self.returning[name, key] = known
        return known

    @staticmethod
    def returns(unit: Unit, key: int | str | None) -> bool:
        """Whether a function may give back the argument with this place or name."""
        params = unit.params
        if unit.is_generator:
            return True
        names = {key} if key in params else set(params[key : key + 1]) if isinstance(key, int) else set()
        kept = set().union(*(inner.used for inner in unit.inner))  # By functions in it, which it may give back.
        return not names or not names.isdisjoint(kept.union(returned_by(unit)))

    def full(self, path: Sequence[Any]) -> str | None:
        """The path with what its first name was imported as; None where that is not imported."""
        start = self.path_of(path[0])
        return None if start is None else ".".join((start, *path[1:]))

    def path_of(self, name: str, tries: int = 3) -> str | None:
        """What a name was imported as, also under another name: `draw = random.random`."""
        if name in self.imports or not tries or name not in self.aliases:
            return self.imports.get(name)
        first, *rest = self.aliases[name]
        start = self.path_of(first, tries - 1)
        return start and ".".join((start, *rest))

    def gives_shared(self, name: str) -> bool:
        """Whether a name stands for what a function of a module gave, and not for a new object of a class."""
        calls = [value for value in self.values.get(name, ()) if kind_of(value) == "Call"]
        return any(dotted(value)[-1][:1].islower() for value in calls if dotted(value)[-1])

    def kin(self, name: str) -> set[str]:
        """The names of what made an object, of its class's bases, and of what it is another name for."""
        aliased = self.aliases.get(name, ())[:1]
        return self.made_of.get(name, set()) | self.parents.get(name, set()) | {other for other in aliased if other}

    def kin_here(self, name: str) -> set[str]:
        """The same without what comes from elsewhere: `lru_cache` makes no difference to what a function does."""
        return self.kin(name) - BUILTINS - self.foreign

    def cached(self) -> set[str]:
        """The names of functions that remember what they gave."""
        return {name for name in self.bound if any(self.path_of(other) in CACHES for other in self.kin(name))}

    def runs(self, name: str) -> list[Unit]:
        """The functions that may run when what the name stands for is called."""
        return self.functions.get(name, []) + self.kept.get(name, [])

    def callable_through(self, name: str) -> set[str]:
        """The names whose functions may run when something is called that this name stands for or holds."""
        return self.kin(name) | self.held.get(name, set())

    def makes_iterator(self, value: Node) -> bool:
        kind = kind_of(value)
        if kind != "Call":
            return kind == "GeneratorExp"
        call = Unit()
        call.scan(value)
        path = call.calls[-1].path
        full = path[0] and self.full(path)
        if full:
            return root_of(full) in ITERATOR_MODULES or self.is_local(full)
        if path[0] in self.functions and len(path) == 1:
            return any(unit.is_generator for unit in self.functions[path[0]])
        if any(unit.is_generator for unit in self.methods.get(path[-1], ())):
            return True
        return path[-1] in ITERATORS and (len(path) > 1 or path[0] not in self.bound)
