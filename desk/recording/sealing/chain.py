"""The seat's chain: which place the next recording takes, and the hash of the one before it.

Three know the last place: `chain.json` beside the sealed recordings, written after each seal; the seals that wait
there; and the change log. The furthest of them is right: a seat killed between two steps, or brought back from
yesterday's copy, goes on where it was. The chain's name, too, is taken from the others where `chain.json` is lost. Only
where all three are gone does a new chain begin, which everybody can see.

The sync process's sealing thread; one at a time."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from desk.domain.seal import SEAL_SUFFIX
from desk.recording.files import write_new
from desk.recording.sealing.seal_file import SealDamaged, SealFile, read_seal

log = logging.getLogger(__name__)

FILE = "chain.json"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """`place` 0 and `seal_hash` "": nothing is in the chain yet."""

    place: int = 0
    seal_hash: str = ""


LoggedTail = Callable[[str], Place]  # the furthest place of this chain that the change log knows


@dataclass(frozen=True, slots=True)
class Logged:
    """What the change log knows. `newest`: the chain of this seat's newest recording, "" = it has none; `hash_at`: the
    seal's hash at a place of a chain, "" = nobody knows."""

    tail: LoggedTail
    newest: Callable[[str], str]
    hash_at: Callable[[str, int], str]


class Chain:
    """`random_hex`: eight digits that no other chain has."""

    def __init__(self, sealed_dir: Path, seat: str, logged: Logged, random_hex: Callable[[], str]) -> None:
        self._sealed_dir, self._seat = sealed_dir, seat
        self._logged, self._random_hex = logged, random_hex
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

    def before(self, taken: Place) -> Place | None:
        """The place before this one; None where nobody knows its hash."""
        if taken.place <= 1:
            return Place()
        seal_hash = self._logged.hash_at(self.name, taken.place - 1)
        return Place(taken.place - 1, seal_hash) if seal_hash else None

    def advance(self, taken: Place) -> None:
        """This place is taken, durably; the last one may be taken again by what was sealed again. Raises `OSError`."""
        tail = self._load()
        if taken.place >= tail.place and taken != tail:
            self._tail = taken
            self._write(taken)

    def _load(self) -> Place:
        if self._tail is None:
            self._name, kept = self._read()
            waiting = list(self._waiting())
            if not self._name:
                self._name = self._elsewhere(waiting) or f"{self._seat}-{self._random_hex()}"
                self._write(kept)
            places = [Place(found.seal.place, found.hash) for found in waiting if found.seal.chain == self._name]
            # Of two at one place the seal that waits counts: it was sealed again, and killed before that was noted.
            self._tail = max(*places, kept, self._logged.tail(self._name), key=lambda known: known.place)
        return self._tail

    def _elsewhere(self, waiting: list[SealFile]) -> str:
        """The chain's name where its own file is lost: any that this seat began will do, because its furthest place is
        known."""
        own = [found.seal for found in waiting if self._is_own(found.seal.chain)]
        name = max(own, key=lambda seal: seal.sealed_at).chain if own else self._logged.newest(self._seat)
        if name:
            log.error("the chain's own file was lost; the chain goes on: %s", name)
        else:
            log.info("a new chain of recordings begins")
        return name

    def _is_own(self, name: str) -> bool:
        return name.rpartition("-")[0] == self._seat

    def _read(self) -> tuple[str, Place]:
        try:
            found = json.loads((self._sealed_dir / FILE).read_bytes())
            name, place = str(found["chain"]), Place(int(found["place"]), str(found["seal_hash"]))
        except FileNotFoundError:
            return "", Place()
        except (ValueError, KeyError, TypeError) as error:
            log.error("the chain's own file is damaged: %s", error)  # noqa: TRY400 - no fault of ours
            return "", Place()
        # Another seat's folder, copied here: two seats in one chain would contradict each other.
        return (name, place) if self._is_own(name) else ("", Place())

    def _waiting(self) -> Iterator[SealFile]:
        for file in self._sealed_dir.glob(f"*/*/*/*{SEAL_SUFFIX}"):
            try:
                yield read_seal(file.read_bytes())
            except (SealDamaged, OSError):
                continue

    def _write(self, tail: Place) -> None:
        content = {"chain": self._name, "place": tail.place, "seal_hash": tail.seal_hash}
        write_new(self._sealed_dir / FILE, json.dumps(content))
