#: draw [1, 5]
#: first_calls [0]
from random import Random

rng = Random(17)
for _ in range(100):
    rng.random()
TABLE = [rng.randint(1, 6) for _ in range(30)]


def draw(n):
    return sum(TABLE[:n])


def first_calls(ignored):
    fresh = Random(3)
    return [fresh.randrange(10) for _ in range(5)]
