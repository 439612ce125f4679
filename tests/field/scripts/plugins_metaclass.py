#: build ["csv", "json"]
#: fields [0]
class Field:
    count = 0

    def __init__(self, kind):
        self.kind = kind
        Field.count += 1
        self.order = Field.count

    def __set_name__(self, owner, name):
        self.name = name


class ModelMeta(type):
    models = {}

    def __new__(mcls, name, bases, body):
        cls = super().__new__(mcls, name, bases, body)
        cls.fields = [f for f in body.values() if isinstance(f, Field)]
        mcls.models[name.lower()] = cls
        return cls


class Csv(metaclass=ModelMeta):
    delimiter = Field(str)
    header = Field(bool)


class Json(metaclass=ModelMeta):
    indent = Field(int)


def build(name):
    return ModelMeta.models[name].__name__


def fields(_):
    return [(m, [(f.name, f.order) for f in c.fields]) for m, c in ModelMeta.models.items()]
