"""What goes into a bundle and what stays out of it: used by installer/desk.spec, in PyInstaller's process.

Out stay: what no part of Desk imports, what Qt brings for other kinds of programs, and on Linux the libraries that the
system has anyway and mends itself (`system_libraries`)."""

import json
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tools.bundle import system_libraries

NEVER_IMPORTED = [
    "tkinter",
    "_tkinter",
    "curses",
    "_curses",
    "_curses_panel",
    "readline",
    "dbm",
    "_dbm",
    "_gdbm",
    "nis",
    "ossaudiodev",
    "lib2to3",
    "idlelib",
    "ensurepip",
    "venv",
    "pydoc_data",
    "test",
    "_testcapi",
    "_pytest",
    "pytest",
    "setuptools",
    "pkg_resources",
    "pip",
    "scipy",
    "numpy.f2py",
    "hypothesis",
    "babel",
    "mypy",
    "lxml",
    "qtpy",
    "apprise.cli",
    "click",
    "pygments",
    "PySide6.QtNetwork",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtTest",
    "phonenumbers.geodata",
    "phonenumbers.carrierdata",
    "phonenumbers.tzdata",
]

# Of Qt's plug-ins those that a desktop's window needs: the screen, input methods, the desktop's look and its dialogs,
# printing, pictures in the formats that resources and residents' notices have.
_QT_PLUGINS = (
    "platforms/*qxcb*",
    "platforms/*qwayland*",
    "platforms/*qoffscreen*",
    "platforms/*qwindows*",
    "platforminputcontexts/*compose*",
    "platforminputcontexts/*ibus*",
    "platformthemes/*xdgdesktopportal*",  # GTK's would load all of GTK at each start
    "printsupport/*",
    "iconengines/*",
    "imageformats/*qsvg*",
    "imageformats/*qico*",
    "imageformats/*qjpeg*",
    "imageformats/*qgif*",
    "styles/*",
    "xcbglintegrations/*",
    "wayland-decoration-client/*",
    "wayland-graphics-integration-client/libqt-plugin-wayland-egl*",
    "wayland-graphics-integration-client/libdmabuf-server*",
    "wayland-shell-integration/libxdg-shell*",
    "wayland-shell-integration/libqt-shell*",
)
_LANGUAGES = ("zh_CN", "en")


def prune(analysis: Any) -> None:
    """Take out of PyInstaller's `Analysis` what a seat does not need."""
    kept = [entry for entry in analysis.binaries if _is_kept(entry[0]) and not _is_the_systems(*entry[:2])]
    analysis.binaries = _reached(kept)
    present = {Path(entry[0]).name for entry in analysis.binaries}
    analysis.datas = [
        entry
        for entry in analysis.datas
        if _is_kept(entry[0]) and (entry[2] != "SYMLINK" or Path(entry[1]).name in present)
    ]


def record(analysis: Any, file: Path) -> None:
    """Write which files went in, as {"where they come from": "where they lie in the bundle"}, for `parts`."""
    entries = [*analysis.binaries, *analysis.datas]
    files = {source: name for name, source, kind in entries if kind != "SYMLINK"}
    files |= {source: "" for _name, source, _kind in analysis.pure if source and source != "-"}
    file.write_text(json.dumps(files, indent=1, sort_keys=True), encoding="utf-8")


def lay_loose(analysis: Any, work: Path) -> None:
    """Take modules out of PyInstaller's archive and lay them beside it, as Python itself keeps them: what the archive
    costs each of a seat's processes (unpacking, a finder in Python) is a fifth of all that it does until it is loaded.

    Where a module's source lies in the bundle, too, it stays: Python would take that, and compile it each time."""
    from PyInstaller.building.utils import compile_pymodule  # type: ignore[import-untyped]

    present = {Path(name).as_posix() for name, _source, _kind in analysis.datas}
    staying = []
    for entry in analysis.pure:
        name, source, _kind = entry
        place = module_file(name, source)
        if not place or f"{place}.py" in present:
            staying.append(entry)
        else:
            analysis.datas.append((f"{place}.pyc", compile_pymodule(name, source, str(work), 0), "DATA"))
    analysis.pure = staying


def module_file(name: str, source: str | None) -> str:
    """Where a module of this name lies, without its ending; "" for a package that is but a folder."""
    if source in (None, "", "-"):
        return ""
    place = name.replace(".", "/")
    return f"{place}/__init__" if Path(str(source)).stem == "__init__" else place


def _is_kept(name: str) -> bool:
    path = name.replace("\\", "/")
    if "/plugins/" in path and path.startswith("PySide6/"):
        return any(fnmatch(path.partition("/plugins/")[2], one) for one in _QT_PLUGINS)
    if "/translations/" in path and path.startswith("PySide6/"):
        return path.endswith(tuple(f"qtbase_{language}.qm" for language in _LANGUAGES))
    if path.startswith("PySide6/") and ("/qml/" in path or "/resources/" in path or path.endswith("opengl32sw.dll")):
        return False
    if path.startswith("desk/_resources/"):
        return not path.endswith((".po", ".pot"))
    folder, _slash, file = path.partition("/")
    if folder.endswith(".dist-info"):  # Desk has its stamp; of others what is asked for at run time
        return not folder.startswith("desk-") and file in ("METADATA", "entry_points.txt", "top_level.txt")
    return not path.endswith((".pyi", ".pxd", ".c", ".h"))


def _is_the_systems(name: str, source: str) -> bool:
    """Whether this library is left to the distribution."""
    if sys.platform != "linux" or not source.startswith(("/usr/lib/", "/lib/", "/usr/local/lib/")):
        return False
    return "lib-dynload" not in source and not Path(name).name.startswith(system_libraries.BUNDLED)


def _reached(binaries: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Without the libraries of Qt that nothing among the others needs, directly or by way of others."""
    from PyInstaller.depend.bindepend import get_imports  # type: ignore[import-untyped]

    by_name = {Path(entry[0]).name: entry for entry in binaries}
    waiting = [name for name, entry in by_name.items() if not _is_qt_library(entry[0])]
    seen = set(waiting)
    while waiting:
        for needed, _found in get_imports(by_name[waiting.pop()][1]):
            name = Path(needed).name
            if name in by_name and name not in seen:
                seen.add(name)
                waiting.append(name)
    return [entry for entry in binaries if Path(entry[0]).name in seen]


def _is_qt_library(name: str) -> bool:
    path = name.replace("\\", "/")
    return path.startswith("PySide6/Qt/lib/") or (path.startswith("PySide6/Qt6") and path.endswith(".dll"))
