"""Programs that `make test` has installed before it begins (installer/system-packages.sh). Where one is missing, its
tests fail and say what to install: left out in silence, nobody would know that they hold nothing any more."""

import shutil
import sys

import pytest

INSTALL = "run `make system-tests`, or as root installer/system-packages.sh all"


def program(name: str, package: str) -> str:
    """Its path. Skips where there is no such package to be had."""
    found = shutil.which(name)
    if found is None and sys.platform != "linux":
        pytest.skip(f"{name} is not here")
    if found is None:
        pytest.fail(f"{name} is missing: {INSTALL} (it is in Debian's {package})")
    return found
