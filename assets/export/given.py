"""What the source of a function expects to be there: in scripts what Python has elsewhere, in notebooks what Jupyter gives."""

from functools import partial
from math import atan2
from math import ceil
from math import cos
from math import exp
from math import floor
from math import log
from math import pi
from math import sin
from math import sqrt
from math import tan


def sleep(seconds):
    """Waits for so many seconds."""
    import time

    time.sleep(seconds)


def random(seed):
    """A number from 0 up to but without 1, always the same for the same seed."""
    return SplitMix64.for_item(seed, 0).unit()


def worker():
    """The number of the worker that runs this call, from 1."""
    return number_of_worker()


class Jupyter:
    """Stands for what `get_ipython()` gives in a notebook: settings do nothing."""

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *values, **named: None


def get_ipython():
    """As in a notebook."""
    return Jupyter()


def display(*values, **named):
    """As in a notebook."""
    for value in values:
        print(repr(value))
