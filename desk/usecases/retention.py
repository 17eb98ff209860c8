"""Deleting recordings whose time is over, so that it can be told for ever who did it and why.

Each one goes in this order: it is noted here that it is being deleted; the change log says so (with an entry in the
listening log, in one transaction); a tombstone is put into the vault; audio and keys go from the vault, the seal stays;
the note here goes. Interrupted anywhere, `finish` completes it; interrupted before the log says so, nothing has
happened. A recording that this vault does not hold is passed over: it lies in another seat's.

A legal hold that comes in the last moment wins. One of this seat's is seen in the very transaction that logs the
deletion; one of another seat's, which the centre brings later, is looked for once more before anything goes, and where
the audio is still there the deletion is taken back in the log.

`preview` changes nothing and asks the vault nothing. A worker's thread; the memory it takes does not grow with the
number of recordings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from desk.domain.call_log import CallPlace, RecordingEntry
from desk.domain.changes import Change, Patch
from desk.domain.identity import CallId
from desk.domain.listening import Access, Listening
from desk.domain.patches import patch_of
from desk.domain.retention import Aging, Fate, Rule, fate_of, youngest
from desk.domain.sensitive_tags import NONE, SensitiveTags
from desk.domain.times import to_text
from desk.usecases.ports import CallLog, ChangeAuthor, Clock, NewId
from desk.usecases.recording_ports import AgingRecordings, Erasures, RecordingChanges, RecordingEraser

PAGE = 500


@dataclass
class Tally:
    count: int = 0
    size_bytes: int = 0
    length_ms: int = 0

    def add(self, entry: RecordingEntry) -> None:
        self.count += 1
        self.size_bytes += entry.size_bytes or 0
        self.length_ms += entry.length_ms


@dataclass
class Report:
    """`by_rule`: what goes, or went, by the rule's text. Of what is due but stays: `held`, `waits` (not in the vault
    yet), `elsewhere` (not in this vault)."""

    by_rule: dict[str, Tally] = field(default_factory=dict)
    held: int = 0
    waits: int = 0
    elsewhere: int = 0

    @property
    def count(self) -> int:
        return sum(tally.count for tally in self.by_rule.values())

    def take(self, fate: Fate, rule: Rule | None, entry: RecordingEntry) -> None:
        match fate:
            case Fate.GOES if rule is not None:
                self.by_rule.setdefault(rule.text, Tally()).add(entry)
            case Fate.HELD:
                self.held += 1
            case Fate.WAITS:
                self.waits += 1
            case _:
                return


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left in the vault of a deleted recording. Nothing in it says who called."""

    call_id: CallId
    deleted_at: datetime
    deleted_by: str
    deleted_why: str
    sha256: str

    def as_dict(self) -> dict[str, str]:
        return {
            "call_id": self.call_id,
            "deleted_at": to_text(self.deleted_at),
            "deleted_by": self.deleted_by,
            "deleted_why": self.deleted_why,
            "sha256": self.sha256,
        }


class Retention:
    """`who`: the work number, or what does it by itself. `listed`: which words of tags mean the same. `told` hears of
    each one that went."""

    def __init__(
        self,
        aging: AgingRecordings,
        calls: CallLog,
        eraser: RecordingEraser,
        erasures: Erasures,
        changes: RecordingChanges,
        author: ChangeAuthor,
        clock: Clock,
        new_id: NewId,
        rules: tuple[Rule, ...],
        who: str,
        seat: str,
        listed: SensitiveTags = NONE,
    ) -> None:
        self._aging, self._calls, self._eraser, self._erasures = aging, calls, eraser, erasures
        self._changes, self._author, self._clock, self._new_id = changes, author, clock, new_id
        self._rules, self._who, self._seat, self._listed = rules, who, seat, listed

    def due(self) -> Iterator[tuple[Aging, Fate, Rule | None]]:
        """All whose time is over, oldest first, with what becomes of them. Raises what the store raises."""
        now = self._clock()
        before = youngest(self._rules, now)
        if before is None:
            return
        after: CallPlace | None = None
        while page := self._aging.page(before, after, PAGE):
            for one in page:
                fate, rule = fate_of(one, self._rules, now, self._listed)
                if fate is not Fate.STAYS:
                    yield one, fate, rule
            after = CallPlace(page[-1].at, page[-1].entry.call_id)

    def preview(self) -> Report:
        """What `apply` would do, as far as the log tells."""
        report = Report()
        for one, fate, rule in self.due():
            report.take(fate, rule, one.entry)
        return report

    def apply(self, told: Callable[[Aging, Rule], None] = lambda _one, _rule: None) -> Report:
        """Finish what was interrupted, then delete what is due. Raises `VaultAway`, `VaultRefused`, what the store
        raises, and `OSError`; what went until then is done."""
        self.finish()
        report = Report()
        for one, fate, rule in self.due():
            if fate is not Fate.GOES or rule is None:
                report.take(fate, rule, one.entry)
            elif not self._eraser.holds(one.entry.file):
                report.elsewhere += 1
            else:
                done = self._delete(one.entry, rule)
                report.take(done, rule, one.entry)
                if done is Fate.GOES:
                    told(one, rule)
        return report

    def finish(self) -> int:
        """Complete deletions that were interrupted after they were logged; forget those that never were. How many were
        completed; one that a legal hold has overtaken is none."""
        finished = 0
        for call_id in self._erasures.begun():
            entry = self._calls.recording(call_id)
            if entry is not None and entry.deleted_at is not None:
                finished += self._complete(entry) is Fate.GOES
            self._erasures.end(call_id)
        return finished

    def _delete(self, due: RecordingEntry, rule: Rule) -> Fate:
        self._erasures.begin(due.call_id)
        logged = self._changes.append_if(due.call_id, _may_go, self._deletion(due, rule))
        entry = self._calls.recording(due.call_id)
        fate = Fate.STAYS  # where somebody else has deleted it since the page was read
        if entry is not None and logged and entry.deleted_at is not None:
            fate = self._complete(entry)
        elif entry is not None and entry.legal_hold and entry.deleted_at is None:
            fate = Fate.HELD
        self._erasures.end(due.call_id)
        return fate

    def _complete(self, entry: RecordingEntry) -> Fate:
        """What the log says was deleted."""
        if entry.legal_hold and self._eraser.holds(entry.file):
            self._take_back(entry)
            return Fate.HELD
        self._erase(entry)
        return Fate.GOES

    def _take_back(self, entry: RecordingEntry) -> None:
        """The tombstone first: as long as the log says deleted, this is done again."""
        self._eraser.spare(entry.file)
        back: Patch = {"deleted_at": None, "deleted_by": "", "deleted_why": ""}
        change = self._author.change("recording", entry.call_id, back, f"legal hold: {entry.legal_hold_why}")
        self._changes.append_if(entry.call_id, _is_held_back, [change])

    def _deletion(self, entry: RecordingEntry, rule: Rule) -> list[Change]:
        at = self._clock()
        listening = Listening(self._new_id(), Access.DELETED, self._who, self._seat, at, entry.call_id, rule.text)
        deleted = {"deleted_at": to_text(at), "deleted_by": self._who, "deleted_why": rule.text}
        return [
            self._author.change("recording", entry.call_id, deleted, rule.text),
            self._author.change("listening", listening.listening_id, patch_of(listening, "listening_id")),
        ]

    def _erase(self, entry: RecordingEntry) -> None:
        at = entry.deleted_at or self._clock()
        tombstone = Tombstone(entry.call_id, at, entry.deleted_by, entry.deleted_why, entry.sha256)
        self._eraser.erase(entry.file, tombstone.as_dict())


def _may_go(entry: RecordingEntry | None) -> bool:
    return entry is not None and not entry.legal_hold and entry.deleted_at is None


def _is_held_back(entry: RecordingEntry | None) -> bool:
    return entry is not None and entry.legal_hold and entry.deleted_at is not None
