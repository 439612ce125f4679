"""Four threads raise one variable. To raise it is three steps: read it, add one, write it back."""

import threading

THREADS = 4
counter = 0
lock = threading.Lock()


def one_more(value):
    return value + 1


def plain(times):
    """As it is mostly written. Python 3.10 and later switch threads only at some places, and none is within it."""
    global counter
    for _ in range(times):
        counter += 1


def in_steps(times):
    """The same with a call between reading and writing, where the thread may be switched."""
    global counter
    for _ in range(times):
        counter = one_more(counter)


def with_lock(times):
    """The same, and only one thread at a time."""
    global counter
    for _ in range(times):
        with lock:
            counter = one_more(counter)


def lost(way):
    """How many of the updates of four threads are lost, which raise the variable in this way."""
    global counter
    name, _, times = way.partition(" x ")
    target = {"plain": plain, "in steps": in_steps, "with a lock": with_lock}[name]
    counter = 0
    threads = [threading.Thread(target=target, args=(int(times),)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THREADS * int(times) - counter
