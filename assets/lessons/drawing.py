"""Random numbers of a generator that begins with the same seed in each process that has one."""

import random
import time

generator = random.Random(42)


def draw(n):
    """Waits a moment, so that each worker gets some items, and draws the next number."""
    time.sleep(0.05)
    return generator.random()
