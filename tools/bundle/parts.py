"""What a bundle is made of: Python, the wheels whose files are in it, the libraries in C that these bring, and nothing
that only happened to be installed where it was built. Licences (`licences`) and the list for auditors (`sbom`) are
written from it.

A library that no table names ends the build: what cannot be named must not be given away."""

import json
import os
import platform
import re
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path, PureWindowsPath
from typing import Any

_TABLE = Path(__file__).with_name("c_libraries.toml")
_LIBRARY = re.compile(r"^lib.*\.so[.\d]*$|\.dll$", re.IGNORECASE)  # on Windows a module is a .pyd, a .dll never one
_FROM_A_FILE_NAME = re.compile(r"\.so\.([\d.]+[a-z]?)$")
_PREFERS = ("License-Expression", "License")
_RUNTIME = ("concrt140", "msvcp140", "vccorlib140", "vcomp140", "vcruntime140", "ucrtbase")
_LONGEST_NAME = 60  # of a licence: some wheels put the whole text where its name belongs


class UnnamedPart(Exception):
    """Files are in the bundle and nobody has said what they are."""


@dataclass(frozen=True, slots=True)
class Library:
    """One in C. `files`: in the bundle; () where it is compiled into its wheel's. `text`: in installer/licences/."""

    name: str
    licence: str
    version: str = ""
    text: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A wheel, or Python. `licence`: SPDX where it says so, else in its own words. `inner`: what its maker says is in
    it (CycloneDX components)."""

    name: str
    version: str
    licence: str
    home: str  # "" where it names none
    folder: Path | None  # of its metadata
    text: str = ""
    libraries: tuple[Library, ...] = ()
    inner: tuple[Mapping[str, Any], ...] = ()


def read(parts_file: Path, source: Path) -> list[Part]:
    """`parts_file`: as `contents.record` wrote it. `source`: Desk's own. By name. Raises `UnnamedPart`."""
    files: dict[str, str] = json.loads(parts_file.read_text(encoding="utf-8"))
    owner = {_as_path(dist.locate_file(file)): dist for dist in distributions() for file in dist.files or ()}
    starter = Distribution.from_name("pyinstaller")  # the program itself is PyInstaller's
    wheels: dict[str, tuple[Distribution, list[str]]] = {"pyinstaller": (starter, [])}
    of_python, unnamed = [], []
    for place, name in files.items():
        if (dist := owner.get(_as_path(place))) and dist.name != "desk":
            wheels.setdefault(_plain(dist.name), (dist, []))[1].append(name)
        elif _is_pythons(Path(place)):
            of_python.append(name)
        elif not place.startswith((str(source), str(parts_file.parent))):
            unnamed.append(place)
    if unnamed:
        raise UnnamedPart("of no wheel: " + ", ".join(sorted(unnamed)))
    parts = [_python(of_python), *(_wheel(*one) for one in wheels.values())]
    return sorted(parts, key=lambda part: part.name.lower())


def _as_path(place: object) -> str:
    """To be compared with another: Windows makes nothing of capitals and of which way a slash leans."""
    return os.path.normcase(str(place))


def _is_pythons(place: Path) -> bool:
    """Whether it is of Python itself: its library, its programs' library, what comes with it; on Windows Microsoft's
    runtime, too, which Python brings and PyInstaller may take from the system's folder."""
    if place.name.startswith(("libpython3", "python3")) or _is_runtime(place.name):
        return True
    folders = {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")}
    return any(place.resolve().is_relative_to(folder) for folder in folders) or place.is_relative_to(sys.base_prefix)


def _python(files: list[str]) -> Part:
    version = platform.python_version()
    its = tuple(file for file in files if _name(file).startswith(("libpython", "python3")))
    library = Library("libpython", "PSF-2.0", version, "python", its)
    runtime = _beside([file for file in files if _is_runtime(_name(file))])
    return Part("Python", version, "PSF-2.0", "https://www.python.org/", None, "python", (library, *runtime))


def _is_runtime(name: str) -> bool:
    """Of Microsoft's C and C++."""
    return name.lower().endswith(".dll") and name.lower().startswith(_RUNTIME)


def _name(file: str) -> str:
    """Of a file in the bundle, as its own system writes it."""
    return PureWindowsPath(file).name


def _wheel(dist: Distribution, files: list[str]) -> Part:
    name = _plain(dist.name)
    table = _tables()
    said = table["wheels"].get(name, {})
    folder = next(Path(str(dist.locate_file(file))).parent for file in dist.files or () if file.name == "METADATA")
    libraries = [*_beside(files), *(Library(**one) for one in table["inside"].get(name, ()))]
    return Part(
        dist.name,
        dist.version,
        said.get("licence") or _licence(dist),
        _home(dist),
        folder,
        said.get("text", ""),
        tuple(libraries),
        tuple(_inner(folder, name)),
    )


def _beside(files: list[str]) -> Iterator[Library]:
    """The libraries among a wheel's files that are no modules of its own."""
    found: dict[str, list[str]] = {}
    unnamed = []
    for file in sorted(files):
        name = _name(file)
        if not _LIBRARY.search(name) or "plugins" in PureWindowsPath(file).parts:
            continue
        known = [begin for begin in _tables()["beside"] if name.lower().startswith(begin.lower())]
        if known:
            found.setdefault(max(known, key=len), []).append(file)
        else:
            unnamed.append(file)
    if unnamed:
        raise UnnamedPart("name these in tools/bundle/c_libraries.toml: " + ", ".join(unnamed))
    for begin, its in found.items():
        said = _tables()["beside"][begin]
        version = _FROM_A_FILE_NAME.search(its[0])
        yield Library(
            said["name"], said["licence"], f"so {version[1]}" if version else "", said.get("text", ""), tuple(its)
        )


def _inner(folder: Path, name: str) -> Iterator[Mapping[str, Any]]:
    """What the wheel's maker lists (PEP 770), each once."""
    seen = set()
    for file in sorted((folder / "sboms").glob("*.json")):
        for component in json.loads(file.read_text(encoding="utf-8")).get("components", ()):
            key = (component["name"], component.get("version", ""))
            if key not in seen and _plain(component["name"]) != name:
                seen.add(key)
                yield component


def _licence(dist: Distribution) -> str:
    for key in _PREFERS:
        said = str(dist.metadata[key]).strip() if key in dist.metadata else ""
        if said and len(said) <= _LONGEST_NAME and "\n" not in said and said.upper() != "UNKNOWN":
            return said
    classifiers = [one for one in dist.metadata.get_all("Classifier") or () if one.startswith("License :: ")]
    return " AND ".join(one.rpartition(" :: ")[2] for one in classifiers) or "see its licence file"


def _home(dist: Distribution) -> str:
    if "Home-page" in dist.metadata:
        return str(dist.metadata["Home-page"])
    urls = [str(one).partition(", ")[2] for one in dist.metadata.get_all("Project-URL") or ()]
    return urls[0] if urls else ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))
