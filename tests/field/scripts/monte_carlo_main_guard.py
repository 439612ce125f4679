#: estimate [100, 1000]
#: describe [0]
"""Estimates pi.

Usage: python monte_carlo_main_guard.py
"""
import random
import sys
import time

SEED = 5
started = time.time()


def estimate(n):
    rng = random.Random(SEED)
    hits = sum(rng.random() ** 2 + rng.random() ** 2 <= 1 for _ in range(n))
    return 4 * hits / n


def describe(_):
    return [__doc__.splitlines()[0], __name__, started <= time.time()]


def main():
    for n in (10, 100):
        print(n, estimate(n))
    return 0


if __name__ == "__main__":
    sys.exit(main())
