"""A pool of processes within each worker of a pool."""

import multiprocessing
import os

MOST = 8


def alone(n):
    """Adds up the numbers below n and tells how many processes it started for that: none."""
    sum(range(n))
    return 0


def nested(n):
    """The same work, shared out among a process a core, eight at most; tells how many processes it started."""
    parts = max(1, min(os.cpu_count() or 1, MOST))
    with multiprocessing.get_context("fork").Pool(parts) as pool:
        started = len(multiprocessing.active_children())
        pool.map(sum, [range(part * n // parts, (part + 1) * n // parts) for part in range(parts)])
    return started
