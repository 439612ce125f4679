"""The module that turns on the lock of an interpreter which had none is named; others are not."""

import sys
import unittest
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from unittest import mock

from loader import part


class TurnedOn(unittest.TestCase):
    def test_the_first_module_that_does_is_named(self):
        lock = part("lock")
        state = {"is_on": False}
        turning_on = "fast._core"

        def create(loader, spec):
            state["is_on"] |= spec.name == turning_on
            return None

        with mock.patch.object(sys, "_is_gil_enabled", lambda: state["is_on"], create=True), mock.patch.object(
            ExtensionFileLoader, "create_module", create
        ):
            found = lock.modules_that_turn_it_on()
            for name in ("calm", turning_on, "later"):
                self.assertEqual(found, [turning_on] if name == "later" else [])
                loader = ExtensionFileLoader(name, name + ".so")
                loader.create_module(ModuleSpec(name, loader))
            self.assertEqual(found, [turning_on])
            self.assertTrue(lock.is_on())

    def test_an_interpreter_with_a_lock_is_left_alone(self):
        lock = part("lock")
        create = ExtensionFileLoader.create_module
        with mock.patch.object(sys, "_is_gil_enabled", lambda: True, create=True):
            self.assertEqual(lock.modules_that_turn_it_on(), [])
        self.assertIs(ExtensionFileLoader.create_module, create)


if __name__ == "__main__":
    unittest.main()
