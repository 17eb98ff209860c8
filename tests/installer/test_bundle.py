"""What goes into a bundle, and what is said of it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from desk.version import Build
from tools.bundle import compare, contents, licences, needs, parts, sbom, source, system_libraries

ROOT = Path(__file__).parents[2]
BUILD = Build("1.2.3", "a" * 40, "2026-11-22T12:00:00Z")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so", True),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6\\opengl32sw.dll", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("desk/_resources/locale/zh_CN/LC_MESSAGES/desk.mo", True),
        ("desk/_resources/locale/zh_CN/LC_MESSAGES/desk.po", False),
        ("desk-0.1.0.dist-info/METADATA", False),
        ("keyring-25.7.0.dist-info/entry_points.txt", True),
        ("keyring-25.7.0.dist-info/RECORD", False),
    ],
)
def test_of_qt_and_the_wheels_only_what_a_seat_uses_is_kept(name: str, kept: bool) -> None:
    assert contents._is_kept(name) is kept


@pytest.mark.skipif(sys.platform != "linux", reason="Debian's libraries")
def test_a_library_that_the_folder_does_not_hold_is_told_with_its_package(tmp_path: Path) -> None:
    os.link(Path(sys.executable).resolve(), tmp_path / "program") if _same_disk(tmp_path) else _copy(tmp_path)
    assert "libc.so.6" in needs.from_outside(tmp_path)
    assert "libc6" in needs.packages(tmp_path)


@dataclass
class Analysis:
    """As much of PyInstaller's as is asked."""

    pure: list[tuple[str, str, str]]
    datas: list[tuple[str, str, str]]


def test_a_module_is_a_file_of_its_own_and_one_whose_source_is_there_stays_in_the_archive(tmp_path: Path) -> None:
    for name in ("parcel/__init__.py", "parcel/plain.py", "parcel/plugin.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"WORD = {name!r}")
    plugin = ("parcel.plugin", str(tmp_path / "parcel/plugin.py"), "PYMODULE")
    folder = ("spread", "-", "PYMODULE")
    analysis = Analysis(
        [
            ("parcel", str(tmp_path / "parcel/__init__.py"), "PYMODULE"),
            ("parcel.plain", str(tmp_path / "parcel/plain.py"), "PYMODULE"),
            plugin,
            folder,
        ],
        [("parcel/plugin.py", str(tmp_path / "parcel/plugin.py"), "DATA")],
    )
    contents.lay_loose(analysis, tmp_path / "work")
    assert analysis.pure == [plugin, folder]
    bundle = tmp_path / "bundle"
    for name, made, _kind in analysis.datas:
        (bundle / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made, bundle / name)
    assert sorted(file.name for file in (bundle / "parcel").iterdir()) == ["__init__.pyc", "plain.pyc", "plugin.py"]
    script = "import parcel.plain; print(parcel.plain.WORD, parcel.plain.__spec__.cached)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(bundle)!r}); {script}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["parcel/plain.py", str(bundle / "parcel" / "plain.pyc")]
    assert str(tmp_path) not in (bundle / "parcel" / "plain.pyc").read_bytes().decode("latin-1")


def _same_disk(folder: Path) -> bool:
    return folder.stat().st_dev == Path(sys.executable).resolve().stat().st_dev


def _copy(folder: Path) -> None:
    (folder / "program").write_bytes(Path(sys.executable).resolve().read_bytes())


@pytest.mark.skipif(sys.platform != "linux", reason="Debian's libraries")
def test_a_library_that_nobody_has_named_ends_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _copy(tmp_path)
    monkeypatch.delitem(system_libraries.PACKAGE_OF, "libc.so.6")
    with pytest.raises(needs.UnknownLibrary, match=r"libc\.so\.6 \(program\)"):
        needs.packages(tmp_path)


def test_every_wheel_is_named_with_its_licence_and_what_it_brings(tmp_path: Path) -> None:
    found = {part.name: part for part in parts.read(_record(tmp_path), tmp_path)}
    assert found["msgspec"].licence == "BSD-3-Clause"
    assert [library.name for library in found["miniaudio"].libraries] == ["miniaudio", "dr_libs", "stb_vorbis"]
    assert found["PySide6_Essentials"].licence.startswith("LGPL-3.0-only")
    assert {"Python", "pyinstaller"} <= set(found)
    assert "desk" not in found
    text = licences.text(list(found.values()), ROOT / "installer" / "licences")
    assert "msgspec" in text
    assert text.count("GNU GENERAL PUBLIC LICENSE\n") >= 1


def test_a_file_that_belongs_to_nobody_ends_the_build(tmp_path: Path) -> None:
    with pytest.raises(parts.UnnamedPart, match=r"/opt/strange\.so"):
        parts.read(_record(tmp_path, {"/opt/strange.so": "strange.so"}), tmp_path)


def test_the_list_of_parts_is_cyclonedx_and_the_same_each_time(tmp_path: Path) -> None:
    found = parts.read(_record(tmp_path), tmp_path)
    text = sbom.document(found, BUILD, tmp_path)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert sbom.document(found, BUILD, tmp_path) == text
    said = json.loads(text)
    assert said["metadata"]["timestamp"] == BUILD.committed_at
    assert {one["name"] for one in said["components"]} == {part.name for part in found}


def _record(folder: Path, more: dict[str, str] | None = None) -> Path:
    """As PyInstaller's run leaves it, of some files of this Python."""
    import miniaudio
    import msgspec
    import PySide6

    files = {str(module.__file__): "" for module in (msgspec, miniaudio, PySide6, json)}
    file = folder / "work" / "parts.json"
    file.parent.mkdir()
    file.write_text(json.dumps(files | {str(folder / "desk" / "cli.py"): ""} | (more or {})), encoding="utf-8")
    return file


def test_a_commit_is_exported_alone_compiled_and_stamped(tmp_path: Path) -> None:
    commit = source.commit(ROOT, "HEAD")
    build = source.export(ROOT, commit, tmp_path / "source")
    assert build.commit == commit.hash
    stamp = json.loads((tmp_path / "source" / source.STAMP).read_text(encoding="utf-8"))
    assert stamp["commit"] == commit.hash
    assert (tmp_path / "source/resources/locale/zh_CN/LC_MESSAGES/desk.mo").exists()
    tracked = subprocess.run(
        ["git", "-C", str(ROOT), "ls-tree", "-r", "--name-only", commit.hash, "desk"], capture_output=True, check=True
    ).stdout.decode()
    exported = {path.relative_to(tmp_path / "source").as_posix() for path in (tmp_path / "source/desk").rglob("*.py")}
    assert exported == {name for name in tracked.split() if name.endswith(".py")}


def test_what_differs_between_two_bundles_is_named(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        for name in ("same", "changed", "run"):
            (folder / name).write_text(name, encoding="utf-8")
            os.utime(folder / name, (1, 1))
        (folder / "link").symlink_to("same")
    assert compare.differences(one, other) == []
    (other / "changed").write_text("CHANGED", encoding="utf-8")
    os.utime(other / "changed", (1, 1))
    (other / "run").chmod(0o700)
    (other / "more").touch()
    assert compare.differences(one, other) == ["only in one of them: more", "bytes of changed", "mode of run"]
