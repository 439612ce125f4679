#: option ["depth", "name", "missing"]
#: merged [0]
import json

DEFAULTS = json.loads('{"depth": 3, "name": "tree", "leaves": [1, 2.50, null]}')
OVERRIDES = {"name": "bush"}
settings = {**DEFAULTS, **OVERRIDES}
for key in sorted(settings):
    if isinstance(settings[key], list):
        settings[key] = tuple(settings[key])


def option(name):
    return settings.get(name, "?")


def merged(_):
    return json.dumps(settings, sort_keys=True)
