#: steps [1, 7, 27, 97]
#: longest_below [10, 100]
from functools import lru_cache
import sys

sys.setrecursionlimit(10_000)


@lru_cache(maxsize=None)
def steps(n):
    if n == 1:
        return 0
    return 1 + steps(n // 2 if n % 2 == 0 else 3 * n + 1)


def longest_below(limit):
    return max(range(1, limit), key=steps)


print("longest chain below 1000 begins at", longest_below(1000))
print(steps.cache_info())
