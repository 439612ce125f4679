def load():
    """The function, of the file as a module; each process loads it for itself."""
    enter(os.path.dirname(FILE))
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("job", FILE)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("job", loader))
    sys.modules["job"] = module
    loader.exec_module(module)
    initialize(module)
    return functools.reduce(getattr, FUNCTION.split("."), module)
