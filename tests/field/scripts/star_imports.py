#: hyp [[3, 4], [5, 12]]
#: chars ["b", "q"]
#: many [0]
from math import *
from string import *
from os.path import *

HALF = pi / 2
vowels = set("aeiou")
consonants = [c for c in ascii_lowercase if c not in vowels]


def hyp(a, b):
    return sqrt(a * a + b * b)


def chars(c):
    return consonants.index(c)


def many(_):
    return [round(sin(HALF), 9), join("a", "b"), digits]
