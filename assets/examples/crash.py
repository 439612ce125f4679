"""One item reads memory that is not there, as a bug in native code does: the system ends the process it runs in."""

import ctypes
import time


def task(n):
    """Doubles a number, but for 7."""
    time.sleep(0.2)
    if n == 7:
        ctypes.string_at(0)
    return n * 2
