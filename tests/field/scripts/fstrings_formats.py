#: money [1234567.891, 0, -5]
#: table_row [3]
#: nested ["é"]
CURRENCY = "EUR"
WIDTH = 12


def money(x):
    return f"{x:,.2f} {CURRENCY}"


def table_row(n):
    return f"|{n:>{WIDTH}}|{n:<5}|{n:^7}|{n:08.3f}|{n!r}|{n=}|"


def nested(s):
    return f"{'{'}{s.upper():*^{WIDTH}}{'}'} {f'{len(s)}' * 2}"
