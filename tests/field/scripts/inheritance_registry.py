#: speak ["dog", "cat", "cow"]
#: known [0]
class Animal:
    kinds = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Animal.kinds[cls.__name__.lower()] = cls

    def speak(self):
        return "..."


class Dog(Animal):
    def speak(self):
        return "Woof"


class Cat(Animal):
    sound = "Meow"

    def speak(self):
        return self.sound + super().speak()


Cat.sound = "Miau"


def speak(kind):
    return Animal.kinds.get(kind, Animal)().speak()


def known(_):
    return list(Animal.kinds)
