"""Retention over a real store and a real folder: who deleted what and why stays, and no interruption leaves half."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from desk.domain.call_log import RecordingEntry
from desk.domain.changes import Change
from desk.domain.identity import CallId
from desk.domain.listening import Access
from desk.domain.retention import Rule
from desk.domain.times import to_text
from desk.recording.vault.erase import ErasureFolder, VaultEraser
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Vault
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.listenings import SqlListenings
from desk.store.recording_changes import SqlRecordingChanges
from desk.store.retention import SqlAgingRecordings
from desk.store.store import Store
from desk.usecases import retention
from desk.usecases.recording_ports import Erasures, RecordingChanges, VaultAway
from desk.usecases.retention import Retention

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
RULES = (Rule(90), Rule(365, kinds=frozenset({"repair"})), Rule(3650, tags=frozenset({"VIP"})))


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Ground:
    folder: Path
    store: Store

    def __post_init__(self) -> None:
        self.vault = FolderVault(self.folder / "vault", make=True)
        self.log, self.calls = SqlChangeLog(self.store), SqlCallLog(self.store)
        self.erasures = ErasureFolder(self.folder / "deleting")
        self._ids = count(1)
        self.author = SeatAuthor("S01", lambda: "1001", lambda: NOW, self.new_id, self.log.base_seq)

    def new_id(self) -> str:
        return f"0193b000-0000-7000-8000-{next(self._ids):012d}"

    def put(self, entity: str, entity_id: str, **fields: object) -> None:
        self.log.append([self.author.change(entity, entity_id, fields)])  # type: ignore[arg-type]

    def call(self, number: int, days: float, *, keys: int = 0, in_vault: bool = True, **fields: object) -> str:
        """A call of so many days ago, whose recording lies in the vault."""
        call_id, at = f"0193a000-0000-7000-8000-{number:012d}", NOW - timedelta(days=days)
        facts = {"line": "x", "direction": "incoming", "number": "1", "lookup_key": "1", "display_name": ""}
        call_fields = {name: fields.pop(name) for name in ("household_id", "person_id", "ticket_id") if name in fields}
        self.put(
            "call",
            call_id,
            **facts,
            diversion="",
            offered_at=to_text(at),
            seat="S01",
            agent="1001",
            outcome="answered",
            **call_fields,
        )
        file = f"{at:%Y/%m/%d}/{call_id}.age"
        known = {"kept": "kept", "file": file, "sha256": "ab", "length_ms": 60_000, "size_bytes": 1000}
        known |= {"seal_hash": "cd", "vaulted_at": to_text(at)}
        self.put("recording", call_id, **(known | fields))
        if in_vault:
            names = [file, file.replace(".age", ".seal"), *(file.replace(".age", f".key{2 + n}") for n in range(keys))]
            for name in names:
                source = self.folder / "object"
                source.write_bytes(name.encode())
                self.vault.put_new(name, source)
        return call_id

    def ticket(self, ticket_id: str, kind: str, **fields: object) -> None:
        known = {"number": ticket_id, "kind": kind, "category": f"{kind}.x", "priority": "normal", "description": ""}
        more = {"registered_at": to_text(NOW), "registered_by": "1001", "seat": "S01", "stage": "registered"}
        self.put("ticket", ticket_id, **known, **more, **fields)

    def retention(
        self, vault: Vault | None = None, log: RecordingChanges | None = None, erasures: Erasures | None = None
    ) -> Retention:
        return Retention(
            SqlAgingRecordings(self.store),
            self.calls,
            VaultEraser(vault or self.vault),
            erasures or self.erasures,
            log or SqlRecordingChanges(self.store),
            self.author,
            lambda: NOW,
            self.new_id,
            RULES,
            "1001",
            "S01",
        )

    def entry(self, call_id: str) -> RecordingEntry:
        entry = self.calls.recording(CallId(call_id))
        assert entry is not None
        return entry

    def endings(self, call_id: str) -> list[str]:
        """What lies in the vault of this recording."""
        return [kept.name.partition(".")[2] for kept in self.vault.names() if call_id in kept.name]


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    yield Ground(tmp_path, store)
    store.close()


def test_what_is_due_goes_with_who_and_why_and_the_seal_stays(ground: Ground) -> None:
    old, young = ground.call(1, 91, keys=2), ground.call(2, 89)
    report = ground.retention().apply()
    assert {text: tally.count for text, tally in report.by_rule.items()} == {"retention 90 days: every call": 1}
    entry = ground.entry(old)
    assert (entry.deleted_at, entry.deleted_by) == (NOW, "1001")
    assert entry.deleted_why == "retention 90 days: every call"
    assert ground.endings(old) == ["deleted", "seal"]
    assert ground.endings(young) == ["age", "seal"]
    tombstone = json.loads(b"".join(ground.vault.read(entry.file.replace(".age", ".deleted"))))
    assert tombstone == {
        "call_id": old,
        "deleted_at": to_text(NOW),
        "deleted_by": "1001",
        "deleted_why": "retention 90 days: every call",
        "sha256": "ab",
    }
    told = SqlListenings(ground.store).of_call(CallId(old))
    assert [(one.access, one.who, one.detail) for one in told] == [
        (Access.DELETED, "1001", "retention 90 days: every call")
    ]
    assert ground.erasures.begun() == []


def test_the_preview_says_the_same_and_changes_nothing(ground: Ground) -> None:
    for number in range(1, 6):
        ground.call(number, 80 + 5 * number)
    ground.call(6, 300, legal_hold=True)
    before = [kept.name for kept in ground.vault.names()]
    preview = ground.retention().preview()
    assert (preview.count, preview.held) == (3, 1)
    assert next(iter(preview.by_rule.values())).length_ms == 3 * 60_000
    assert [kept.name for kept in ground.vault.names()] == before
    applied = ground.retention().apply()
    assert (applied.by_rule, applied.held) == (preview.by_rule, preview.held)
    assert ground.retention().preview().count == 0


def test_the_longest_time_of_its_tickets_and_tags_counts(ground: Ground) -> None:
    ground.put("household", "h1", estate_id="e1", building_id="b", unit="1", room="1", place_code="1", tags=["VIP"])
    ground.put("person", "p1", name="x", tags=["VIP"])
    by_own = ground.call(1, 200)
    ground.ticket("t1", "repair", call_id=by_own)  # filed from the call, whatever the call points to now
    by_joined = ground.call(2, 200, ticket_id="t2")
    ground.ticket("t2", "repair")
    of_home, of_person = ground.call(3, 200, household_id="h1"), ground.call(4, 200, person_id="p1")
    of_tickets_home = ground.call(5, 400, ticket_id="t3")
    ground.ticket("t3", "inquiry", household_id="h1")
    plain = ground.call(6, 200, ticket_id="t4")
    ground.ticket("t4", "inquiry")
    assert ground.retention().apply().count == 1
    assert ground.entry(plain).deleted_at is not None
    for call_id in (by_own, by_joined, of_home, of_person, of_tickets_home):
        assert ground.entry(call_id).deleted_at is None


def test_what_the_vault_has_not_confirmed_or_does_not_hold_stays(ground: Ground) -> None:
    waiting = ground.call(1, 200, vaulted_at=None)
    elsewhere = ground.call(2, 200, in_vault=False)
    report = ground.retention().apply()
    assert (report.count, report.waits, report.elsewhere) == (0, 1, 1)
    for call_id in (waiting, elsewhere):
        assert ground.entry(call_id).deleted_at is None


def test_more_than_a_page_goes_in_one_run(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PAGE", 3)
    calls = [ground.call(number, 100 + number // 4) for number in range(1, 12)]  # some at the very same time
    told: list[str] = []
    assert ground.retention().apply(lambda one, _rule: told.append(one.entry.call_id)).count == 11
    assert sorted(told) == calls


class Mortal:
    """A vault before whose n-th step the process is killed, or the line goes."""

    def __init__(self, vault: FolderVault, step: int, error: BaseException) -> None:
        self._vault, self._left, self._error = vault, step, error

    def __getattr__(self, name: str) -> object:
        real = getattr(self._vault, name)

        def step(*arguments: object) -> object:
            self._left -= 1
            if self._left == 0:
                raise self._error
            return real(*arguments)

        return step


@pytest.mark.parametrize("error", [Killed(), VaultAway("gone")])
@pytest.mark.parametrize("step", range(2, 7))
def test_interrupted_in_the_vault_it_is_completed_next_time(ground: Ground, step: int, error: BaseException) -> None:
    old = ground.call(1, 91, keys=2)
    with pytest.raises(type(error)):
        ground.retention(Mortal(ground.vault, step, error)).apply()  # type: ignore[arg-type]
    assert ground.entry(old).deleted_at == NOW
    ground.retention().apply()
    assert ground.endings(old) == ["deleted", "seal"]
    assert ground.erasures.begun() == []
    assert len(SqlListenings(ground.store).of_call(CallId(old))) == 1


class Dying(SqlRecordingChanges):
    """A change log before which the process is killed, or after it has written."""

    def __init__(self, store: Store, *, after: bool) -> None:
        super().__init__(store)
        self._after = after

    def append_if(
        self, call_id: CallId, fits: Callable[[RecordingEntry | None], bool], changes: Sequence[Change]
    ) -> bool:
        if self._after:
            super().append_if(call_id, fits, changes)
        raise Killed


def test_interrupted_before_the_log_says_so_nothing_has_happened(ground: Ground) -> None:
    old = ground.call(1, 91)
    with pytest.raises(Killed):
        ground.retention(log=Dying(ground.store, after=False)).apply()
    assert ground.entry(old).deleted_at is None
    assert ground.endings(old) == ["age", "seal"]
    assert ground.retention().finish() == 0
    assert ground.erasures.begun() == []
    assert ground.endings(old) == ["age", "seal"]


def test_interrupted_after_the_log_says_so_it_is_completed(ground: Ground) -> None:
    old = ground.call(1, 91)
    with pytest.raises(Killed):
        ground.retention(log=Dying(ground.store, after=True)).apply()
    assert ground.endings(old) == ["age", "seal"]
    assert ground.retention().finish() == 1
    assert ground.endings(old) == ["deleted", "seal"]


def hold(ground: Ground, call_id: str) -> None:
    ground.put("recording", call_id, legal_hold=True, legal_hold_by="8001", legal_hold_why="court")


def test_every_wrapped_key_goes_though_one_before_it_is_missing(ground: Ground) -> None:
    old = ground.call(1, 91, keys=3)
    ground.vault.delete(ground.entry(old).file.replace(".age", ".key2"))
    assert ground.retention().apply().count == 1
    assert ground.endings(old) == ["deleted", "seal"]


class HeldWhen(ErasureFolder):
    """A legal hold comes right after the deletion was begun, and before it is logged."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground.folder / "deleting")
        self._ground = ground

    def begin(self, call_id: CallId) -> None:
        super().begin(call_id)
        hold(self._ground, call_id)


def test_a_legal_hold_between_the_look_and_the_log_keeps_the_recording(ground: Ground) -> None:
    old = ground.call(1, 91)
    told: list[str] = []
    report = ground.retention(erasures=HeldWhen(ground)).apply(lambda one, _rule: told.append(one.entry.call_id))
    assert (report.count, report.held, told) == (0, 1, [])
    assert ground.entry(old).deleted_at is None
    assert ground.endings(old) == ["age", "seal"]
    assert SqlListenings(ground.store).of_call(CallId(old)) == []
    assert ground.erasures.begun() == []


class HeldAfter(SqlRecordingChanges):
    """Another seat's legal hold, which the centre brings right after the deletion is logged."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground.store)
        self._ground, self._pending = ground, True

    def append_if(
        self, call_id: CallId, fits: Callable[[RecordingEntry | None], bool], changes: Sequence[Change]
    ) -> bool:
        done = super().append_if(call_id, fits, changes)
        if self._pending:
            self._pending = False
            hold(self._ground, call_id)
        return done


def test_a_legal_hold_of_another_seat_after_the_log_takes_the_deletion_back(ground: Ground) -> None:
    old = ground.call(1, 91)
    report = ground.retention(log=HeldAfter(ground)).apply()
    assert (report.count, report.held) == (0, 1)
    entry = ground.entry(old)
    assert (entry.deleted_at, entry.deleted_by, entry.deleted_why) == (None, "", "")
    assert ground.endings(old) == ["age", "seal"]
    assert ground.retention().apply().held == 1


@pytest.mark.parametrize("step", [2, 3])
def test_a_legal_hold_that_comes_while_a_deletion_lies_half_done_wins_where_the_audio_is_there(
    ground: Ground, step: int
) -> None:
    """Killed before the tombstone, and after it."""
    old = ground.call(1, 91)
    with pytest.raises(Killed):
        ground.retention(Mortal(ground.vault, step, Killed())).apply()  # type: ignore[arg-type]
    hold(ground, old)
    assert ground.retention().finish() == 0
    assert ground.entry(old).deleted_at is None
    assert ground.endings(old) == ["age", "seal"]
    assert ground.erasures.begun() == []


def test_a_legal_hold_that_comes_after_the_audio_went_changes_nothing(ground: Ground) -> None:
    old = ground.call(1, 91, keys=2)
    with pytest.raises(Killed):
        ground.retention(Mortal(ground.vault, 4, Killed())).apply()  # type: ignore[arg-type]
    assert "age" not in ground.endings(old)
    hold(ground, old)
    assert ground.retention().finish() == 1
    assert ground.entry(old).deleted_at == NOW
    assert ground.endings(old) == ["deleted", "seal"]


def test_a_recording_of_before_there_were_seals_goes_too(ground: Ground) -> None:
    old = ground.call(1, 91, in_vault=False, seal_hash="", vaulted_at=None, file="2026/08/23/old.opus")
    source = ground.folder / "object"
    source.write_bytes(b"sound")
    ground.vault.put_new("2026/08/23/old.opus", source)
    assert ground.retention().apply().count == 1
    assert [kept.name for kept in ground.vault.names()] == ["2026/08/23/old.deleted"]
    assert ground.entry(old).deleted_at == NOW


def test_kept_is_what_there_is_and_was_not_deleted(ground: Ground) -> None:
    ground.call(1, 91)
    ground.call(2, 10)
    ground.call(3, 10, kept="missing", file="")
    aging = SqlAgingRecordings(ground.store)
    assert aging.count() == 2
    ground.retention().apply()
    assert aging.count() == 1
