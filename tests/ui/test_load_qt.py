"""Qt is loaded without the hook that reads the source of every module after it. In a process of its own."""

import subprocess
import sys

PROGRAM = """
import builtins, linecache
from desk.ui.load_qt import load_qt

ours = builtins.__import__
load_qt()
import desk.ui.app
from PySide6.QtWidgets import QLabel

print(builtins.__import__ is ours, any(name.endswith("app.py") for name in linecache.cache), QLabel.__name__)
"""


def test_modules_that_are_loaded_after_qt_are_not_read_twice() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout.split() == ["True", "False", "QLabel"]
