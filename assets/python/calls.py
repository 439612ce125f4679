"""What calls do: which objects they change, and which must not be made while a file is loaded.

Of a function of the file that is read off its code (`names.py`). Of others it is known for the built-in ones and for
those parts of the standard library that only look at what they are given; the rest of the standard library may change
it, for its calls are cheap. Calls of other packages (`model.fit(table)`, `plot(table)`) are taken to change only the
object whose method they are, unless they are named like one that does more.
"""

from poolscope_constants import constant_names
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
    STORING,
    PLOTTING,
    PLOT_SETTINGS,
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
from poolscope_units import DEEP, HELD, PART, SURE, WIDE, Call


NOWHERE = Unit()
# What functions change that call each other is known after as many passes as the calls are deep.
MOST_PASSES = 30


class Calls:
    """What the calls in a file do, by the functions of the file and what it imports."""

    def __init__(self, units, is_local):
        """`units` are the statements of the file in order; `is_local` tells modules of the file's own folder."""
        self.is_local = lambda path: path.startswith(".") or is_local(path.partition(".")[0])
        self.imports = {}
        self.functions, self.methods, self.classes, self.iterators = {}, {}, set(), set()
        self.bound = set().union(*(unit.bound for unit in units))
        self.foreign, self.held = set(), {}
        self.returning = {}
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
        self.sharing = set().union(*(unit.bound for unit in units if unit.class_attributes))
        self.foreign = {name for name, path in self.imports.items() if not self.is_local(path)}
        for name, other, how in (link for unit in units for link in unit.links):
            if not how & WIDE:
                self.held.setdefault(name, set()).add(other)
        defined = set().union(*(unit.defined for unit in units)).difference(*(unit.stored for unit in units))
        self.plain = {name for name in defined - self.classes if not self.kin_here(name)}
        for unit in units:
            for name, values in unit.values.items():
                if any(map(self.makes_iterator, values)):
                    self.iterators.add(name)

        self.constants = constant_names(units, self)
        self.kept = {}  # Functions without a name that objects were given.
        for call in (call for unit in units for call in unit.calls):
            self.kept.setdefault(call.path[0], []).extend(call.functions)
        self.find_effects(units)

    def note(self, unit, names):
        """Learns what the functions of a unit are called."""
        self.classes |= unit.defined_classes
        for name, path in unit.imports.items():
            self.imports.setdefault(name, path)
        for inner in unit.inner:
            if inner.is_method:
                self.methods.setdefault(inner.name, []).append(inner)
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

    def kin_here(self, name):
        """The same without what comes from elsewhere: `lru_cache` makes no difference to what a function does."""
        return self.kin(name) - BUILTINS - self.foreign

    def runs(self, name):
        """The functions that may run when what the name stands for is called."""
        return self.functions.get(name, []) + self.kept.get(name, [])

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
        for _ in range(MOST_PASSES):
            found = {id(unit): self.effects_of(unit) for unit in functions}
            if found == self.effects:
                return
            self.effects = found

    def links(self, unit):
        """The links of a unit, with those through calls that may give back what they are given."""
        for passed, (name, key, held) in unit.passes.items():
            if self.may_return(name, key):
                yield from ((passed, other, how) for other, how in held)
        yield from unit.links

    def may_return(self, name, key):
        """Whether a function may give back an argument, or something that holds it."""
        if name not in self.plain:
            return True
        known = self.returning.get((name, key))
        if known is None:
            known = any(self.returns(unit, key) for unit in self.functions[name])
            self.returning[name, key] = known
        return known

    @staticmethod
    def returns(unit, key):
        params = unit.params
        names = {key} if key in params else set(params[key : key + 1]) if isinstance(key, int) else set()
        return not names or not names.isdisjoint(returned_by(unit))

    def changes(self, unit):
        """The names whose objects a unit changes, in itself and through what it calls; True where that is sure."""
        is_own = not self.methods.keys().isdisjoint(STORING)
        changed = {name: how | (DEEP if is_own else 0) for name, how in unit.changed.items()}
        for call in unit.calls:
            for name, how in self.changed_by(call, unit):
                changed[name] = changed.get(name, 0) | how
        for base in unit.bases:
            if base in self.classes or self.is_local(self.imports.get(base, "-")):
                changed.setdefault(base, DEEP)
        return changed

    def changes_of_function(self, unit):
        """The same of a function, by the names of its parameters and those of the names around it."""
        return self.effects.get(id(unit), {})

    def effects_of(self, unit):
        changed = self.changes(unit)
        direct = set(changed)
        for inner in unit.inner:
            for name, how in self.changes_of_function(inner).items():
                changed[name] = changed.get(name, 0) | how
        for name in unit.bound & (unit.of_module | unit.outward):
            changed[name] = SURE
        links = [*self.links(unit), *((name + "()", name, WIDE) for name in unit.bound)]
        spread(changed, [link for link in links if link[1] not in self.foreign or link[1] in unit.bound])
        changed = {name: how for name, how in changed.items() if name in direct or name not in self.plain}
        if unit.is_method and unit.params and self.changes_class(unit):
            changed[unit.owner] = SURE | DEEP
        if unit.name and not unit.kept_params.isdisjoint(changed):
            changed[unit.name] = SURE | DEEP
        own = unit.bound - unit.of_module - unit.outward - set(unit.params)
        return {name: how for name, how in changed.items() if name not in own and "#" not in name}

    def changes_class(self, unit):
        """Whether a method changes what all objects of its class share."""
        start = unit.params[0]
        calls = [list(call.path[:-1]) for call in unit.calls if call.path[-1] in MUTATORS]
        for path in unit.stores + calls:
            shared = path[:1] == [start] and (start == "cls" or self.class_attributes.intersection(path[1:2]))
            if shared or path[:1] == ["type"] or "__class__" in path:
                return True
        return False

    def changed_by(self, call, unit=NOWHERE):
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
        changed = [(name, self.through(name, how, call)) for name, how in changed]
        return [(name, how) for name, how in changed if how is not None and self.is_object(name, how, call)]

    @staticmethod
    def through(name, change, call):
        """How a change of what a call is given changes a name's object; None for not at all."""
        if name in call.receivers:
            return change | DEEP
        if name == call.path[0] or name not in call.hows:
            return change
        how = call.hows[name]
        if how & HELD and not change & DEEP or how & WIDE and not change & SURE:
            return None
        return change | (DEEP if how & PART else 0)

    def is_object(self, name, how, call):
        """Whether a name stands for something that a call may change: no function is changed by being handed on."""
        if name in BUILTINS and name not in self.bound:
            return False
        is_other = name in self.plain or name in self.foreign
        return bool(how & SURE) or name == call.path[0] or name.startswith("<") or not is_other

    def changed_objects(self, call, own):
        path, last = call.path, call.path[-1]
        if path[0] is None:
            return [(name, sure_if(last in MUTATORS) | DEEP) for name in call.given()]
        full = self.full(path)
        if full is not None:
            changed = self.changed_by_module(call, path, full)
        elif len(path) == 1 and path[0] in own:
            changed = [(name, DEEP) for name in call.given() | {path[0]}]
        elif len(path) == 1:
            changed = self.changed_by_name(call, path[0])
        else:
            changed = self.changed_by_method(call, path[0], last)
        for method in call.methods:
            # A method that is handed on may be called.
            if method[-1] in MUTATORS or method[-1] in self.methods:
                changed = [*changed, *self.changed_by(Call(method, call.args))]
        if any(self.changes_parameters(unit) for unit in self.callbacks(call, own)):
            changed = [*changed, *((name, DEEP) for name in (call.given() | {path[0]}) - self.foreign)]
        return list(changed)

    def callbacks(self, call, own):
        yield from call.functions
        for name in call.given() - own:
            yield from self.functions.get(name, ())

    def changes_parameters(self, unit):
        return not self.changes_of_function(unit).keys().isdisjoint(unit.params)

    def changed_by_module(self, call, path, full):
        root = root_of(full)
        first = call.args[0] if call.args else ()
        if self.is_local(full):
            yield "<%s>" % root, DEEP
            for name in call.given() | {path[0]}:
                yield name, DEEP
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
                    yield name, SURE if path[-1] in MUTATORS and name in first else DEEP
            elif path[-1] == "deque" or root == "functools" and path[-1] == "reduce":
                yield from ((name, SURE) for name in call.given() & self.iterators)
        elif path[-1] in MUTATORS or path[-1].endswith("_"):
            yield from ((name, SURE) for name in first)
        yield from ((name, SURE) for name in call.named.get("out", ()))

    def changed_by_name(self, call, name):
        alias = self.aliases.get(name)
        if alias and len(alias) == 1 and alias[0] in BUILTINS and name not in self.functions:
            name = alias[0]
        if name in self.classes:
            for unit in self.makers(name):
                yield from self.changed_arguments(unit, call, 1)
        elif name in self.functions:
            for unit in self.functions[name]:
                yield from self.changed_arguments(unit, call, 0)
            if self.kin_here(name):
                yield from ((given, DEEP) for given in call.given() | {name})
        elif name in CHANGERS and name not in self.bound:
            yield from ((given, SURE) for given in (call.args[0] if call.args else ()))
        elif name in BUILTINS and name not in self.bound:
            if name in CONSUMERS:
                yield from ((given, SURE) for given in call.given() & self.iterators)
        elif name not in self.constants and not self.only_looks(name):
            yield from ((given, DEEP) for given in call.given() | {name})

    def makers(self, name, tries=5):
        """The methods that run when an object of a class is made, also those of the classes that it is based on."""
        for unit in self.functions.get(name, ()):
            if unit.is_method and unit.name in MAKERS:
                yield unit
        for base in self.parents.get(name, ()) if tries else ():
            yield from self.makers(base, tries - 1)

    def only_looks(self, name):
        """Whether a name stands for a method that only looks at its object: `matches = re.compile("a").match`."""
        methods = self.method_values.get(name)
        return bool(methods) and methods <= LOOKS - self.methods.keys()

    def changed_by_method(self, call, root, last):
        own = self.methods.get(last, ())
        if last in MUTATORS:
            yield root, SURE | call.depth
        elif own or last not in LOOKS and (last != "get" or self.has_queues):
            yield root, DEEP
        is_of_class = root in self.classes or root in BUILTINS and root not in self.bound
        if is_of_class and call.args:
            # `list.append(names, name)`.
            yield from ((name, SURE if last in MUTATORS else DEEP) for name in call.args[0] if last not in LOOKS)
        for unit in own:
            yield root, self.changes_of_function(unit).get(unit.params[0] if unit.params else None, DEEP)
            yield from self.changed_arguments(unit, call, 0 if is_of_class else 1)
        if last.endswith("_") and not last.startswith("_") or "out" in call.named:
            yield from ((name, DEEP) for name in call.given())
        elif last in ("shuffle", "readinto") and call.args:
            yield from ((name, SURE) for name in call.args[0])

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
                yield from ((name, changed.get(key, DEEP)) for name in names)

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


def sure_if(is_sure):
    return SURE if is_sure else DEEP


def spread(changed, links):
    """Adds the names whose objects those hold that are changed.

    A change of a container itself changes nothing that it holds, and what a call made of an object may only be that
    object, so that it is not taken for changed in doubt. The other way round is found otherwise: what is made of an
    object needs that, and so all that changes it.
    """
    near = {}
    for name, other, how in links:
        near.setdefault(name, []).append((other, how))
    waiting = list(changed)
    while waiting:
        name = waiting.pop()
        change = changed[name]
        for other, how in near.get(name, ()):
            if how & HELD and not change & DEEP or how & WIDE and not change & SURE:
                continue
            more = changed.get(other, 0) | change | (DEEP if how & PART else 0)
            if other not in changed or more != changed[other]:
                changed[other] = more
                waiting.append(other)


def returned_names(unit):
    """The names around a function whose objects it may give back, and how."""
    return [(name, how) for name, how in returned_by(unit).items() if name not in unit.bound]


def returned_by(unit):
    """The same with its own names."""
    found, waiting = dict(unit.returned), list(unit.returned)
    for inner in unit.inner:
        waiting += [(name, how) for name, how in returned_by(inner).items() if name not in inner.bound]
    found.update(waiting)
    while waiting:
        name, how = waiting.pop()
        through = [(passed, other, how) for passed, (_, _, held) in unit.passes.items() for other, how in held]
        for one, other, more in unit.links + through:
            if one == name and found.get(other, 0) | how | more != found.get(other):
                found[other] = found.get(other, 0) | how | more
                waiting.append((other, found[other]))
    return found
