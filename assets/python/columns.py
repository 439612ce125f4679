"""What travels between a host and its parent: columns of cells, batches of results, and small records.

The layout is that of Poolscope's wire (`src/pool/wire`): little-endian runs of fixed-width values, texts as a run of lengths
and a run of bytes, mixed cells and records as postcard (variable-length integers).
"""

from __future__ import annotations

import sys
from _struct import error as OutOfRange  # type: ignore[attr-defined]  # Typeshed has it in `struct` alone.
from _struct import pack, unpack_from
from itertools import accumulate
from sys import getfilesystemencodeerrors, getfilesystemencoding

from poolscope_standard import library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, Literal

NONE, BOOL, INT, FLOAT, TEXT, BYTES, JSON, MIXED, SHORT_INT = range(9)
FIXED_WIDTH: dict[int, Literal["i", "q", "d", "?"]] = {SHORT_INT: "i", INT: "q", FLOAT: "d", BOOL: "?"}
TIMED_EACH, TIMED_WHOLE, TIMED_ENDS = range(3)
TILE_FIELDS = ("picture_width_px", "picture_height_px", "left_px", "top_px", "width_px", "height_px")
# So many digits every setting of `sys.set_int_max_str_digits` lets through.
DIGITS_AT_ONCE = 600
BITS_AT_ONCE = 1024
LONG_BITS = 1 << 15  # The digits of more take longer than a short item.


class Json(str):
    """A JSON document as compact text."""

    __slots__ = ()


class Picture:
    """A picture, three bytes a pixel, row by row."""

    __slots__ = ("width_px", "height_px", "rgb")

    def __init__(self, width_px: int, height_px: int, rgb: bytes) -> None:
        self.width_px, self.height_px, self.rgb = width_px, height_px, rgb

    def __len__(self) -> int:
        return len(self.rgb)

    def __str__(self) -> str:
        return "%dx%d pixels" % (self.width_px, self.height_px)


class Failure:
    """Stands among results for an item that has none, and says why."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason


class LongInteger(Exception):
    """An integer among results that takes long to be written down: that is a part of its item."""


class Sentence(Exception):
    """A failure that one sentence tells in full: a traceback would only show the driver."""


def varint(number: int) -> bytes:
    """A natural number in as few bytes as it needs."""
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def blob(content: bytes | str) -> bytes:
    """Bytes, or text as bytes, after their length."""
    if isinstance(content, str):
        content = encoded(content)
    return varint(len(content)) + content


def encoded(text: str) -> bytes:
    """Text as UTF-8; half of a surrogate pair, which has no place there, as Python escapes it (`\\udc80`)."""
    return text.encode("utf-8", "backslashreplace")


def digits(number: int) -> str:
    """An integer in decimal digits, however many: Python's limit on them guards servers, not results."""
    try:
        return str(number)
    except ValueError:
        from decimal import MAX_EMAX, MAX_PREC, Context, Decimal, localcontext

        # Decimals multiply long numbers much faster than integers divide them.
        with localcontext(Context(MAX_PREC, Emax=MAX_EMAX)):
            return str(decimal_of(number, number.bit_length(), Decimal))


def decimal_of(number: int, bits: int, Decimal: Callable[[int], Any]) -> Any:
    """An integer of so many bits as a decimal, made of halves."""
    if bits <= BITS_AT_ONCE:
        return Decimal(number)
    half = bits // 2
    low = number & ((1 << half) - 1)
    return decimal_of(number >> half, bits - half, Decimal) * Decimal(2) ** half + decimal_of(low, half, Decimal)


def whole_number(text: str) -> int:
    """The integer that decimal digits write, however many."""
    if len(text) <= DIGITS_AT_ONCE:
        return int(text)
    if text[0] == "-":
        return -whole_number(text[1:])
    half = len(text) // 2
    return whole_number(text[:-half]) * 10**half + whole_number(text[-half:])


def read_column(payload: memoryview) -> tuple[int, Sequence[Any]]:
    """The kind of a column and its cells."""
    kind, count, run = payload[0], int.from_bytes(payload[1:9], "little"), payload[9:]
    if kind in FIXED_WIDTH:
        return kind, run.cast(FIXED_WIDTH[kind]).tolist()
    if kind == NONE:
        return kind, [None] * count
    if kind == MIXED:
        return kind, CellReader(run.tobytes()).cells()
    blobs = read_blobs(run, count)
    if kind == BYTES:
        return kind, [file_name(name) for name in blobs]
    texts = [text.decode() for text in blobs]
    return kind, texts if kind == TEXT else [read_json(text) for text in texts]


def read_blobs(run: memoryview, count: int) -> list[bytes]:
    """The pieces of a run of lengths and a run of bytes."""
    lengths = run[8 : 8 + 8 * count].cast("q").tolist()
    content = run[8 + 8 * count :].tobytes()
    return [content[end - length : end] for length, end in zip(lengths, accumulate(lengths))]


def file_name(content: bytes) -> str:
    """Bytes among the inputs are names that are not UTF-8, of files: a text that opens them, as `os.fsdecode` gives."""
    return content.decode(getfilesystemencoding(), getfilesystemencodeerrors())


def read_json(text: str) -> Any:
    """What a JSON document stands for; one that Python cannot read, for it nests too deep, stays text."""
    loads = library("json").loads

    try:
        try:
            return loads(text)
        except ValueError:  # More digits than Python reads at once, or no JSON.
            return loads(text, parse_int=whole_number)
    except (ValueError, RecursionError):
        return text


class CellReader:
    """Reads mixed cells one after the other."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.place = 0

    def cells(self) -> list[Any]:
        return [self.cell() for _ in range(self.varint())]

    def cell(self) -> Any:
        kind = self.varint()
        if kind == NONE:
            return None
        if kind == BOOL:
            return self.take(1) != b"\0"
        if kind == INT:
            zigzag = self.varint()
            return zigzag >> 1 ^ -(zigzag & 1)
        if kind == FLOAT:
            return unpack_from("<d", self.take(8))[0]
        if kind == MIXED:  # In this place among the kinds of single cells: a rectangle of a picture.
            return dict([(name, self.varint()) for name in TILE_FIELDS], rgb=self.take(self.varint()))
        content = self.take(self.varint())
        if kind == BYTES:
            return file_name(content)
        return content.decode() if kind == TEXT else read_json(content.decode())

    def varint(self) -> int:
        number = shift = 0
        while True:
            byte = self.content[self.place]
            self.place += 1
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7

    def take(self, size: int) -> bytes:
        """The next bytes."""
        self.place += size
        return self.content[self.place - size : self.place]


def write_column(cells: list[Any], kinds: set[type]) -> bytes:
    """Cells of these types as the most compact column that holds them all."""
    if not cells:
        return head(NONE, 0)
    return WRITERS.get(kinds.pop(), write_mixed)(cells) if len(kinds) == 1 else write_mixed(cells)


def head(kind: int, count: int) -> bytes:
    """What a column begins with."""
    return pack("<BQ", kind, count)


def run_of(width: str, cells: Sequence[Any]) -> bytes:
    """Values of one width, end to end."""
    return pack("<%d%s" % (len(cells), width), *cells)


def write_ints(cells: list[int]) -> bytes:
    for kind in (SHORT_INT, INT):
        try:
            return head(kind, len(cells)) + run_of(FIXED_WIDTH[kind], cells)
        except OutOfRange:
            pass
    return write_mixed(cells)


def write_blobs(kind: int, blobs: list[bytes]) -> bytes:
    lengths = list(map(len, blobs))
    return b"".join((head(kind, len(blobs)), pack("<Q", sum(lengths)), run_of("q", lengths), *blobs))


def write_texts(kind: int, texts: list[str]) -> bytes:
    return write_blobs(kind, list(map(encoded, texts)))


def write_mixed(cells: list[Any]) -> bytes:
    return b"".join((head(MIXED, len(cells)), varint(len(cells)), *map(write_cell, cells)))


def write_cell(cell: Any) -> bytes:
    kind = type(cell)
    if cell is None:
        return b"\0"
    if kind is bool:
        return b"\1\1" if cell else b"\1\0"
    if kind is int and -1 << 63 <= cell < 1 << 63:
        return b"\2" + varint(cell << 1 if cell >= 0 else ~(cell << 1))
    if kind is float:
        return pack("<Bd", FLOAT, cell)
    if kind is bytes:
        return b"\5" + blob(cell)
    if kind is Picture:
        places = (cell.width_px, cell.height_px, 0, 0, cell.width_px, cell.height_px)
        return b"\7" + b"".join(map(varint, places)) + blob(cell.rgb)
    if kind is int:
        if cell.bit_length() > LONG_BITS:
            raise LongInteger
        cell = digits(cell)
    return b"\4" + blob(cell) if kind is str else b"\6" + blob(cell)


WRITERS: dict[type, Callable[[list[Any]], bytes]] = {
    type(None): lambda cells: head(NONE, len(cells)),
    bool: lambda cells: head(BOOL, len(cells)) + bytes(cells),
    int: write_ints,
    float: lambda cells: head(FLOAT, len(cells)) + run_of("d", cells),
    str: lambda cells: write_texts(TEXT, cells),
    Json: lambda cells: write_texts(JSON, cells),
    bytes: lambda cells: write_blobs(BYTES, cells),
}


def write_batch(lane: int, first: int, timing: bytes, results: list[Any], kinds: set[type]) -> bytes:
    """What a run of neighbours came to: results of these types."""
    reason: str | bytes
    failures, outputs = [], results
    if Failure in kinds:
        kinds.discard(Failure)
        failures = [(place, result.reason) for place, result in enumerate(results) if type(result) is Failure]
        outputs = [result for result in results if type(result) is not Failure]
    parts = [pack("<IQI", lane, first, len(results)), timing, pack("<I", len(failures))]
    for place, reason in failures:
        reason = encoded(reason)
        parts += pack("<II", place, len(reason)), reason
    parts.append(write_column(outputs, kinds))
    return b"".join(parts)


def write_whole(start_ns: int, duration_ns: int, cpu_ns: int) -> bytes:
    """One span for all items."""
    return pack("<BQQQ", TIMED_WHOLE, start_ns, duration_ns, cpu_ns)


def write_each(spans: Iterable[tuple[int, int, int]]) -> bytes:
    """A span an item: start, duration and CPU time."""
    return pack("<B", TIMED_EACH) + b"".join(run_of("Q", column) for column in zip(*spans))


def write_ends(start_ns: int, ends_ns: list[int], cpu_ns: int) -> bytes:
    """Spans that follow each other without a gap."""
    if ends_ns[-1] - start_ns >> 32:
        share_ns = cpu_ns // len(ends_ns)
        starts_ns = [start_ns, *ends_ns]
        return write_each([(start, end - start, share_ns) for start, end in zip(starts_ns, ends_ns)])
    ends = run_of("I", [end_ns - start_ns for end_ns in ends_ns])
    return pack("<BQQ", TIMED_ENDS, start_ns, cpu_ns) + ends
