"""The recordings folder: names from the change log are followed inside it and nowhere else."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.recording.vault.folder import FolderRecordings


@pytest.fixture
def files(tmp_path: Path) -> FolderRecordings:
    (tmp_path / "recordings" / "2026" / "03").mkdir(parents=True)
    (tmp_path / "recordings" / "2026" / "03" / "a.opus").write_bytes(b"sound")
    (tmp_path / "secret").write_bytes(b"secret")
    return FolderRecordings(tmp_path / "recordings")


def test_a_recording_is_read_by_its_name(files: FolderRecordings) -> None:
    assert files.read("2026/03/a.opus") == b"sound"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret",
        "2026/../../secret",
        "/etc/passwd",
        "2026",
        "..\\secret",
        "2026/03/a.opus\0",
        "C:secret",
    ],
)
def test_a_name_that_leads_elsewhere_is_not_there(files: FolderRecordings, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        files.read(name)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_out_of_the_folder_is_not_followed(files: FolderRecordings, tmp_path: Path) -> None:
    (tmp_path / "recordings" / "link.opus").symlink_to(tmp_path / "secret")
    (tmp_path / "recordings" / "up").symlink_to(tmp_path)
    for name in ("link.opus", "up/secret"):
        with pytest.raises(FileNotFoundError):
            files.read(name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["..", ".", "2026", "03", "secret", "recordings", "", "\0", "~"]) | st.text(max_size=5))
)
def test_no_name_at_all_reads_anything_outside(files: FolderRecordings, parts: list[str]) -> None:
    try:
        content = files.read("/".join(parts))
    except OSError:
        return
    assert content == b"sound"
