"""The real bundle: what Desk loads by name, and what reads files of its own, is in it. `make test-install`."""

import os
import subprocess
from pathlib import Path

import pytest

from desk.demo.keyring_session import keyring_session
from desk.demo.postgres import private_postgres
from desk.sync.central import admin
from tests.installer import roots

PROGRAM = roots.BUILD / "bundle" / "desk" / "desk"

pytestmark = [
    pytest.mark.skipif(not os.environ.get("DESK_INSTALL"), reason="`make test-install` runs it"),
    pytest.mark.timeout(300),
]


def _run(folder: Path, settings: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    file = folder / "settings.toml"
    file.write_text(settings, encoding="utf-8")
    return subprocess.run(
        [str(PROGRAM), "--settings", str(file), *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_it_makes_a_central_database(tmp_path: Path) -> None:
    with private_postgres(tmp_path) as central:
        central.create_database("desk")
        done = _run(tmp_path, "", "central", "init", "--yes", "--url", central.admin_url("desk"))
        assert done.returncode == 0, done.stderr
        made = central.sql("SELECT version_num FROM desk.alembic_version", "desk")
        plan = admin.plan(admin.Owner(central.admin_url("desk")))
    assert made == plan.wanted
    assert plan.steps == ()


def test_it_knows_the_ways_of_messages(tmp_path: Path) -> None:
    settings = '[seat]\nlanguage = "en"\n\n[[channel]]\nname = "x"\nkind = "apprise"\nurl = "json://127.0.0.1:9/"\n'
    with keyring_session() as environment:
        done = _run(tmp_path, settings, "notify", "test", "x", **environment)
    assert "A Connection error occurred sending JSON notification" in done.stdout + done.stderr
