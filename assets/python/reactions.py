"""Methods that run without being called by name: operators, properties, iteration, ends of objects.

Only those of the file's own classes matter that change something; most files have none.
"""

from __future__ import annotations

from poolscope_known import MAKERS
from poolscope_tree import kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from poolscope_calls import Calls
    from poolscope_names import Unit
    from poolscope_statements import Statement

ITERATION = frozenset(("__iter__", "__next__", "__getitem__", "__aiter__", "__anext__"))
IN_PLACE = frozenset(
    "__iadd__ __isub__ __imul__ __itruediv__ __ifloordiv__ __imod__ __ipow__ __imatmul__ __ilshift__ __irshift__ __iand__ "
    "__ixor__ __ior__".split()
)
TRUTH = frozenset(("__bool__", "__len__"))
TEXT = frozenset(("__format__", "__str__", "__repr__"))
ACCESS = frozenset(("__getattr__", "__getattribute__", "__get__", "__set__", "__setattr__", "__delattr__", "__delete__"))
ITEMS = frozenset(("__getitem__", "__setitem__", "__delitem__", "__missing__", "__class_getitem__"))
# Which methods a node of some kind may have run; a call or an operator may have run all others but items and access.
OF_KIND = {
    "If": TRUTH,
    "While": TRUTH,
    "IfExp": TRUTH,
    "BoolOp": TRUTH,
    "Assert": TRUTH,
    "For": ITERATION,
    "comprehension": ITERATION | TRUTH,
    "Starred": ITERATION,
    "YieldFrom": ITERATION,
    "Tuple": ITERATION,
    "Subscript": ITEMS,
    "Attribute": ACCESS,
    "FormattedValue": TEXT,
}
ANY = ("Call", "BinOp", "AugAssign", "Compare", "UnaryOp")
# A class that derives from these modules' classes makes objects of itself when it is defined.
MEMBERS = ("enum",)


class Reactions:
    """The methods of a file's classes that change something and run unasked."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.of_class: dict[str, list[Unit]] = {}
        for name, units in calls.methods.items():
            is_special = name.startswith("__") and name not in (*MAKERS, "__enter__", "__exit__")
            for unit in units:
                if (is_special or unit.is_decorated) and calls.changes_of_function(unit):
                    self.of_class.setdefault(unit.owner, []).append(unit)

    def changes(self, statement: Statement) -> Iterator[tuple[str, int]]:
        """What a statement may change by methods that it does not call, and how."""
        if statement.kind == "ClassDef":
            yield from self.of_members(statement)
        elif self.of_class:
            names = statement.used | statement.bound | statement.unit.deleted
            owners = {name: self.classes_of(name) for name in names}
            if any(owners.values()):
                ran = self.run_by(statement)
                for name, classes in owners.items():
                    for unit in self.units(classes):
                        if unit.name in ran or unit.is_decorated and "Attribute" in ran:
                            yield from self.effects(unit, name)

    def of_members(self, statement: Statement) -> Iterator[tuple[str, int]]:
        """The same of what a class does that is made with its objects."""
        bases = [self.calls.path_of(base) or "" for base in statement.unit.bases]
        if any(path.partition(".")[0] in MEMBERS for path in bases):
            for unit in statement.unit.inner:
                if unit.is_method:
                    yield from self.effects(unit, statement.node.name)

    def effects(self, unit: Unit, name: str) -> Iterator[tuple[str, int]]:
        """What a method changes when it runs for the object of a name."""
        for changed, how in self.calls.changes_of_function(unit).items():
            if changed not in unit.params:
                yield changed, how
            elif changed == unit.params[0] and unit.name not in IN_PLACE:
                yield name, how

    def units(self, classes: Iterable[str]) -> Iterator[Unit]:
        for name in classes:
            yield from self.of_class.get(name, ())

    def classes_of(self, name: str) -> set[str]:
        """The classes with such methods of which a name's object may be, or which it is."""
        waiting, seen = [name], set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.calls.kin(name) | self.calls.held.get(name, set())
                if name.endswith("()"):
                    waiting.append(name[:-2])
        return seen & self.of_class.keys()

    def run_by(self, statement: Statement) -> set[str]:
        """The methods that a statement may have run, with the kinds of its nodes."""
        kinds = set(map(kind_of, walk(statement.node)))
        found = {"__del__"}.union(kinds, *(OF_KIND.get(kind, ()) for kind in kinds))
        if not kinds.isdisjoint(ANY):
            names = {unit.name for units in self.of_class.values() for unit in units}
            found |= names - ITEMS - ACCESS
        return found
