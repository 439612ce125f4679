#: count ["the", "cat", "dog"]
#: longest [3, 4]
#: letters ["Hello World"]
import re
import string
from collections import Counter, defaultdict

TEXT = """The cat sat on the mat. The dog sat on the cat!
It was a very comfortable mat, said the cat."""

words = re.findall(r"[a-z]+", TEXT.lower())
counts = Counter(words)
by_length = defaultdict(list)
for word in words:
    if word not in by_length[len(word)]:
        by_length[len(word)].append(word)


def count(word):
    return counts[word]


def longest(n):
    return by_length[n]


def letters(text):
    return {c: text.lower().count(c) for c in string.ascii_lowercase if c in text.lower()}
