"""What the package says of itself to apt: above all what it depends on."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools.bundle import needs
from tools.deb.tree import MAINTAINER

# Loaded by name while it runs, or not libraries at all: nothing in the files tells of them.
_BESIDES = (
    "libpulse0",
    "libxrandr2",
    "ca-certificates",  # TLS to registrar and centre is verified with the system's
    "fonts-noto-cjk | fonts-wqy-microhei | fonts-wqy-zenhei | fonts-droid-fallback",
    "tzdata",
)
_RECOMMENDS = (
    "gnome-keyring | kwalletmanager | keepassxc",  # passwords and the key of the calls are kept nowhere else
    "dbus-user-session",
    "pipewire-pulse | pulseaudio",
    "libasound2 | libasound2t64",
    "xdg-utils",
)
_SYMBOL = re.compile(r"Name: GLIBC_2\.(\d+)")


def control(root: Path, program: Path, version: str) -> str:
    """`root`: the package's tree. `program`: the bundle in it. Raises `UnknownLibrary`."""
    size_kb = sum(path.lstat().st_size for path in root.rglob("*") if "DEBIAN" not in path.parts) // 1024
    fields = {
        "Package": "desk",
        "Version": version,
        "Architecture": "amd64",
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size_kb),
        "Depends": ", ".join(depends(program)),
        "Recommends": ", ".join(_RECOMMENDS),
        "Section": "comm",
        "Priority": "optional",
        "Description": _DESCRIPTION,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def depends(program: Path) -> list[str]:
    """Debian's packages, with the C library that the newest symbol in use asks for."""
    named = {*needs.packages(program), *_BESIDES}
    floors = {"libc6": f"libc6 (>= 2.{_newest_glibc(needs.elf_files(program))})"}
    return [floors.get(name, name) for name in sorted(named)]


def _newest_glibc(files: Iterable[Path]) -> int:
    names = [str(file) for file in files]
    newest = 17
    for start in range(0, len(names), 200):
        told = subprocess.run(
            ["readelf", "-V", *names[start : start + 200]], capture_output=True, text=True, check=True
        )
        newest = max([newest, *(int(found) for found in _SYMBOL.findall(told.stdout))])
    return newest


_DESCRIPTION = """seat of a residential property company's service hotline
 A call rings; the resident's profile is on the screen before it is answered;
 both voices are recorded; the form is filled by keyboard while talking; the
 ticket is in the central database before the caller has hung up.
 .
 Installed at every PC of the hotline. It brings its own Python and Qt, and
 takes the libraries of screen, fonts, sound and TLS from the system."""
