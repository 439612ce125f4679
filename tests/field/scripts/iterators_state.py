#: label [0]
#: dealt [2]
import itertools

ids = itertools.count(100)
next(ids); next(ids)
FIRST = next(ids)
cards = iter("ABCDEFGH")
hands = {}
for player in ("x", "y"):
    hands[player] = [next(cards), next(cards)]
colours = itertools.cycle(["red", "green"])
PALETTE = dict(zip("abc", colours))


def label(_):
    return [FIRST, PALETTE]


def dealt(n):
    return hands["y"][:n]
