def call(function, index, value):
    """A list gives several arguments by position, an object those that it names; everything else is the one argument."""
    try:
        params = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return function(value)
    if not params:
        return function()
    places = [param for param in params if param.kind in (param.POSITIONAL_ONLY, param.POSITIONAL_OR_KEYWORD)]
    single = places + [param for param in params if param.kind == param.KEYWORD_ONLY]
    takes_more = any(param.kind == param.VAR_POSITIONAL for param in params)
    takes_any_name = any(param.kind == param.VAR_KEYWORD for param in params)
    if type(value) is dict:
        names = [param.name for param in single]
        has_all = all(param.name in value for param in single if param.default is param.empty)
        if has_all and (takes_any_name or any(name in value for name in names)):
            first = [param.name for param in places if param.kind == param.POSITIONAL_ONLY]
            known = [name for name in (value if takes_any_name else names) if name in value and name not in first]
            return function(*[value[name] for name in first if name in value], **{name: value[name] for name in known})
    if type(value) is list and (len(places) > 1 or takes_more):
        return function(*value)
    return function(value)
