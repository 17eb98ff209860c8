"""The power goes while a version is fetched or unpacked: what runs is untouched, nothing half counts as a version, and
the next look goes on with what has come. Each place once; 60 times by chance with DESK_SOAK set (`make soak`)."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.compose.clock import now
from desk.demo.seat import toml
from desk.updating import state as states
from desk.updating.archive import PART
from desk.updating.publish import Key, Publisher, Wish
from desk.updating.versions import FETCHED
from tests.updating.bundles import Computer, a_bundle, open_keys

LONG = bool(os.environ.get("DESK_SOAK"))
PLACES = ("fetching", "unpacking", "anywhere")
ROUNDS = 60 if LONG else len(PLACES)
WAIT_S = 60.0
FILES = 600  # long enough to be met at unpacking them
SLOW_KBIT_S = 1000

pytestmark = [
    pytest.mark.timeout(1800 if LONG else 240),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
]


class Channel:
    """IT's, and the settings of the seat that looks there."""

    def __init__(self, folder: Path, computer: Computer) -> None:
        self.folder, self.computer = folder, computer
        keys = open_keys()
        self._publisher = Publisher(folder / "channel", lambda: Key(keys.secret, ""), now)
        self._bundle = folder / "bundle"
        a_bundle(self._bundle, "2.0")
        for number in range(FILES):
            (self._bundle / "_internal" / f"part-{number}").write_bytes(os.urandom(1000))
        self._update = {
            "channel": str(folder / "channel"),
            "keys": [keys.public],
            "folder": str(computer.folder / "versions"),
        }

    def publish(self, version: str, kbit_s: int) -> None:
        a_bundle(self._bundle, version)
        self._publisher.publish(self._bundle, Wish())
        tables: dict[str, dict[str, object]] = {"update": {**self._update, "kbit_s": kbit_s}}
        top = {"data_dir": str(self.computer.data_dir), "runtime_dir": str(self.folder / "run")}
        self.file.write_text(toml(tables, top), "utf-8")

    @property
    def file(self) -> Path:
        return self.computer.data_dir / "settings.toml"

    def look(self) -> "subprocess.Popen[bytes]":
        argv = [sys.executable, "-m", "desk", "--settings", str(self.file), "update", "look"]
        return subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _met(place: str, versions: Path, version: str, chance: random.Random) -> Callable[[], bool]:
    """When the power goes."""
    least = chance.randrange(1, 200_000)
    some = chance.randrange(1, FILES // 2)
    until_s = time.monotonic() + chance.uniform(0, 3.0)

    def at() -> bool:
        if place == "fetching":
            return any(file.stat().st_size > least for file in (versions / FETCHED).glob(".fetch-*"))
        if place == "unpacking":
            inside = versions / f"{PART}{version}" / "_internal"
            return inside.is_dir() and len(list(inside.iterdir())) > some
        return time.monotonic() > until_s

    return at


def test_what_runs_stays_and_the_next_look_gets_the_version_ready(tmp_path: Path) -> None:
    chance, computer = random.Random(20261123), Computer(tmp_path / "computer")
    channel, versions = Channel(tmp_path, computer), tmp_path / "computer" / "versions"
    cuts = dict.fromkeys(PLACES, 0)
    try:
        for round_ in range(ROUNDS):
            place, version = PLACES[round_ % len(PLACES)], f"2.{round_ + 1}"
            channel.publish(version, SLOW_KBIT_S * 8 if place == "fetching" else 0)
            before = computer.choice
            process, met = channel.look(), _met(place, versions, version, chance)
            while process.poll() is None and not met():
                time.sleep(0.001)
            cuts[place] += process.poll() is None
            process.kill()
            process.wait()
            whole = (versions / version).is_dir()
            assert whole is False or len(list((versions / version / "_internal").iterdir())) == FILES + 1
            assert computer.choice == before
            assert computer.run() == 0, "what ran before comes up"
            assert channel.look().wait(WAIT_S) == 0
            assert states.read(computer.own).ready == version
            assert len(list((versions / version / "_internal").iterdir())) == FILES + 1
            assert not list(versions.glob(f"{PART}*"))
            assert not list((versions / FETCHED).glob("*"))
    finally:
        computer.clean_up()
    assert cuts["fetching"] >= ROUNDS // 4
    assert cuts["unpacking"] >= ROUNDS // 4
