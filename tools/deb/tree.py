"""The package's tree: where each file goes, and who may do what with it. Made of any bundle's folder, so that layout
and scripts are tried without one of four hundred megabytes."""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tools import icons
from tools.deb import man

PROGRAM = "usr/lib/desk"
MAINTAINER = "The authors of Desk <desk@desk.invalid>"
_SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
_PLACES = {  # in installer/debian, or beside it -> in the package
    "debian/desk.desktop": "usr/share/applications/desk.desktop",
    "desk-dial.desktop": "usr/share/applications/desk-dial.desktop",
    "icons/desk.svg": "usr/share/icons/hicolor/scalable/apps/desk.svg",
    "60-desk-headset.rules": "usr/lib/udev/rules.d/60-desk-headset.rules",
    "debian/desk.service": "usr/lib/systemd/user/desk.service",
    "debian/desk-update.service": "usr/lib/systemd/system/desk-update.service",
    "debian/desk-update.timer": "usr/lib/systemd/system/desk-update.timer",
    "debian/desk-autostart.desktop": "etc/xdg/autostart/desk.desktop",
    "debian/limits.conf": "etc/security/limits.d/desk.conf",
    "debian/copyright": "usr/share/doc/desk/copyright",
    "debian/lintian-overrides": "usr/share/lintian/overrides/desk",
    "debian/start-seat": "usr/libexec/desk/start-seat",
}
_KEPT_ROOM = ("etc/desk", "var/lib/desk/versions")  # for IT's settings, and for what updates bring
_OPEN = "var/lib/desk/seats"  # each account says there which seat it is (desk.provisioning.accounts)
_TO_RUN = (f"{PROGRAM}/desk", "usr/libexec/desk/start-seat")


@dataclass(frozen=True, slots=True)
class Release:
    """`at`: aware, UTC; the time of every file."""

    version: str
    commit: str
    at: datetime

    @property
    def epoch_s(self) -> int:
        return int(self.at.timestamp())


def lay_out(root: Path, bundle: Path, installer: Path, release: Release) -> None:
    """Fill `root` (made) with all but `DEBIAN/control`. `installer`: this repository's folder of that name."""
    shutil.copytree(bundle, root / PROGRAM, symlinks=True)
    for source, place in _PLACES.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(installer / source, root / place)
    for folder in (*_KEPT_ROOM, _OPEN):
        (root / folder).mkdir(parents=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/desk").symlink_to("../lib/desk/desk")
    _icons(root / "usr/share/icons/hicolor")
    for template, place in (("desk.1.in", "man1"), ("desk.zh_CN.1.in", "zh_CN/man1")):
        _pack(root / "usr/share/man" / place / "desk.1.gz", man.page(installer / "debian" / template, release))
    _pack(root / "usr/share/doc/desk/changelog.gz", _changelog(release))
    _scripts(root / "DEBIAN", installer / "debian")
    settle(root, release.epoch_s)


def settle(root: Path, epoch_s: int) -> None:
    """Modes and times that depend on nobody's umask and clock."""
    for path in sorted([*root.rglob("*"), root], reverse=True):
        if not path.is_symlink():
            name = path.relative_to(root).as_posix()
            runs = path.is_dir() or name in _TO_RUN or name.removeprefix("DEBIAN/") in _SCRIPTS
            path.chmod(0o1777 if name == _OPEN else 0o755 if runs else 0o644)
        os.utime(path, (epoch_s, epoch_s), follow_symlinks=not path.is_symlink())


def _icons(theme: Path) -> None:
    """Drawn in a process of its own: Qt wants to be alone in one."""
    with tempfile.TemporaryDirectory(prefix="desk-icons-") as folder:
        subprocess.run([sys.executable, str(Path(icons.__file__)), folder], check=True)
        for size in icons.SIZES:
            place = theme / f"{size}x{size}" / "apps" / "desk.png"
            place.parent.mkdir(parents=True)
            shutil.copyfile(Path(folder) / f"desk-{size}.png", place)


def _scripts(into: Path, debian: Path) -> None:
    into.mkdir()
    seats = (debian / "seats.sh").read_text(encoding="utf-8")
    for name in _SCRIPTS:
        text = (debian / name).read_text(encoding="utf-8").replace("#SEATS#\n", seats)
        (into / name).write_text(text, encoding="utf-8")
    settings = sorted(place for place in _PLACES.values() if place.startswith("etc/"))
    (into / "conffiles").write_text("".join(f"/{place}\n" for place in settings), encoding="utf-8")


def _changelog(release: Release) -> str:
    day = release.at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"desk ({release.version}) stable; urgency=medium\n\n  * Made from commit {release.commit or 'unknown'}.\n\n"
        f" -- {MAINTAINER}  {day}\n"
    )


def _pack(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(gzip.compress(text.encode(), mtime=0))
