"""What Python's own pool takes to hand over many short items: one by one, or many at a time."""

import math
import multiprocessing
import time

ITEMS = 5000
WORKERS = 2
TIMES = 5


def us_per_item(chunk):
    """The microseconds of an item where `chunk` of them go to a worker at a time: the middle of five maps."""
    took = []
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        pool.map(math.sqrt, range(WORKERS))  # Now the workers are up.
        for _ in range(TIMES):
            begun = time.perf_counter()
            pool.map(math.sqrt, range(ITEMS), chunk)
            took.append(time.perf_counter() - begun)
    return round(sorted(took)[TIMES // 2] / ITEMS * 1e6, 2)
