#: word [0, 2]
#: collected [0]
import io
import contextlib
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "words.txt")
    with open(path, "w", encoding="utf-8") as out:
        out.write("alpha\nbeta\ngamma\n")
    with open(path, encoding="utf-8") as source:
        WORDS = source.read().split()

buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    print("into the buffer")

log = []


@contextlib.contextmanager
def noted(name):
    log.append("+" + name)
    yield name
    log.append("-" + name)


with noted("a") as got, noted("b"):
    log.append(got)


def word(i):
    return WORDS[i]


def collected(_):
    return [log, buffer.getvalue().strip()]
