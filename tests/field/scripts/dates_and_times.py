#: weekday ["2024-02-29", "1999-12-31"]
#: days_between [["2024-01-01", "2024-03-01"]]
#: next_day ["2024-02-28"]
from datetime import date, datetime, timedelta, timezone

EPOCH = date(1970, 1, 1)
NAMES = "Mon Tue Wed Thu Fri Sat Sun".split()
HOLIDAYS = {date(2024, 12, 25): "Christmas"}
HOLIDAYS[date(2025, 1, 1)] = "New Year"


def weekday(text):
    return NAMES[date.fromisoformat(text).weekday()]


def days_between(a, b):
    return (date.fromisoformat(b) - date.fromisoformat(a)).days


def next_day(text):
    day = date.fromisoformat(text) + timedelta(days=1)
    return day, HOLIDAYS.get(day, "none"), datetime(2024, 1, 1, tzinfo=timezone.utc).isoformat()
