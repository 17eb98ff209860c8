"""The part of python-xlib (PyPI, 0.33) that Desk uses."""

from Xlib import XK as XK
from Xlib import X as X
from Xlib import error as error
