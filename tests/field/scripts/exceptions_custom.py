#: withdraw [50, 500, -1]
#: safe ["12", "x", ""]
class BankError(Exception):
    code = 10

    def __init__(self, message, **info):
        super().__init__(message)
        self.info = info


class Insufficient(BankError):
    pass


BALANCE = 100
ERRORS = {cls.__name__: cls.code for cls in (BankError, Insufficient)}
try:
    raise Insufficient("warm up", missing=1)
except BankError as error:
    LAST = type(error).__name__, error.info


def withdraw(amount):
    if amount > BALANCE:
        raise Insufficient("not enough", missing=amount - BALANCE)
    assert amount >= 0, "negative"
    return BALANCE - amount


def safe(text):
    try:
        value = int(text)
    except ValueError as e:
        return "bad: " + str(e)
    else:
        return value
    finally:
        ERRORS["calls"] = ERRORS.get("calls", 0) + 1
