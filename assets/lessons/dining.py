"""Five philosophers at a round table, with one fork between each two of them. Whoever eats needs both forks beside the plate."""

import threading
import time

SEATS = 5
MEALS = 3
BITE_S = 0.1
LOOK_EVERY_S = 0.1
# A circle that has been seen is left as it is for so long, so that it can be looked at.
SHOWN_S = 1.5

forks = [threading.Lock() for _ in range(SEATS)]
sits_down = threading.Barrier(SEATS)
# The table: who holds a fork, and which fork a philosopher waits for. What is written of it is written under this lock.
table = threading.Lock()
holder = [None] * SEATS
waits_for = [None] * SEATS
is_over = threading.Event()


def left_then_right(seat):
    """Each takes the left fork first and then the right one. Forks lie in a circle, and so all may wait for each other."""
    return dine(seat - 1, seat - 1, seat % SEATS)


def lower_first(seat):
    """Each takes the fork with the lower number first: one order for all, in which nobody waits for a fork before their own."""
    left, right = seat - 1, seat % SEATS
    return dine(left, min(left, right), max(left, right))


def dine(philosopher, first, second):
    """Eats some meals; tells how many they were, and which fork is held and which waited for where it ended before."""
    begin_together()
    for meal in range(MEALS):
        if not take(philosopher, first):
            return told(meal, None, first)
        time.sleep(BITE_S)  # Meanwhile the neighbour takes a fork, too.
        if not take(philosopher, second):
            return told(meal, first, second)
        time.sleep(BITE_S)
        put_down(second)
        put_down(first)
    return told(MEALS, None, None)


def told(meals, holds, waiting_for):
    """Forks are counted from 1, as philosophers are: each has that of the same number at the left."""
    holds, waiting_for = (None if fork is None else fork + 1 for fork in (holds, waiting_for))
    return {"meals": meals, "holds": holds, "waits_for": waiting_for}


def begin_together():
    try:
        sits_down.wait(1)
    except threading.BrokenBarrierError:
        pass  # Fewer workers than seats: whoever is there begins.


def take(philosopher, fork):
    """Waits for a fork; gives whether it was had before the dinner was over."""
    with table:
        waits_for[philosopher] = fork
    while not forks[fork].acquire(timeout=LOOK_EVERY_S):
        if is_over.is_set():
            return False
        if is_in_a_circle(philosopher):
            # Nothing can change any more: without this it would stay so for ever.
            is_over.wait(SHOWN_S)
            is_over.set()
            return False
    with table:
        holder[fork], waits_for[philosopher] = philosopher, None
    return True


def put_down(fork):
    with table:
        holder[fork] = None
    forks[fork].release()


def is_in_a_circle(philosopher):
    """Whether whom this one waits for, and so on from neighbour to neighbour, waits for this one."""
    with table:
        other = philosopher
        for _ in range(SEATS):
            fork = waits_for[other]
            other = None if fork is None else holder[fork]
            if other is None:
                return False
            if other == philosopher:
                return True
    return False
