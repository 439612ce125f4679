# -*- coding: latin-1 -*-
#: label [1]
#: n_chars [0]
NAMES = ["café", "naïve", "über"]


def label(i):
    return NAMES[i] + " ©"


def n_chars(_):
    return [len(n) for n in NAMES]
