#: give [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
from collections import OrderedDict, namedtuple
from datetime import date, time
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from pathlib import PurePosixPath
from uuid import UUID

Pair = namedtuple("Pair", "a b")


class Level(IntEnum):
    LOW = 1


class Colour(Enum):
    RED = "r"


VALUES = []
VALUES += [b"hello", Decimal("12.50"), date(2024, 2, 29), time(1, 2, 3)]
VALUES += [PurePosixPath("a/b.txt"), UUID(int=7), Fraction(3, 4), Colour.RED]
VALUES += [Pair(1, [2]), OrderedDict(b=1, a=2), 3 + 4j, True, None]
VALUES.append(range(3))


def give(i):
    return VALUES[i]
