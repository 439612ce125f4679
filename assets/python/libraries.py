"""Results of libraries that many functions use, as plain lists, dicts, numbers and pictures.

An array is a list, of lists where it has several axes; its numbers are what `print` shows, so that 0.1 in half the
precision is 0.1. A structured array is a list of rows. A table (DataFrame) is a list of rows by the names of its
columns; an index that holds more than places comes first, as columns of its own. A column of a table (Series) is a
list, or an object where its index holds more than places. A picture of Pillow is a picture, and so is an array of bytes
(uint8) in the shape of one.

The libraries themselves are not imported: a value of theirs brings what is needed.
"""

from __future__ import annotations

from poolscope_columns import Picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SMALLEST_SHADES_PX = 16


def plain(value: Any, library: str) -> Any:
    """The value of a library in plain types; the value itself where it has no such form."""
    return FORMS[library](value, type(value))


def of_numpy(value: Any, kind: type) -> Any:
    if not hasattr(kind, "tolist") or not hasattr(kind, "dtype"):
        return value
    return of_array(value)


def of_array(array: Any) -> Any:
    dtype = array.dtype
    if dtype.names:
        return [of_array(row) for row in array] if array.ndim else {name: array[name] for name in dtype.names}
    if hasattr(array, "filled"):  # What a masked array hides becomes None.
        return array.tolist()
    if dtype.kind == "f" and dtype.itemsize < 8:
        return array.astype("U32").astype("f8").tolist()
    # As Python's own types these would lose their unit, their precision or their way of being written.
    return as_texts(array) if dtype.kind in "mMc" or dtype.kind == "f" and dtype.itemsize > 8 else array.tolist()


def as_texts(array: Any) -> Any:
    """The same with a text for each number."""
    return [as_texts(row) for row in array] if array.ndim else str(array[()])


def of_pandas(value: Any, kind: type) -> Any:
    if hasattr(kind, "iloc") and hasattr(kind, "columns"):
        return of_frame(value)
    if hasattr(kind, "iloc"):
        return of_series(value)
    return value.tolist() if hasattr(kind, "tolist") else value


def of_series(series: Any) -> Any:
    values, index = cells_of(series), series.index
    if type(index).__name__ == "RangeIndex" and index.name is None:
        return values
    names = index.tolist()
    return dict(zip(names, values)) if index.is_unique else [list(pair) for pair in zip(names, values)]


def of_frame(frame: Any) -> list[dict[str, Any]]:
    index = frame.index
    counts_rows = index.nlevels == 1 and index.dtype.kind in "iu" and index.name is None
    columns = [] if counts_rows else [
        (name or "index", index.get_level_values(level).tolist()) for level, name in enumerate(index.names)
    ]
    columns += [(name, cells_of(frame.iloc[:, place])) for place, name in enumerate(frame.columns)]
    names = told_apart([name if isinstance(name, str) else str(name) for name, _ in columns])
    return [dict(zip(names, row)) for row in zip(*(cells for _, cells in columns))]


def cells_of(series: Any) -> list[Any]:
    is_short_float = getattr(series.dtype, "kind", "") == "f" and series.dtype.itemsize < 8
    return of_array(series.to_numpy()) if is_short_float else series.tolist()


def told_apart(names: list[str]) -> list[str]:
    """Names of which none comes twice: a, a.1, a.2, as pandas does where it reads a file."""
    seen = set()
    for place, name in enumerate(names):
        number, given = 0, name
        while given in seen:
            number += 1
            given = "%s.%d" % (name, number)
        seen.add(given)
        names[place] = given
    return names


def of_polars(value: Any, kind: type) -> Any:
    for method in ("to_dicts", "to_list"):
        if hasattr(kind, method):
            return getattr(value, method)()
    return value


def of_arrow(value: Any, kind: type) -> Any:
    for method in ("to_pylist", "as_py"):
        if hasattr(kind, method):
            return getattr(value, method)()
    return value


def of_torch(value: Any, kind: type) -> Any:
    if not hasattr(kind, "tolist"):
        return value
    try:
        return of_array(value.detach().cpu().numpy())
    except (TypeError, RuntimeError):  # Of a kind of number that only this library has.
        return value.tolist()


def of_array_like(value: Any, kind: type) -> Any:
    """What numpy can make an array of."""
    if not hasattr(kind, "__array__") or not hasattr(kind, "dtype"):
        return value
    return of_array(value.__array__())


def of_pillow(value: Any, kind: type) -> Any:
    if not (hasattr(kind, "convert") and hasattr(kind, "tobytes")):
        return value
    width_px, height_px = value.size
    return Picture(width_px, height_px, value.convert("RGB").tobytes())


def pixels(array: Any) -> Picture | None:
    """The picture that an array of bytes stands for: rows of pixels, each a shade, or red, green, blue and perhaps alpha.

    A small array of shades is rather a table of numbers.
    """
    shape: Any = getattr(array, "shape", ())
    if str(getattr(array, "dtype", "")) != "uint8" or 0 in shape or hasattr(array, "filled"):
        return None
    if len(shape) == 3 and shape[2] in (3, 4):
        return Picture(shape[1], shape[0], array[:, :, :3].tobytes())
    if len(shape) == 2 and min(shape) >= SMALLEST_SHADES_PX:
        return Picture(shape[1], shape[0], array[:, :, None].repeat(3, axis=2).tobytes())
    return None


FORMS = {
    "PIL": of_pillow,
    "array": lambda value, kind: value.tolist(),
    "jaxlib": of_array_like,
    "numpy": of_numpy,
    "pandas": of_pandas,
    "polars": of_polars,
    "pyarrow": of_arrow,
    "torch": of_torch,
    "xarray": of_array_like,
}
