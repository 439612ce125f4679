"""Pure computing: a Python with its global lock runs one thread of it at a time, however many there are."""


def count_down(n):
    """Counts down to zero."""
    while n > 0:
        n -= 1
    return n
