#: factorial [5, 25, 60]
#: mersenne [61, 127]
#: digits_of [1000]
from math import gcd

PRIMORIAL = 1
for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53):
    PRIMORIAL *= p


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def mersenne(p):
    return [p, 2 ** p - 1, gcd(2 ** p - 1, PRIMORIAL)]


def digits_of(n):
    return len(str(3 ** n)), sum(map(int, str(3 ** n)))
