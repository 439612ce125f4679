#: tau [0]
#: whoami [0]
#: late_global [1]
import math
import sys
import types

math.my_tau = 2 * math.pi
this = sys.modules[__name__]
setattr(this, "DYNAMIC", 11)
globals()["OTHER"] = 31
ns = types.SimpleNamespace(depth=1)
ns.depth += 4
exec("MADE = DYNAMIC + 1")


def tau(_):
    return round(math.my_tau, 6)


def whoami(_):
    return [__name__, this.DYNAMIC, OTHER, ns.depth, MADE]


def late_global(n):
    return n + DEFINED_BELOW


DEFINED_BELOW = 100
DEFINED_BELOW += OTHER
