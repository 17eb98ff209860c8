"""Which Desk this is."""

import json
from pathlib import Path

import pytest

from desk import version


@pytest.fixture(autouse=True)
def _anew() -> None:
    version.build.cache_clear()


def test_a_checkout_tells_the_package_s_version() -> None:
    assert version.build().commit == ""
    assert version.build().version[0].isdigit()


def test_what_was_built_tells_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = tmp_path / "_build.json"
    stamp.write_text(
        json.dumps({"version": "1.2.0", "commit": "0123456789abcdef", "committed_at": "2026-11-22T00:00:00Z"})
    )
    monkeypatch.setattr(version, "STAMP", stamp)
    assert str(version.build()) == "1.2.0 (0123456789ab)"
    version.build.cache_clear()
