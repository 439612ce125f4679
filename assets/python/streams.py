"""Standard output and error of a host: what Python code prints comes as lines, each with the item that printed it."""

from __future__ import annotations

import _thread
import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from _typeshed import ReadableBuffer
    from poolscope_host import Host

LONGEST_LINE_BYTES = 64 << 10
# Threads whose text is dropped: they run what a file prints beside its function when it is loaded.
muted: set[int] = set()


def write_all(descriptor: int, content: bytes) -> None:
    """Writes to one of the pipes to the parent, which makes messages of the lines."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Lines(io.BufferedIOBase):
    """Where text that is written to a standard stream goes: lanes send lines, others write lines to the pipe.

    Others are threads that user code has started, and processes that it has forked.
    """

    def __init__(self, host: Host, stream: int) -> None:
        super().__init__()
        self.host = host
        self.stream = stream
        self.begun: dict[int, bytes] = {}  # By thread: a line that it has not ended.
        self.name = ("<stdout>", "<stderr>")[stream]

    def write(self, content: ReadableBuffer) -> int:
        content = bytes(content)
        if muted and _thread.get_ident() in muted:
            return len(content)
        lane = self.host.lanes_by_thread.get(_thread.get_ident())
        if lane is None:
            self.write_lines(content)
        else:
            lane.say(self.stream, content)
        return len(content)

    def write_lines(self, content: bytes) -> None:
        """Writes whole lines: `print` writes in pieces, which would mix with those of other threads."""
        thread = _thread.get_ident()
        content = self.begun.pop(thread, b"") + content
        end = len(content) if len(content) >= LONGEST_LINE_BYTES else content.rfind(b"\n") + 1
        if content[end:]:
            self.begun[thread] = content[end:]
        write_all(self.fileno(), content[:end])

    def flush(self) -> None:
        lane = self.host.lanes_by_thread.get(_thread.get_ident())
        if lane is not None:
            lane.flush_line(self.stream)
        for thread in list(self.begun):
            # Another thread may flush at the same time.
            write_all(self.fileno(), self.begun.pop(thread, b""))

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.stream + 1


def take_streams(host: Host) -> None:
    """Has all that Python code prints come as lines, and a crash of the interpreter told."""
    import faulthandler

    for stream, name in enumerate(("stdout", "stderr")):
        # Each write goes through at once: text that waited here would mix with that of other lanes.
        lines = Lines(host, stream)
        host.streams.append(lines)
        text: Any = io.TextIOWrapper(lines, "utf-8", "backslashreplace", newline="", write_through=True)
        text.mode = "w"
        setattr(sys, name, text)
    faulthandler.enable(2, all_threads=False)
