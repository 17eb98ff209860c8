"""The seat's chain: which place the next recording takes, and the hash of the one before it.

Three know the last place: `chain.json` beside the sealed recordings, written after each seal; the seals that wait
there; and the change log. The furthest of them is right: a seat killed between two steps, or brought back from
yesterday's copy, goes on where it was. Only where all three are gone does a new chain begin, which everybody can see.

The sync process's sealing thread; one at a time."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desk.domain.seal import SEAL_SUFFIX
from desk.recording.sealing.keys import write_new
from desk.recording.sealing.seal_file import SealDamaged, read_seal
from desk.recording.spool.folder import fsync_dir

log = logging.getLogger(__name__)

FILE = "chain.json"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """`place` 0 and `seal_hash` "": nothing is in the chain yet."""

    place: int = 0
    seal_hash: str = ""


LoggedTail = Callable[[str], Place]  # the furthest place of this chain that the change log knows


class Chain:
    """`random_hex`: eight digits that no other chain has."""

    def __init__(self, sealed_dir: Path, seat: str, logged_tail: LoggedTail, random_hex: Callable[[], str]) -> None:
        self._sealed_dir, self._seat = sealed_dir, seat
        self._logged_tail, self._random_hex = logged_tail, random_hex
        self._name = ""
        self._tail: Place | None = None

    @property
    def name(self) -> str:
        """Raises `OSError`."""
        self._load()
        return self._name

    def tail(self) -> Place:
        """The last place that is taken. Raises `OSError`, and what the log raises."""
        return self._load()

    def advance(self, taken: Place) -> None:
        """This place is taken, durably. Raises `OSError`."""
        if taken > self._load():
            self._tail = taken
            self._write(taken)

    def _load(self) -> Place:
        if self._tail is None:
            self._name, kept = self._read()
            if not self._name:
                self._name, kept = f"{self._seat}-{self._random_hex()}", Place()
                self._write(kept)
                log.info("a new chain of recordings begins: %s", self._name)
            self._tail = max(kept, self._waiting(), self._logged_tail(self._name))
        return self._tail

    def _read(self) -> tuple[str, Place]:
        try:
            found = json.loads((self._sealed_dir / FILE).read_bytes())
            name, place = str(found["chain"]), Place(int(found["place"]), str(found["seal_hash"]))
        except FileNotFoundError:
            return "", Place()
        except (ValueError, KeyError, TypeError) as error:
            log.error("the chain's own file is damaged, a new chain begins: %s", error)  # noqa: TRY400 - no fault of ours
            return "", Place()
        # Another seat's folder, copied here: two seats in one chain would contradict each other.
        return (name, place) if name.rpartition("-")[0] == self._seat else ("", Place())

    def _waiting(self) -> Place:
        furthest = Place()
        for file in self._sealed_dir.glob(f"*/*/*/*{SEAL_SUFFIX}"):
            try:
                found = read_seal(file.read_bytes())
            except (SealDamaged, OSError):
                continue
            if found.seal.chain == self._name:
                furthest = max(furthest, Place(found.seal.place, found.hash))
        return furthest

    def _write(self, tail: Place) -> None:
        content = {"chain": self._name, "place": tail.place, "seal_hash": tail.seal_hash}
        write_new(self._sealed_dir / FILE, json.dumps(content))
        fsync_dir(self._sealed_dir)
