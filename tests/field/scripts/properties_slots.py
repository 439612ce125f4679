#: celsius [32, 212]
#: limits [0]
class Temperature:
    __slots__ = ("_k",)
    lowest: float = 0.0

    def __init__(self, kelvin):
        self.kelvin = kelvin

    @property
    def kelvin(self):
        return self._k

    @kelvin.setter
    def kelvin(self, value):
        if value < self.lowest:
            raise ValueError("below absolute zero")
        self._k = value

    @classmethod
    def from_fahrenheit(cls, f):
        return cls((f - 32) * 5 / 9 + 273.15)

    @staticmethod
    def to_celsius(k):
        return round(k - 273.15, 6)


Temperature.lowest = 1.0
freezing = Temperature(273.15)
freezing.kelvin += 0.5


def celsius(f):
    return Temperature.to_celsius(Temperature.from_fahrenheit(f).kelvin)


def limits(_):
    return [Temperature.lowest, freezing.kelvin]
