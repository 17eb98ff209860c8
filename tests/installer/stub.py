"""A bundle with nothing in it but what the package's scripts and tests look at: the real one takes minutes to make."""

import json
from datetime import UTC, datetime
from pathlib import Path

from tools.deb.build import build

INSTALLER = Path(__file__).parents[2] / "installer"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def bundle(folder: Path, version: str = "1.0.0", files: int = 0) -> Path:
    """One whose `desk` says its version, and so do that many other files."""
    (folder / "_internal" / "desk").mkdir(parents=True)
    program = folder / "desk"
    program.write_text(f"#!/bin/sh\necho desk {version}\n", encoding="utf-8")
    program.chmod(0o755)
    (folder / "_internal" / "desk" / "texts.txt").write_text(version, encoding="utf-8")
    for number in range(files):
        (folder / "_internal" / f"part-{number:03}").write_text(version, encoding="utf-8")
    stamp = {"version": version, "commit": "0" * 40, "committed_at": AT.isoformat()}
    (folder / "_internal" / "desk" / "_build.json").write_text(json.dumps(stamp), encoding="utf-8")
    return folder


def package(folder: Path, version: str = "1.0.0", files: int = 0) -> Path:
    """A .deb of it."""
    made = bundle(folder / f"bundle-{version}", version, files)
    stamp = {"version": version, "commit": "0" * 40, "committed_at": AT.isoformat()}
    return build(made, stamp, INSTALLER, folder)
