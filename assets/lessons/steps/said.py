"""What stands for `sys.stdout` in a program that is run step by step, and in its children: it says which process wrote a line.

A line goes out whole in one write, so that those of several processes do not mix."""

import io
import json
import os
import sys


class Said(io.TextIOBase):
    """Marks each line with the process that wrote it, and with whether that had this object from the program itself."""

    encoding = "utf-8"

    def __init__(self, is_programs):
        self.is_programs = is_programs
        self.partial = ""

    def writable(self):
        return True

    def write(self, text):
        *lines, self.partial = (self.partial + text).split("\n")
        for line in lines:
            line = json.dumps({"pid": os.getpid(), "has_programs": self.is_programs, "text": line})
            os.write(1, b"\x1e" + line.encode() + b"\n")
        return len(text)
