def initialize(module):
    """Notes what each worker calls when it starts: NAME or NAME:ARG,ARG."""
    name, _, words = INITIALIZER.partition(":")
    try:
        given = list(ast.literal_eval("(%s,)" % words)) if words else []
    except (ValueError, SyntaxError):
        given = [literal_or_text(word) for word in words.split(",")]
    STATE["initialize"] = lambda: functools.reduce(getattr, name.split("."), module)(*given)


def literal_or_text(word):
    try:
        return ast.literal_eval(word.strip())
    except (ValueError, SyntaxError):
        return word
