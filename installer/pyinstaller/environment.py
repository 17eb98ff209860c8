"""Runs first in a bundled Desk, before its own code.

What PyInstaller's starter has left in the environment is for this process alone. A program that Desk starts (a browser
by xdg-open, another version of Desk) would else load this bundle's libraries, or take itself for a part of it."""

import os

for _name in [name for name in os.environ if name.startswith(("_PYI_", "_MEIPASS"))]:
    del os.environ[_name]
_before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if _before is not None:
    os.environ["LD_LIBRARY_PATH"] = _before
else:
    os.environ.pop("LD_LIBRARY_PATH", None)

# Chinese is typed by way of ibus's protocol, which fcitx speaks too: Qt's own plug-in for fcitx comes with Debian's Qt
# only, and cannot be loaded into another.
if os.environ.get("QT_IM_MODULE", "").startswith("fcitx"):
    os.environ["QT_IM_MODULE"] = "ibus"
    os.environ.pop("QT_IM_MODULES", None)
