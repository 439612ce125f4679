#: inverse [3, 7]
#: root [2, 10]
#: vat ["19.99", "0.05"]
from decimal import Decimal, getcontext, ROUND_HALF_UP

getcontext().prec = 40
getcontext().rounding = ROUND_HALF_UP

RATE = Decimal("0.19")
CENT = Decimal("0.01")


def inverse(n):
    return str(Decimal(1) / Decimal(n))


def root(n):
    return Decimal(n).sqrt()


def vat(price: str):
    net = Decimal(price)
    return (net * (1 + RATE)).quantize(CENT)
