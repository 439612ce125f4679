"""The lock under which threads of one interpreter take turns: whether it is on, and which module turned it on.

A free-threaded Python runs without it, until a module is imported that was not made for that.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import ModuleType


def is_on() -> bool:
    """Whether threads of this interpreter take turns."""
    tells: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
    return tells()


def modules_that_turn_it_on() -> list[str]:
    """A list that stays empty until a module is imported that turns the lock on, and then holds its name."""
    found: list[str] = []
    if is_on():
        return found
    from importlib.machinery import ExtensionFileLoader

    create = ExtensionFileLoader.create_module

    def create_module(self: ExtensionFileLoader, spec: ModuleSpec) -> ModuleType:
        module = create(self, spec)
        if not found and is_on():
            found.append(spec.name)
        return module

    ExtensionFileLoader.create_module = create_module  # type: ignore[method-assign]
    return found
