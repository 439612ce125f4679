"""What it takes to start a process, and to start a thread: each does nothing and is waited for."""

import multiprocessing
import os
import threading
import time


def median_us(start, times):
    """Starts and awaits something several times and tells the microseconds that it took in the middle."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        one = start()
        one.start()
        one.join()
        if getattr(one, "exitcode", 0):
            raise RuntimeError("a process that was started did nothing and failed")
        took.append(time.perf_counter() - begun)
    return round(sorted(took)[times // 2] * 1e6, 1)


def start_us(way):
    """The microseconds from starting a `thread`, or a process by `fork` or `spawn`, to its end; nothing where the system has
    no such way."""
    if way == "thread":
        return median_us(lambda: threading.Thread(target=os.getpid), 101)
    if way not in multiprocessing.get_all_start_methods():
        return None
    context = multiprocessing.get_context(way)
    # What a new interpreter calls has to be importable: a function of the standard library is.
    return median_us(lambda: context.Process(target=os.getpid), 11 if way == "fork" else 5)
