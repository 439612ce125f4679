"""What calls do: which objects they change, and which must not be made while a file is loaded.

Of a function of the file that is read off its code (`names.py`). Of others it is known for the built-in ones and for
those parts of the standard library that only look at what they are given; the rest of the standard library may change
it, for its calls are cheap. Calls of other packages (`model.fit(table)`, `plot(table)`) are taken to change only the
object whose method they are, unless they are named like one that does more.
"""

from __future__ import annotations

from poolscope_bindings import Bindings
from poolscope_dangers import Dangers
from poolscope_known import (
    BUILTINS,
    CHANGERS,
    CONSUMERS,
    DISTANT,
    LOOKING_MODULES,
    LOOKS,
    MAKERS,
    MUTATORS,
    OF_CLASSES,
    PLOTTING,
    PLOT_SETTINGS,
    RUNNERS,
    SEEDERS,
    SETTERS,
    SHOWN,
    STATE_WORDS,
    STORING,
    is_of_library,
    root_of,
)
from poolscope_names import Unit
from poolscope_sharing import by_name, is_passed_on, spread
from poolscope_tree import kind_of
from poolscope_units import Call, DEEP, FAR, PART, STORED, SURE, WIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from poolscope_units import Held

NOWHERE = Unit()
# What functions change that call each other is known after as many passes as the calls are deep.
MOST_PASSES = 30


def sure_if(is_sure: bool) -> int:
    return SURE if is_sure else DEEP


class Calls(Bindings, Dangers):
    """What the calls in a file do, by the functions of the file and what it imports."""

    def __init__(self, units: list[Unit], is_local: Callable[[str], bool]) -> None:
        super().__init__(units, is_local)
        self.find_effects(units)

    def is_seeded(self, units: list[Unit]) -> bool:
        """Whether random numbers may be the same in each run: here, or in a module of the file's own folder."""
        if any(map(self.is_local, self.imports.values())):
            return True
        while units:
            calls = [call for unit in units for call in unit.calls]
            paths = [path for call in calls for path in [call.path, *self.callback_paths(call)] if path[-1]]
            if any((self.full(path) or path[-1]).rpartition(".")[2] in SEEDERS for path in paths):
                return True
            units = [inner for unit in units for inner in unit.inner]
        return False

    def find_effects(self, units: list[Unit]) -> None:
        """Finds what functions change, which is told by what those change that they call, and so on."""
        functions: list[Unit] = []
        while units:
            units = [inner for unit in units for inner in unit.inner]
            functions = units + functions
        self.effects: dict[int, dict[str, int]] = {id(unit): {} for unit in functions}
        for _ in range(MOST_PASSES):
            found = {id(unit): self.effects_of(unit) for unit in functions}
            if found == self.effects:
                return
            self.effects = found

    def changes(self, unit: Unit) -> dict[str, int]:
        """The names whose objects a unit changes, in itself and through what it calls, and how (see `units`)."""
        is_own = not self.methods.keys().isdisjoint(STORING)
        changed = {name: how | (DEEP if is_own else 0) for name, how in unit.changed.items()}
        for call in unit.calls:
            for name, how in self.changed_by(call, unit):
                changed[name] = changed.get(name, 0) | how
        for base in unit.bases:
            if base in self.classes or self.is_local(self.imports.get(base, "-")):
                changed.setdefault(base, DEEP)
        return changed

    def changes_of_function(self, unit: Unit) -> dict[str, int]:
        """The same of a function, by the names of its parameters and those of the names around it."""
        return self.effects.get(id(unit), {})

    def effects_of(self, unit: Unit) -> dict[str, int]:
        """The same, by what is known so far of the functions that it calls."""
        changed = self.changes(unit)
        direct = set(changed)
        for inner in unit.inner:
            for name, how in self.changes_of_function(inner).items():
                changed[name] = changed.get(name, 0) | how
        for name in unit.bound & (unit.of_module | unit.outward):
            changed[name] = SURE
        links = [*self.links(unit), *((name + "()", name, WIDE) for name in unit.bound)]
        near = by_name(link for link in links if link[1] not in self.foreign or link[1] in unit.bound)
        spread(changed, near, self.made_by_packages)
        changed = {name: how for name, how in changed.items() if name in direct or how & STORED or name not in self.plain}
        if unit.is_method and unit.params and self.changes_class(unit):
            changed[unit.owner] = SURE | DEEP
        if unit.name and not unit.kept_params.isdisjoint(changed):
            changed[unit.name] = SURE | DEEP
        own = unit.bound - unit.of_module - unit.outward - set(unit.params)
        return {name: how for name, how in changed.items() if name not in own and "#" not in name}

    def changes_class(self, unit: Unit) -> bool:
        """Whether a method changes what all objects of its class share."""
        start = unit.params[0]
        calls = [list(call.path[:-1]) for call in unit.calls if call.path[-1] in MUTATORS]
        is_given_class = start == "cls" or unit.name in OF_CLASSES
        for path in unit.stores + calls:
            shared = path[:1] == [start] and (is_given_class or self.class_attributes.intersection(path[1:2]))
            if shared or path[:1] == ["type"] or "__class__" in path:
                return True
        return False

    def changed_by(self, call: Call, unit: Unit = NOWHERE) -> list[Held]:
        """What a call changes; what a parameter of a function does is told where that function is called."""
        is_given = len(call.path) == 1 and call.path[0] in unit.callables
        own = unit.bound - unit.of_module if unit.is_function else set()
        own = own.difference(inner.name for inner in unit.inner)
        changed = [] if is_given else self.changed_objects(call, own)
        for unit in call.functions:
            found = self.changes_of_function(unit).items()
            changed += [(name, how) for name, how in found if name not in unit.params]
        if call.path[-1] in MUTATORS or call.path[-1] in self.methods:
            changed += [(name, SURE | DEEP) for name in call.receivers]
        more = STORED if "__dict__" in call.path else 0
        changed = [(name, self.through(name, how | more, call)) for name, how in changed]  # type: ignore[misc]  # See below.
        return [(name, how) for name, how in changed if how is not None and self.is_object(name, how, call)]

    @staticmethod
    def through(name: str, change: int, call: Call) -> int | None:
        """How a change of what a call is given changes a name's object; None for not at all."""
        if name in call.receivers:
            return change | DEEP
        if name == call.path[0] or name not in call.hows:
            return change
        how = call.hows[name]
        if not is_passed_on(change, how, True):
            return None
        return change | (DEEP if how & PART else 0)

    def is_object(self, name: str, how: int, call: Call) -> bool:
        """Whether a name stands for something that a call may change: no function is changed by being passed on."""
        if name in BUILTINS and name not in self.bound:
            return False
        is_other = name in self.plain or name in self.foreign
        return bool(how & SURE) or name == call.path[0] or name.startswith("<") or not is_other

    def changed_objects(self, call: Call, own: set[str]) -> list[Held]:
        """What a call may change, by what is called; `own` are names within the function that calls."""
        path, last = call.path, call.path[-1]
        if path[0] is None:
            return [(name, sure_if(last in MUTATORS) | DEEP) for name in call.given()]
        full = self.full(path)
        changed: Iterable[Held]
        if full is not None:
            changed = self.changed_by_module(call, path, full)
        elif len(path) == 1 and path[0] in own:
            changed = [(name, DEEP | FAR) for name in call.given() | {path[0]}]
        elif len(path) == 1:
            changed = self.changed_by_name(call, path[0])
        else:
            changed = self.changed_by_method(call, path[0], last)
        for method in call.methods:
            # A method that is passed on may be called.
            if method[-1] in MUTATORS or method[-1] in self.methods:
                changed = [*changed, *self.changed_by(Call(method, call.args))]
        changed = [*changed, *self.states_of_callbacks(call)]
        if any(self.changes_parameters(unit) for unit in self.callbacks(call, own)):
            changed = [*changed, *((name, DEEP | FAR) for name in (call.given() | {path[0]}) - self.foreign)]
        return list(changed)

    def states_of_callbacks(self, call: Call) -> Iterator[Held]:
        """The states that functions of modules go on, where they are given to a call that may call them."""
        for path in self.callback_paths(call):
            full = self.full(path)
            if full is not None and not self.is_local(full):
                changed = self.changed_by_module(Call(path, []), path, full)
                yield from ((name, how) for name, how in changed if name.startswith("<"))

    def callback_paths(self, call: Call) -> list[tuple[str, ...]]:
        """The paths of the functions and methods that a call is given, as far as they stand there or were imported."""
        named = [(name,) for name in call.given() if "." in (self.path_of(name) or "")]
        return [method for method in call.methods if method[0]] + named

    def callbacks(self, call: Call, own: set[str]) -> Iterator[Unit]:
        """The functions that a call is given."""
        yield from call.functions
        for name in call.given() - own:
            yield from self.functions.get(name, ())

    def changes_parameters(self, unit: Unit) -> bool:
        return not self.changes_of_function(unit).keys().isdisjoint(unit.params)

    def changed_by_module(self, call: Call, path: tuple[Any, ...], full: str) -> Iterator[Held]:
        """What a call of something imported may change; `full` is its path from the module on."""
        root = root_of(full)
        first = call.args[0] if call.args else ()
        if self.is_local(full):
            yield "<%s>" % root, DEEP
            for name in call.given() | {path[0]}:
                yield name, DEEP | FAR
            return
        if full == "operator.add":  # Which is named as the method of sets is.
            return
        words = full.lower().replace("_", ".").split(".")
        if root in PLOTTING and not PLOT_SETTINGS.intersection(words):
            return
        if root not in LOOKING_MODULES and path[-1] not in SHOWN:
            if call.is_loose or any(word in words for word in STATE_WORDS) or words[-1].startswith("rand"):
                yield "<%s>" % root, DEEP
        if len(path) > 1 and (path[-1] in MUTATORS or call.is_loose and path[-1] not in LOOKS | SHOWN):
            yield path[0], sure_if(path[-1] in MUTATORS) | call.depth
        if is_of_library(full):
            if root not in LOOKING_MODULES:
                for name in call.given():
                    yield name, SURE if path[-1] in MUTATORS and name in first else DEEP | (0 if root in DISTANT else FAR)
            elif path[-1] == "deque" or root == "functools" and path[-1] == "reduce":
                yield from ((name, SURE) for name in call.given() & self.iterators)
        elif path[-1] in MUTATORS or path[-1].endswith("_"):
            yield from ((name, SURE) for name in first)
        for key in ("out", "file", "stream"):
            yield from ((name, SURE) for name in call.named.get(key, ()))

    def changed_by_name(self, call: Call, name: str) -> Iterator[Held]:
        """What a call of a plain name may change."""
        alias = self.aliases.get(name)
        if alias and len(alias) == 1 and alias[0] in BUILTINS and name not in self.functions:
            name = alias[0]
        if name in self.classes:
            for unit in self.makers(name):
                yield from self.changed_arguments(unit, call, 1)
            return
        if name in self.functions:
            for unit in self.functions[name]:
                yield from self.changed_arguments(unit, call, 0)
            if self.kin_here(name):
                yield from ((given, DEEP | FAR) for given in call.given() | {name})
            if self.is_given_by_function(name):
                yield name, SURE | DEEP
            if not self.is_other_object(name):
                return
        if name in CHANGERS and name not in self.bound:
            how = SURE | STORED if name in SETTERS else SURE
            yield from ((given, how) for given in (call.args[0] if call.args else ()))
        elif name in BUILTINS and name not in self.bound:
            yield from ((given, SURE | DEEP) for given in call.named.get("file", ()))
            if name in CONSUMERS:
                yield from ((given, SURE | DEEP) for given in call.given() & self.iterators)
        elif name not in self.constants and not self.only_looks(name):
            yield from ((given, DEEP | FAR) for given in call.given())
            is_sure = MUTATORS.issuperset(self.method_values.get(name, {""})) or self.is_given_by_function(name)
            yield name, sure_if(is_sure) | DEEP | FAR
            if not self.made_of.get(name, set()).isdisjoint(self.classes):
                for unit in self.methods.get("__call__", ()):
                    yield name, self.changes_of_function(unit).get(unit.params[0], DEEP) if unit.params else DEEP

    def is_thread(self, name: str) -> bool:
        """Whether a name may stand for a thread; to wait for one ends, which it need not for a queue."""
        waiting, seen = [name], set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.kin(name) | self.held.get(name, set())
        roots = {root_of(self.path_of(name) or "") for name in seen}
        return "threading" in roots and roots.isdisjoint(("queue", "multiprocessing", "asyncio"))

    def is_other_object(self, name: str) -> bool:
        """Whether a name of the file that functions are known by may also stand for something that holds them."""
        if name not in self.bound or name in self.defined:
            return False
        values = self.values.get(name, ())
        return not values or any(kind_of(value) != "Lambda" for value in values)

    def is_given_by_function(self, name: str) -> bool:
        """Whether a name stands for what a function of the file gave, such as another function with a state."""
        return any(maker in self.functions and maker not in self.classes for maker in self.made_of.get(name, ()))

    def makers(self, name: str, tries: int = 5) -> Iterator[Unit]:
        """The methods that run when an object of a class is made, also those of the classes that it is based on."""
        for unit in self.functions.get(name, ()):
            if unit.is_method and unit.name in MAKERS:
                yield unit
        for base in self.parents.get(name, ()) if tries else ():
            yield from self.makers(base, tries - 1)

    def only_looks(self, name: str) -> bool:
        """Whether a name stands for a method that only looks at its object: `matches = re.compile("a").match`."""
        methods = self.method_values.get(name)
        return bool(methods) and methods <= LOOKS - self.methods.keys()  # type: ignore[operator]  # They are not None.

    def changed_by_method(self, call: Call, root: str, last: str) -> Iterator[Held]:
        """What a call of a method may change; `root` names the object, and `last` the method."""
        own = self.methods.get(last, ())
        if last in MUTATORS:
            yield root, SURE | call.depth
            if last in RUNNERS:
                yield root, DEEP | FAR
        elif own or last not in LOOKS and (last != "get" or self.has_queues):
            yield root, DEEP | FAR
        elif last == "join" and self.is_thread(root):
            yield root, DEEP | FAR
        yield from ((name, SURE | DEEP) for name in call.given() & self.iterators)
        is_of_class = root in self.classes or root in BUILTINS and root not in self.bound
        if is_of_class and call.args:
            # `list.append(names, name)`.
            yield from ((name, SURE if last in MUTATORS else DEEP) for name in call.args[0] if last not in LOOKS)
        for unit in own:
            yield root, self.changes_of_function(unit).get(
                unit.params[0] if unit.params else None,  # type: ignore[arg-type]  # None is no parameter.
                DEEP,
            )
            yield from self.changed_arguments(unit, call, 0 if is_of_class else 1)
        if last.endswith("_") and not last.startswith("_") or "out" in call.named:
            yield from ((name, DEEP) for name in call.given())
        elif (last == "shuffle" or last.endswith("into")) and call.args:
            yield from ((name, SURE) for name in call.args[0])

    def changed_arguments(self, unit: Unit, call: Call, skipped: int) -> Iterator[Held]:
        """Which arguments a function changes, by the parameters that it changes."""
        changed = self.changes_of_function(unit)
        params = unit.params[skipped:]
        for place, names in enumerate(call.args):
            param = params[min(place, len(params) - 1)] if params else None
            if param in changed:
                yield from ((name, changed[param]) for name in names)
        for key, names in call.named.items():
            if key is None:  # `**options` may be for any parameter.
                how = DEEP
                for param in params:
                    how |= changed.get(param, 0)
                yield from ((name, how) for name in names)
            elif key in changed or key not in params:
                yield from ((name, changed.get(key, DEEP)) for name in names)
