"""Which statements set up what all functions go by: the process, modules, and names that are not written in the file."""

from __future__ import annotations

from poolscope_known import BUILTINS, LOGGING, RANDOM, is_of_library, root_of
from poolscope_statements import ASSIGNMENTS, DEFINITIONS, IMPORTS
from poolscope_tree import kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from poolscope_calls import Calls
    from poolscope_names import Unit
    from poolscope_statements import Statement
    from poolscope_units import Call

    Wanted = tuple[str, int, bool]  # A name, before which place, and whether that is certain.

# Modules whose settings every function may go by.
SETTINGS = frozenset(
    "sys os warnings locale socket gc resource time faulthandler threading decimal logging random signal builtins".split()
)
SETTING_CALLS = ("os.makedirs", "os.mkdir", "os.chdir", "os.putenv", "os.umask", "os.environ", "os.nice")
# By these a function reaches names that are not written in it,
DYNAMIC = frozenset(("globals", "eval", "exec", "vars", "locals"))
# and may bind them.
WRITERS = frozenset(("globals", "exec"))
# With such calls a module of Python's library is told something for good,
REGISTERING = ("register", "unregister", "add", "set", "enable", "disable", "install", "basicConfig")
# but for those that open windows, take long to be imported or act in the end.
UNREGISTERED = frozenset("turtle tkinter curses asyncio multiprocessing atexit concurrent ctypes idlelib".split())
PRINTING = ("print", "pprint.", "sys.stdout.", "sys.stderr.", "logging.", "traceback.print")
# Calls that go with a store and take no time.
QUIET = (("setattr",), ("getattr",), ("hasattr",), ("iter",))
# By these a statement may bind any name.
BINDERS = frozenset(("globals", "exec", "vars", "locals", "__builtins__", "builtins"))


def opens_file(call: Call) -> bool:
    """Whether a call by which the process might be set up opens a file for it."""
    return call.path == ("open",) or "filename" in call.named or str(call.path[-1]).endswith("FileHandler")


def looks_up_itself(unit: Unit) -> bool:
    """Whether code may ask for the file's own module, by which it can bind and change any name of it."""
    is_imported = "." in unit.modules and "__name__" in unit.used
    return is_imported or "modules" in {name for _, name in unit.attributes} or any(map(looks_up_itself, unit.inner))


class Settings:
    """What of a plan (`definitions.py`) is about settings."""

    # Of `Plan`.
    statements: list[Statement]
    calls: Calls
    bound: set[str]
    is_seeded: bool
    mirrors: set[str]
    holding: dict[str, set[str]]  # States of modules of which a name's object holds something.
    callback_states: dict[str, set[str]]  # States that change once what a name stands for is called.
    cheap: set[str]
    process_names: set[str]
    touched: dict[int, set[str]]
    need: Callable[[str, int, bool], None]
    mark: Callable[[Statement, str, bool, bool], list[Wanted]]
    later_of: Callable[[str], set[str]]
    reached: Callable[[Iterable[str]], set[str]]

    def states(self, statement: Statement) -> Iterator[str]:
        """The states of modules that a statement goes by."""
        for state in self.states_used(statement):
            if self.is_seeded or state[1:-1] not in RANDOM:
                yield state

    def states_used(self, statement: Statement) -> Iterator[str]:
        for name in statement.used | statement.later | statement.bound:
            path = self.calls.path_of(name)
            if path == "numpy":
                paths = {"numpy.%s" % attribute for other, attribute in statement.attributes if other == name}
                yield from {"<%s>" % root_of(path) for path in paths}
            elif path is not None:
                yield from self.states_of(path)
        for path in statement.modules:
            yield from self.states_of(path)

    def states_of(self, path: str) -> Iterator[str]:
        """The states that something imported may go by."""
        yield "<%s>" % root_of(path)
        if self.calls.is_local(path):  # It may use any module.
            yield from {name for item in self.statements for name in item.changed if name.startswith("<")}
        elif not is_of_library(path):
            yield "<numpy.random>"

    def states_behind(self, name: str, statement: Statement) -> Iterator[str]:
        """The state of a module that a name's object is a part of: what was imported, or what a function of it gave.

        What a class of a module of Python's library made is an object of its own. One of a module of the person's may change
        what other functions of that module go by.
        """
        path = self.calls.path_of(name)
        if path is None and name not in self.bound | BUILTINS:
            path = self.calls.imports.get("*")  # `from module import *` has most likely bound it.
        if path:
            yield "<%s>" % root_of(path)
        if any(call.path[0] == name and call.path[-1] in LOGGING for call in statement.unit.calls):
            return
        for maker in self.calls.made_of.get(name, ()):
            path = self.calls.path_of(maker)
            is_shared = path and is_of_library(path) and self.calls.gives_shared(name)
            if path and (is_shared or self.calls.is_local(path)):
                yield "<%s>" % root_of(path)
        yield from self.states_held(name)

    def states_held(self, name: str) -> set[str]:
        """The states of the person's modules whose functions or objects a name's object holds: `jobs = [fill]`; and those
        that change when it is called, which its maker was told: `t = Thread(target=random.random)`."""
        if name not in self.holding:
            found: set[str] = set()
            waiting, seen = [name], set()
            while waiting:
                other = waiting.pop().partition("#")[0].partition("()")[0]
                if other in seen:
                    continue
                seen.add(other)
                if other in self.holding:
                    found |= self.holding[other]
                    continue
                waiting += self.calls.held.get(other, ())
                path = self.calls.path_of(other)
                if path and self.calls.is_local(path):
                    found.add("<%s>" % root_of(path))
            self.holding[name] = found
        return self.holding[name] | self.callback_states.get(name, set())

    def need_settings(self) -> None:
        """Marks what sets up the process."""
        self.mirrors, self.cheap = self.find_mirrors(), self.cheap_modules()
        self.process_names = self.find_process_names()
        for statement in self.statements:
            if statement.is_needed:
                continue
            if self.binds_any(statement) or self.is_patch(statement) or self.sets_up(statement):
                for name, before, is_certain in self.mark(statement, "", False, False):
                    self.need(name, before, is_certain)
                # The name that it was marked for here is none; what it touches of the function's is told.
                self.untouch(statement, "")

    def untouch(self, statement: Statement, name: str) -> None:
        names = self.touched.get(statement.place, set())
        names.discard(name)
        if not names:
            self.touched.pop(statement.place, None)

    def binds_any(self, statement: Statement) -> bool:
        """Whether it may bind names that are not written in it."""
        unit, calls = statement.unit, statement.unit.calls
        if statement.kind in IMPORTS + DEFINITIONS or not (calls or unit.stores):
            return False
        used = self.meant(statement.used.union(*(self.later_of(name) for name in self.reached(statement.used))))
        writes_later = calls and not self.meant(statement.later).isdisjoint(WRITERS - self.bound)
        if writes_later or not used.isdisjoint(self.mirrors):
            return True
        if any(call.path == ("eval",) and call.is_loose and not call.is_known for call in calls):
            return True
        return not used.isdisjoint(BINDERS - self.bound) or any(map(looks_up_itself, self.units_run(statement)))

    def units_run(self, statement: Statement) -> Iterator[Unit]:
        """What runs with a statement: itself, and the functions of the file that it may call."""
        yield statement.unit
        for name in self.reached(statement.called()):
            yield from self.calls.runs(name)

    def meant(self, names: Iterable[str]) -> set[str]:
        """Names, with what they are other names for: `run = exec`."""
        aliases = self.calls.aliases
        return set(names).union(aliases[name][-1] for name in names if name in aliases)

    def find_mirrors(self) -> set[str]:
        """The names that stand for the file's own module: `me = sys.modules[__name__]`."""
        found = {name for name, path in self.calls.imports.items() if path == "__main__"}
        for statement in self.statements:
            unit = statement.unit
            if statement.kind in ASSIGNMENTS and looks_up_itself(unit) and "__name__" in statement.used | unit.used:
                found |= statement.bound
        return found

    def is_patch(self, statement: Statement) -> bool:
        """Whether it stores into what is imported, by which any module may go, and costs no more than an import."""
        if statement.kind in IMPORTS + DEFINITIONS + ("While",):
            return False
        unit, calls = statement.unit, self.calls
        starts = {path[0] for path in unit.stores}
        starts.update(name for call in unit.calls if call.path == ("setattr",) and call.args for name in call.args[0])
        if starts.isdisjoint(self.cheap) or not starts <= self.cheap | statement.bound:
            return False
        others = statement.used - self.cheap - calls.constants - BUILTINS - statement.bound
        is_quiet = all(call.path[0] in calls.classes or call.path in QUIET for call in unit.calls)
        return is_quiet and others <= calls.functions.keys() | calls.classes

    def cheap_modules(self) -> set[str]:
        """The names of what is imported from the file's own folder or from Python's library."""
        return {name for name, path in self.calls.imports.items() if self.calls.is_local(path) or is_of_library(path)}

    def sets_up(self, statement: Statement) -> bool:
        """Whether it only sets up the process, or registers something with a module of Python's library."""
        if self.is_registration(statement):
            return True
        return not statement.bound - self.process_names and self.is_setting(statement)

    def is_registration(self, statement: Statement) -> bool:
        """Whether it is a call by which a module of Python's library goes from then on: `codecs.register(...)`."""
        calls = [call for call in statement.unit.calls if not self.is_of_builtins(call)]
        if statement.kind != "Expr" or not calls:
            return False
        return all(self.registers(call) for call in calls)

    def is_of_builtins(self, call: Call) -> bool:
        return len(call.path) == 1 and call.path[0] in BUILTINS and call.path[0] not in self.bound

    def registers(self, call: Call) -> bool:
        """Whether a call tells a module of Python's library something for good, or starts to replace a part of one."""
        path, start = call.path, call.path[0]
        makers = [self.calls.path_of(name) or "" for name in (self.calls.made_of.get(start, ()) if start else ())]
        if opens_file(call):
            return False
        if path[-1] in ("start", "stop") and any(maker.startswith("unittest") for maker in makers):
            return True
        full = start and self.calls.full(path)
        is_known = bool(full) and is_of_library(full) and root_of(full) not in UNREGISTERED
        return is_known and (path[-1].startswith(REGISTERING) or full.startswith("unittest.mock.patch"))

    def note_outlets(self) -> None:
        """Ties what is printed to what the file puts in the place of `sys.stdout`."""
        stores = [(item.place, self.streams_set(item)) for item in self.statements]
        stores = [(place, names) for place, names in stores if names]
        if not stores:
            return
        ends = stores[-1][0] if len(stores) > 1 else self.statements[-1].place + 1
        names = set().union(*(names for _, names in stores)) - self.calls.foreign - BUILTINS
        for statement in self.statements[stores[0][0] + 1 : ends]:
            units = [unit for name in self.reached(statement.called()) for unit in self.calls.runs(name)]
            calls = [call for unit in (statement.unit, *units) for call in unit.calls]
            if statement.kind not in DEFINITIONS + IMPORTS and any(map(self.prints, calls)):
                for name in names:
                    statement.changed.setdefault(name, False)

    def streams_set(self, statement: Statement) -> set[str]:
        """The names of what a statement puts in the place of a stream of the process."""
        if not {("sys", "stdout"), ("sys", "stderr")} & statement.unit.attributes or statement.kind in DEFINITIONS:
            return set()
        found: set[str] = set()
        for part in walk(statement.node):
            targets = part.targets if kind_of(part) == "Assign" else ()
            attributes = {getattr(inner, "attr", None) for target in targets for inner in walk(target)}
            if not attributes.isdisjoint(("stdout", "stderr")):
                # Also what else it is called, and where the function asks for the stream itself.
                found |= statement.unit.names_held(part.value) | statement.bound | {"<sys>"}
        return found

    def prints(self, call: Call) -> bool:
        """Whether a call writes to the streams of the process."""
        full = call.path[0] and (self.calls.full(call.path) or ".".join(call.path))
        return bool(full) and full.startswith(PRINTING)

    def find_process_names(self) -> set[str]:
        """The names of modules by which the process is set up."""
        return {name for name, path in self.calls.imports.items() if path.partition(".")[0] in SETTINGS}

    @staticmethod
    def shows_or_waits(full: str) -> bool:
        last = full.rpartition(".")[2]
        return full.startswith("logging.") and last in LOGGING or last in ("wait", "acquire", "join")

    def is_setting(self, statement: Statement) -> bool:
        """Whether it does nothing but set up the process."""
        if statement.kind in DEFINITIONS + IMPORTS or not statement.changed:
            return False
        for call in statement.unit.calls:
            full = call.path[0] and self.calls.full(call.path)
            if opens_file(call):
                return False
            if not full:
                if call.path[0] in BUILTINS and call.path[0] not in self.bound and len(call.path) == 1:
                    continue
                return False
            if full.partition(".")[0] == "os" and not full.startswith(SETTING_CALLS) and not full.startswith("os.path"):
                return False
            if full.partition(".")[0] not in SETTINGS | {"os", "pathlib"} or self.shows_or_waits(full):
                return False
        states = {name[1:-1] for name in statement.changed if name.startswith("<")}
        return bool(states) and states <= SETTINGS
