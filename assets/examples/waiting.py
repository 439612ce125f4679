"""Waiting, as for a server: a thread that waits leaves the interpreter to the others."""

import time


def fetch(seconds):
    """Waits as if for an answer."""
    time.sleep(seconds)
    return "answer after %g s" % seconds
