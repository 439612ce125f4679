"""Makes a module that shows a difference small: drops statements and replaces expressions while the difference stays."""

import ast

from compare import FAILED, difference


def smallest(source, name, is_notebook):
    """The shortest module found that still differs."""
    best = source
    while True:
        smaller = next((text for text in candidates(best) if still_differs(text, name, is_notebook)), None)
        if smaller is None:
            return best
        best = smaller


def still_differs(source, name, is_notebook):
    """Whether a module differs, and is none that merely fails in two ways."""
    try:
        told = difference(source, name, is_notebook)
    except SyntaxError:
        return False
    return bool(told) and not any(value.startswith(FAILED) for value in told[0])


def candidates(source):
    """Texts of smaller modules, the smallest first."""
    tree = ast.parse(source)
    for body, place in statements(tree):
        kept, node = list(body), body[place]
        inner = [part for field in ("body", "orelse", "finalbody") for part in getattr(node, field, [])]
        is_definition = isinstance(node, (ast.FunctionDef, ast.ClassDef))
        for replacement in ([], [ast.Pass()]) if is_definition or not inner else ([], inner):
            body[:] = kept[:place] + replacement + kept[place + 1 :]
            text = written(tree)
            body[:] = kept
            if text and len(text) < len(source):
                yield text
    yield from simpler_expressions(source)


def statements(tree):
    """Each list of statements with each place in it, outer ones first."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                for place in reversed(range(len(body))):
                    yield body, place


def simpler_expressions(source):
    """The module with one expression replaced by a part of it, or by a number."""
    count = sum(1 for _ in expressions(ast.parse(source)))
    for place in range(count):
        for choice in range(4):
            tree = ast.parse(source)
            owner, field, index, node = list(expressions(tree))[place]
            parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
            options = [ast.Constant(1), *parts[:3]]
            if choice < len(options):
                put(owner, field, index, options[choice])
                text = written(tree)
                if text and len(text) < len(source):
                    yield text


def expressions(tree):
    for owner in ast.walk(tree):
        for field, value in ast.iter_fields(owner):
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
                    yield owner, field, index, node


def put(owner, field, index, node):
    if index is None:
        setattr(owner, field, node)
    else:
        getattr(owner, field)[index] = node


def written(tree):
    try:
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    except (ValueError, AttributeError):
        return None
