#: run ["1 2 +", "3 4 * 2 -", "1 +"]
#: words [0]
import operator

OPS = {}


def op(symbol):
    def keep(f):
        OPS[symbol] = f
        return f
    return keep


@op("+")
def add(stack):
    b, a = stack.pop(), stack.pop()
    stack.append(a + b)


for symbol, function in [("*", operator.mul), ("-", operator.sub)]:
    def apply(stack, function=function):
        b, a = stack.pop(), stack.pop()
        stack.append(function(a, b))
    OPS[symbol] = apply


def run(program):
    stack = []
    for word in program.split():
        if word in OPS:
            OPS[word](stack)
        else:
            stack.append(int(word))
    return stack


def words(_):
    return sorted(OPS)
