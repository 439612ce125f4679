#: needs 3.10
#: shape [{"value": {"kind": "circle", "r": 2}}, {"value": {"kind": "rect", "size": [2, 3]}}, {"value": 7}]
#: command ["go north", "quit", "take the red lamp"]
from enum import Enum

MOVES = {"north": (0, 1), "south": (0, -1)}


class Kind(Enum):
    ROUND = "circle"
    SQUARE = "rect"


def shape(value):
    match value:
        case {"kind": Kind.ROUND.value, "r": r}:
            return r * r
        case {"kind": "rect", "size": [w, h]}:
            return w * h
        case int(n) | float(n):
            return -n
        case _:
            return None


def command(line):
    match line.split():
        case ["go", direction] if direction in MOVES:
            return MOVES[direction]
        case ["quit"]:
            return "bye"
        case ["take", *things]:
            return things
