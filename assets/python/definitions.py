"""Keeps of a file what its function needs to be called, so that loading it does not run the rest.

The rule: definitions, every top-level statement that the function's names depend on, and all else that is quiet and done
at once (`keeping.py`), in order; what is skipped and touches such a name is named once. So it is only of statements that
take long, or are seen from outside, that the following has to be known.

A statement is needed where it binds a name that something needed uses, or may change an object that such a name stands
for: by a store, a method, a call that is given it (also under another name, and through functions of the file), or by
the state of a module (a seed, a draw of random numbers, a setting of the process). In doubt it is needed: what the
file's own code and Python's library make of an object may hold it, be it, or call it later. Only calls of packages are
not followed that far (`FAR` in `units.py`): they are many, and what depends on them is expensive. What is needed only
because it might change something, and fails, is named and goes without effect.

What a file asks of its own name is answered as where a worker imports it (`guards.py`).

Never run are statements that start workers, read standard input, serve or run without end, the test runner, and what
`if __name__ == "__main__":` guards. Statements that end, wait, show, remove or start other programs (`sys.exit()`,
`plt.show()`, `subprocess.run(...)`) run only where a name that they bind is needed.

Imports that nothing needed uses are skipped: each costs every host its time, and one that is not installed would stop
a function that does without it. An import whose name is used nowhere is there for its effects: it is tried where it is
of the file's own folder, or where something needed is of a package. Definitions and constants that nothing needs are
kept where all that they use at once is there, and may fail.
"""

from __future__ import annotations

from bisect import bisect

from poolscope_calls import Calls
from poolscope_contents import Contents
from poolscope_keeping import BRANCHES, Keeping
from poolscope_known import BUILTINS, is_of_library
from poolscope_reactions import Reactions
from poolscope_settings import DYNAMIC, Settings
from poolscope_sharing import by_name, spread
from poolscope_statements import ASSIGNMENTS, DEFINITIONS, END, IMPORTS, Statement, merge, names_used_later
from poolscope_tree import is_name
from poolscope_units import HELD, STORED, SURE, WIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from poolscope_names import Unit
    from poolscope_tree import Node
    from poolscope_units import Link, Near

    Wanted = tuple[str, int, bool]  # A name, before which place, and whether that is certain.

# Methods of paths that change what lies there.
WRITING = ("write_text", "write_bytes", "mkdir", "touch", "open")
MAIN_TEST = "it is only run as `python FILE`"


class Plan(Settings, Keeping):
    """Which statements of a file are run for its function, and which are not although they touch what it uses."""

    seen: set[str]
    asked: set[tuple[tuple[str, int], bool]]

    def __init__(
        self,
        body: list[Node],
        cut: Sequence[Node] = (),
        is_local: Callable[[str], bool] = lambda name: False,
        module: Callable[[str], Contents | None] = lambda name: None,
    ) -> None:
        self.costs = None
        self.needed_files: set[str] | None = None
        self.leading: set[str] | None = None
        self.contents, self.module = lambda: Contents(body, is_local), module
        self.statements = [Statement(node, place) for place, node in enumerate(body)]
        self.cut = [Statement(node, END) for node in cut]
        units = [statement.unit for statement in self.statements]
        self.calls = Calls(units, is_local)
        self.bound = self.calls.bound
        self.seen, self.asked = set(), set()
        self.places: dict[str, list[Statement]] = {}  # Statements that bind or change a name.
        self.later: dict[str, set[str]] = {}  # Names that functions of a name use when they are called.
        self.attributes_used = {name for item in self.statements for _, name in item.attributes}
        # Places of statements that must not run, and the names for which they would be needed.
        self.touched: dict[int, set[str]] = {}
        self.is_seeded = self.calls.is_seeded(units)
        self.direct = [self.calls.changes(unit) for unit in units]
        links = self.links(units) + self.links_to_given()
        certain, all_links = by_name(link for link in links if not link[2] & WIDE), by_name(links)
        self.reactions = Reactions(self.calls)
        self.holding, self.callback_states = {}, {}
        for statement in self.statements:
            self.look_at(statement, certain, all_links)
        self.note_outlets()
        self.note_caches()
        self.changers: dict[str, list[Statement]] = {}
        self.binders: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for name in statement.bound.union(statement.changed):
                self.places.setdefault(name, []).append(statement)
            for name in statement.bound:
                self.binders.setdefault(name, []).append(statement)
            for name in statement.changed:
                self.changers.setdefault(name, []).append(statement)
        # Of a name, by certainty: down to which place has been marked what changes it.
        self.marked: dict[tuple[str, bool], int] = {}
        self.stars = [item for item in self.statements if "*" in item.bound]

    def links(self, units: list[Unit]) -> list[Link]:
        """Names that may share objects; a library that objects went through ties them to nothing."""
        foreign = self.calls.foreign
        bases = [(name, base, HELD) for name in self.calls.classes for base in self.calls.parents.get(name, set()) - foreign]
        made = [
            (name + "()", name, WIDE | (HELD if name in self.calls.classes and name not in self.calls.one_for_all else 0))
            for name in self.bound - foreign
            if self.keeps_objects(name)
        ]
        return bases + made + [link for unit in units for link in self.calls.links(unit) if link[0] not in foreign and link[1] not in foreign]

    def links_to_given(self) -> list[Link]:
        """Ties what a function of the file changes to what it was given there, such as a table of functions."""
        links: list[Link] = []
        for statement, changed in zip(self.statements, self.direct):
            for call in statement.unit.calls:
                path, calls = call.path, self.calls
                units = calls.functions.get(path[0], []) + calls.methods.get(path[-1], [])
                given = call.given() - calls.foreign if units else set()
                if given:
                    everything = set(changed).union(*map(calls.changes_of_function, units))
                    holders = everything & self.bound - calls.constants - given
                    links += [(name, other, HELD | WIDE) for name in holders for other in given]
        for name, other, _ in links:
            self.calls.held.setdefault(name, set()).add(other)
        return links

    def keeps_objects(self, name: str) -> bool:
        """Whether what a call of this name gives may be what the called object itself holds."""
        path = self.calls.path_of(name)
        is_foreign = path is not None and not self.calls.is_local(path)
        if name in self.calls.classes:
            return name in self.calls.sharing or bool(self.calls.kin_here(name))
        return bool(self.calls.kin_here(name)) and not is_foreign

    def look_at(self, statement: Statement, certain: Near, all_links: Near) -> None:
        """Finds out what a statement may change, and whether it must not run."""
        unit, calls = statement.unit, self.calls
        changed = dict(self.direct[statement.place])
        if unit.calls or unit.bases:
            for name in self.reached(statement.called()):
                for inner in calls.runs(name):
                    own = set(inner.params)
                    found = calls.changes_of_function(inner).items()
                    merge(changed, found, own)
        for call in unit.calls:
            for inner in calls.methods.get(call.path[-1], ()) if len(call.path) > 1 else ():
                found = calls.changes_of_function(inner).items()
                merge(changed, found, inner.params)
        merge(changed, self.reactions.changes(statement), ())
        if statement.kind in DEFINITIONS:
            for name in statement.bound:
                changed.pop(name, None)
        for name in list(changed):
            for state in self.states_behind(name, statement):
                changed[state] = changed[name]
        # A function is not changed by what happens to the objects that it was given, but by what happens to its parts.
        direct = set(changed)
        # Of a path, what lies there.
        written = {call.path[0] for call in unit.calls if call.path[-1] in WRITING}

        def is_unchanged(name: str) -> bool:
            is_plain = name in calls.plain and not (name in direct or name in sure or changed[name] & STORED)
            is_constant = name in calls.constants and name not in written
            return is_plain or is_constant or name in BUILTINS and name not in self.bound

        spread(changed, certain, calls.made_by_packages)
        # What only a call may have tied to something that is changed is changed in doubt.
        sure = {name for name in changed if changed[name] & SURE}
        spread(changed, all_links, calls.made_by_packages)
        names = [name for name in changed if is_name(name) and (name in unit.deleted or not is_unchanged(name))]
        statement.changed = {name: name in sure for name in names}
        if any(call.methods or any(calls.states_of_callbacks(call)) for call in unit.calls):
            states = {name for name in changed if name.startswith("<")}
            for name in statement.bound:
                self.callback_states.setdefault(name, set()).update(states)
        statement.reason = calls.never(unit, defines=statement.kind in DEFINITIONS)

    def note_caches(self) -> None:
        """Notes where functions remember results that would be others later, because what they go by is changed."""
        changed: set[str]
        bound: set[str]
        changed, bound = set(), set()
        for statement in self.statements:
            changed |= statement.changed.keys() | statement.bound & bound
            bound |= statement.bound
        is_asked = "cache_info" in self.attributes_used
        cached = {name for name in self.calls.cached() if is_asked or not changed.isdisjoint(self.later_of(name))}
        for statement in self.statements if cached else ():
            if statement.unit.calls and statement.kind not in DEFINITIONS:
                for name in cached & self.reached(statement.called()):
                    statement.changed[name] = True

    def reached(self, names: Iterable[str]) -> set[str]:
        """The functions of the file among the names, and those that they use."""
        waiting, seen = list(names), set()
        leading = self.leading_names()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in leading:
                continue
            seen.add(name)
            waiting += self.calls.callable_through(name) | self.later_of(name)
        return seen

    def leading_names(self) -> set[str]:
        """The names that stand for functions of the file, hold them, or come from what does."""
        if self.leading is None:
            calls, back = self.calls, {}
            for name in {*calls.held, *calls.made_of, *calls.parents, *calls.aliases, *calls.functions, *calls.kept} - {None}:
                for other in calls.callable_through(name) | self.later_of(name):
                    back.setdefault(other, []).append(name)
            waiting = [name for name in {*calls.functions, *calls.kept} if calls.runs(name)]
            self.leading = set(waiting)
            while waiting:
                more = set(back.get(waiting.pop(), ())) - self.leading
                self.leading |= more
                waiting += more
        return self.leading

    def later_of(self, name: str) -> set[str]:
        """The names that functions of this name use when they are called."""
        known = self.later.get(name)
        if known is None:
            known = self.later[name] = set()
            for inner in self.calls.runs(name):
                deeper, _ = names_used_later(inner)
                known |= (inner.used | deeper | inner.of_module) - (inner.bound - inner.of_module)
        return known

    # What is needed

    def need(self, name: str, before: int = END, is_certain: bool = True) -> None:
        """Marks what gives a name its meaning before a place, and what changes it."""
        waiting = [(name, before, is_certain)]
        while waiting:
            name, before, is_certain = waiting.pop()
            # Which meaning of the name is asked for, by how many statements might have given it one.
            key = name, bisect([item.place for item in self.binders.get(name, ())], before - 1)
            if (key, True) in self.asked or (key, is_certain) in self.asked:
                continue
            self.asked.add((key, is_certain))
            self.seen.add(name)
            for statement, is_bound in self.deciding(name, before, is_certain):
                waiting += self.mark(statement, name, is_bound, is_certain)
            for statement in self.stars:
                if self.may_bind(statement, name, before):
                    waiting += self.mark(statement, "*", True, is_certain and name not in self.bound)
            is_dynamic = name in DYNAMIC and name not in self.bound
            if is_dynamic or name == "__name__" and "modules" in self.attributes_used:
                light = [item for item in self.statements if self.is_light(item)]
                waiting += [(other, before, False) for item in light for other in item.bound]

    def may_bind(self, star: Statement, name: str, before: int) -> bool:
        """Whether `from module import *` may be what gives a name its meaning before a place."""
        if name.startswith("<"):
            return False
        if name not in self.bound:
            return name not in BUILTINS
        surely = [item.place for item in self.places[name] if item.place < before and name in item.surely]
        return max(surely, default=-1) < star.place < before and bool(surely)

    def is_light(self, statement: Statement) -> bool:
        """Whether a statement can be run for names that code may make up (`eval`), which it seldom does."""
        own = any(call.path[0] in self.calls.functions for call in statement.unit.calls)
        paths = [call.path[0] and self.calls.full(call.path) for call in statement.unit.calls]
        is_own = own or any(path and not is_of_library(path) for path in paths)
        is_quiet = statement.kind == "For" and not any(map(self.prints, statement.unit.calls))
        is_light = statement.kind in ASSIGNMENTS + BRANCHES or is_quiet
        return statement.kind in IMPORTS + DEFINITIONS or is_light and not is_own

    def deciding(self, name: str, before: int, is_certain: bool) -> Iterator[tuple[Statement, bool]]:
        """The statements that make a name what it is before a place, and that are not yet marked for it."""
        start = 0
        for statement in self.binding(name, before):
            start = statement.place
            yield statement, True
        start = start if self.is_sure_at(name, start) else 0
        end = min(self.marked.get((name, is_certain), END), self.marked.get((name, True), END))
        self.marked[name, is_certain] = min(start, end)
        for statement in self.changers.get(name, ()):
            if start <= statement.place < end:
                yield statement, False

    def is_sure_at(self, name: str, place: int) -> bool:
        return place < len(self.statements) and name in self.statements[place].surely

    def binding(self, name: str, before: int) -> Iterator[Statement]:
        """The statements that may have bound what a name is before a place, the last first."""
        for statement in reversed(self.binders.get(name, ())):
            if statement.place < before:
                yield statement
                if name in statement.surely:
                    return

    def mark(self, statement: Statement, name: str, is_bound: bool, is_certain: bool) -> list[Wanted]:
        """Has a statement run, if it may; gives what it needs."""
        if statement.reason or not is_bound and self.is_loose(statement):
            self.touched.setdefault(statement.place, set()).add(name)
            return []
        is_certain = is_certain and (is_bound or statement.changed.get(name, False))
        if statement.is_needed and (statement.is_certain or not is_certain):
            return []
        statement.is_needed, statement.is_certain = True, is_certain
        wanted = [(other, statement.place) for other in statement.used]
        wanted += [(other, END) for other in statement.later]
        if statement.unit.calls or statement.unit.bases:
            wanted += [(other, statement.place) for other in statement.later]
            for other in self.reached(statement.called()):
                wanted += [(inner, statement.place) for inner in self.later_of(other)]
        wanted += [(state, END) for state in self.states(statement)]
        return [(other, before, is_certain) for other, before in wanted]

    def choose(self, functions: Iterable[tuple[str, int]]) -> None:
        """Marks all that the functions need, and what else is kept."""
        for name, before in functions:
            self.need(name, before)
        self.need_settings()
        self.skip_what_lacks_names()
        self.keep_effects()
        self.keep_cheap()
        self.keep_definitions()

    def is_loose(self, statement: Statement) -> bool:
        if statement.is_loose is None:
            statement.is_loose = self.calls.is_loose(statement.unit)
        return statement.is_loose

    # What is said

    def certain(self) -> set[str]:
        """The names without which the function cannot be loaded."""
        return {name for (name, _), is_certain in self.asked if is_certain}

    def beside(self) -> Iterator[tuple[int, list[str], str]]:
        """What is skipped and touches a name that the function uses: line, names and reason."""
        loose = "it is of no use but for its effects"
        # A name that only skipped statements bind and use is no business of the function.
        there = set().union(*(item.used | item.later | item.bound for item in self.kept()))
        for place in sorted(self.touched):
            statement = self.statements[place]
            states = {name for name in self.touched[place] if name.startswith("<")}
            names = sorted(name for name in self.touched[place] & there if is_name(name) and name not in states)
            if names or states:
                yield statement.line, names, statement.reason or loose
        for statement in self.statements:
            files = self.stale_files(statement)
            if files:
                yield statement.line, sorted(files), "files are not written while a file is loaded"
        for statement in self.cut:
            touched = self.touched_by_cut(statement)
            named = self.seen & touched - {"__name__"}
            names = sorted(name for name in named if is_name(name) and not name.startswith("<"))
            if names:
                yield statement.line, names, MAIN_TEST

    def touched_by_cut(self, statement: Statement) -> set[str]:
        """The names that a statement for the started file binds or changes; imports and `sys.exit()` do neither."""
        changed = set(self.calls.changes(statement.unit)) - (BUILTINS - self.bound)
        stored = {path[0] for path in statement.unit.stores}
        changed -= {name for name in changed - stored if self.calls.path_of(name) == "sys"}
        imports, before = statement.unit.imports, self.calls.imports
        again = {name for name, path in imports.items() if before.get(name) == path}
        return statement.bound - again | changed

    def skipped(self) -> dict[str, tuple[int, str | None]]:
        """The first line of each name that is not bound, and why."""
        there = {name for item in self.kept() for name in item.bound}
        lines = {}
        for statement in [*self.statements, *self.cut]:
            if not (statement.is_needed or statement.is_kept):
                reason = MAIN_TEST if statement.place == END else statement.reason
                for name in statement.bound - there:
                    if name not in lines or statement.place in self.touched:
                        lines[name] = statement.line, reason
        return lines

    def setters(self) -> dict[str, str]:
        """The functions of the file that bind names of the module when they are called."""
        found: dict[str, str] = {}
        for name, units in self.calls.functions.items():
            for unit in units:
                for other in unit.of_module & unit.bound:
                    found.setdefault(other, name)
        return found
