#: price [10, 20]
#: settings [0]
config = None
_cache = {}
version = "0"


def load_config():
    global config, version
    config = {"rate": 0.25, "fees": [1, 2, 3]}
    version = "1.2"
    _cache.clear()
    _cache["loaded"] = True


def warm_up():
    _cache["square"] = [n * n for n in range(30)]


load_config()
warm_up()
config["fees"].append(4)


def price(n):
    return n * (1 + config["rate"]) + sum(config["fees"]) + _cache["square"][n]


def settings(_):
    return [version, sorted(_cache)]
