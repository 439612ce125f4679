#: area [2]
#: use_list [{"values": [3, 1]}]
#: x_of [1]
pi = 3
list_ = list
sum = lambda values: 42
x = 1
y = [x for x in range(5)]
(lambda: None)()


class Holder:
    x = 2
    y = [x * 10]
    z = x + 1


def area(r, pi=pi):
    return pi * r * r


def use_list(values):
    return list_(values), sum(values)


def x_of(n):
    x = n + Holder.x
    return [x, y, Holder.y, Holder.z]


pi = 4
