"""What is known of a unit of code: names bound, used, changed, and which of them may share objects."""

from poolscope_tree import children, kind_of

COMPREHENSIONS = ("ListComp", "SetComp", "DictComp", "GeneratorExp")
DISPLAYS = ("List", "Tuple", "Set", "Dict")


class Call:
    """A call, with the names whose objects it is given."""

    def __init__(self, path, args, named=None, functions=(), is_loose=False):
        self.path = path
        self.args = args  # For each positional argument, the names that its value is or holds.
        self.named = named or {}
        self.functions = functions  # Units of lambdas among the arguments.
        self.far = set()  # Names that it is given only through what other calls made of their objects.
        self.receivers = set()  # Names that a call further up gave its object: `type(a).b()`.
        self.methods = []  # Paths of methods among the arguments.
        self.is_known = False  # Runs code that stands in the call as text, which was read.
        self.is_loose = is_loose  # Nothing takes what it returns.

    def given(self):
        """All names whose objects the call can get at."""
        return set().union(*self.args, *self.named.values())


class Facts:
    """What is known of a unit."""

    def __init__(self, name=""):
        self.name = name
        self.params = []
        self.bound = set()
        self.surely = set()  # Bound by now, whatever way the code took.
        self.used = set()
        self.attributes = set()  # (name, attribute) of `name.attribute`.
        self.changed = {}  # Names whose objects it changes; True where that is sure.
        self.calls = []
        self.links = []  # (name, other, is_wide): it may hold objects of the other; widely what a call made of them.
        self.inner = []  # Functions that it defines.
        self.values = {}  # What names are bound to, where that is one expression.
        self.imports = {}
        self.of_module = set()
        self.outward = set()
        self.returned = set()
        self.names_in_words = set()  # Of annotations that are text.
        self.bases = []
        self.decorators = {}  # Names of what functions and classes went through.
        self.is_generator = self.is_endless = self.is_method = False
        self.defined, self.stored = set(), set()  # Names bound by `def`, and by assignments.
        self.stores = []  # Paths of objects that are stored into.
        self.owner, self.class_attributes = None, set()  # Of a method, its class; of a class, what all objects share.
        self.kept_params = set()  # Those whose default lives on from call to call.
        self.renamed = {}  # Names that mean something of their own here: of comprehensions and class bodies.
        self.class_names = None

    # Names

    def local(self, name):
        return self.renamed.get(name, name)

    def bind(self, name, is_sure=True):
        if self.class_names is not None and name not in self.of_module:
            self.renamed[name] = "%s#%d" % (name, id(self.class_names))
            self.class_names.add(self.renamed[name])
        name = self.local(name)
        self.bound.add(name)
        if is_sure:
            self.surely.add(name)

    def use(self, name):
        name = self.local(name)
        if name not in self.surely:
            self.used.add(name)

    def change(self, name, is_sure=True):
        if name:
            name = self.local(name)
            self.changed[name] = self.changed.get(name, False) or is_sure

    def link(self, name, held):
        name = self.local(name)
        self.links += [(name, other, is_wide) for other, is_wide in held if other != name]

    def held(self, node, is_wide=False):
        """The names whose objects a value is or holds; widely where a call made it of them."""
        kind = kind_of(node)
        if kind == "Name":
            yield self.local(node.id), is_wide
        elif kind in ("Attribute", "Subscript", "Starred", "Await", "FormattedValue", "NamedExpr"):
            yield from self.held(node.value, is_wide)
        elif kind in DISPLAYS + ("BoolOp", "IfExp"):
            for part in children(node):
                yield from self.held(part, is_wide)
        elif kind == "Call" and kind_of(node.func) == "Name":
            # What a function gives is not the function.
            yield self.local(node.func.id) + "()", True
            for part in (*node.args, *node.keywords):
                yield from self.held(part, True)
        elif kind in ("BinOp", "Call", "keyword"):
            for part in children(node):
                yield from self.held(part, True)
        elif kind in COMPREHENSIONS:
            for part in node.generators:
                yield from self.held(part.iter, True)

    def names_held(self, node):
        return {name for name, _ in self.held(node)}
