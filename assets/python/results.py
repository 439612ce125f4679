"""Turns what functions return into cells that can travel.

None, bool, int, float, str and bytes are cells as they are; subclasses of them become the plain value. Lists, tuples
and dicts become JSON as Python's `json` writes it (NaN and infinities by their names, integers with all their digits),
and so does what is a list or dict in all but name: iterators, generators, sets (in the order in which they iterate),
deques, views, other sequences and mappings. Arrays, tables and pictures of well-known libraries are the business of
`libraries.py`. Everything else is text, by `str`: dates, decimals, paths, members of an enum, instances of one's own
classes. Within JSON bytes stand as Python writes them (`b'...'`), and keys that are no text as `str` gives them.

A result is written down at once, so that what the function does to a list later does not change what it returned.
"""

from __future__ import annotations

import io
import sys
from _collections_abc import Iterator, Mapping, MappingView, Sequence, Set
from itertools import islice
from types import AsyncGeneratorType, CoroutineType

from poolscope_columns import Json, Picture, Sentence, digits
from poolscope_standard import library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    def later(name: str) -> Any: ...

CELLS = frozenset((type(None), bool, int, float, str, bytes))
CONTAINERS = (list, tuple, dict)
# A subclass may say other things of itself than its type does.
PLAIN = (
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
    (bytes, bytes),
    (bytearray, bytes),
    (memoryview, bytes),
)
LISTS = (Iterator, Set, MappingView, Sequence)
LIBRARIES = ("PIL", "array", "jaxlib", "numpy", "pandas", "polars", "pyarrow", "torch", "xarray")
# A generator that never ends must not take the machine's memory.
MOST_VALUES = 1 << 25


class Circular(Exception):
    """A container that contains itself has no JSON."""


def settle(result: object) -> None | bool | int | float | str | bytes | Picture:
    """A result as None, bool, int, float, str, bytes, a picture or JSON."""
    plain = simple(result, may_be_picture=True)
    return as_json(plain) if isinstance(plain, CONTAINERS) else plain


def simple(value: Any, may_be_picture: bool = False) -> Any:
    """A value as a cell, a list, a tuple, a dict or a picture. An array of pixels is one only where it is a whole result."""
    kind = type(value)
    if kind in CELLS or issubclass(kind, CONTAINERS):
        return value
    for base, plain in PLAIN:
        if issubclass(kind, base):
            return plain(value)
    if kind is CoroutineType or kind is AsyncGeneratorType:
        return simple(awaited(value), may_be_picture)
    library = library_of(kind)
    if library:
        libraries = later("libraries")  # noqa: F821: the driver gives it to each of its parts.
        picture = libraries.pixels(value) if may_be_picture and library == "numpy" else None
        if picture is not None:
            return picture
        found = libraries.plain(value, library)
        if found is value:
            return shown(value)
        return found if type(found) is Picture else simple(found)
    if issubclass(kind, Mapping):
        return dict(value.items())
    if issubclass(kind, LISTS) and not is_text_or_file(kind):
        return listed(value)
    return shown(value)


def library_of(kind: type) -> str | None:
    """The library of a type, or of what it inherits from, where its values have a form of their own."""
    roots = (str(base.__module__).partition(".")[0] for base in kind.__mro__)
    return next((root for root in roots if root in LIBRARIES), None)


def is_text_or_file(kind: type) -> bool:
    """Files iterate over their lines, and a `UserString` is a sequence, but neither is meant as a list."""
    return issubclass(kind, (io.IOBase, getattr(sys.modules.get("collections"), "UserString", io.IOBase)))


def listed(values: Iterable[Any]) -> list[Any]:
    """All values of something that gives them one by one."""
    found = list(islice(values, MOST_VALUES))
    if len(found) == MOST_VALUES:
        told = shown_type(values), MOST_VALUES
        raise Sentence("the result, %s, gave %d values and no end; return a part of them" % told)
    return found


def awaited(result: Any) -> Any:
    """What an `async def` function comes to."""
    from asyncio import run  # Takes a tenth of a second to load.

    async def collected() -> list[Any]:
        return [value async for value in result]

    return run(result if type(result) is CoroutineType else collected())


def stand_in(value: object) -> Any:
    """What stands in JSON for a value that it does not know."""
    plain = simple(value)
    return shown(plain) if type(plain) in (bytes, Picture) else plain


encode = library("json").JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=stand_in).encode


def as_json(container: Any) -> str:
    """A container as JSON, or as text where it contains itself."""
    try:
        return Json(encode(container))
    except (TypeError, ValueError, RecursionError):  # Keys or integers that `json` refuses, or nesting without end.
        pass
    try:
        return Json(written(container, set()))
    except Circular:
        return shown(container)
    except RecursionError:
        raise Sentence("the result, %s, nests too deep to be written down" % shown_type(container)) from None


def written(value: object, within: set[int]) -> str:
    """The same as JSON, with text for keys that it does not have and all digits of integers."""
    value = stand_in(value)
    if type(value) is int:
        return digits(value)
    if not isinstance(value, CONTAINERS):
        return encode(value)
    if id(value) in within:
        raise Circular
    within.add(id(value))
    if isinstance(value, dict):
        text = "{%s}" % ",".join([key_of(key) + ":" + written(inner, within) for key, inner in value.items()])
    else:
        text = "[%s]" % ",".join([written(inner, within) for inner in value])
    within.remove(id(value))
    return text


def key_of(key: Any) -> str:
    """The key of an object: text as it is, other cells as JSON writes them."""
    kind = type(key)
    if issubclass(kind, int) and kind is not bool:
        return '"%s"' % digits(int.__int__(key))
    if key is None or issubclass(kind, (bool, str, float)):
        text = encode(key)
        return text if issubclass(kind, str) else '"%s"' % text
    return encode(shown(key))


def shown(value: object) -> str:
    """A value as `print` shows it."""
    try:
        return str.__str__(str(value))
    except Exception as error:
        told = shown_type(value), type(error).__name__
        raise Sentence("the result, %s, cannot be shown: its __str__ raised %s" % told) from None


def shown_type(value: object) -> str:
    return "a value of type %s" % type(value).__name__
