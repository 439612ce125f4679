"""Lists what of a Python source can be called, without running it, and tells what this interpreter is.

Reads a request in JSON from standard input and prints one line of JSON. `source`, where there is one, is only parsed.
Only where `driver` is there is it compiled, so that the hosts of this interpreter need not do so each; for the function
that is asked for, or else the first, it is decided too what of the file they run (see `planning.py`).

Listed are functions, under a condition or in a block too, names for something that is called like a function (lambdas,
`partial`, calls that are given or return a function, another name, a method), classes, and lowercase names that are
imported from modules. Whether one of the latter three kinds can be called is seen only when the file is loaded: then
`names`, all that the file binds, tells at least which names there are.
"""

import ast
import json
import marshal
import sys
import warnings
from bisect import bisect_right

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


def main():
    request = json.loads(sys.stdin.buffer.read())
    answer = {
        "executable": sys.executable,
        "version": ".".join(map(str, sys.version_info[:3])),
        "gil": getattr(sys, "_is_gil_enabled", lambda: None)(),
        "build": "".join(sys.version.split()),
    }
    if request.get("driver"):
        (_, driver), *parts = [(name, compiled(name, text)) for name, text in request["driver"]]
        parts = {name: marshal.dumps(code) for name, code in parts}
        analysis = {name: marshal.dumps(compiled(name, text)) for name, text in request.get("analysis", ())}
        dumped = [marshal.dumps(code) for code in (driver, parts, analysis)]
        answer.update(zip(("driver", "parts", "analysis"), map(letters, dumped)))
    if request.get("source") is not None:
        answer.update(listing(request["source"].lstrip("\ufeff"), request.get("cells", [])))
    if request.get("driver") and request.get("file") and answer.get("functions"):
        name = request.get("function") or answer["functions"][0]["name"]
        answer.update(planned=name, plan=letters(plan(request, name, {**parts, **analysis})))
    print(json.dumps(answer))


def compiled(name, text):
    return compile(text, "<poolscope %s>" % name, "exec", dont_inherit=True)


def letters(content):
    """Bytes as text: a letter a byte."""
    return content.decode("latin-1")


def plan(request, name, parts):
    """What hosts run of the file for a function; nothing where there is more to be said than that: a host says it."""

    def later(name):
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
            later("columns")
            loading = later("loading")
            made = loading.planned(loading.Program(job), later)
            return b"" if told else marshal.dumps(made)
    except Exception:
        return b""


def listing(source, cells):
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

    def __init__(self, source, cells):
        # As Python counts lines, and no other end of a line that Unicode knows.
        self.source = source.replace("\r\n", "\n").replace("\r", "\n")
        self.lines = self.source.split("\n")
        self.cells = cells  # The first line of each cell, and its number.
        self.firsts = [first for first, _ in cells]
        self.found = {}  # By name: the last of a name counts,
        self.earlier = []  # but those of other cells can be chosen too.
        self.names = set()
        self.nodes = {}  # Functions and classes by name, and what other names stand for.
        self.instances = {}  # Names for instances of the file's own classes.
        self.modules = set()
        self.unread = []  # Why cells are no Python: of no interest where others have functions.

    def trees(self):
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

    def listed(self):
        """Functions first, in the order of the file."""
        everything = self.earlier + list(self.found.values())
        return sorted(everything, key=lambda one: (KINDS.index(one["kind"]), one["line"]))

    def read(self, body):
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

    def define(self, node):
        self.nodes[node.name] = node
        self.add(node.name, FUNCTION, node, params(node.args, self.lines), bool(node.decorator_list))

    def define_class(self, node):
        self.nodes[node.name] = node
        makes = method(node, "__init__")
        given = params(makes.args, self.lines)[1:] if makes else self.fields(node)
        # Of others the parameters are those of a base or of a metaclass.
        self.add(node.name, CLASS, node, given, not makes or bool(node.decorator_list or node.keywords))

    def fields(self, node):
        """The parameters of a dataclass or a named tuple."""
        makers = {last_part(maker) for maker in node.decorator_list + node.bases}
        if makers.isdisjoint(("dataclass", "NamedTuple")):
            return []
        fields = [field for field in node.body if isinstance(field, ast.AnnAssign) and hasattr(field.target, "id")]
        texts = [(field.target.id, text_of(field.value, self.lines), field.annotation) for field in fields]
        return [
            {"name": name, "default": default, "hint": hint_of(annotation, self.lines), "kind": "positional"}
            for name, default, annotation in texts
        ]

    def import_names(self, node):
        for alias in node.names:
            name = alias.asname or alias.name
            if name[:1].islower() and name not in MAKERS and node.module not in TYPE_MODULES:
                self.add(name, IMPORTED, node, [], True)

    def assign(self, node):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for name in [target.id for target in targets if isinstance(target, ast.Name)]:
            self.bind(name, node)

    def bind(self, name, node):
        """A name that is given a value: is it something to call?"""
        value = node.value
        made = self.nodes.get(getattr(value.func, "id", None)) if isinstance(value, ast.Call) else None
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
        is_of_module = isinstance(value, ast.Attribute) and root_of(value) in self.modules
        if is_of_module and value.attr[:1].islower():
            self.add(name, IMPORTED, node, [], True)

    def definition(self, value):
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

    def bind_call(self, name, node, call):
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

    def partial(self, given, call):
        """What is left of the parameters of a function after `partial`."""
        set_by_name = {word.arg: text_of(word.value, self.lines) for word in call.keywords if word.arg}
        kept = [param for param in given if param["kind"] != "positional"]
        positional = [param for param in given if param["kind"] == "positional"][len(call.args) - 1 :]
        kept = positional + kept
        return [dict(param, default=set_by_name.get(param["name"], param["default"])) for param in kept]

    def are_functions(self, arguments):
        return bool(arguments) and all(
            isinstance(argument, ast.Lambda) or self.definition(argument)[0] is not None for argument in arguments
        )

    def add(self, name, kind, node, given, is_decorated, described=None):
        before, cell = self.found.get(name), self.cell_of(node.lineno)
        if before and before["cell"] != cell and before["kind"] != IMPORTED:
            self.earlier.append(dict(before, name="%s@cell%d" % (name, before["cell"])))
        self.found.pop(name, None)
        self.found[name] = {
            "name": name,
            "kind": kind,
            "line": node.lineno,
            "cell": cell,
            "doc": doc_of(described or node),
            "params": given,
            "is_decorated": is_decorated,
        }

    def cell_of(self, line):
        """The number of the cell that a line is in; all other files have one."""
        place = bisect_right(self.firsts, line)
        return self.cells[place - 1][1] if place else 0

    def bound_again(self, trees):
        """What the parameters of a name in the end are, that is given a meaning more than once, is seen only later."""
        seen, again = set(), set()
        for node in (node for tree in trees for node in ast.walk(tree)):
            is_stored = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
            name = node.id if is_stored else getattr(node, "name", None)
            (again if name in seen else seen).add(name)
        for one in self.found.values():
            one["is_decorated"] |= one["name"] in again


def bound_by(node):
    """The names that a statement binds in the module."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id
    for part in (*getattr(node, "items", ()), getattr(node, "target", None)):
        for name in ast.walk(part) if isinstance(part, ast.AST) else ():
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                yield name.id


def is_guard(node):
    """Whether a block is only for `python FILE`."""
    return isinstance(node, ast.If) and any(getattr(part, "id", "") == "__name__" for part in ast.walk(node.test))


def blocks(node):
    """The statements within a statement."""
    for part in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(part, field, None)
            if isinstance(block, list):
                yield block


def method(of_class, name):
    """A method as the body of a class defines it."""
    for node in getattr(of_class, "body", ()) if isinstance(of_class, ast.ClassDef) else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            return node
    return None


def is_factory(function):
    """Whether a function returns one that it defines."""
    if not isinstance(function, ast.FunctionDef):
        return False
    inner = {node.name for node in ast.walk(function) if isinstance(node, ast.FunctionDef)} - {function.name}
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return any(isinstance(value, ast.Lambda) or getattr(value, "id", None) in inner for value in returned)


def root_of(node):
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, "id", None)


def last_part(function):
    """`jit` of `numba.jit` and of `numba.jit(cache=True)`."""
    while isinstance(function, ast.Call):
        function = function.func
    return getattr(function, "attr", getattr(function, "id", ""))


def doc_of(node):
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return None
    doc = ast.get_docstring(node)
    return doc.splitlines()[0] if doc else None


def params(arguments, lines):
    """Each parameter with the source of its default and its annotation, in the order in which they are written."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    found = [param(argument, default, "positional", lines) for argument, default in zip(positional, defaults)]
    if arguments.vararg:
        found.append(param(arguments.vararg, None, "var_positional", lines))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        found.append(param(argument, default, "keyword", lines))
    if arguments.kwarg:
        found.append(param(arguments.kwarg, None, "var_keyword", lines))
    return found


def param(argument, default, kind, lines):
    return {
        "name": argument.arg,
        "default": text_of(default, lines),
        "hint": hint_of(argument.annotation, lines),
        "kind": kind,
    }


def hint_of(annotation, lines):
    """An annotation; one in quotes, which stands for a name that comes later, without them."""
    is_quoted = isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
    return annotation.value if is_quoted else text_of(annotation, lines)


def text_of(node, lines):
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
