"""What the item in hand writes: its lines, sent as they become whole."""

from __future__ import annotations

from poolscope_clocks import clock_ns
from poolscope_columns import blob, varint
from poolscope_protocol import EXECUTING, FLUSHED, IS_OVER, SAID
from poolscope_streams import LONGEST_LINE_BYTES, write_all

# A character in UTF-8 is no longer.
LONGEST_CHARACTER = 4

TYPE_CHECKING = False
if TYPE_CHECKING:
    from poolscope_host import Host


def pieces(line: bytes) -> list[bytes]:
    """A line in pieces that are no longer than one may be, none of which ends within a character; at least one."""
    found, begin = [], 0
    while len(line) - begin > LONGEST_LINE_BYTES:
        end = begin + LONGEST_LINE_BYTES
        while begin + LONGEST_LINE_BYTES - end < LONGEST_CHARACTER and line[end] & 0xC0 == 0x80:
            end -= 1
        found.append(line[begin:end])
        begin = end
    return [*found, line[begin:]]


class Said:
    """The lines of a lane's items."""

    host: Host
    number: int
    words: memoryview  # Of the lane, on the status page.
    # By stream: the item, what it has written of a line, and how much of that the parent knows.
    partial_lines: dict[int, tuple[int, bytes, int]]

    def say(self, stream: int, content: bytes) -> None:
        """Sends the lines that the item in hand has written, and keeps the last until it is whole."""
        number = self.words[EXECUTING]
        if not 0 < number < IS_OVER:
            return write_all(stream + 1, content)
        index = number - 1
        before, begun, known = self.partial_lines.pop(stream, (index, b"", 0))
        if before != index:
            self.send_line(stream, before, begun)
            begun, known = b"", 0
        *lines, rest = (begun + content).split(b"\n")
        if lines:
            known = 0
        for line in lines:
            for piece in pieces(line):
                self.send_line(stream, index, piece)
        *whole, rest = pieces(rest)
        for piece in whole:
            self.send_line(stream, index, piece)
            known = 0
        if rest:
            self.partial_lines[stream] = (index, rest, known)

    def flush_line(self, stream: int) -> None:
        """Tells the parent what was written of a line: should this process die, it is the last that was said."""
        index, line, known = self.partial_lines.get(stream, (0, b"", 0))
        if known < len(line):
            self.partial_lines[stream] = (index, line, len(line))
            self.send(FLUSHED, stream, index, line[known:].decode("utf-8", "replace"))

    def end_lines(self) -> None:
        """Sends lines that their items have not ended."""
        lines, self.partial_lines = self.partial_lines, {}
        for stream, (index, line, _) in lines.items():
            self.send_line(stream, index, line)

    def send_line(self, stream: int, index: int, line: bytes) -> None:
        # What a carriage return has overwritten, as progress bars do, nobody would see in a terminal.
        text = line.rstrip(b"\r").rpartition(b"\r")[2].decode("utf-8", "replace")
        self.send(SAID, stream, index, text)

    def send(self, kind: int, stream: int, index: int, text: str) -> None:
        at_ns = clock_ns() - self.host.start_ns
        numbers = [varint(number) for number in (self.number, index, stream, at_ns)]
        self.host.channel.send(kind, *numbers, blob(text))
