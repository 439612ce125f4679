"""The private channel to the parent: whole frames, each its size, its kind and what is in it (see `columns.py`)."""

from __future__ import annotations

import _socket
import _thread
import os

from poolscope_protocol import CUT_OFF, FLUSHED, OBSTACLE, SAID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

exit_now = os._exit  # User code may change what `os` holds.


class Channel:
    """The way to the parent: whole frames, from all threads, one after the other."""

    def __init__(self, descriptor: int, page: memoryview, end_tree: Callable[[], None]) -> None:
        self.socket = _socket.socket(fileno=descriptor)
        self.descriptor = descriptor
        self.page = page
        self.end_tree = end_tree
        self.lock = _thread.allocate_lock()
        self.parent = os.getppid()
        self.identity = self.identify()

    def identify(self) -> tuple[int, int] | None:
        """What tells the channel from another file that user code may have put in its place."""
        try:
            status = os.fstat(self.descriptor)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def lost(self) -> None:
        """Ends this process: with all that it started where the parent is gone, and alone where user code closed it."""
        is_replaced = self.identify() != self.identity
        # With the parent still there, user code has closed or shut down the channel.
        if is_replaced or os.getppid() == self.parent:
            self.page[OBSTACLE] = CUT_OFF
        if is_replaced:
            exit_now(1)
        self.end_tree()

    def send(self, kind: int, *parts: bytes) -> None:
        """Sends a frame of these parts."""
        if self.socket is None:  # User code forked this process.
            os._exit(0)
        if kind not in (SAID, FLUSHED) and self.identify() != self.identity:  # Lines are many, and a result comes after them.
            self.lost()
        size = 1 + sum(map(len, parts))
        frame = b"".join((size.to_bytes(4, "little"), bytes((kind,)), *parts))
        with self.lock:
            sent = self.send_some(frame)
            while sent < len(frame):
                sent += self.send_some(memoryview(frame)[sent:])

    def send_some(self, content: bytes | memoryview) -> int:
        """Sends as much as the system takes at a time, however user code has set the channel."""
        while True:
            try:
                return self.socket.send(content)
            except BlockingIOError:
                os.set_blocking(self.descriptor, True)
            except OSError:
                self.lost()

    def frames(self) -> Iterator[tuple[int, memoryview]]:
        """Kind and payload of each frame, for as long as the parent lives."""
        while True:
            header = self.receive(5)
            yield header[4], self.receive(int.from_bytes(header[:4], "little") - 1)

    def receive(self, size: int) -> memoryview:
        """So many bytes, in one call where the system can: each call waits for the interpreter lock."""
        content = memoryview(bytearray(size))
        place = 0
        while place < size:
            try:
                received = self.socket.recv_into(content[place:], size - place, _socket.MSG_WAITALL)
            except BlockingIOError:
                os.set_blocking(self.descriptor, True)
                continue
            except OSError:  # A parent that died with frames unread resets the channel.
                received = 0
            if not received:
                self.lost()
            place += received
        return content

    def forget(self) -> None:
        """In a forked child: the channel is the parent's alone, and what the child sends would be sent twice."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None  # type: ignore[assignment]  # Which `send` looks for.
