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


# As the wheels for Windows have them: PySide6's own, the others' by delvewheel with a hash in the name, each with its
# module beside it.
WINDOWS = {
    "PySide6/Qt6Core.dll": "Qt",
    "PySide6/Qt6Gui.dll": "Qt",
    "PySide6/Qt6Widgets.dll": "Qt",
    "PySide6/Qt6PrintSupport.dll": "Qt",
    "PySide6/Qt6Svg.dll": "Qt",
    "PySide6/QtCore.pyd": None,
    "PySide6/plugins/platforms/qwindows.dll": None,
    "PySide6/plugins/imageformats/qjpeg.dll": None,
    "PySide6/pyside6.abi3.dll": "Qt for Python",
    "shiboken6/shiboken6.abi3.dll": "Qt for Python",
    "shiboken6/Shiboken.pyd": None,
    "shiboken6/VCRUNTIME140_1.dll": "Microsoft Visual C++ runtime",
    "PySide6/MSVCP140.dll": "Microsoft Visual C++ runtime",
    "PySide6/concrt140.dll": "Microsoft Visual C++ runtime",
    "av/_core.cp311-win_amd64.pyd": None,
    "av.libs/avcodec-62-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "FFmpeg libavcodec",
    "av.libs/avdevice-62-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "FFmpeg libavdevice",
    "av.libs/avfilter-11-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "FFmpeg libavfilter",
    "av.libs/avformat-62-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "FFmpeg libavformat",
    "av.libs/avutil-60-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "FFmpeg libavutil",
    "av.libs/swresample-6-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "FFmpeg libswresample",
    "av.libs/swscale-9-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "FFmpeg libswscale",
    "av.libs/libx264-165-f3a909470ddc2d85ed21eda3d0fb7954.dll": "x264",
    "av.libs/libx265-efe48a158520a59ef99c0a0b3eb835ae.dll": "x265",
    "av.libs/libdav1d-7-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "dav1d",
    "av.libs/libSvtAv1Enc-4-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "SVT-AV1",
    "av.libs/libmp3lame-0-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "LAME",
    "av.libs/libopencore-amrnb-0-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "OpenCORE AMR",
    "av.libs/libopus-0-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "Opus",
    "av.libs/libsharpyuv-0-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "libwebp",
    "av.libs/libwebpmux-3-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "libwebp",
    "av.libs/libvpl-2-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "Intel VPL",
    "av.libs/libvpx-1-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "libvpx",
    "av.libs/libgcc_s_seh-1-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "GCC runtime",
    "av.libs/libstdc++-6-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "GCC runtime",
    "av.libs/libwinpthread-1-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "mingw-w64 winpthreads",
    "av.libs/libiconv-2-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "libiconv",
    "av.libs/zlib1-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "zlib",
    "psycopg_binary.libs/libpq-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "PostgreSQL libpq",
    "psycopg_binary.libs/libcrypto-3-x64-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "OpenSSL libcrypto",
    "psycopg_binary.libs/libssl-3-x64-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "OpenSSL libssl",
    "psycopg_binary.libs/lz4-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "LZ4",
    "numpy.libs/libscipy_openblas64_-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "OpenBLAS",
    "numpy.libs/msvcp140-0c2f9d1b7a6e5f4d3c2b1a0f9e8d7c6b.dll": "Microsoft Visual C++ runtime",
    "pjsua2/_pjsua2.cp311-win_amd64.pyd": None,
    "sqlcipher3/_sqlite3.cp311-win_amd64.pyd": None,
    "hid.cp311-win_amd64.pyd": None,
}


@pytest.mark.parametrize("slash", ["/", "\\"])
def test_every_library_of_the_wheels_for_windows_is_named_or_a_module_or_a_plug_in(slash: str) -> None:
    files = {file.replace("/", slash): library for file, library in WINDOWS.items()}
    found = {file: library for library in parts._beside(list(files)) for file in library.files}
    assert {file: library.name for file, library in found.items()} == {
        file: library for file, library in files.items() if library is not None
    }
    texts = {library.text for library in found.values() if library.text}
    assert all((ROOT / "installer" / "licences" / f"{text}.txt").is_file() for text in texts)


def test_a_library_for_windows_that_no_table_names_ends_the_build() -> None:
    with pytest.raises(parts.UnnamedPart, match="strange"):
        list(parts._beside(["av.libs\\strange-1.dll"]))


def test_microsofts_runtime_is_pythons_wherever_it_was_taken_from() -> None:
    assert parts._is_pythons(Path("MSVCP140.dll"))
    assert not parts._is_pythons(Path("strange140.dll"))
    of_python = parts._python(["python311.dll", "VCRUNTIME140.dll", "DLLs\\_ssl.pyd"])
    assert [(library.name, library.files) for library in of_python.libraries] == [
        ("libpython", ("python311.dll",)),
        ("Microsoft Visual C++ runtime", ("VCRUNTIME140.dll",)),
    ]


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


@pytest.mark.skipif(shutil.which("make") is None, reason="no make")
def test_the_bundle_that_is_tried_is_built_twice_and_compared() -> None:
    done = subprocess.run(["make", "-n", "test-install"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tools.bundle --twice" in done.stdout
    done = subprocess.run(["make", "-n", "deb"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tools.bundle" in done.stdout
    assert "--twice" not in done.stdout


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
