#: mean [{"values": [1, 2, 4]}, {"values": []}]
#: lookup ["b", "z"]
#: clamp [[5, 1, 3], [2, 1, 3]]
from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Optional, TypeVar, Union

if TYPE_CHECKING:
    from collections.abc import Iterable
    from nowhere_to_be_found import Thing

T = TypeVar("T", int, float)
Number = Union[int, float]
INDEX: Dict[str, int] = {}
for place, letter in enumerate("abc"):
    INDEX[letter] = place
limit: int
default: Optional[int] = None


def mean(values: List[Number]) -> Optional[float]:
    return sum(values) / len(values) if values else default


def lookup(key: str) -> int | None:
    return INDEX.get(key)


def clamp(value: T, low: T, high: T) -> T:
    return max(low, min(high, value))
