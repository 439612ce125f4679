"""One item reads memory that is not there, as a bug in native code does: the system ends the process it runs in."""

import ctypes
import time


def task(n):
    """Doubles a number, but for 7."""
    time.sleep(0.1)
    if n == 7:
        # In the middle, while the other workers are in the middle of theirs.
        ctypes.string_at(0)
    time.sleep(0.1)
    return n * 2
