"""Lists the functions of a Python source without running it: reads the source in JSON, prints one line of JSON.

Also compiles the host driver, so that the hosts of this interpreter need not do so each.
"""

import ast
import json
import marshal
import sys


def main():
    request = json.loads(sys.stdin.buffer.read())
    source = request["source"].lstrip("\ufeff")
    driver, *parts = [(name, compiled(name, text)) for name, text in request["driver"]]
    listing = {
        "executable": sys.executable,
        "version": ".".join(map(str, sys.version_info[:3])),
        "gil": getattr(sys, "_is_gil_enabled", lambda: None)(),
        "build": "".join(sys.version.split()),
        "driver": dumped(driver[1]),
        "parts": dumped(dict(parts)),
        "functions": [],
        "error": None,
    }
    try:
        tree = ast.parse(source)
        listing["functions"] = list(functions(tree.body, source))
        changed = bound_again(tree)
        for function in listing["functions"]:
            # What its parameters are in the end is seen only when the file is loaded.
            function["is_decorated"] |= function["name"] in changed
    except SyntaxError as error:
        text = (error.text or "").strip()
        place = {"line": error.lineno, "column": error.offset}
        listing["error"] = {**place, "text": text, "message": error.msg}
    except (ValueError, RecursionError, MemoryError) as error:
        listing["error"] = {"line": None, "column": None, "text": "", "message": str(error) or type(error).__name__}
    print(json.dumps(listing))


def compiled(name, text):
    return compile(text, "<poolscope %s>" % name, "exec", dont_inherit=True)


def dumped(code):
    """Compiled code as text: a letter a byte."""
    return marshal.dumps(code).decode("latin-1")


def functions(body, source):
    """The functions that these statements define, also under a condition; the last of a name counts."""
    found = {}
    for node in definitions(body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = described(target.id, node.value, node.lineno, source)
        else:
            found[node.name] = described(node.name, node, node.lineno, source)
    return found.values()


def bound_again(tree):
    """Names that are given a meaning more than once, wherever."""
    seen, again = set(), set()
    for node in ast.walk(tree):
        is_stored = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        name = node.id if is_stored else getattr(node, "name", None)
        (again if name in seen else seen).add(name)
    return again


def definitions(body):
    for node in body:
        is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if is_function or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)):
            yield node
        elif isinstance(node, ast.If):
            yield from definitions([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            handled = [inner for handler in node.handlers for inner in handler.body]
            yield from definitions([*node.body, *handled, *node.orelse, *node.finalbody])


def described(name, node, line, source):
    doc = None if isinstance(node, ast.Lambda) else ast.get_docstring(node)
    return {
        "name": name,
        "line": line,
        "doc": doc.splitlines()[0] if doc else None,
        "params": list(params(node.args, source)),
        "is_decorated": bool(getattr(node, "decorator_list", None)),
    }


def params(arguments, source):
    """Each parameter with the source of its default and its annotation, in the order in which they are written."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    for argument, default in zip(positional, defaults):
        yield param(argument, default, "positional", source)
    if arguments.vararg:
        yield param(arguments.vararg, None, "var_positional", source)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        yield param(argument, default, "keyword", source)
    if arguments.kwarg:
        yield param(arguments.kwarg, None, "var_keyword", source)


def param(argument, default, kind, source):
    return {
        "name": argument.arg,
        "default": text_of(default, source),
        "hint": hint_of(argument.annotation, source),
        "kind": kind,
    }


def hint_of(annotation, source):
    """An annotation; one in quotes, which stands for a name that comes later, without them."""
    is_quoted = isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
    return annotation.value if is_quoted else text_of(annotation, source)


def text_of(node, source):
    """An expression as it stands in the source."""
    return None if node is None else ast.get_source_segment(source, node)


main()
