"""The sleep of a program that is run step by step, and of its children: its time goes on only while the program runs. So
nothing is over that a later line waits for, however long a person speaks about the line before which the program stands."""

import mmap
import time

OWN_SLEEP = time.sleep
TICK_S = 0.01


class Clock:
    """One byte that all processes of the program share says whether the program stands."""

    def __init__(self, path):
        with open(path, "r+b") as file:
            self.page = mmap.mmap(file.fileno(), 1)

    def stand(self, stands):
        """Notes whether the program stands before a line."""
        self.page[0] = int(stands)

    def sleep(self, seconds):
        """What stands for `time.sleep`."""
        if seconds <= 0:
            return OWN_SLEEP(seconds)
        left_s = float(seconds)
        while left_s > 0:
            begun, stood = time.monotonic(), self.page[0]
            OWN_SLEEP(min(left_s, TICK_S))
            if not stood and not self.page[0]:
                left_s -= time.monotonic() - begun


def keep_time(path):
    """Has this process sleep by the clock in that file."""
    clock = Clock(path)
    time.sleep = clock.sleep
    return clock
