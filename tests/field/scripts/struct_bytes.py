#: packed [1, 258]
#: digest ["abc"]
#: b64 ["hello"]
import base64
import hashlib
import struct

HEADER = struct.pack(">HB", 513, 7)
SALT = bytes(range(4))
state = hashlib.sha1()
state.update(SALT)


def packed(n):
    return HEADER + struct.pack("<I", n)


def digest(text):
    h = state.copy()
    h.update(text.encode())
    return h.hexdigest()[:12]


def b64(text):
    return base64.b64encode(text.encode()).decode()
