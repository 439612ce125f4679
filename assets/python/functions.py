"""Lists what of a Python source can be called, without running it, and tells what this interpreter is.

Reads a request in JSON from standard input and prints one line of JSON. `source`, where there is one, is only parsed.
Only where `driver` is there is it compiled, so that the hosts of this interpreter need not do so each; for the function
that is asked for, or else the first, it is decided too what of the file they run (see `planning.py`).

Listed are functions, under a condition or in a block too, names for something that is called like a function (lambdas,
`partial`, calls that are given or return a function, another name, a method), classes, and lowercase names that are
imported from modules. Whether one of the latter three kinds can be called is seen only when the file is loaded: then
`names`, all that the file binds, tells at least which names there are.
"""

from __future__ import annotations

import __future__
import ast
import json
import marshal
import sys
import warnings
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, ModuleType
    from typing import Any, Union

    Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
    Cells = list[tuple[int, int]]
    Record = dict[str, Any]
    Params = list[Record]

FUNCTION, VALUE, CLASS, IMPORTED = "function", "value", "class", "imported"
KINDS = (FUNCTION, VALUE, CLASS, IMPORTED)
# Calls that make a function, by the last part of their names.
MAKERS = {
    "attrgetter", "cache", "compose", "curry", "cfunc", "frompyfunc", "guvectorize", "itemgetter", "jit", "lru_cache",
    "methodcaller", "njit", "partial", "singledispatch", "vectorize", "wraps",
}
# Calls that are given a function and return something else.
RUNNERS = {
    "apply", "apply_async", "call", "delayed", "filter", "imap", "imap_unordered", "map", "map_async", "max", "min",
    "Pool", "Process", "reduce", "run", "sorted", "starmap", "submit", "sum", "Thread", "timeit", "Timer",
}
TYPE_MODULES = ("__future__", "typing", "typing_extensions", "types")
ANNOTATIONS = "from __future__ import annotations\n"
LETTERS = "latin-1"  # Bytes as text: a letter a byte.


def main() -> None:
    request = json.loads(sys.stdin.buffer.read())
    version, build = ".".join(map(str, sys.version_info[:3])), "".join(sys.version.split())
    gil = getattr(sys, "_is_gil_enabled", lambda: None)()
    answer: Record = {"executable": sys.executable, "version": version, "gil": gil, "build": build}
    if request.get("driver"):
        (_, driver), *parts = [(name, marshal.dumps(compiled(name, text))) for name, text in request["driver"]]
        analysis = [(name, marshal.dumps(compiled(name, text))) for name, text in request.get("analysis", ())]
        dumped = [driver, *(marshal.dumps(dict(files)) for files in (parts, analysis))]
        answer.update(zip(("driver", "parts", "analysis"), (content.decode(LETTERS) for content in dumped)))
    if request.get("source") is not None:
        answer.update(listing(request["source"].lstrip("\ufeff"), request.get("cells", [])))
    if request.get("driver") and request.get("file") and answer.get("functions"):
        name = request.get("function") or answer["functions"][0]["name"]
        answer.update(planned=name, plan=plan(request, name, dict(parts + analysis)).decode(LETTERS))
    print(json.dumps(answer))


def compiled(name: str, text: str) -> CodeType:
    """A file of the driver as hosts run it."""
    # Hints are for readers and checkers: hosts neither work them out nor load `__future__` for them.
    without = text.replace(ANNOTATIONS, "\n", 1)
    return compile(without, "<poolscope %s>" % name, "exec", __future__.annotations.compiler_flag, dont_inherit=True)


def plan(request: dict[str, Any], name: str, parts: dict[str, bytes]) -> bytes:
    """What hosts run of the file for a function; nothing where there is more to be said than that: a host says it."""

    def later(name: str) -> ModuleType:
        key = "poolscope_" + name
        if key not in sys.modules:
            sys.modules[key] = type(sys)(key)
            exec(marshal.loads(parts[name]), sys.modules[key].__dict__)
        return sys.modules[key]

    cells = " ".join("%d:%d" % pair for pair in map(tuple, request["cells"]))
    job = {"source": request["source"], "file": request["file"], "cell_lines": cells, "function": name, "whole": "0"}
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            later("standard")
            later("columns")
            loading = later("loading")
            made = loading.planned(loading.Program(job), later)
            return b"" if told else marshal.dumps(made)
    except Exception:
        return b""


def listing(source: str, cells: Cells) -> Record:
    """The functions of a source and all names that it binds, or why it is no Python."""
    file = File(source, cells)
    error = None
    try:
        trees = file.trees()
        for tree in trees:
            file.read(tree.body)
        file.bound_again(trees)
        if file.unread and not file.found:
            raise file.unread[0]
    except SyntaxError as odd:
        error = {"line": odd.lineno, "text": (odd.text or "").strip(), "message": odd.msg}
    except (ValueError, RecursionError, MemoryError) as odd:
        error = {"line": None, "text": "", "message": str(odd) or type(odd).__name__}
    return {"functions": file.listed(), "names": sorted(file.names), "error": error}


class File:
    """What is found in a source, statement by statement."""

    def __init__(self, source: str, cells: Cells) -> None:
        # As Python counts lines, and no other end of a line that Unicode knows.
        self.source = source.replace("\r\n", "\n").replace("\r", "\n")
        self.lines = self.source.split("\n")
        self.cells = cells  # The first line of each cell, and its number.
        self.firsts = [first for first, _ in cells]
        self.found: dict[str, Record] = {}  # By name: the last of a name counts,
        self.earlier: list[Record] = []  # but those of other cells can be chosen too.
        self.names: set[str] = set()
        self.nodes: dict[str, ast.AST] = {}  # Functions and classes by name, and what other names stand for.
        self.instances: dict[str, ast.ClassDef] = {}  # Names for instances of the file's own classes.
        self.modules: set[str] = set()
        self.unread: list[SyntaxError] = []  # Why cells are no Python: of no interest where others have functions.

    def trees(self) -> list[ast.Module]:
        """The source's syntax; of a notebook cell by cell, without those that are no Python."""
        if not self.cells:
            return [ast.parse(self.source)]
        trees = []
        ends = self.firsts[1:] + [len(self.lines) + 1]
        for (first, _), end in zip(self.cells, ends):
            try:
                # Lines in front of it keep the places of its own.
                trees.append(ast.parse("\n" * (first - 1) + "\n".join(self.lines[first - 1 : end - 1])))
            except SyntaxError as error:
                self.unread.append(error)
        return trees

    def listed(self) -> list[Record]:
        """Functions first, in the order of the file."""
        return sorted([*self.earlier, *self.found.values()], key=lambda one: (KINDS.index(one["kind"]), one["line"]))

    def read(self, body: list[ast.stmt]) -> None:
        """Notes what statements define and bind."""
        for node in body:
            self.names.update(bound_by(node))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.define(node)
            elif isinstance(node, ast.ClassDef):
                self.define_class(node)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
                self.assign(node)
            elif isinstance(node, ast.Import):
                self.modules.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                self.import_names(node)
            elif not is_guard(node):
                for block in blocks(node):
                    self.read(block)

    def define(self, node: Function) -> None:
        self.nodes[node.name] = node
        self.add(node.name, FUNCTION, node, params(node.args, self.lines), bool(node.decorator_list))

    def define_class(self, node: ast.ClassDef) -> None:
        self.nodes[node.name] = node
        makes = method(node, "__init__")
        given = params(makes.args, self.lines)[1:] if makes else self.fields(node)
        # Of others the parameters are those of a base or of a metaclass.
        self.add(node.name, CLASS, node, given, not makes or bool(node.decorator_list or node.keywords))

    def fields(self, node: ast.ClassDef) -> Params:
        """The parameters of a dataclass or a named tuple."""
        makers = {last_part(maker) for maker in node.decorator_list + node.bases}
        if makers.isdisjoint(("dataclass", "NamedTuple")):
            return []
        fields = [field for field in node.body if isinstance(field, ast.AnnAssign)]
        named = [(field.target.id, field) for field in fields if isinstance(field.target, ast.Name)]
        return [param(name, field.annotation, field.value, "positional", self.lines) for name, field in named]

    def import_names(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name
            if name[:1].islower() and name not in MAKERS and node.module not in TYPE_MODULES:
                self.add(name, IMPORTED, node, [], True)

    def assign(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for name in [target.id for target in targets if isinstance(target, ast.Name)]:
            self.bind(name, node)

    def bind(self, name: str, node: ast.Assign | ast.AnnAssign) -> None:
        """A name that is given a value: is it something to call?"""
        value = node.value
        made = self.nodes.get(getattr(value.func, "id", "")) if isinstance(value, ast.Call) else None
        if isinstance(made, ast.ClassDef):
            self.instances[name] = made
        if isinstance(value, ast.Lambda):
            self.nodes[name] = value
            return self.add(name, FUNCTION, node, params(value.args, self.lines), False)
        definition, is_bound = self.definition(value)
        if definition is not None:
            if name not in self.instances:
                self.nodes[name] = definition
            given = params(definition.args, self.lines) if hasattr(definition, "args") else []
            return self.add(name, VALUE, node, given[is_bound:], True, definition)
        if isinstance(value, ast.Call):
            return self.bind_call(name, node, value)
        if isinstance(value, ast.Attribute) and root_of(value) in self.modules and value.attr[:1].islower():
            self.add(name, IMPORTED, node, [], True)

    def definition(self, value: ast.expr | None) -> tuple[Any, bool]:
        """The function or class that an expression names, and whether as a method of an object."""
        if isinstance(value, ast.Name):
            return self.nodes.get(value.id), False
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
            owner = value.value.id
            of_class = self.instances.get(owner) or self.nodes.get(owner)
            found = method(of_class, value.attr)
            kinds = {getattr(decorator, "id", "") for decorator in getattr(found, "decorator_list", ())}
            return found, "staticmethod" not in kinds and (owner in self.instances or "classmethod" in kinds)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            made = self.nodes.get(value.func.id)
            if isinstance(made, ast.ClassDef):
                return method(made, "__call__"), True
        return None, False

    def bind_call(self, name: str, node: ast.stmt, call: ast.Call) -> None:
        """A name for what a call gives: listed where that may be a function."""
        maker, arguments = last_part(call.func), call.args
        made = self.nodes.get(maker) if isinstance(call.func, ast.Name) else None
        if maker == "partial" and arguments:
            definition, is_bound = self.definition(arguments[0])
            given = params(definition.args, self.lines)[is_bound:] if hasattr(definition, "args") else []
            self.add(name, VALUE, node, self.partial(given, call), True, definition)
        elif maker in MAKERS or is_factory(made) or self.are_functions(arguments) and maker not in RUNNERS:
            if name in self.found and name in [getattr(argument, "id", "") for argument in arguments]:
                self.found[name]["is_decorated"] = True  # It is decorated by hand.
            else:
                self.add(name, VALUE, node, [], True)

    def partial(self, given: Params, call: ast.Call) -> Params:
        """What is left of the parameters of a function after `partial`."""
        set_by_name = {word.arg: text_of(word.value, self.lines) for word in call.keywords if word.arg}
        kept = [param for param in given if param["kind"] != "positional"]
        positional = [param for param in given if param["kind"] == "positional"][len(call.args) - 1 :]
        return [dict(param, default=set_by_name.get(param["name"], param["default"])) for param in positional + kept]

    def are_functions(self, arguments: list[ast.expr]) -> bool:
        known = [isinstance(argument, ast.Lambda) or self.definition(argument)[0] is not None for argument in arguments]
        return bool(known) and all(known)

    def add(self, name: str, kind: str, node: ast.stmt, given: Params, is_decorated: bool, meant: Any = None) -> None:
        before, cell = self.found.get(name), self.cell_of(node.lineno)
        if before and before["cell"] != cell and before["kind"] != IMPORTED:
            self.earlier.append(dict(before, name="%s@cell%d" % (name, before["cell"])))
        self.found.pop(name, None)
        self.found[name] = {
            "name": name, "kind": kind, "line": node.lineno, "cell": cell, "doc": doc_of(meant or node),
            "params": given, "is_decorated": is_decorated,
        }

    def cell_of(self, line: int) -> int:
        """The number of the cell that a line is in; all other files have one."""
        place = bisect_right(self.firsts, line)
        return self.cells[place - 1][1] if place else 0

    def bound_again(self, trees: list[ast.Module]) -> None:
        """What the parameters of a name in the end are, that is given a meaning more than once, is seen only later."""
        seen: set[str | None] = set()
        again: set[str | None] = set()
        for node in (node for tree in trees for node in ast.walk(tree)):
            is_stored = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
            name = getattr(node, "id" if is_stored else "name", None)
            (again if name in seen else seen).add(name)
        for one in self.found.values():
            one["is_decorated"] |= one["name"] in again


def bound_by(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds in the module."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    assigned = node if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) else None
    for part in (assigned, *getattr(node, "items", ()), getattr(node, "target", None)):
        for name in ast.walk(part) if isinstance(part, ast.AST) else ():
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                yield name.id


def is_guard(node: ast.stmt) -> bool:
    """Whether a block is only for `python FILE`."""
    return isinstance(node, ast.If) and any(getattr(part, "id", "") == "__name__" for part in ast.walk(node.test))


def blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The statements within a statement."""
    for part in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(part, field, None)
            if isinstance(block, list):
                yield block


def method(of_class: ast.AST | None, name: str) -> Function | None:
    """A method as the body of a class defines it."""
    for node in getattr(of_class, "body", ()) if isinstance(of_class, ast.ClassDef) else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            return node
    return None


def is_factory(function: ast.AST | None) -> bool:
    """Whether a function returns one that it defines."""
    if not isinstance(function, ast.FunctionDef):
        return False
    inner = {node.name for node in ast.walk(function) if isinstance(node, ast.FunctionDef)} - {function.name}
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return any(isinstance(value, ast.Lambda) or getattr(value, "id", None) in inner for value in returned)


def root_of(node: ast.expr) -> str | None:
    """`a` of `a.b.c`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, "id", None)


def last_part(function: ast.expr) -> str:
    """`jit` of `numba.jit` and of `numba.jit(cache=True)`."""
    while isinstance(function, ast.Call):
        function = function.func
    return getattr(function, "attr", getattr(function, "id", ""))


def doc_of(node: ast.AST) -> str | None:
    doc = ast.get_docstring(node) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else None
    return doc.splitlines()[0] if doc else None


def params(arguments: ast.arguments, lines: list[str]) -> Params:
    """Each parameter with the source of its default and its annotation, in the order in which they are written."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    found: list[tuple] = [(one, default, "positional") for one, default in zip(positional, defaults)]
    found.append((arguments.vararg, None, "var_positional"))
    found += [(one, default, "keyword") for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults)]
    found.append((arguments.kwarg, None, "var_keyword"))
    return [param(one.arg, one.annotation, default, kind, lines) for one, default, kind in found if one]


def param(name: str, annotation: ast.expr | None, default: ast.expr | None, kind: str, lines: list[str]) -> Record:
    """A parameter; an annotation in quotes, which stands for a name that comes later, goes without them."""
    value = annotation.value if isinstance(annotation, ast.Constant) else None
    hint = value if isinstance(value, str) else text_of(annotation, lines)
    return {"name": name, "default": text_of(default, lines), "hint": hint, "kind": kind}


def text_of(node: ast.expr | None, lines: list[str]) -> str | None:
    """An expression as it stands in the source."""
    if node is None:
        return None
    # Columns count bytes.
    text = [line.encode("utf-8", "surrogatepass") for line in lines[node.lineno - 1 : node.end_lineno]]
    text[-1] = text[-1][: node.end_col_offset]
    text[0] = text[0][node.col_offset :]
    return b"\n".join(text).decode("utf-8", "replace")


if __name__ == "__main__":
    main()
