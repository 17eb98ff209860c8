"""A version as one file: the same bytes for the same folder, whole or not at all, and nowhere else."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from desk.updating.archive import PART, BadArchive, check, pack, unpack


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "包裹 bundle"
    (folder / "_internal" / "lib").mkdir(parents=True)
    (folder / "desk").write_bytes(b"#!/bin/sh\n")
    (folder / "desk").chmod(0o755)
    (folder / "_internal" / "lib" / "libx.so.1").write_bytes(os.urandom(5000))
    (folder / "_internal" / "libx.so").symlink_to("lib/libx.so.1")
    (folder / "_internal" / "空.txt").write_text("中文")
    return folder


def tree(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = (path.read_bytes(), bool(path.stat().st_mode & 0o100))
    return found


def test_a_bundle_comes_back_as_it_was(bundle: Path, tmp_path: Path) -> None:
    packed = pack(bundle, tmp_path / "a.tar.xz")
    check(tmp_path / "a.tar.xz", packed.size, packed.sha256)
    unpack(tmp_path / "a.tar.xz", tmp_path / "versions" / "0.2.0", "desk")
    assert tree(tmp_path / "versions" / "0.2.0") == tree(bundle)
    assert [path.name for path in (tmp_path / "versions").iterdir()] == ["0.2.0"]


def test_the_same_bundle_gives_the_same_file(bundle: Path, tmp_path: Path) -> None:
    first = pack(bundle, tmp_path / "a.tar.xz")
    for path in bundle.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (1, 1))
    assert pack(bundle, tmp_path / "b.tar.xz") == first


@pytest.mark.parametrize("keeps", [0, 1, 100, -3000])
def test_a_file_that_is_not_whole_leaves_nothing(bundle: Path, tmp_path: Path, keeps: int) -> None:
    file = tmp_path / "a.tar.xz"
    packed = pack(bundle, file)
    file.write_bytes(file.read_bytes()[:keeps])
    with pytest.raises(BadArchive):
        check(file, packed.size, packed.sha256)
    with pytest.raises(BadArchive):
        unpack(file, tmp_path / "versions" / "0.2.0", "desk")
    assert not list((tmp_path / "versions").iterdir())


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


@pytest.mark.parametrize(
    "entries",
    [
        [entry("../evil")],
        [entry("/etc/evil")],
        [entry("a/../../evil")],
        [entry("link", tarfile.SYMTYPE, "/etc")],
        [entry("link", tarfile.SYMTYPE, ".."), entry("link/evil")],
        [entry("link", tarfile.SYMTYPE, "../../evil")],
        [entry("hard", tarfile.LNKTYPE, "/etc/passwd")],
        [entry("device", tarfile.CHRTYPE)],
        [entry("pipe", tarfile.FIFOTYPE)],
        [entry("desk"), entry("desk")],
        [entry("C:/evil")],
        [entry("..\\evil")],
    ],
)
def test_what_leads_out_of_the_version_is_refused(tmp_path: Path, entries: list[tarfile.TarInfo]) -> None:
    file = tmp_path / "a.tar.xz"
    with tarfile.open(file, "w:xz") as tar:
        for one in (entry("desk"), *entries):
            tar.addfile(one, io.BytesIO(b""))
    with pytest.raises((BadArchive, FileExistsError)):
        unpack(file, tmp_path / "versions" / "0.2.0", "desk")
    assert not list((tmp_path / "versions").iterdir())
    assert {path.name for path in tmp_path.iterdir()} == {"a.tar.xz", "versions"}


def test_what_has_no_program_is_no_version(tmp_path: Path, bundle: Path) -> None:
    (bundle / "desk").unlink()
    pack(bundle, tmp_path / "a.tar.xz")
    with pytest.raises(BadArchive, match="no program"):
        unpack(tmp_path / "a.tar.xz", tmp_path / "versions" / "0.2.0", "desk")


def test_a_half_unpacked_version_of_an_earlier_try_is_no_version_and_in_nobodys_way(
    tmp_path: Path, bundle: Path
) -> None:
    pack(bundle, tmp_path / "a.tar.xz")
    half = tmp_path / "versions" / f"{PART}0.2.0"
    half.mkdir(parents=True)
    (half / "desk").write_text("half")
    unpack(tmp_path / "a.tar.xz", tmp_path / "versions" / "0.2.0", "desk")
    assert tree(tmp_path / "versions" / "0.2.0") == tree(bundle)
    assert not half.exists()


def test_unpacking_ends_when_it_is_told_to(tmp_path: Path, bundle: Path) -> None:
    pack(bundle, tmp_path / "a.tar.xz")
    with pytest.raises(InterruptedError):
        unpack(tmp_path / "a.tar.xz", tmp_path / "versions" / "0.2.0", "desk", lambda: True)
    assert not list((tmp_path / "versions").iterdir())
