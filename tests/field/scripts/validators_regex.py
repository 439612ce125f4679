#: is_email ["a@b.de", "nope", "x@y"]
#: slug ["Hello, World!", "Ünïcode test"]
#: tokens ["x1 = 3.5*(y+2)"]
import re
import unicodedata

EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", re.I)
RULES = [("NUM", r"\d+(\.\d+)?"), ("ID", r"[a-z]\w*"), ("OP", r"[-+*/=()]")]
RULES.append(("WS", r"\s+"))
SCANNER = re.compile("|".join(f"(?P<{n}>{p})" for n, p in RULES))


def is_email(s):
    return EMAIL.match(s) is not None


def slug(s):
    plain = unicodedata.normalize("NFKD", s).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def tokens(s):
    return [(m.lastgroup, m.group()) for m in SCANNER.finditer(s) if m.lastgroup != "WS"]
