"""Turns what functions return into cells that can travel."""

import json
from types import AsyncGeneratorType, CoroutineType, GeneratorType

from poolscope_columns import LONGEST_SHOWN, Json, Sentence

# What is made while it is read.
VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
LAZY = (GeneratorType, map, filter, zip, range, reversed, enumerate, *VIEWS)


def settle(result):
    """A result as None, bool, int, float, str, bytes or JSON; what is none of these is shown by its `repr`."""
    kind = type(result)
    if kind is CoroutineType or kind is AsyncGeneratorType:
        return settle(awaited(result))
    if isinstance(result, LAZY):
        return settle(list(result))
    if is_of_numpy(kind):
        plain = result.tolist()
        return settle(plain) if type(plain) is not kind else shown(result)
    for base, plain in ((int, int.__int__), (float, float.__float__), (str, str.__str__)):
        if isinstance(result, base):
            return result if kind in (base, bool) else plain(result)
    if result is None or kind is bytes:
        return result
    if isinstance(result, (bytes, bytearray, memoryview)):
        return bytes(result)
    return as_json(result) if isinstance(result, (list, tuple, dict)) else shown(result)


def awaited(result):
    """What an `async def` function comes to."""
    from asyncio import run  # Takes a tenth of a second to load.

    async def collected():
        return [value async for value in result]

    return run(result if type(result) is CoroutineType else collected())


def is_of_numpy(kind):
    return kind.__module__.partition(".")[0] == "numpy" and hasattr(kind, "tolist")


def stand_in(value):
    """What stands in JSON for a value that it does not know."""
    return value.tolist() if is_of_numpy(type(value)) else shown(value)


encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=stand_in).encode


def as_json(result):
    """A container as JSON, or as text where it cannot be written so."""
    try:
        return Json(encode(result))
    except (TypeError, ValueError):
        pass
    try:
        return Json(encode(tamed(result)))
    except (TypeError, ValueError, RecursionError):  # It contains itself, or nests without end.
        return shown(result)


def tamed(value):
    """The same, with text for the keys and the numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key if is_key(key) else repr(key): tamed(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [tamed(inner) for inner in value]
    if is_of_numpy(type(value)):
        return tamed(value.tolist())
    if isinstance(value, float) and value - value != 0:
        return "NaN" if value != value else repr(float(value))
    return value


def is_key(key):
    return key is None or isinstance(key, (str, int))


def shown(result):
    """A value as Python writes it, within bounds."""
    kind = type(result).__name__
    try:
        text = str.__str__(repr(result)).replace("<__mp_main__.", "<")
    except Exception as error:
        raise Sentence(
            "the result, a value of type %s, cannot be shown: its repr raised %s" % (kind, type(error).__name__)
        ) from None
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."
