#: price [2]
# saved by an editor of Windows
EURO = "€"


def price(n):
    """Says
    the price."""
    return f"{n} {EURO}"
