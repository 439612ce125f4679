#: encode ["Attack at dawn", "zoo"]
#: decode ["Dwwdfn dw gdzq"]
import string

SHIFT = 3
lower, upper = string.ascii_lowercase, string.ascii_uppercase
table = str.maketrans(lower + upper, lower[SHIFT:] + lower[:SHIFT] + upper[SHIFT:] + upper[:SHIFT])
back = {}
for key, value in table.items():
    back[value] = key


def encode(text):
    return text.translate(table)


def decode(text):
    return text.translate(back)


msg = "Hello"
print(f"{msg} -> {encode(msg)}")
