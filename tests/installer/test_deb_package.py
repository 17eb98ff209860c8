"""The Debian package, made of a stub bundle: what is where, for whom, and what Debian's own checkers say of it."""

import gzip
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.cli.command import _parser
from tests.installer import stub


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stub.package(tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="module")
def entries(package: Path) -> dict[str, tarfile.TarInfo]:
    """Path in the package -> what it is."""
    told = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(package)], capture_output=True, check=True).stdout
    return {entry.name.removeprefix("./"): entry for entry in _read(told)}


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(folder)], check=True)
    return folder


def _read(archive: bytes) -> Iterator[tarfile.TarInfo]:
    import io

    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        yield from tar.getmembers()


def test_every_part_of_a_desktop_s_program_is_in_its_place(entries: dict[str, tarfile.TarInfo]) -> None:
    assert {
        "usr/lib/desk/desk",
        "usr/share/applications/desk.desktop",
        "usr/share/applications/desk-dial.desktop",
        "usr/share/icons/hicolor/scalable/apps/desk.svg",
        "usr/share/icons/hicolor/48x48/apps/desk.png",
        "usr/share/man/man1/desk.1.gz",
        "usr/share/man/zh_CN/man1/desk.1.gz",
        "usr/lib/systemd/user/desk.service",
        "usr/lib/systemd/system/desk-update.timer",
        "usr/lib/udev/rules.d/60-desk-headset.rules",
        "etc/xdg/autostart/desk.desktop",
        "etc/security/limits.d/desk.conf",
        "etc/desk",
        "var/lib/desk/versions",
    } <= set(entries)
    assert entries["usr/bin/desk"].linkname == "../lib/desk/desk"


def test_only_root_may_write_it_and_only_programs_may_be_run(entries: dict[str, tarfile.TarInfo]) -> None:
    for name, entry in entries.items():
        assert (entry.uid, entry.gid, entry.uname) == (0, 0, "root"), name
        if not entry.issym() and name != "var/lib/desk/seats":
            assert not entry.mode & 0o022, name
    assert entries["var/lib/desk/seats"].mode & 0o7777 == 0o1777, "each account its own note, and nobody another's"
    files = {name for name, entry in entries.items() if entry.isfile() and entry.mode & 0o111}
    assert files == {"usr/lib/desk/desk", "usr/libexec/desk/start-seat"}


def test_what_it_would_ask_before_it_overwrites_are_it_s_settings(unpacked: Path) -> None:
    settings = (unpacked / "DEBIAN" / "conffiles").read_text(encoding="utf-8").split()
    assert settings == ["/etc/security/limits.d/desk.conf", "/etc/xdg/autostart/desk.desktop"]


def test_lintian_finds_no_error(package: Path) -> None:
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error", "--tag-display-limit", "0", str(package)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_desktop_takes_its_entries(unpacked: Path) -> None:
    entries = [*unpacked.glob("usr/share/applications/*.desktop"), unpacked / "etc/xdg/autostart/desk.desktop"]
    assert len(entries) == 3
    done = subprocess.run(["desktop-file-validate", *map(str, entries)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_links_to_numbers_are_desk_s(unpacked: Path) -> None:
    text = (unpacked / "usr/share/applications/desk-dial.desktop").read_text(encoding="utf-8")
    kinds = next(line for line in text.splitlines() if line.startswith("MimeType="))
    assert {"x-scheme-handler/tel", "x-scheme-handler/sip", "x-scheme-handler/callto"} <= set(
        kinds.removeprefix("MimeType=").split(";")
    )


@pytest.mark.parametrize("page", ["man1/desk.1.gz", "zh_CN/man1/desk.1.gz"])
def test_the_manual_is_set_without_a_warning_and_names_every_command(unpacked: Path, page: str) -> None:
    file = unpacked / "usr/share/man" / page
    done = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "120"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = gzip.decompress(file.read_bytes()).decode()
    actions = next(action for action in _parser()._actions if action.choices and action.dest != "process")
    for word in actions.choices or ():
        assert f"desk {word}".replace("-", "\\-") in text


def test_the_scripts_are_plain_shell(unpacked: Path) -> None:
    for script in ("preinst", "postinst", "prerm", "postrm"):
        subprocess.run(["sh", "-n", str(unpacked / "DEBIAN" / script)], check=True)


def test_the_same_bundle_gives_the_same_package(package: Path, tmp_path: Path) -> None:
    assert stub.package(tmp_path).read_bytes() == package.read_bytes()


def test_an_icon_is_drawn_for_windows_too(tmp_path: Path) -> None:
    import sys

    from tools import icons

    subprocess.run([sys.executable, str(Path(icons.__file__)), str(tmp_path)], check=True)
    kinds = (tmp_path / "desk.ico").read_bytes()[:6]
    assert kinds == b"\0\0\1\0\5\0"
    assert (tmp_path / "desk-256.png").read_bytes().startswith(b"\x89PNG")
