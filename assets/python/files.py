"""Which files the code of a file writes, by the names that stand in it."""

from __future__ import annotations

import re
from posixpath import normpath

from poolscope_tree import kind_of, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from poolscope_tree import Node

# Functions and methods that write, move or remove files, or start programs that may.
WRITERS = frozenset(
    "system popen run call check_call check_output Popen copy copyfile copy2 copytree move rename replace remove unlink rmtree "
    "mkdir makedirs touch truncate symlink symlink_to link hardlink_to write_text write_bytes tofile extract extractall urlretrieve "
    "to_csv to_json to_excel to_feather to_hdf to_parquet to_pickle to_sql save savez savez_compressed savetxt savefig dump "
    "make_archive unpack_archive execute executemany executescript commit".split()
)
# What writes where it is told so by a mode.
OPENERS = frozenset("open fdopen File ZipFile TarFile memmap open_memmap".split())
LONGEST_NAME, LONGEST_COMMAND = 260, 2000
# What stands between the words of a command.
SHELL_SIGNS = re.compile(r"[\s<>|;&\"'()`]+")
PRINTERS = ("logging.", "pprint.", "traceback.", "warnings.")
STREAMS = ("sys.stdout", "sys.stderr")


def file_names(node: Node, in_commands: bool = False) -> set[str]:
    """The texts in some code that look like names of files, also the words of such as look like commands of a shell."""
    texts = {part.value for part in walk(node) if kind_of(part) == "Constant" and isinstance(part.value, str)}
    if in_commands:
        texts.update(word for text in list(texts) if len(text) <= LONGEST_COMMAND for word in SHELL_SIGNS.split(text))
    return set(filter(is_file_name, texts))


def is_file_name(text: str) -> bool:
    is_made_of = set(text) & set("./\\") and not set(text) & set("<>*?|\"\n\t ")
    return len(text) <= LONGEST_NAME and bool(is_made_of and text.strip("./\\"))


def is_same_file(one: str, other: str) -> bool:
    """Whether two names may be of one file: `./a.txt`, and `a.txt` behind a folder that code puts before it."""
    parts = [normpath(name.replace("\\", "/")).lstrip("/").split("/") for name in (one, other)]
    count = min(map(len, parts))
    return parts[0][-count:] == parts[1][-count:]


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
