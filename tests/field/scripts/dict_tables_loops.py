#: roman [1, 4, 1994, 3999]
#: from_roman ["MCMXCIV", "IV"]
#: morse ["SOS"]
VALUES = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
          (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
BACK = {}
for value, letters in VALUES: BACK[letters] = value
MORSE = dict(S="...", O="---")
MORSE.update(E=".")
del MORSE["E"]
for code in list(MORSE): MORSE[code.lower()] = MORSE[code]


def roman(n):
    out = ""
    for value, letters in VALUES:
        while n >= value:
            out += letters
            n -= value
    return out


def from_roman(s):
    total = i = 0
    while i < len(s):
        two = s[i:i + 2]
        if two in BACK and len(two) == 2:
            total += BACK[two]; i += 2
        else:
            total += BACK[s[i]]; i += 1
    return total


def morse(text):
    return " ".join(MORSE[c] for c in text)
