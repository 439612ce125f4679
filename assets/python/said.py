"""What the item in hand writes: its lines, sent as they become whole."""

from __future__ import annotations

from poolscope_clocks import clock_ns
from poolscope_columns import blob, varint
from poolscope_protocol import EXECUTING, IS_OVER, SAID
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
    partial_lines: dict[int, tuple[int, bytes]]  # By stream: the item, and what it has written of a line.

    def say(self, stream: int, content: bytes) -> None:
        """Sends the lines that the item in hand has written, and keeps the last until it is whole."""
        number = self.words[EXECUTING]
        if not 0 < number < IS_OVER:
            return write_all(stream + 1, content)
        index = number - 1
        before, begun = self.partial_lines.pop(stream, (index, b""))
        if before != index:
            self.send_line(stream, before, begun)
            begun = b""
        *lines, rest = (begun + content).split(b"\n")
        for line in lines:
            for piece in pieces(line):
                self.send_line(stream, index, piece)
        *whole, rest = pieces(rest)
        for piece in whole:
            self.send_line(stream, index, piece)
        if rest:
            self.partial_lines[stream] = (index, rest)

    def end_lines(self) -> None:
        """Sends lines that their items have not ended."""
        lines, self.partial_lines = self.partial_lines, {}
        for stream, (index, line) in lines.items():
            self.send_line(stream, index, line)

    def send_line(self, stream: int, index: int, line: bytes) -> None:
        # What a carriage return has overwritten, as progress bars do, nobody would see in a terminal.
        text = line.rstrip(b"\r").rpartition(b"\r")[2].decode("utf-8", "replace")
        at_ns = clock_ns() - self.host.start_ns
        numbers = [varint(number) for number in (self.number, index, stream, at_ns)]
        self.host.channel.send(SAID, *numbers, blob(text))
