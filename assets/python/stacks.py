"""Tells where a lane is now: in which calls of the person's code, as a traceback has them."""

from __future__ import annotations

import sys
from itertools import dropwhile

from poolscope_protocol import EXECUTING, IS_OVER
from poolscope_standard import library

traceback = library("traceback")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from poolscope_host import Host
    from poolscope_lane import Lane

STACK = 2  # Beside the standard streams: not written by the function.


def tell(host: Host, lane: Lane) -> None:
    """Sends where a lane is, as something that is said of its item; nothing where it is between two items."""
    number = lane.words[EXECUTING]
    if not 0 < number < IS_OVER:
        return
    lane.send_line(STACK, number - 1, where(host, lane).encode("utf-8", "replace"))


def where(host: Host, lane: Lane) -> str:
    """A line of where it is, and the calls that led there, the innermost last."""
    program, failures = host.program, host.later("failures")
    threads = [thread for thread, other in list(host.lanes_by_thread.items()) if other is lane]
    frame = sys._current_frames().get(threads[0]) if threads else None
    failures.note_source(program)
    calls = list(reversed(traceback.StackSummary.extract(traceback.walk_stack(frame))))
    own = list(dropwhile(lambda call: call.filename != program.file, calls))
    shown = own or [call for call in calls if not call.filename.startswith(failures.OWN_FILES)]
    lines = [call.lineno for call in own if call.filename == program.file and call.lineno]
    if not lines:
        return failures.shortened("now in:\n" + "".join(traceback.format_list(shown)).rstrip("\n"))
    first = "now at %s: `%s`" % (program.place(lines[-1]), program.line_text(lines[-1]))
    return failures.shortened(first + "\n" + failures.with_cells("".join(traceback.format_list(shown)).rstrip("\n"), program))
