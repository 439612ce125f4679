"""Keeps of a file what its function needs to be called, so that loading it does not run the rest.

Imports, functions, classes and assignments that call nothing are kept. An assignment that calls something is kept
only where the function needs one of its names, directly or through what it uses. Statements on their own and `with`,
`for` and `while` blocks are skipped. A definition that the function does not need is skipped too where it would need
something skipped to be defined.
"""

FUNCTIONS = ("FunctionDef", "AsyncFunctionDef", "Lambda")
DEFINITIONS = FUNCTIONS[:2] + ("ClassDef", "TypeAlias")
IMPORTS = ("Import", "ImportFrom")
ASSIGNMENTS = ("Assign", "AnnAssign", "AugAssign")
BRANCHES = ("If", "Try", "TryStar")
# Statements on their own that other imports and deep functions rely on.
SETTINGS = ("sys.path", "sys.setrecursionlimit")


def keep_definitions(tree, function):
    """Leaves in the tree what is kept, and tells the first line of each name that is not."""
    statements = [Statement(node, place == 0) for place, node in enumerate(tree.body)]
    need(statements, function)
    kept = [statement for statement in statements if statement.is_kept]
    drop_what_lacks_names(statements, kept)
    tree.body = [statement.node for statement in kept]
    bound = set().union(*(statement.names.bound for statement in kept))
    return {
        name: statement.node.lineno
        for statement in reversed(statements)
        if not statement.is_kept
        for name in statement.names.bound - bound
    }


def need(statements, function):
    """Marks what the function needs, and what that needs in turn."""
    wanted, seen = [function], set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        for statement in statements:
            if name in statement.names.bound and statement.can_be_needed:
                statement.is_kept = statement.is_needed = True
                wanted += statement.names.used | statement.names.used_later


def drop_what_lacks_names(statements, kept):
    """Drops what would fail while it is defined, for want of something that was skipped or dropped."""
    everything = set().union(*(statement.names.bound for statement in statements))
    while True:
        missing = everything.difference(*(statement.names.bound for statement in kept))
        lacking = [item for item in kept if not item.is_needed and item.names.used & missing]
        if not lacking:
            return
        for statement in lacking:
            statement.is_kept = False
            kept.remove(statement)


class Statement:
    """One statement of the file, outside of all functions."""

    def __init__(self, node, is_first):
        kind = kind_of(node)
        self.node = node
        self.names = Names()
        self.names.scan(node)
        parts = {kind_of(part) for part in walk(node)}
        is_guard = kind == "If" and any(getattr(part, "id", None) == "__name__" for part in walk(node.test))
        defines = kind in BRANCHES and not is_guard and not parts.isdisjoint(IMPORTS + DEFINITIONS)
        is_quiet = kind in ASSIGNMENTS and parts.isdisjoint(("Call", "Await"))
        is_docstring = is_first and kind == "Expr" and kind_of(node.value) == "Constant"
        self.can_be_needed = kind in IMPORTS + DEFINITIONS + ASSIGNMENTS + BRANCHES and not is_guard
        self.is_kept = kind in IMPORTS + DEFINITIONS or defines or is_quiet or is_docstring or is_setting(node)
        self.is_needed = False


def is_setting(node):
    if kind_of(node) != "Expr" or kind_of(node.value) != "Call":
        return False
    dotted, part = [], node.value.func
    while kind_of(part) == "Attribute":
        dotted.append(part.attr)
        part = part.value
    dotted.append(getattr(part, "id", ""))
    return ".".join(dotted[:-3:-1]) in SETTINGS


def kind_of(node):
    return type(node).__name__


def children(node):
    """The nodes right below one."""
    for field in node._fields:
        value = getattr(node, field, None)
        for part in value if isinstance(value, list) else (value,):
            if hasattr(part, "_fields"):
                yield part


def walk(node):
    """A node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


class Names:
    """The names that a piece of code binds, and those that it takes from around it: at once, or when it is called."""

    def __init__(self):
        self.bound, self.used, self.used_later, self.of_module = set(), set(), set(), set()

    def scan(self, node):
        kind = kind_of(node)
        if kind == "Name":
            (self.used if kind_of(node.ctx) == "Load" else self.bound).add(node.id)
        elif kind in FUNCTIONS:
            self.scan_function(node)
        elif kind == "ClassDef":
            self.scan_class(node)
        elif kind == "Global":
            self.of_module.update(node.names)
        else:
            self.bind(node, kind)
            for child in children(node):
                self.scan(child)

    def bind(self, node, kind):
        """Names that stand in a node as text, and objects that are changed in place (`table[key] = ...`)."""
        if kind == "alias":
            self.bound.add(node.asname or node.name.partition(".")[0])
        elif kind in ("ExceptHandler", "MatchAs", "MatchStar") and node.name:
            self.bound.add(node.name)
        elif kind == "MatchMapping" and node.rest:
            self.bound.add(node.rest)
        elif kind in ("Subscript", "Attribute") and kind_of(node.ctx) != "Load":
            while kind_of(node) in ("Subscript", "Attribute"):
                node = node.value
            if kind_of(node) == "Name":
                self.bound.add(node.id)

    def scan_function(self, node):
        """A function's own names are its own; what else it uses it needs when it is called."""
        inner = Names()
        inner.bound.update(argument.arg for argument in all_arguments(node.args))
        body = node.body if isinstance(node.body, list) else [node.body]
        for part in body:
            inner.scan(part)
        if kind_of(node) != "Lambda":
            self.bound.add(node.name)
        for part in children(node):
            if part not in body and kind_of(part) != "arguments":
                self.scan(part)
        for part in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.scan(part)
        for argument in all_arguments(node.args):
            if argument.annotation:
                self.scan(argument.annotation)
        self.used_later |= (inner.used | inner.used_later) - (inner.bound - inner.of_module)

    def scan_class(self, node):
        """A class body runs at once; its names are not seen from within its methods."""
        inner = Names()
        for part in node.body:
            inner.scan(part)
        self.bound.add(node.name)
        for part in children(node):
            if part not in node.body:
                self.scan(part)
        self.used |= inner.used - inner.bound
        self.used_later |= inner.used_later


def all_arguments(arguments):
    named = (*getattr(arguments, "posonlyargs", ()), *arguments.args, *arguments.kwonlyargs)
    return [*named, *filter(None, (arguments.vararg, arguments.kwarg))]
