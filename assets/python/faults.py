"""Makes the faults that a person wants of a lane: for real, in this process or on the thread of the lane."""

from __future__ import annotations

import _thread
import os
from time import monotonic, sleep

from poolscope_protocol import ABORT, EXECUTING, FLOOD, HANG, IS_OVER, LEAK, SEGFAULT
from poolscope_streams import write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from poolscope_lane import Lane

# As in `src/function/fault.rs`.
LEAK_BYTES_PER_S = 64 << 20
FLOOD_S, FLOOD_LINES = 3, 1_000_000

LEAK_STEP_BYTES = 16 << 20  # Memory is taken in steps of this size, so that it is seen to grow.
STDOUT = 0

leaked: list[bytes] = []
abort = os.abort  # User code may change what `os` holds.


def make(lane: Lane, fault: int, most_bytes: int) -> None:
    """Makes a fault of this lane; what takes its time goes on beside the lanes."""
    if fault == SEGFAULT:
        read_from_nowhere()
    elif fault == ABORT:
        abort()
    elif fault == HANG:
        lane.is_hanging = True
    elif fault == LEAK:
        _thread.start_new_thread(leak, (most_bytes,))
    elif fault == FLOOD:
        _thread.start_new_thread(flood, (lane,))


def read_from_nowhere() -> None:
    """Touches memory that is not there, which the system answers with SIGSEGV."""
    try:
        from faulthandler import _read_null

        _read_null()
    except ImportError:  # An interpreter without it.
        from ctypes import string_at

        string_at(8)


def leak(most_bytes: int) -> None:
    """Takes memory until the bound, or until there is no more, and keeps it."""
    taken = 0
    try:
        while taken < most_bytes:
            step = min(LEAK_STEP_BYTES, most_bytes - taken)
            leaked.append(b"\1" * step)  # Not zeros: what is not written takes no memory.
            taken += step
            sleep(LEAK_STEP_BYTES / LEAK_BYTES_PER_S)
    except MemoryError:
        return


def flood(lane: Lane) -> None:
    """Writes lines as the item in hand would, or past the engine where there is none."""
    until = monotonic() + FLOOD_S
    for count in range(1, FLOOD_LINES + 1):
        if monotonic() >= until:
            return
        line = b"flood by hand, line %d" % count
        number = lane.words[EXECUTING]
        if 0 < number < IS_OVER:
            lane.send_line(STDOUT, number - 1, line)
        else:
            write_all(1, line + b"\n")
