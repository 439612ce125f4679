# coding: cp1251
#: hello [0]
GREETING = "Привет"


def hello(_):
    return GREETING + "!"
