"""A counter outside the function: whoever shares the memory of a process shares it."""

import threading
import time

counter = 0
lock = threading.Lock()


def count(n):
    """Raises the counter by one and tells what it is then."""
    global counter
    time.sleep(0.1)
    with lock:
        counter += 1
        return counter
