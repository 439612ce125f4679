"""What CPython makes of people's files: reads requests in JSON, prints the right values in JSON.

A request names what is asked: "calls" runs each file from top to bottom as a module named `__main__` and calls its
functions; "table" reads a table with `csv`; "json" reads a document with `json`. Statements under the guard are not
run, nor those that the file itself names as not to be run. Knows nothing of how the program does the same.
"""

import ast
import asyncio
import csv
import inspect
import io
import json
import os
import sys
import textwrap
from contextlib import redirect_stdout

GUARD = "__name__"


def main():
    requests = json.loads(sys.stdin.buffer.read())
    # What the files print is of no interest.
    with redirect_stdout(io.StringIO()):
        answers = [answer(request) for request in requests]
    print(json.dumps(answers))


def answer(request):
    try:
        return ANSWERS[request["ask"]](request)
    except BaseException:
        print("asked for", {key: value for key, value in request.items() if key != "bytes"}, file=sys.stderr)
        raise


# Calls.


def calls(request):
    """A line for each input of each function, as the program prints it; an empty one where the function raises."""
    if list(sys.version_info[:2]) < request["needs"]:
        return None
    folder, path = request["folder"], request["file"]
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = [path]
    module = type(sys)("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    (run_cells if path.endswith(".cells") else run_file)(path, module, request["skip"])
    sys.path.remove(folder)
    return [[line(getattr(module, name), value) for value in inputs] for name, inputs in request["calls"]]


def run_file(path, module, skip):
    with open(path, "rb") as file:
        source = file.read()
    tree = ast.parse(source, path)
    tree.body = [node for node in tree.body if not is_left_out(node, skip)]
    exec(compile(tree, path, "exec"), vars(module))


def is_left_out(node, skip):
    text = ast.unparse(node)
    is_guard = isinstance(node, ast.If) and GUARD in ast.unparse(node.test)
    is_definition = isinstance(node, (ast.FunctionDef, ast.ClassDef))
    return is_guard or (not is_definition and any(part in text for part in skip))


def run_cells(path, module, skip):
    """Runs one cell after the other as a person does, who goes on behind one that fails."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for number, cell in enumerate(text.split("# %%\n")[1:]):
        lines = [plain(line) for line in cell.split("\n") if not line.startswith("#: ")]
        try:
            exec(compile(textwrap.dedent("\n".join(lines)), "cell %d" % number, "exec"), vars(module))
        except Exception as error:
            print(error)


def plain(line):
    """A line without what only Jupyter understands."""
    return line[2:] if line.startswith("#=") else line


def printed(result):
    """A result as one line."""
    has_escapes = result.startswith('"') and ("\\n" in result or "\\r" in result)
    return json.dumps(result, ensure_ascii=False) if "\n" in result or "\r" in result or has_escapes else result


def line(function, value):
    try:
        return printed(text(called(function, value)))
    except Exception:
        return ""


def called(function, value):
    """Calls with an input: a list by position and an object by name, where the function takes several."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return function(value)
    kinds = [parameter.kind for parameter in parameters]
    names = [parameter.name for parameter in parameters]
    if not kinds:
        return function()
    takes_all = inspect.Parameter.VAR_KEYWORD in kinds
    if isinstance(value, dict) and (takes_all or any(name in value for name in names)):
        return function(**{key: item for key, item in value.items() if takes_all or key in names})
    takes_more = inspect.Parameter.VAR_POSITIONAL in kinds
    if isinstance(value, list) and (takes_more or sum(kind <= 1 for kind in kinds) > 1):
        return function(*value)
    return function(value)


# Values as the program writes them.


def text(value):
    if inspect.iscoroutine(value):
        return text(asyncio.run(value))
    if inspect.isasyncgen(value):
        return text(asyncio.run(collected(value)))
    if hasattr(value, "__next__") or isinstance(value, range):
        value = list(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


async def collected(values):
    return [value async for value in values]


# Tables.


def table(request):
    """The rows of a table as JSON objects of texts, as Python's `csv` reads them.

    Columns without a name are called as the program calls them.
    """
    source = bytes(request["bytes"]).decode(request["encoding"]).lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(source, newline=""), delimiter=request["delimiter"]))
    rows = [row for row in rows if row][request["above"] :]
    names = rows.pop(0) if request["header"] else [""] * len(rows[0])
    if rows and len(rows[0]) == len(names) + 1:
        names = ["row name", *names]  # As R writes them: above the names of rows stands nothing.
    names = [name or "column %d" % place for place, name in enumerate(names, 1)]
    rows = [row + [""] * (len(names) - len(row)) for row in rows]
    return [json.dumps(dict(zip(names, row)), ensure_ascii=False, separators=(",", ":")) for row in rows]


def document(request):
    """Each input of a JSON file, as Python writes what it read."""
    source = bytes(request["bytes"]).decode(request["encoding"]).lstrip("\ufeff")
    try:
        whole = json.loads(source)
    except ValueError:
        whole = [json.loads(row) for row in source.splitlines() if row.strip()]
    return [repr(value) for value in (whole if isinstance(whole, list) else [whole])]


def rows(request):
    """Input and output of each row of a file of rows, as they are written there; texts of JSON between quotes."""
    with open(request["file"], encoding="utf-8", newline="") as file:
        content = file.read()
    if request["file"].endswith(".csv"):
        found = list(csv.DictReader(io.StringIO(content, newline="")))
        return [[row["input"], row["output"]] for row in found]
    documents = content.splitlines() if request["file"].endswith(".jsonl") else [content]
    read = [json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number) for text in documents]
    found = read if request["file"].endswith(".jsonl") else read[0]
    return [[written(row["input"]), written(row["output"])] for row in found]


class Number(str):
    """A number of JSON as it is written."""


def written(value):
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(written, value))
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (written(key), written(item)) for key, item in value.items())
    return value if type(value) is Number else json.dumps(value, ensure_ascii=False)


ANSWERS = {"calls": calls, "table": table, "json": document, "rows": rows}

if __name__ == "__main__":
    main()
