"""Follows objects under other names: through what holds them, what is a part of them, and what a call gave back."""

from __future__ import annotations

from poolscope_units import DEEP, FAR, HELD, PART, SURE, WIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from poolscope_names import Unit
    from poolscope_units import Held, Link, Near


def by_name(links: Iterable[Link]) -> Near:
    """The links (name, other, how) of each name."""
    near: Near = {}
    for name, other, how in links:
        near.setdefault(name, []).append((other, how))
    return near


def is_passed_on(change: int, how: int, is_far: bool) -> bool:
    """Whether a change of an object changes what shares objects with it so.

    A change of a container itself changes nothing that it holds. What a call of a package made of an object may be that
    object, but is not taken for it in doubt: such calls are many, and what depends on them is expensive; `is_far` says
    that the call was none of those.
    """
    if how & HELD and not change & DEEP:
        return False
    return not how & WIDE or bool(change & SURE) or is_far and bool(change & FAR)


def spread(changed: dict[str, int], near: Near, made_by_packages: Container[str] = ()) -> None:
    """Adds the names whose objects those hold that are changed.

    What is made of an object needs that object and all that changes it: that is found by `definitions.py`.
    """
    waiting = list(changed)
    while waiting:
        name = waiting.pop()
        change = changed[name]
        for other, how in near.get(name, ()):
            if not is_passed_on(change, how, name not in made_by_packages):
                continue
            more = changed.get(other, 0) | change | (DEEP if how & PART else 0)
            if other not in changed or more != changed[other]:
                changed[other] = more
                waiting.append(other)


def returned_names(unit: Unit) -> list[Held]:
    """The names around a function whose objects it may give back, and how."""
    return [(name, how) for name, how in returned_by(unit).items() if name not in unit.bound]


def returned_by(unit: Unit) -> dict[str, int]:
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
