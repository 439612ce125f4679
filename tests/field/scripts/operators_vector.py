#: dot [[1, 2, 3]]
#: combo [2]
#: hidden [0]
import operator
from functools import reduce, partial


class Vec(tuple):
    def __new__(cls, *xs):
        return super().__new__(cls, xs)

    def __add__(self, other):
        return Vec(*map(operator.add, self, other))

    def __mul__(self, k):
        return Vec(*(k * x for x in self))

    __rmul__ = __mul__

    def __matmul__(self, other):
        return sum(map(operator.mul, self, other))


E1, E2 = Vec(1, 0, 0), Vec(0, 1, 0)
total = Vec(0, 0, 0)
total += E1
total += E2 * 5
product = partial(reduce, operator.mul)


def dot(*xs):
    return Vec(*xs) @ total


def combo(k):
    return k * E1 + E2


def hidden(_):
    return product([1, 2, 3, 4]), list(total)
