"""What calls do: which objects they change, and which must not be made while a file is loaded.

Of a function of the file that is read off its code (`names.py`). Of others it is known for the built-in ones and for
those parts of the standard library that only look at what they are given; the rest of the standard library may change
it, for its calls are cheap. Calls of other packages (`model.fit(table)`, `plot(table)`) are taken to change only the
object whose method they are, unless they are named like one that does more.
"""

import builtins
import sys

from poolscope_names import Unit
from poolscope_tree import dotted, kind_of, walk
from poolscope_units import Call

BUILTINS = frozenset(dir(builtins)) | {"display", "get_ipython"}
# Built-in functions that change their first argument,
CHANGERS = frozenset(("next", "anext", "setattr", "delattr", "exec"))
# and those that use up an iterator.
CONSUMERS = frozenset(
    "iter list tuple set frozenset dict sorted min max sum any all enumerate zip map filter print aiter bytes".split()
)
# Methods that change their object for certain, and functions that change their first argument.
MUTATORS = frozenset(
    "append appendleft add extend extendleft insert remove discard pop popleft popitem clear sort reverse rotate fill "
    "setdefault update put put_nowait itemset resize partition seek write writelines read readline readlines send "
    "throw close shuffle copyto place putmask put_along_axis fill_diagonal setflags heappush heappop heapify "
    "heapreplace heappushpop insort insort_left insort_right subtract move_to_end intersection_update "
    "difference_update symmetric_difference_update difference_update __next__ __setitem__ __delitem__ setitem delitem "
    "start iadd iconcat ior iand isub ixor imul".split()
)
# Methods that only look at their object.
LOOKS = frozenset(
    "head tail describe info sample keys values items copy deepcopy count index startswith endswith format join split "
    "rsplit splitlines strip lstrip rstrip upper lower title capitalize replace encode decode isdigit isalpha nunique "
    "value_counts groupby isnull isna dtypes mean median std var plot hist boxplot scatter to_csv to_string to_html "
    "to_dict to_list tolist astype most_common as_integer_ratio bit_length isoformat strftime union intersection "
    "difference issubset issuperset isdisjoint is_file is_dir exists __enter__ __exit__ __iter__ __len__".split()
)
# Modules that change nothing of what they are given, and have no state that a function could see.
LOOKING_MODULES = frozenset(
    "math cmath statistics time datetime json pprint copy re string textwrap functools typing dataclasses "
    "collections enum abc numbers fractions hashlib base64 binascii unicodedata uuid inspect dis ast timeit calendar "
    "types keyword token difflib html secrets zlib zoneinfo platform traceback doctest this".split()
)
# What iterators come from.
ITERATOR_MODULES = frozenset("itertools csv io os pathlib glob gzip bz2 lzma codecs fileinput tokenize zipfile".split())
ITERATORS = frozenset(("iter", "map", "filter", "zip", "enumerate", "reversed", "open"))
# Words in a call's name by which a module's state goes on or is set, even where the result is taken.
STATE_WORDS = ("random", "rand", "seed", "sample", "shuffle", "choice", "set", "setlocale", "getcontext", "locale", "count")
SHOWN = frozenset(("show", "savefig", "close", "pause", "draw", "imshow", "waitKey", "display", "plot", "print"))

# Starts workers.
POOL_MODULES = frozenset(
    "multiprocessing concurrent joblib threading _thread loky pathos mpire billiard multiprocess dask distributed ray "
    "torch ipyparallel os pebble".split()
)
STARTERS = frozenset(
    "Pool ThreadPool Process ProcessPoolExecutor ThreadPoolExecutor InterpreterPoolExecutor Parallel "
    "Manager SyncManager ProcessPool get_reusable_executor WorkerPool LocalCluster Client start_new_thread fork "
    "forkpty get_executor".split()
)
STARTERS_OF_ANY = frozenset(("Pool", "ThreadPool", "Process", "ProcessPoolExecutor", "ThreadPoolExecutor"))
READERS = ("input", "raw_input", "getpass.getpass", "fileinput.input", "click.prompt", "click.confirm")
# Serves or waits until it is ended.
SERVERS = frozenset("mainloop serve_forever run_forever infinity_polling start_polling waitKey".split())
SERVER_MODULES = frozenset(
    "flask bottle dash sanic quart tornado aiohttp discord uvicorn fastapi waitress gunicorn hypercorn cherrypy "
    "twisted gradio streamlit telegram telebot nicegui eel".split()
)
SERVER_METHODS = frozenset(("run", "launch", "run_app", "run_polling", "serve", "start", "run_server", "quickstart"))
MAINS = ("unittest.main", "pytest.main", "nose.main", "nose.run", "fire.Fire", "absltest.main", "signal.pause")
# Of no use where nothing is bound: they end the program, wait, show, or start other programs.
LOOSE = (
    "sys.exit", "exit", "quit", "os._exit", "os.abort", "time.sleep", "breakpoint", "pdb.set_trace",
    "os.system", "os.popen", "os.startfile", "os.kill", "webbrowser.open", "os.remove", "os.unlink", "os.rmdir",
    "shutil.rmtree", "os.execv", "os.execvp",
)
LOOSE_MODULES = frozenset(("subprocess", "webbrowser", "antigravity", "sh", "pexpect"))
STDLIB = getattr(sys, "stdlib_module_names", None)


def root_of(path):
    """What holds the state that a call of this path goes by: its package, but of numpy its random numbers alone."""
    if path.startswith("."):
        return path
    return "numpy.random" if path.startswith("numpy.random") else path.partition(".")[0]


def is_of_library(path):
    root = path.partition(".")[0]
    return root in STDLIB if STDLIB else root in LOOKING_MODULES | ITERATOR_MODULES or root in sys.builtin_module_names


class Calls:
    """What the calls in a file do, by the functions of the file and what it imports."""

    def __init__(self, units, is_local):
        """`units` are the statements of the file in order; `is_local` tells modules of the file's own folder."""
        self.is_local = lambda path: path.startswith(".") or is_local(path.partition(".")[0])
        self.imports = {}
        self.functions, self.methods, self.classes, self.iterators = {}, {}, set(), set()
        self.bound = set().union(*(unit.bound for unit in units))
        self.plain = set()  # Names of functions, which are not changed by being given to a call.
        self.made_of, self.aliases, self.parents = {}, {}, {}
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
                makers = [dotted(value)[0] for value in values if kind_of(value) == "Call"]
                self.made_of.setdefault(name, set()).update(filter(None, makers))
        self.plain = {name for name in self.functions if name not in self.classes and not self.kin(name)}
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
        spread(changed, unit.links + [(name + "()", name, True) for name in unit.bound])
        own = unit.bound - unit.of_module - unit.outward - set(unit.params)
        return {name: is_sure for name, is_sure in changed.items() if name not in own and "#" not in name}

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
        return is_sure or name not in self.plain or name == call.path[0]

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
            changed = [*changed, *((name, False) for name in call.given() | {path[0]})]
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
        else:
            yield from ((given, False) for given in call.given() | {name})

    def changed_by_method(self, call, root, last):
        own = self.methods.get(last, ())
        if last in MUTATORS:
            yield root, True
        elif own or last not in LOOKS:
            yield root, False
        for unit in own:
            yield from self.changed_arguments(unit, call, 1)
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


MAKERS = ("__init__", "__new__", "__post_init__", "__init_subclass__")


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
