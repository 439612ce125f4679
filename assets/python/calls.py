"""What calls do: which objects they change, and which must not be made while a file is loaded.

Of a function of the file that is read off its code (`names.py`). Of others it is known for the built-in ones and for
those parts of the standard library that only look at what they are given; the rest of the standard library may change
it, for its calls are cheap. Calls of other packages (`model.fit(table)`, `plot(table)`) are taken to change only the
object whose method they are, unless they are named like one that does more.
"""

from poolscope_known import (
    BUILTINS,
    CHANGERS,
    CONSUMERS,
    ITERATORS,
    ITERATOR_MODULES,
    LOOKING_MODULES,
    LOOKS,
    LOOSE,
    LOOSE_MODULES,
    MAINS,
    MAKERS,
    MUTATORS,
    POOL_MODULES,
    READERS,
    SEEDERS,
    SERVERS,
    SERVER_METHODS,
    SERVER_MODULES,
    SHOWN,
    STARTERS,
    STARTERS_OF_ANY,
    STATE_WORDS,
    is_of_library,
    root_of,
)
from poolscope_names import Unit
from poolscope_tree import dotted, kind_of, walk
from poolscope_units import Call


class Calls:
    """What the calls in a file do, by the functions of the file and what it imports."""

    def __init__(self, units, is_local):
        """`units` are the statements of the file in order; `is_local` tells modules of the file's own folder."""
        self.is_local = lambda path: path.startswith(".") or is_local(path.partition(".")[0])
        self.imports = {}
        self.functions, self.methods, self.classes, self.iterators = {}, {}, set(), set()
        self.bound = set().union(*(unit.bound for unit in units))
        self.foreign, self.held = set(), {}
        self.plain = set()  # Names of functions, which are not changed by being given to a call.
        self.made_of, self.aliases, self.parents, self.method_values = {}, {}, {}, {}
        for unit in units:
            self.note(unit, unit.bound)
            for name, decorators in unit.decorators.items():
                self.parents.setdefault(name, set()).update(decorators - {None})
            for name in unit.bound if unit.bases else ():
                self.parents.setdefault(name, set()).update(unit.bases)
            for name, values in unit.values.items():
                for value in values:
                    if all(kind_of(part) in ("Name", "Attribute", "Load") for part in walk(value)):
                        self.aliases[name] = dotted(value)
                if all(kind_of(value) == "Attribute" for value in values):
                    self.method_values[name] = {value.attr for value in values}
                makers = [dotted(value)[0] for value in values if kind_of(value) == "Call"]
                self.made_of.setdefault(name, set()).update(filter(None, makers))
        self.has_queues = any(root_of(path) in ("queue", "multiprocessing", "asyncio") for path in self.imports.values())
        self.class_attributes = set().union(*(unit.class_attributes for unit in units))
        self.foreign = {name for name, path in self.imports.items() if not self.is_local(path)}
        for name, other, is_wide in (link for unit in units for link in unit.links):
            if not is_wide:
                self.held.setdefault(name, set()).add(other)
        defined = set().union(*(unit.defined for unit in units)).difference(*(unit.stored for unit in units))
        self.plain = {name for name in defined - self.classes if not self.kin(name)}
        for unit in units:
            for name, values in unit.values.items():
                if any(map(self.makes_iterator, values)):
                    self.iterators.add(name)

        self.find_effects(units)

    def note(self, unit, names):
        """Learns what the functions of a unit are called."""
        for name, path in unit.imports.items():
            self.imports.setdefault(name, path)
        for inner in unit.inner:
            if inner.is_method:
                self.methods.setdefault(inner.name, []).append(inner)
                self.classes.update(names)
            for name in [inner.name] if inner.name and not inner.is_method else names:
                self.functions.setdefault(name, []).append(inner)
            self.note(inner, ())

    def full(self, path):
        """The path with what its first name was imported as; None where that is not imported."""
        start = self.path_of(path[0])
        return None if start is None else ".".join((start, *path[1:]))

    def path_of(self, name, tries=3):
        """What a name was imported as, also under another name: `draw = random.random`."""
        if name in self.imports or not tries or name not in self.aliases:
            return self.imports.get(name)
        first, *rest = self.aliases[name]
        start = self.path_of(first, tries - 1)
        return start and ".".join((start, *rest))

    def kin(self, name):
        """The names of what made an object, of its class's bases, and of what it is another name for."""
        aliased = self.aliases.get(name, ())[:1]
        return self.made_of.get(name, set()) | self.parents.get(name, set()) | {other for other in aliased if other}

    def callable_through(self, name):
        """The names whose functions may run when something is called that this name stands for or holds."""
        return self.kin(name) | self.held.get(name, set())

    def makes_iterator(self, value):
        kind = kind_of(value)
        if kind != "Call":
            return kind == "GeneratorExp"
        call = Unit()
        call.scan(value)
        path = call.calls[-1].path
        full = path[0] and self.full(path)
        if full:
            return root_of(full) in ITERATOR_MODULES or self.is_local(full)
        if path[0] in self.functions:
            return any(unit.is_generator for unit in self.functions[path[0]])
        return path[-1] in ITERATORS and (len(path) > 1 or path[0] not in self.bound)

    # What is changed

    def is_seeded(self, units):
        """Whether random numbers may be the same in each run: here, or in a module of the file's own folder."""
        if any(map(self.is_local, self.imports.values())):
            return True
        while units:
            paths = (self.full(call.path) or call.path[-1] for unit in units for call in unit.calls if call.path[-1])
            if any(path.rpartition(".")[2] in SEEDERS for path in paths):
                return True
            units = [inner for unit in units for inner in unit.inner]
        return False

    def find_effects(self, units):
        """Finds what functions change, which is told by what those change that they call, and so on."""
        functions = []
        while units:
            units = [inner for unit in units for inner in unit.inner]
            functions = units + functions
        self.effects = {id(unit): {} for unit in functions}
        is_settled = False
        while not is_settled:
            found = {id(unit): self.effects_of(unit) for unit in functions}
            is_settled = found == self.effects
            self.effects = found

    def changes(self, unit):
        """The names whose objects a unit changes, in itself and through what it calls; True where that is sure."""
        changed = dict(unit.changed)
        for call in unit.calls:
            for name, is_sure in self.changed_by(call):
                changed[name] = changed.get(name, False) or is_sure
        for base in unit.bases:
            if base in self.classes or self.is_local(self.imports.get(base, "-")):
                changed.setdefault(base, False)
        return changed

    def changes_of_function(self, unit):
        """The same of a function, by the names of its parameters and those of the names around it."""
        return self.effects.get(id(unit), {})

    def effects_of(self, unit):
        changed = self.changes(unit)
        for inner in unit.inner:
            for name, is_sure in self.changes_of_function(inner).items():
                changed[name] = changed.get(name, False) or is_sure
        for name in unit.bound & (unit.of_module | unit.outward):
            changed[name] = True
        links = unit.links + [(name + "()", name, True) for name in unit.bound]
        spread(changed, [link for link in links if link[1] not in self.foreign or link[1] in unit.bound])
        if unit.is_method and unit.params and self.changes_class(unit):
            changed[unit.owner] = True
        if unit.name and not unit.kept_params.isdisjoint(changed):
            changed[unit.name] = True
        own = unit.bound - unit.of_module - unit.outward - set(unit.params)
        return {name: is_sure for name, is_sure in changed.items() if name not in own and "#" not in name}

    def changes_class(self, unit):
        """Whether a method changes what all objects of its class share."""
        start = unit.params[0]
        calls = [list(call.path[:-1]) for call in unit.calls if call.path[-1] in MUTATORS]
        for path in unit.stores + calls:
            shared = path[0] == start and (start == "cls" or self.class_attributes.intersection(path[1:2]))
            if shared or path[:1] == ["type"] or "__class__" in path:
                return True
        return False

    def changed_by(self, call):
        changed = self.changed_objects(call)
        for unit in call.functions:
            found = self.changes_of_function(unit).items()
            changed += [(name, is_sure) for name, is_sure in found if name not in unit.params]
        if call.path[-1] in MUTATORS or call.path[-1] in self.methods:
            changed += [(name, True) for name in call.receivers]
        return [(name, is_sure) for name, is_sure in changed if self.is_object(name, is_sure, call)]

    def is_object(self, name, is_sure, call):
        """Whether a name stands for something that a call may change: no function is changed by being handed on."""
        if name in BUILTINS and name not in self.bound:
            return False
        return is_sure or name == call.path[0] or name not in self.plain and name not in call.far

    def changed_objects(self, call):
        path, last = call.path, call.path[-1]
        if path[0] is None:
            return [(name, last in MUTATORS) for name in call.given()]
        full = self.full(path)
        if full is not None:
            changed = self.changed_by_module(call, path, full)
        elif len(path) == 1:
            changed = self.changed_by_name(call, path[0])
        else:
            changed = self.changed_by_method(call, path[0], last)
        for method in call.methods:
            # A method that is handed on may be called.
            if method[-1] in MUTATORS or method[-1] in self.methods:
                changed = [*changed, *self.changed_by(Call(method, call.args))]
        if any(self.changes_parameters(unit) for unit in self.callbacks(call)):
            changed = [*changed, *((name, False) for name in (call.given() | {path[0]}) - self.foreign)]
        return list(changed)

    def callbacks(self, call):
        yield from call.functions
        for name in call.given():
            yield from self.functions.get(name, ())

    def changes_parameters(self, unit):
        return not self.changes_of_function(unit).keys().isdisjoint(unit.params)

    def changed_by_module(self, call, path, full):
        root = root_of(full)
        first = call.args[0] if call.args else ()
        if self.is_local(full):
            yield "<%s>" % root, False
            for name in call.given() | {path[0]}:
                yield name, False
            return
        words = full.lower().replace("_", ".").split(".")
        if root not in LOOKING_MODULES and path[-1] not in SHOWN:
            if call.is_loose or any(word in words for word in STATE_WORDS) or words[-1].startswith("rand"):
                yield "<%s>" % root, False
        if len(path) > 1 and (path[-1] in MUTATORS or call.is_loose and path[-1] not in LOOKS | SHOWN):
            yield path[0], path[-1] in MUTATORS
        if is_of_library(full):
            if root not in LOOKING_MODULES:
                for name in call.given():
                    yield name, path[-1] in MUTATORS and name in first
            elif path[-1] == "deque" or root == "functools" and path[-1] == "reduce":
                yield from ((name, True) for name in call.given() & self.iterators)
        elif path[-1] in MUTATORS or path[-1].endswith("_"):
            yield from ((name, True) for name in first)
        yield from ((name, True) for name in call.named.get("out", ()))

    def changed_by_name(self, call, name):
        alias = self.aliases.get(name)
        if alias and len(alias) == 1 and alias[0] in BUILTINS and name not in self.functions:
            name = alias[0]
        if name in self.functions:
            for unit in self.functions[name]:
                yield from self.changed_arguments(unit, call, int(unit.is_method))
            if self.kin(name):
                yield from ((given, False) for given in call.given() | {name})
        elif name in CHANGERS and name not in self.bound:
            yield from ((given, True) for given in (call.args[0] if call.args else ()))
        elif name in BUILTINS and name not in self.bound:
            if name in CONSUMERS:
                yield from ((given, True) for given in call.given() & self.iterators)
        elif not self.only_looks(name):
            yield from ((given, False) for given in call.given() | {name})

    def only_looks(self, name):
        """Whether a name stands for a method that only looks at its object: `matches = re.compile("a").match`."""
        methods = self.method_values.get(name)
        return bool(methods) and methods <= LOOKS - self.methods.keys()

    def changed_by_method(self, call, root, last):
        own = self.methods.get(last, ())
        if last in MUTATORS:
            yield root, True
        elif own or last not in LOOKS and (last != "get" or self.has_queues):
            yield root, False
        is_of_class = root in self.classes or root in BUILTINS and root not in self.bound
        if is_of_class and call.args:
            # `list.append(names, name)`.
            yield from ((name, last in MUTATORS) for name in call.args[0] if last not in LOOKS)
        for unit in own:
            yield from self.changed_arguments(unit, call, 0 if is_of_class else 1)
        if last.endswith("_") and not last.startswith("_") or "out" in call.named:
            yield from ((name, False) for name in call.given())
        elif last in ("shuffle", "readinto") and call.args:
            yield from ((name, True) for name in call.args[0])

    def changed_arguments(self, unit, call, skipped):
        """Which arguments a function changes, by the parameters that it changes."""
        changed = self.changes_of_function(unit)
        params = unit.params[skipped:]
        for place, names in enumerate(call.args):
            param = params[min(place, len(params) - 1)] if params else None
            if param in changed:
                yield from ((name, changed[param]) for name in names)
        for key, names in call.named.items():
            if key is None or key in changed or key not in params:
                yield from ((name, changed.get(key, False)) for name in names)

    # What must not run

    def never(self, unit, seen=None):
        """Why a unit must not run while the file is loaded, in words; None where it may."""
        seen = set() if seen is None else seen
        if id(unit) in seen:
            return None
        seen.add(id(unit))
        if ("sys", "stdin") in unit.attributes or self.imports.get("stdin") == "sys.stdin" and "stdin" in unit.used:
            return "it reads standard input"
        if unit.is_endless and not unit.is_generator:
            return "it runs without end"
        for call in unit.calls:
            reason = self.never_call(call) or self.never_within(call, seen)
            if reason:
                return reason
        return None

    def never_call(self, call):
        path, last = call.path, call.path[-1]
        if path[0] is None:
            return None
        full = self.full(path)
        root = full and full.partition(".")[0]
        if last in (STARTERS if root in POOL_MODULES else STARTERS_OF_ANY if full is None else ()):
            if last not in self.classes and last not in self.functions:
                return "it starts workers"
        if (full or ".".join(path)) in READERS and (full or path[0] not in self.bound):
            return "it reads standard input"
        is_server = last in SERVER_METHODS and (root in SERVER_MODULES or self.is_server(path[0]))
        if last in SERVERS and last not in self.methods or is_server:
            return "it runs until it is ended"
        return "it runs a program of its own" if full in MAINS else None

    def is_server(self, name):
        """Whether a name stands for an object of a package that serves."""
        makers = [self.imports.get(maker, "") for maker in self.made_of.get(name, ())]
        return any(root_of(maker) in SERVER_MODULES for maker in makers)

    def never_within(self, call, seen):
        """The same of the functions of the file that a call leads to."""
        path = call.path
        if len(path) == 1:
            units = [unit for unit in self.functions.get(path[0], ()) if not unit.is_method or unit.name in MAKERS]
        else:
            units = self.methods.get(path[-1], ()) if self.full(path) is None else ()
        handed_on = [unit for name in call.given() for unit in self.functions.get(name, ()) if path[-1] == "Thread"]
        for unit in [*units, *handed_on]:
            reason = self.never(unit, seen)
            if reason:
                return reason
        if any(method[-1] in SERVERS for method in call.methods):
            return "it runs until it is ended"
        return None

    def is_loose(self, unit):
        """Whether a unit does what is of no use where nothing of it is needed but what it might change."""
        for call in unit.calls:
            full = call.path[0] and (self.full(call.path) or ".".join(call.path))
            if full in LOOSE or full and full.partition(".")[0] in LOOSE_MODULES and self.full(call.path):
                return True
        return False


def spread(changed, links):
    """Adds the names whose objects those hold that are changed: through calls only what is sure to change.

    The other way round is found otherwise: what is made of an object needs that, and so all that changes it.
    """
    near = {}
    for name, other, is_wide in links:
        near.setdefault(name, []).append((other, is_wide))
    waiting = list(changed)
    while waiting:
        name = waiting.pop()
        for other, is_wide in near.get(name, ()):
            is_sure = changed[name]
            if (is_sure or not is_wide) and (other not in changed or is_sure and not changed[other]):
                changed[other] = is_sure
                waiting.append(other)
