"""What `make test` promises to install is not left out in silence where it is missing."""

import re
import sys
from pathlib import Path

import pytest

from tests import needed
from tests.recording.vault import servers

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the packages are Debian's")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer without any program."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.usefixtures("bare")
def test_a_missing_program_fails_and_says_what_to_install() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"age is missing: run `make system-tests`.*Debian's age"):
        needed.program("age", "age")


@pytest.mark.usefixtures("bare")
def test_a_missing_s3_server_fails_and_says_what_to_install(tmp_path: Path) -> None:
    with (
        pytest.raises(pytest.fail.Exception, match=r"node is missing: run `make system-tests`"),
        servers.s3rver(tmp_path),
    ):
        pass


def test_what_is_needed_is_in_the_set_that_make_test_installs() -> None:
    packages = (ROOT / "installer" / "system-packages.sh").read_text()
    used = {
        package
        for file in (ROOT / "tests").rglob("*.py")
        for package in re.findall(r'needed\.program\("[^"]+", "([^"]+)"\)', file.read_text())
    }
    assert {"age", "nodejs", "npm"} <= used
    assert {one for one in used if not re.search(rf"\b{re.escape(one)}\b", packages)} == set()
    assert re.search(r"^test: system-tests\b", (ROOT / "Makefile").read_text(), re.MULTILINE)
