#: area [[2, 3]]
#: skip input(
#: skip Hello
#: skip guesses
UNIT = "cm"


def area(w, h):
    return f"{w * h} {UNIT}2"


name = input("Your name? ")
print("Hello", name)
guesses = [int(input()) for _ in range(3)]
