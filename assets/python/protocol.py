"""The numbers that a host and its parent agree on: kinds of frames, and words of the status page."""

# From the parent.
WORK, RECALL, CLOSE, STACK, FAULT = 2, 3, 4, 5, 6
# Faults that a person wants of a lane, in the order of `src/function/fault.rs`.
SEGFAULT, ABORT, HANG, LEAK, FLOOD = range(5)
# To the parent.
READY, REFUSED, FINISHED, SAID, RETURNED, FLUSHED = 65, 66, 67, 68, 69, 70
# Words of the host's line of the page.
PEAK_RSS, BEATS, OBSTACLE, LOADING_SINCE, LOCK = 0, 1, 2, 3, 4
# What the third is: why this process could not go on although the parent lives.
CUT_OFF, THREAD_ENDED, PYTHON_CHANGED = 1, 2, 3
# Whether threads take turns under the interpreter's lock.
HAS_LOCK, HAS_NO_LOCK = 1, 2
# Words of a lane's line, and how many words a line has.
EXECUTING, SINCE, THREAD, LINE_WORDS = 0, 1, 3, 8
IS_OVER = 1 << 63  # Marks the number of the item that was begun last as that of one that is over.
