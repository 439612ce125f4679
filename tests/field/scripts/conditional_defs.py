#: clock [3]
#: bits [8, 255]
#: platform_word [0]
import os
import sys

if sys.version_info >= (3, 10):
    def bits(n):
        return n.bit_count()
else:
    def bits(n):
        return bin(n).count("1")

if sys.platform.startswith("win"):
    SEP = ";"
elif os.name == "posix":
    SEP = ":"
else:
    SEP = "?"

DEBUG = os.environ.get("FIELD_DEBUG_THAT_IS_NOT_SET") == "1"
if DEBUG:
    def clock(n):
        return "debug"
else:
    def clock(n):
        hours = n % 12
        return f"{hours:02d}"


def platform_word(_):
    return SEP == os.pathsep
