def shown(result):
    """A result as a line."""
    return str(result).lower() if type(result) is bool else str(result)
