#: fläche [2, 3.5]
#: grüße ["Jürgen", "Åsa"]
#: 面積 [[2, 3]]
π = 3.14159
größe_in_m = {"Zürich": 408}
größe_in_m["Überlingen"] = 400
größe_in_m |= {"Łódź": 204}


def fläche(r):
    return round(π * r ** 2, 4)


def grüße(name):
    return f"Grüße, {name}! 👋 {größe_in_m['Łódź']} — {len(größe_in_m)}"


def 面積(幅, 高さ):
    return 幅 * 高さ
