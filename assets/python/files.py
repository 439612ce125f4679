"""Which files the code of a file writes, by the names that stand in it."""

from __future__ import annotations

from poolscope_tree import kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from poolscope_tree import Node

# Functions and methods that write, move or remove files, or start programs that may.
WRITERS = frozenset(
    "system popen run call check_call check_output Popen copy copyfile copy2 copytree move rename replace remove unlink rmtree "
    "mkdir makedirs touch write_text write_bytes to_csv to_json to_excel to_parquet to_pickle to_sql save savez savetxt savefig dump".split()
)
OPENERS = ("open", "fdopen")
LONGEST_NAME = 260
PRINTERS = ("logging.", "pprint.", "traceback.", "warnings.")
STREAMS = ("sys.stdout", "sys.stderr")


def file_names(node: Node) -> set[str]:
    """The texts in some code that look like names of files."""
    texts = {part.value for part in walk(node) if kind_of(part) == "Constant" and isinstance(part.value, str)}
    return {text for text in texts if len(text) <= LONGEST_NAME and set(text) & set("./\\") and not set(text) & set("<>*?|\"\n\t ") and text.strip("./\\")}


def writes_files(node: Node) -> bool:
    """Whether some code calls what writes files."""
    return any(kind_of(part) == "Call" and is_writing(part) for part in walk(node))


def is_writing(call: Node) -> bool:
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    if name not in OPENERS:
        return name in WRITERS
    modes = [*call.args[: 2 if kind_of(call.func) == "Name" else None], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    texts = [part.value for part in modes if kind_of(part) == "Constant" and isinstance(part.value, str)]
    return any(0 < len(text) <= 4 and set(text) & set("wax+") and not set(text) - set("rwaxbtU+") for text in texts)


def prints_to_file(call: Node, path_of: Callable[[Node], str | None]) -> bool:
    """Whether a call prints, or has others print, to what it is given: `print(..., file=log)`, `basicConfig(filename="log")`."""
    path = path_of(call.func)
    prints = path is not None and path.startswith(PRINTERS) or getattr(call.func, "id", None) == "print"
    files = [keyword.value for keyword in call.keywords if keyword.arg in ("file", "filename", "stream", None)]
    return prints and any(path_of(value) not in STREAMS for value in files)
