"""What is kept of a file besides what its function is seen to need: what is cheap, and what is there for its effects.

What a statement changes cannot always be told from its text. So all are run that are quiet and done at once
(`costs.py`), as an import of the file would; it is only for the others that it matters what they change.
"""

from __future__ import annotations

from poolscope_costs import Costs
from poolscope_files import file_names, is_same_file, writes_files
from poolscope_known import BUILTINS, LOOKING_MODULES, MAKERS, UNCHANGING_MAKERS, is_of_library, root_of
from poolscope_quiet import is_quiet
from poolscope_statements import DEFINITIONS, IMPORTS
from poolscope_tree import kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from poolscope_calls import Calls
    from poolscope_contents import Contents
    from poolscope_statements import Statement
    from poolscope_units import Call

BRANCHES = ("If", "Try", "TryStar")
# In which imports may stand.
BLOCKS = (*BRANCHES, "With")
# Where the file's own classes may have a method run that is not called by its name.
REACTING = frozenset("BinOp UnaryOp BoolOp Compare Subscript Attribute Set Dict Match Starred FormattedValue If IfExp Assert".split())
# By which values get larger than what is written.
GROWING = ("BinOp", "ListComp", "SetComp", "DictComp")
# Values of names by which files are called: `FILE = Path("a") / "b.txt"`.
NAMING = ("Constant", "Call", "BinOp", "JoinedStr")
# Calls of these, given values that cannot be changed, only make a new value.
PURE_MODULES = LOOKING_MODULES | frozenset("threading itertools operator queue pathlib decimal array struct".split())
PURE_BUILTINS = UNCHANGING_MAKERS | frozenset("print list dict set tuple sorted min max sum any all object bytearray bytes".split())
IMPURE = (
    "enum.global_enum", "typing.overload", "enum.IntEnum", "enum.IntFlag", "decimal.getcontext", "decimal.setcontext", "time.tzset", "copy.copy",
    "threading.stack_size", "threading.settrace", "threading.setprofile",
)
PURE = ("logging.getLogger", "logging.Formatter", "logging.NullHandler")


class Keeping:
    """The part of `Plan` (`definitions.py`) that decides on statements which the function may not need."""

    # Of `Plan`.
    statements: list[Statement]
    calls: Calls
    bound: set[str]
    is_seeded: bool
    places: dict[str, list[Statement]]
    seen: set[str]
    contents: Callable[[], Contents]
    costs: Costs | None
    touched: dict[int, set[str]]
    needed_files: set[str] | None
    module: Callable[[str], Contents | None]
    reached: Callable[[Iterable[str]], set[str]]
    later_of: Callable[[str], set[str]]
    binding: Callable[[str, int], Iterator[Statement]]
    is_loose: Callable[[Statement], bool]

    def skip_what_lacks_names(self) -> None:
        """Takes back what uses at once a name that only skipped statements bind."""
        while True:
            gone = self.bound.difference(*(item.bound for item in self.statements if item.is_needed))
            lacking = [item for item in self.statements if item.is_needed and self.lacks(item, gone)]
            if not lacking:
                return
            for statement in lacking:
                statement.is_needed = False
                name = min(statement.used & gone)
                statement.reason = "it uses `%s`, which is skipped" % name
                names = statement.bound.union(statement.changed) & self.seen
                # Reported together with the statement that should have given the name, where that is reported.
                told = [item.place for item in self.places[name] if item.place in self.touched and name in item.bound]
                self.touched.setdefault(told[-1] if told else statement.place, set()).update(names)

    def lacks(self, statement: Statement, gone: set[str]) -> bool:
        """Whether a statement uses a name that is gone when it runs, and fails without it."""
        is_branch = statement.kind in ("Try", "TryStar", "If", "FunctionDef", "AsyncFunctionDef")
        return not is_branch and not statement.used.isdisjoint(gone - BUILTINS)

    def keep_effects(self) -> None:
        """Keeps imports that are there for their effects."""
        everything = set().union(*(item.used | item.later for item in self.statements))
        packages = {path for item in self.statements if item.is_needed for path in item.unit.imports.values()}
        has_package = any(not is_of_library(path) for path in packages)
        roots = {path for name, path in self.calls.imports.items() if name in everything and path == name}
        for statement in self.statements:
            paths = list(statement.unit.imports.values())
            is_local = any(map(self.calls.is_local, paths))
            if statement.is_needed:
                continue
            if statement.kind in IMPORTS and everything.isdisjoint(statement.bound):
                # It makes a module a part of a package: `import xml`, `from xml.dom import minidom`.
                is_part = any("." in path and root_of(path) in roots for path in paths)
                statement.is_kept = is_part or is_local or has_package and not any(map(is_of_library, paths))
            elif statement.kind in BLOCKS and is_local and not statement.reason and not self.is_loose(statement):
                statement.is_kept = True  # Such as plugins that are there or not.

    # What is cheap

    def keep_cheap(self) -> None:
        """Keeps what may change something and is quiet and cheap, with what that needs in turn."""
        others = [item for item in self.statements if not item.is_needed and item.kind not in IMPORTS]
        allowed = [item for item in others if not item.reason and item.place not in self.touched]
        acting = {item.place for item in allowed if self.may_act(item)}
        sideways = [item for item in others if item.is_kept]
        if not acting and not sideways:
            return
        cheap = [item for item in allowed if self.is_cheap(item) or item.place not in acting and item.defines() and self.is_small(item)]
        light = [item for item in self.statements if self.is_light_import(item)]
        there = self.without_lacking({item.place: item for item in cheap + light})
        waiting = [item for item in cheap if item.place in acting and item.place in there]
        waiting += [other for item in sideways for other in self.deciders(item)]
        while waiting:
            statement = waiting.pop()
            if not statement.is_needed and not statement.is_kept:
                statement.is_kept = True
                waiting += self.deciders(statement)

    def is_cheap(self, statement: Statement) -> bool:
        return self.known_costs().is_cheap(statement.node)

    def known_costs(self) -> Costs:
        """What the parts of the file cost, which is found out when it is asked for first."""
        if self.costs is None:
            self.costs = Costs(self.contents(), self.module)
        return self.costs

    def is_small(self, statement: Statement) -> bool:
        """Whether a definition or constant makes no value too large for each host to hold: `[0] * 10**9`."""
        is_plain = statement.kind in DEFINITIONS or not any(kind_of(part) in GROWING for part in walk(statement.node))
        return is_plain or self.is_cheap(statement)

    def without_lacking(self, there: dict[int, Statement]) -> dict[int, Statement]:
        """Of statements that might run, those for which all that they go by runs, too."""
        while True:
            lacking = [item for item in there.values() if not self.has_all(item, there)]
            if not lacking:
                return there
            for item in lacking:
                del there[item.place]

    def has_all(self, statement: Statement, there: dict[int, Statement]) -> bool:
        return all(item.is_needed or item.place in there for item in self.deciders(statement))

    def deciders(self, statement: Statement) -> list[Statement]:
        """The statements that give the names their meaning which a statement uses at once."""
        names = set(statement.used)
        if statement.unit.calls or statement.unit.bases:
            names |= set().union(*map(self.later_of, self.reached(statement.called())))
        return [item for name in names for item in self.binding(name, statement.place) if item is not statement]

    def is_light_import(self, statement: Statement) -> bool:
        paths = statement.unit.imports.values()
        return statement.kind in IMPORTS and all(self.calls.is_local(path) or is_quiet(path.partition(".")[0]) for path in paths)

    def may_act(self, statement: Statement) -> bool:
        """Whether a statement may do more than bind its names."""
        unit, kind = statement.unit, statement.kind
        if kind in ("ClassDef", "With", "Delete", "AugAssign", "Import", "ImportFrom") or unit.stores:
            return kind != "ClassDef" or self.is_acting_class(statement)
        has_own = any(name.startswith("__") for name in self.calls.methods.keys() - set(MAKERS))
        if has_own and kind not in DEFINITIONS and any(kind_of(part) in REACTING for part in walk(statement.node)):
            return True
        own = statement.bound if kind in DEFINITIONS else set()
        return any(not self.is_pure(call, own) for call in unit.calls)

    def is_acting_class(self, statement: Statement) -> bool:
        """Whether the definition of a class may tell others of it."""
        paths = [self.calls.path_of(base) for base in statement.unit.bases]
        if any(path is None or not is_of_library(path) for path in paths):
            return bool(paths)
        return any(not self.is_pure(call, statement.bound) for call in statement.unit.calls) or bool(statement.unit.stores)

    def is_pure(self, call: Call, own: set[str]) -> bool:
        """Whether a call only makes a value of others that cannot be changed, or of what is being defined."""
        path = call.path
        if path[0] is None or not call.given() <= self.calls.constants | own | BUILTINS - self.bound:
            return False
        full = self.calls.full(path)
        if full is not None:
            is_drawn = full.startswith("random.") and not self.is_seeded
            is_known = is_drawn or full in PURE or full.partition(".")[0] in PURE_MODULES
            return full not in IMPURE and not call.functions and is_known
        return len(path) == 1 and path[0] in PURE_BUILTINS and path[0] not in self.bound

    def keep_definitions(self) -> None:
        """Keeps definitions and constants for which all is there."""
        there = BUILTINS.union({"__name__", "__file__"}, *(item.bound for item in self.kept()))
        # What runs has its meaning already; one from before a skipped statement must not stand in for what that gives.
        lost = set().union(*(self.statements[place].bound for place in self.touched))
        lost.update(name for item in self.kept() for name in item.bound)
        for statement in self.statements:
            if statement.is_needed or statement.is_kept:
                continue
            fits = statement.defines() and statement.used <= there and not statement.bound & lost and self.is_small(statement)
            is_docstring = not statement.place and statement.kind == "Expr" and kind_of(statement.node.value) == "Constant"
            if fits and not statement.reason:
                there |= statement.bound
            statement.is_kept = fits and not statement.reason or is_docstring

    def stale_files(self, statement: Statement) -> set[str]:
        """The files that a skipped statement writes and that are named where the function may read them."""
        if statement.is_needed or statement.is_kept or statement.kind in DEFINITIONS + IMPORTS or statement.place in self.touched:
            return set()
        contents = self.known_costs().contents
        called = self.reached(statement.called())
        nodes = [statement.node, *(node for name in called for node in contents.functions.get(name, ()))]
        if not any(map(writes_files, nodes)):
            return set()
        used = statement.used.union(*map(self.later_of, called))
        nodes += [value for name in used for value in contents.values.get(name, ()) if kind_of(value) in NAMING]
        written = set().union(*(file_names(node, in_commands=True) for node in nodes))
        return {name for name in self.files_read() if any(is_same_file(name, other) for other in written)}

    def files_read(self) -> set[str]:
        """The texts that look like names of files in what the function needs."""
        if self.needed_files is None:
            self.needed_files = set().union(*(file_names(item.node) for item in self.statements if item.is_needed))
        return self.needed_files

    def kept(self) -> list[Statement]:
        """The statements to run: those that are needed or kept."""
        return [item for item in self.statements if item.is_needed or item.is_kept]
