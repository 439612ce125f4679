#: fact [5]
#: avg [[1, 2, 4]]
#: swap ["ab"]
#!/usr/bin/env python
# -*- coding: utf-8 -*-
__author__ = "somebody"
__version__ = '1.0'
__all__ = ['fact', 'avg']

def fact(n):
	if n <= 1:
		return 1
	return n * fact(n-1)

def avg(*numbers):
	return sum(numbers) / float(len(numbers))

def swap(s): a, b = s; return b + a

x = 5; y = fact(x); print ("%d! = %d" % (x, y))
