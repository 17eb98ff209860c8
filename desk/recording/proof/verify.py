"""Checking a whole vault: every recording by itself (`check`), the chains (`links`), and, where it is at hand, the
change log. Names are read in their order and never held; a few dozen recordings are in work at once on threads of
their own (hashing and decoding let go of the interpreter); findings go out as they come. A large vault takes hours, and
its seats go on: what the log knows and the list did not show is looked for once more before it counts as gone.

Stopped half-way, it still tells what it has found, and that it was stopped. The thread that calls `run`."""

import itertools
import re
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.seal import AUDIO_SUFFIX, SEAL_SUFFIX, TOMBSTONE_SUFFIX
from desk.recording.proof.check import check
from desk.recording.proof.checked import Checked, How
from desk.recording.proof.findings import Finding, Summary, What
from desk.recording.proof.links import Links, Seen
from desk.recording.proof.tombstone import logged_digest
from desk.recording.vault.port import Kept, Vault
from desk.usecases.ports import StoreBroken
from desk.usecases.recording_ports import VaultAway, VaultRefused

_NAME = re.compile(
    r"(?P<day>\d{4}/\d\d/\d\d)/(?P<call>[A-Za-z0-9-]{1,64})(?P<suffix>\.age|\.seal|\.deleted|\.key\d{1,6}|\.opus)"
)
_OWN_FILES = re.compile(
    r"chain\.json|hotline\.pub|own-keys\.json|desk-vault\.json|\..+\.part"
)  # of Desk's own folders, of no meaning here
_PLAIN_SUFFIX = ".opus"
_SUFFIXES = (AUDIO_SUFFIX, SEAL_SUFFIX, TOMBSTONE_SUFFIX)
_AHEAD = 8  # recordings in work per thread
_MOST_PREFIXES = 400
_GIVE_UP = 20  # recordings in a row that the vault did not give

Tell = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Days:
    """Which are looked at, both ends inside; None: no end."""

    since: date | None = None
    until: date | None = None

    @property
    def all(self) -> bool:
        return self.since is None and self.until is None

    def prefixes(self) -> Iterator[str]:
        """Of the names: the days themselves where there are few, so that a large storage need not list all it has."""
        if self.since is None or self.until is None or (self.until - self.since).days > _MOST_PREFIXES:
            yield ""
            return
        for number in range((self.until - self.since).days + 1):
            yield f"{self.since + timedelta(days=number):%Y/%m/%d}"

    def holds(self, day: str) -> bool:
        """`day` as yyyy/mm/dd."""
        since = self.since is None or day >= f"{self.since:%Y/%m/%d}"
        return since and (self.until is None or day <= f"{self.until:%Y/%m/%d}")


class VaultCheck:
    """One run. `summary` may be read at any time, also by another thread: it only grows."""

    def __init__(
        self,
        vault: Vault,
        how: How,
        jobs: int = 2,
        days: Days = Days(),
        logged: Iterable[RecordingEntry] | None = None,
        work_folder: Path | None = None,
        log_of: str = "",
    ) -> None:
        """`log_of`: the seat whose change log `logged` comes from, which may be behind with what others have sealed;
        "": it holds everything."""
        self._log_of = log_of
        self._vault, self._how, self._jobs, self._days, self._logged = vault, how, jobs, days, logged
        self._work_folder = work_folder
        self.summary = Summary(with_key=bool(how.identities), with_log=logged is not None)

    def run(self, tell: Tell, beat: Callable[[], None] = lambda: None) -> Summary:
        """Check it all; each finding is told as it comes, `beat` is called after each recording. A `KeyboardInterrupt`
        ends it early."""

        def told(finding: Finding) -> None:
            self.summary.count([finding])
            tell(finding)

        try:
            with Links(self._work_folder) as links:
                complete = self._told_of(lambda: self._recordings(links, told, beat), told)
                walked = self._told_of(lambda: self._chains(links, told, complete=complete), told)
                if complete and walked:
                    self._told_of(lambda: self._whole(links, told), told)
        except (OSError, sqlite3.Error) as error:
            told(Finding(What.WORK_LOST, "", f"{type(error).__name__}: {error}"))
        return self.summary

    def _told_of(self, step: Callable[[], bool], told: Tell) -> bool:
        """Whether this step came to its end."""
        try:
            return step()
        except KeyboardInterrupt:
            told(Finding(What.STOPPED, ""))
        except (VaultAway, VaultRefused, OSError) as error:
            told(Finding(What.VAULT_LOST, "", f"{type(error).__name__}: {error}"))
        except StoreBroken as error:
            told(Finding(What.LOG_UNREADABLE, "", str(error)))
        return False

    def _recordings(self, links: Links, told: Tell, beat: Callable[[], None]) -> bool:
        """Whether all of them were looked at."""
        lost_in_a_row = 0
        for checked in self._checked(told):
            self._count(checked)
            beat()
            for finding in checked.findings:
                told(finding)
            if checked.is_recording:
                links.add(checked)
            lost_in_a_row = lost_in_a_row + 1 if checked.out_of_reach else 0
            if lost_in_a_row >= _GIVE_UP:
                told(Finding(What.VAULT_LOST, "", checked.findings[-1].detail))
                return False
        return True

    def _chains(self, links: Links, told: Tell, *, complete: bool) -> bool:
        self.summary.chains = links.chains
        for finding in links.findings(all_days=complete and self._days.all):
            told(finding)
        return True

    def _whole(self, links: Links, told: Tell) -> bool:
        """What only the whole says: whether it is all that there should be."""
        if self._logged is not None:
            return self._against_log(links, self._logged, told)
        if not self.summary.recordings and not any(_NAME.fullmatch(kept.name) for kept in self._vault.names()):
            told(Finding(What.NOTHING_HERE, ""))
        return True

    def _checked(self, told: Tell) -> Iterator[Checked]:
        """In the order of their names, as many at once as there are threads."""
        waiting: deque[Future[Checked]] = deque()
        pool = ThreadPoolExecutor(self._jobs, "verify")
        try:
            for stem, kept in self._listed(told):
                waiting.append(pool.submit(check, self._vault, stem, kept, self._how))
                if len(waiting) >= self._jobs * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _listed(self, told: Tell) -> Iterator[tuple[str, dict[str, Kept]]]:
        """A recording's objects stand together in the order of names."""
        ours = self._ours(told)
        for stem, objects in itertools.groupby(ours, lambda one: one[0]):
            yield stem, {suffix: kept for _stem, suffix, kept in objects}

    def _ours(self, told: Tell) -> Iterator[tuple[str, str, Kept]]:
        for kept in itertools.chain.from_iterable(map(self._vault.names, self._days.prefixes())):
            found = _NAME.fullmatch(kept.name)
            if found is None:
                if not _OWN_FILES.fullmatch(kept.name.rpartition("/")[2]):
                    told(Finding(What.FOREIGN, kept.name))
            elif not self._days.holds(found["day"]):
                continue
            elif found["suffix"] == _PLAIN_SUFFIX:
                told(Finding(What.UNSEALED, kept.name))
            else:
                yield kept.name.removesuffix(found["suffix"]), found["suffix"], kept

    def _count(self, checked: Checked) -> None:
        summary, day = self.summary, checked.stem[:10]
        summary.recordings += checked.is_recording
        summary.opened += checked.opened
        summary.deleted += checked.deleted
        summary.size_bytes += checked.size_bytes
        summary.length_ms += checked.length_ms
        summary.first = min(summary.first or day, day)
        summary.last = max(summary.last, day)

    def _against_log(self, links: Links, logged: Iterable[RecordingEntry], told: Tell) -> bool:
        newest: dict[str, int] = {}  # place by chain
        for entry in logged:
            newest[entry.chain] = max(newest.get(entry.chain, 0), entry.chain_place or 0)
            stem = entry.file.removesuffix(AUDIO_SUFFIX)
            if entry.kept is not RecordingKept.KEPT or stem == entry.file or not self._days.holds(stem[:10]):
                continue
            seen = links.seen(stem)
            if seen is None:
                for finding in self._unseen(entry, stem):
                    told(finding)
                continue
            for finding in _differences(seen, entry):
                told(finding)
            links.forget(stem)
        for seen in links.unforgotten():
            told(Finding(self._unlogged(seen, newest), seen.stem + SEAL_SUFFIX, f"{seen.chain} {seen.place}"))
        return True

    def _unseen(self, entry: RecordingEntry, stem: str) -> Iterator[Finding]:
        """It may have come since its day was listed."""
        kept = {suffix: found for suffix in _SUFFIXES if (found := self._vault.stat(stem + suffix))}
        if not kept:
            yield Finding(What.ON_ITS_WAY if entry.vaulted_at is None else What.NOT_IN_VAULT, entry.file)
            return
        checked = check(self._vault, stem, kept, self._how)
        self._count(checked)
        yield from checked.findings
        if checked.link is not None and entry.seal_hash and checked.link.seal_hash != entry.seal_hash:
            yield Finding(What.LOG_DIFFERS, stem + SEAL_SUFFIX)

    def _unlogged(self, seen: Seen, newest: Mapping[str, int]) -> What:
        """A recording is logged before it leaves its seat: so one in a chain that the log knows is forged, unless it
        is the newest of another seat, whose log has not arrived here yet."""
        if not seen.chain or seen.chain not in newest:
            return What.NOT_IN_LOG
        if self._log_of and seen.place > newest[seen.chain] and seen.chain.rpartition("-")[0] != self._log_of:
            return What.NOT_IN_LOG_YET
        return What.NEVER_LOGGED


def _differences(seen: Seen, entry: RecordingEntry) -> Iterator[Finding]:
    if seen.seal_hash and entry.seal_hash and seen.seal_hash != entry.seal_hash:
        yield Finding(What.LOG_DIFFERS, seen.stem + SEAL_SUFFIX)
    if seen.deleted and entry.deleted_at is None:
        yield Finding(What.DELETED_UNLOGGED, seen.stem + TOMBSTONE_SUFFIX)
    elif seen.tombstone and seen.tombstone != logged_digest(entry):
        yield Finding(What.TOMBSTONE_DIFFERS, seen.stem + TOMBSTONE_SUFFIX)
    if entry.deleted_at is not None and not seen.deleted:
        yield Finding(What.DELETION_UNFINISHED, entry.file)
