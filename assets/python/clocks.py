"""The clocks by which items are timed, and which items are worth it."""

from __future__ import annotations

import os
import sys
from time import CLOCK_MONOTONIC, clock_gettime_ns, monotonic_ns, process_time_ns

WORTH_TIMING_NS = 10_000  # Shorter items share one span: reading two clocks is a good part of their time (`clocks.rs`).

# On Linux both are the same clock, and this one is read faster.
clock_ns = monotonic_ns if sys.platform == "linux" else lambda: clock_gettime_ns(CLOCK_MONOTONIC)


def tree_time_ns() -> int:
    """CPU time of all threads of this process, and of the processes that it has waited for."""
    times = os.times()
    return process_time_ns() + int((times.children_user + times.children_system) * 1e9)


def are_short(durations_ns: list[int]) -> bool:
    """Whether items are too short for spans of their own.

    The longest does not count, and long ones count only where there are enough: any may have been interrupted.
    """
    counted = sorted(durations_ns)[:-1] or durations_ns
    long_ns = [duration_ns for duration_ns in counted if duration_ns >= WORTH_TIMING_NS]
    return sum(long_ns) * 10 < sum(counted) or len(long_ns) * 200 < len(counted)
