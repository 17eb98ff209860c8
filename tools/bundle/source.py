"""The source of a bundle: one commit, exported into a folder of its own, so that nothing else that lies in the checkout
can get into it, with its translations compiled and its stamp written."""

import io
import json
import subprocess
import sys
import tarfile
import tomllib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from desk.version import Build

STAMP = Path("desk") / "_build.json"


@dataclass(frozen=True, slots=True)
class Commit:
    """`at`: when it was made, aware, UTC."""

    hash: str
    at: datetime

    @property
    def epoch_s(self) -> int:
        return int(self.at.timestamp())


def commit(checkout: Path, name: str) -> Commit:
    """Raises `CalledProcessError` where there is no such commit."""
    told = _git(checkout, "show", "--no-patch", "--format=%H %ct", f"{name}^{{commit}}").decode().split()
    return Commit(told[0], datetime.fromtimestamp(int(told[1]), UTC))


def export(checkout: Path, of: Commit, into: Path) -> Build:
    """Write the commit's files below `into` (made; must not be there), compiled and stamped. What it is."""
    into.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(_git(checkout, "archive", "--format=tar", of.hash))) as archive:
        archive.extractall(into)  # noqa: S202 - our own commit; Debian 12's Python knows no filters yet
    subprocess.run([sys.executable, "tools/translations.py", "compile"], cwd=into, check=True)
    version = tomllib.loads((into / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    build = Build(version, of.hash, of.at.isoformat(timespec="seconds").replace("+00:00", "Z"))
    (into / STAMP).write_text(json.dumps(asdict(build), indent=1) + "\n", encoding="utf-8")
    return build


def _git(checkout: Path, *words: str) -> bytes:
    return subprocess.run(["git", "-C", str(checkout), *words], capture_output=True, check=True).stdout
