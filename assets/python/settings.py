"""Which statements set up what all functions go by: the process, modules, and names that are not written in the file."""

from __future__ import annotations

from poolscope_known import BUILTINS, RANDOM, is_of_library, root_of
from poolscope_statements import ASSIGNMENTS, DEFINITIONS, IMPORTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from poolscope_calls import Calls
    from poolscope_statements import Statement

    Wanted = tuple[str, int, bool]  # A name, before which place, and whether that is certain.

# Modules whose settings every function may go by.
SETTINGS = frozenset(
    "sys os warnings locale socket gc resource time faulthandler threading decimal logging random signal builtins".split()
)
SETTING_CALLS = ("os.makedirs", "os.mkdir", "os.chdir", "os.putenv", "os.umask", "os.environ", "os.nice")
# By these a statement may bind any name.
BINDERS = frozenset(("globals", "exec", "vars", "locals", "__builtins__", "builtins"))


class Settings:
    """What of a plan (`definitions.py`) is about settings."""

    # Of `Plan`.
    statements: list[Statement]
    calls: Calls
    bound: set[str]
    is_seeded: bool
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
            if path is None:
                continue
            if path == "numpy":
                paths = {"numpy.%s" % attribute for other, attribute in statement.attributes if other == name}
                yield from {"<%s>" % root_of(path) for path in paths}
                continue
            yield "<%s>" % root_of(path)
            if self.calls.is_local(path):  # It may use any module.
                yield from {name for item in self.statements for name in item.changed if name.startswith("<")}
            elif not is_of_library(path):
                yield "<numpy.random>"

    def need_settings(self) -> None:
        """Marks what sets up the process."""
        for statement in self.statements:
            if statement.is_needed:
                continue
            if self.binds_any(statement) or self.is_patch(statement) or not statement.bound - self.process_names() and self.is_setting(statement):
                for name, before, is_certain in self.mark(statement, "", False, False):
                    self.need(name, before, is_certain)
                self.touched.pop(statement.place, None)

    def binds_any(self, statement: Statement) -> bool:
        """Whether it may bind names that are not written in it."""
        if statement.kind in IMPORTS + DEFINITIONS or not statement.unit.calls:
            return False
        used = statement.used.union(*(self.later_of(name) for name in self.reached(statement.used)))
        calls = statement.unit.calls
        if any(call.path == ("eval",) and call.is_loose and not call.is_known for call in calls):
            return True
        return not used.isdisjoint(BINDERS - self.bound) or "modules" in {name for _, name in statement.attributes}

    def is_patch(self, statement: Statement) -> bool:
        """Whether it only stores into what is imported, by which any module may go, and costs no more than an import."""
        imports = self.calls.imports
        cheap = {name for name, path in imports.items() if self.calls.is_local(path) or is_of_library(path)}
        starts = {path[0] for path in statement.unit.stores}
        is_quiet = statement.kind in ASSIGNMENTS and not statement.unit.calls and not statement.bound
        return is_quiet and bool(starts) and starts <= cheap and statement.used <= cheap | set(self.calls.constants)

    def process_names(self) -> set[str]:
        """The names of modules by which the process is set up."""
        return {name for name, path in self.calls.imports.items() if path.partition(".")[0] in SETTINGS}

    def is_setting(self, statement: Statement) -> bool:
        """Whether it does nothing but set up the process."""
        if statement.kind in DEFINITIONS + IMPORTS or not statement.changed:
            return False
        for call in statement.unit.calls:
            full = call.path[0] and self.calls.full(call.path)
            if not full:
                if call.path[0] in BUILTINS and call.path[0] not in self.bound and len(call.path) == 1:
                    continue
                return False
            if full.partition(".")[0] == "os" and not full.startswith(SETTING_CALLS) and not full.startswith("os.path"):
                return False
            if full.partition(".")[0] not in SETTINGS | {"os", "pathlib"}:
                return False
        states = {name[1:-1] for name in statement.changed if name.startswith("<")}
        return bool(states) and states <= SETTINGS
