"""Several threads raise one variable. To raise it is three steps: read it, add one, write it back."""

import threading

counter = 0
counter_in_steps = 0
counter_with_lock = 0
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
    global counter_in_steps
    for _ in range(times):
        counter_in_steps = one_more(counter_in_steps)


def with_lock(times):
    """The same, and only one thread at a time."""
    global counter_with_lock
    for _ in range(times):
        with lock:
            counter_with_lock = one_more(counter_with_lock)


WAYS = {"plain": plain, "in steps": in_steps, "with a lock": with_lock}
books = threading.Lock()
at_work = dict.fromkeys(WAYS, 0)
asked = dict.fromkeys(WAYS, 0)
told = dict.fromkeys(WAYS, 0)


def lost(way):
    """Raises a variable so many times in this way. The last of those that do so tells how many updates were lost by all of
    them; the others cannot know, and tell nothing."""
    name, _, times = way.partition(" x ")
    with books:
        at_work[name] += 1
        asked[name] += int(times)
    WAYS[name](int(times))
    with books:
        at_work[name] -= 1
        if at_work[name]:
            return None
        reached = {"plain": counter, "in steps": counter_in_steps, "with a lock": counter_with_lock}[name]
        missing = asked[name] - reached - told[name]
        told[name] += missing
        return missing
