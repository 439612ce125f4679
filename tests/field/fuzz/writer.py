"""Writes a random Python module from the templates of `grammar.py`.

A module is a list of statements in which every name has one kind for as long as it lives, so that what is written can
nearly always be run. Functions may use names that are bound only further below. The module says which of its functions
is to be called.
"""

import random
import re

import grammar

PLACE = re.compile(r"<(\w+)(?::(\w+))?([=!]?)>")
DEEPEST_EXPRESSION = 2
DEEPEST_BLOCK = 2
KINDS = ("int", "str", "list", "dict", "obj", "cls", "fn", "proc", "it")
PLAIN = {"any": "<int>", "int": "<const>", "str": "'a'", "list": "[<const>, 2]", "dict": "{<const>: 1}"}


class Unfit(Exception):
    """A template asks for a kind of which there is no name yet."""


class Scope:
    """The names that can be used at a place, by kind."""

    def __init__(self):
        self.names = {kind: [] for kind in KINDS}

    def copy(self):
        other = Scope()
        other.names = {kind: list(names) for kind, names in self.names.items()}
        return other


class Writer:
    """One module in the making."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.module = Scope()
        self.local = None
        self.declared = set()
        self.imports = []
        self.promised = {}
        self.waiting = []
        self.may_promise = True
        self.numbers = 0

    # What is written.

    def write(self):
        """The module's text and the name of the function to call."""
        chunks = [self.statement([(1, template)]) for template in grammar.BEGINNINGS if self.random.random() < 0.7]
        size = self.random.randrange(2, 14)
        task_at = self.random.randrange(size // 2, size + 1)
        for place in range(size + 1):
            if place == task_at:
                chunks.append(self.task())
            chunks.append(self.statement(self.templates()))
        chunks += [self.promise(name, kind) for name, kind in self.promised.items()]
        if self.random.random() < 0.1:
            chunks.append(self.guard())
        called = "task"
        if self.module.names["fn"] and self.random.random() < 0.25:
            called = self.random.choice(self.module.names["fn"])
        return "\n".join(self.imports + chunks) + "\n", called

    def templates(self):
        draw = self.random.random()
        if draw < 0.5:
            return grammar.STATEMENTS
        if draw < 0.65:
            return grammar.BLOCKS
        return grammar.DEFINITIONS if draw < 0.92 else grammar.RARE

    def promise(self, name, kind):
        """The statement that binds a name which a function above uses."""
        return "%s = %s" % (name, self.expression(kind, 1))

    def guard(self):
        name = self.any_name("int") or "nothing"
        return "if __name__ == '__main__':\n    %s = 1000\n    print(task(1))" % name

    def task(self):
        """The function that is called in the end, which shows what it depends on."""
        with_statements = self.random.randrange(3)
        body = self.within_function(lambda: self.some_statements(with_statements, 1), ["n"], self.shown)
        head = self.random.choice(["def task(n):", "def task(n):", "def task(n, *rest):", "def task(n=1):"])
        return head + "\n" + body

    def shown(self):
        """What a function returns that shows much."""
        self.module.names["fn"] += self.waiting
        parts = [self.expression("any", 0) for _ in range(self.random.randrange(1, 4))]
        for name in self.waiting:
            self.module.names["fn"].remove(name)
        return "return %s" % ", ".join(parts)

    def some_statements(self, count, depth):
        return [self.statement(self.inner_templates(depth), depth) for _ in range(count)]

    def inner_templates(self, depth):
        return grammar.BLOCKS if depth < DEEPEST_BLOCK and self.random.random() < 0.2 else grammar.STATEMENTS

    def statement(self, templates, depth=0):
        """A random statement, of those whose names there are."""
        weights = [weight for weight, _ in templates]
        for _ in range(20):
            template = self.random.choices(templates, weights)[0][1]
            kept = self.saved()
            try:
                return self.filled(template, depth, {})
            except Unfit:
                self.restore(kept)
        return "pass"

    def saved(self):
        local = self.local and self.local.copy()
        return self.module.copy(), local, set(self.declared), list(self.waiting), self.may_promise

    def restore(self, kept):
        self.module, self.local, self.declared, self.waiting, self.may_promise = kept

    # How templates are filled in.

    def filled(self, template, depth, memo):
        """A template as code; the names that it binds can be used behind it."""
        bound = []
        code = PLACE.sub(lambda place: self.fill(place, depth, memo, bound), template)
        for kind, name in bound:
            self.bind(kind, name)
        return code

    def fill(self, place, depth, memo, bound):
        word, detail, mark = place.groups()
        if word in ("block", "sure", "block2", "body", "effects", "class"):
            return getattr(self, "write_" + word)(depth, bound)
        if word == "m":
            return self.imported(detail)
        if word == "x":
            return memo.setdefault("x", self.fresh("t"))
        if word == "g":
            return memo.setdefault("g", self.existing(self.module, detail))
        if word == "name" and mark == "!":
            return memo.setdefault(place.group(), self.rebound(detail))
        if word == "name" and detail == "fn":
            return memo.setdefault(place.group(), self.existing(self.module, "fn"))
        if word == "name":
            return self.part(place, 0)
        if mark == "=":
            bound.append((word, self.target(word)))
            return bound[-1][1]
        return self.expression(word, 0)

    def expression(self, kind, depth):
        """A random expression of a kind."""
        if kind == "const":
            return str(self.random.randrange(1, 10))
        templates = grammar.EXPRESSIONS[kind]
        if depth > DEEPEST_EXPRESSION or (depth > 0 and self.random.random() < 0.4):
            templates = [pair for pair in templates if "<name:" in pair[1] or "<const>" in pair[1]][:3]
        for _ in range(6):
            template = self.random.choices(templates, [weight for weight, _ in templates])[0][1]
            try:
                return PLACE.sub(lambda place: self.part(place, depth + 1), template)
            except Unfit:
                pass
        if kind not in PLAIN:
            raise Unfit(kind)
        return PLACE.sub(lambda place: self.part(place, depth + 1), PLAIN[kind])

    def part(self, place, depth):
        word, detail, _ = place.groups()
        if word == "m":
            return self.imported(detail)
        if word != "name":
            return self.expression(word, depth)
        if self.local and self.may_promise and detail in ("int", "list") and self.random.random() < 0.04:
            name = self.fresh("P")
            self.promised[name] = detail
            return name
        name = self.any_name(detail)
        if name is None:
            raise Unfit(detail)
        return name

    # Names.

    def fresh(self, prefix):
        self.numbers += 1
        return "%s%d" % (prefix, self.numbers)

    def any_name(self, kind):
        """A name of a kind that can be read here."""
        names = self.module.names[kind] + (self.local.names[kind] * 2 if self.local else [])
        return self.random.choice(names) if names else None

    def existing(self, scope, kind):
        if not scope.names[kind]:
            raise Unfit(kind)
        return self.random.choice(scope.names[kind])

    def target(self, kind):
        """A name to bind: a new one, or one that is there."""
        if self.local is not None:
            names = self.local.names[kind]
            if kind not in ("fn", "proc", "cls") and self.module.names[kind] and self.random.random() < 0.3:
                return self.declare(self.existing(self.module, kind))
            return self.random.choice(names) if names and self.random.random() < 0.3 else self.fresh("v")
        names = self.module.names[kind]
        if names and self.random.random() < 0.35:
            return self.random.choice(names)
        return self.fresh({"cls": "C", "fn": "f", "proc": "p"}.get(kind, "G"))

    def rebound(self, kind):
        """A name that is read and bound again."""
        if self.local and self.local.names[kind]:
            return self.existing(self.local, kind)
        name = self.existing(self.module, kind)
        return self.declare(name) if self.local else name

    def declare(self, name):
        self.declared.add(name)
        return name

    def bind(self, kind, name):
        is_local = self.local is not None and name not in self.declared
        names = (self.local if is_local else self.module).names[kind]
        if name not in names and name not in self.waiting:
            names.append(name)

    def imported(self, key):
        statement, name = grammar.IMPORTS[key]
        if statement not in self.imports:
            self.imports.insert(self.random.randrange(len(self.imports) + 1), statement)
        return name

    # Blocks.

    def indented(self, statements):
        lines = "\n".join(statements).split("\n")
        return "\n".join("    " + line for line in lines)

    def write_block(self, depth, bound):
        """Statements that may not be run: what they alone bind cannot be used behind them."""
        kept = self.saved()
        code = self.write_sure(depth, bound)
        declared = self.declared
        self.restore(kept)
        self.declared |= declared
        return code

    def write_sure(self, depth, bound):
        if depth >= DEEPEST_BLOCK:
            return self.indented([self.statement(grammar.STATEMENTS[:50], depth + 1)])
        return self.indented(self.some_statements(self.random.randrange(1, 4), depth + 1))

    def write_block2(self, depth, bound):
        return self.indented([self.write_block(depth, bound)])

    def write_body(self, depth, bound):
        """The body of a function of one number that returns one."""
        return self.function_body(["n"], bound, lambda: "return %s" % self.expression("int", 0))

    def write_effects(self, depth, bound):
        return self.function_body([], bound, lambda: "return None")

    def function_body(self, params, bound, ending):
        name = bound[-1][1] if bound else None
        may_promise, promises = self.may_promise, len(self.promised)
        self.may_promise = name not in self.module.names["fn"] + self.module.names["proc"]
        count = self.random.randrange(0, 3)
        body = self.within_function(lambda: self.some_statements(count, 1), params, ending)
        self.may_promise = may_promise
        if len(self.promised) > promises and bound and bound[-1][0] == "fn":
            self.waiting.append(name)
        elif len(self.promised) > promises:
            raise Unfit("promise")
        return body

    def within_function(self, statements, params, ending):
        outer, declared = self.local, self.declared
        self.local, self.declared = Scope(), set()
        self.local.names["int"] += params
        lines = statements()
        lines.append(ending())
        if self.declared:
            lines.insert(0, "global " + ", ".join(sorted(self.declared)))
        self.local, self.declared = outer, declared
        return self.indented(lines)

    def write_class(self, depth, bound):
        """A class that can do all that is asked of an object."""
        pick = self.random.choice
        items = pick(["[v]", "[v, 1]", self.expression("list", 1)])
        effects = self.function_body(["by"], [], lambda: "return (self.v + by) % 97")
        count = pick(["type(self).k += 1", "self.v = (self.v + by) % 97", "self.items.append(by)", "pass"])
        set_level = pick(["self.v = value", "self.items.append(value)"])
        call = pick(["pass", "self.v = n", "type(self).k = n"])
        leave = pick(["self.v += 1", "pass", "self.items.append(1)"])
        noted = pick(["", "\n    type(self).made.append(self)"])
        lines = [
            "k = %s\nmade = []" % self.expression("int", 1),
            "def __init__(self, v=0):\n    self.v = v\n    self.items = %s%s" % (items, noted),
            "def bump(self, by=1):\n%s" % effects.replace("    return (self.v", "    %s\n    return (self.v" % count),
            "def add(self, n):\n    return (self.v + n) % 97",
            "def same(self):\n    return self",
            "def given(self):\n    return self.items",
            "def register(self, f):\n    self.items.append(1)\n    return f",
            "@property\ndef level(self):\n    return self.v",
            "@level.setter\ndef level(self, value):\n    %s" % set_level,
            "def __iadd__(self, by):\n    self.v = by\n    return self",
            "def __call__(self, n):\n    %s\n    return n" % call,
            "def __enter__(self):\n    return self",
            "def __exit__(self, *error):\n    %s" % leave,
            "def __setitem__(self, key, value):\n    self.items.append(value)",
        ]
        return self.indented(lines)
