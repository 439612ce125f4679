def shown(result):
    """A result as a line: lists and the like as JSON, everything else as `print` shows it."""
    value = plain(result)
    if value is None or type(value) is bool:
        return "None" if value is None else str(value).lower()
    if isinstance(value, (list, tuple, dict)):
        try:
            return json_text(value)
        except RecursionError:
            return str(value)
    return digits(value) if type(value) is int else str(value)


def plain(value):
    """A value in the types that JSON knows, or as bytes or text."""
    if value is None or isinstance(value, (bool, list, tuple, dict)):
        return value
    for base in (int, float, str):
        if isinstance(value, base):
            return value if type(value) is base else getattr(base, "__%s__" % base.__name__)(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if inspect.iscoroutine(value):
        return plain(asyncio.run(value))
    if inspect.isasyncgen(value):
        return plain(asyncio.run(gathered(value)))
    if type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, collections.abc.Mapping):
        return dict(value.items())
    lists = (collections.abc.Iterator, collections.abc.Set, collections.abc.MappingView, collections.abc.Sequence)
    if isinstance(value, lists) and not isinstance(value, (io.IOBase, collections.UserString)):
        return list(value)
    return str(value)


async def gathered(values):
    return [value async for value in values]


def stand_in(value):
    value = plain(value)
    return str(value) if type(value) is bytes else value


ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=stand_in).encode


def json_text(value):
    try:
        return ENCODE(value)
    except (TypeError, ValueError):  # Keys that JSON does not have.
        return written(value)


def written(value):
    value = stand_in(value)
    if isinstance(value, dict):
        return "{%s}" % ",".join([key_text(key) + ":" + written(inner) for key, inner in value.items()])
    if isinstance(value, (list, tuple)):
        return "[%s]" % ",".join([written(inner) for inner in value])
    return digits(value) if type(value) is int else ENCODE(value)


def key_text(key):
    if key is None or isinstance(key, (bool, int, float)):
        return '"%s"' % ENCODE(key)
    return ENCODE(str(key))


def digits(number):
    """All digits: newer versions of Python refuse to write more than 4300 unless they are told to."""
    try:
        return str(number)
    except ValueError:
        most = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)
        try:
            return str(number)
        finally:
            sys.set_int_max_str_digits(most)
