def load():
    """The function, of the source as a module; each process loads it for itself."""
    enter(os.path.dirname(FILE))
    module = types.ModuleType("job")
    module.__file__, module.display = FILE, print
    sys.modules["job"] = module
    linecache.cache[FILE] = (len(SOURCE), None, SOURCE.splitlines(True), FILE)
    exec(compile(SOURCE, FILE, "exec"), module.__dict__)
    initialize(module)
    return functools.reduce(getattr, FUNCTION.split("."), module)
