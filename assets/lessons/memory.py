"""The memory that a process has to itself, and does not share with others."""

import time


def private_kib(n):
    """How many KiB of memory this process has to itself after a while; nothing where the system does not tell."""
    time.sleep(0.3)
    try:
        with open("/proc/self/smaps_rollup") as file:
            lines = [line.split() for line in file]
    except OSError:
        return None
    # What was only read of files is taken for private, too, as long as no other process has the file open.
    return sum(int(line[1]) for line in lines if line[0] == "Private_Dirty:")
