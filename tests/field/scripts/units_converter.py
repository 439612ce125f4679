#: convert [[1, "km", "m"], [5, "ft", "cm"], [1, "m", "kg"]]
UNITS = {}


def unit(name, factor, dimension="length"):
    UNITS[name] = (factor, dimension)


unit("m", 1.0)
unit("km", 1000.0)
unit("cm", 0.01)
unit("ft", 0.3048)
unit("kg", 1.0, dimension="mass")
ALIASES = {"metre": "m"}
for alias, target in ALIASES.items():
    unit(alias, *UNITS[target])


def convert(value, source, target):
    (f, d), (g, e) = UNITS[source], UNITS[target]
    if d != e:
        raise TypeError("cannot convert %s to %s" % (d, e))
    return round(value * f / g, 9)
