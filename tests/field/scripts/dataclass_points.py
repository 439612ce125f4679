#: norm [{"x": 3, "y": 4}]
#: moved [{"x": 1, "y": 1, "dx": 0.5}]
#: origin_copy [0]
from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from math import hypot


@dataclass(frozen=True, order=True)
class Point:
    x: float
    y: float = 0.0
    tags: tuple[str, ...] = field(default=(), compare=False)

    def __abs__(self) -> float:
        return hypot(self.x, self.y)


ORIGIN = Point(0)
CORNERS = [Point(a, b) for a in (0, 1) for b in (0, 1)]
CORNERS.sort(reverse=True)


def norm(x: float, y: float) -> float:
    return abs(Point(x, y))


def moved(x: float, y: float, dx: float = 0) -> dict:
    return asdict(replace(Point(x, y), x=x + dx))


def origin_copy(_) -> list:
    return [asdict(ORIGIN), CORNERS[0].x, CORNERS[-1] == ORIGIN]
