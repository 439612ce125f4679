#: divide [[6, 3], [1, 0], [9, 2]]
#: level [0]
import logging

logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(message)s")
log = logging.getLogger(__name__)
log.setLevel(logging.INFO)
logging.getLogger("noisy").disabled = True


def divide(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        log.error("cannot divide %s by %s", a, b)
        return None


def level(_):
    return [log.getEffectiveLevel(), logging.root.level, log.name, logging.getLogger("noisy").disabled]
