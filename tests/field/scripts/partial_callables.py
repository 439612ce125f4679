#: square [3, 1.5]
#: shout ["hi"]
#: biggest [[1, 5, 2]]
#: hexed [255]
#: first_word ["to be or not"]
from functools import partial
import math
from math import factorial as fact


def power(base, exponent):
    return base ** exponent


square = partial(power, exponent=2)
shout = str.upper
biggest = max
hexed = "{:#x}".format
first_word = lambda s: s.split()[0]
combinations = lambda n, k: fact(n) // fact(k) // fact(n - k)
