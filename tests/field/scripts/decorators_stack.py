#: area [1, 2.5]
#: greet ["World"]
#: registered [0]
import functools

REGISTRY = {}


def register(name):
    def wrap(fn):
        REGISTRY[name] = fn.__name__
        return fn
    return wrap


def rounded(digits):
    def wrap(fn):
        @functools.wraps(fn)
        def inner(*args, **kwargs):
            return round(fn(*args, **kwargs), digits)
        return inner
    return wrap


def shout(fn):
    @functools.wraps(fn)
    def inner(*args):
        return fn(*args).upper() + "!"
    return inner


@register("circle")
@rounded(3)
def area(r):
    return 3.141592653589793 * r * r


@register("hello")
@shout
@shout
def greet(name):
    return "hello " + name


def registered(_):
    return sorted(REGISTRY.items())
