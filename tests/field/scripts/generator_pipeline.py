#: evens [5, 0]
#: pairs [3]
#: chained [2]
import itertools


def naturals():
    n = 0
    while True:
        yield n
        n += 1


def evens(k):
    return itertools.islice((n for n in naturals() if n % 2 == 0), k)


def pairs(k):
    for a in range(k):
        yield a, a * a


def chained(k):
    return itertools.chain([k], range(k), "ab")
