"""`desk listenings`: who heard, looked for, took out or was refused what, for supervisors, and on record itself."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from desk.compose import listenings as command
from desk.compose import supervisors
from desk.compose.listenings import Wanted
from desk.domain.listening import Access, Listening
from desk.domain.patches import patch_of
from desk.faults import Fault
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.store import listenings as rows
from desk.store.change_log import SqlChangeLog
from desk.store.listenings import SqlListenings
from desk.store.store import Store
from tests.making import change

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CALL = "0193a000-0000-7000-8000-000000000001"
LISTENED = (
    (0, Access.PLAYED, "1003", CALL, "", 0, 83_000),
    (1, Access.SEARCHED, "1003", "", "13800138000", None, None),
    (2, Access.REFUSED, "1004", CALL, "play: not_yours", None, None),
    (3, Access.EXPORTED, "9001", CALL, "wav", None, None),
    (50 * 24 * 60, Access.PLAYED, "1003", CALL, "", None, None),  # long ago
)


class Ground:
    def __init__(self, folder: Path, store: Store) -> None:
        self.settings = Settings(
            data_dir=folder, runtime_dir=folder / "run", seat=SeatSettings(name="S01", agent="9001")
        )
        self.store, self.log = store, SqlChangeLog(store)
        facts = {"line": "x", "direction": "incoming", "number": "1", "lookup_key": "1", "display_name": ""}
        known = {"diversion": "", "offered_at": "2026-11-20T02:00:00.000000Z", "seat": "S01", "agent": "1001"}
        self.log.append([change("call", CALL, facts | known)])
        for number, (minutes, access, who, call_id, detail, begun, ended) in enumerate(LISTENED):
            at = NOW - timedelta(minutes=10 + minutes)
            made = Listening(f"l{number}", access, who, "S02", at, call_id, detail, begun, ended)
            self.log.append([change("listening", made.listening_id, patch_of(made, "listening_id"))])
        self.log.append([change("staff", "s", {"number": "9001", "name": "李", "duty": "supervisor", "active": True})])


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, english: None) -> Iterator[Ground]:
    secrets = FakeSecrets()
    store = Store.open(tmp_path / "seat.db", secrets)
    monkeypatch.setattr(command, "KeyringSecrets", lambda: secrets)
    for module in (command, supervisors):
        monkeypatch.setattr(module, "now", lambda: NOW)
    yield Ground(tmp_path, store)
    store.close()


def test_who_heard_looked_for_took_out_and_was_refused_what(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(ground.settings, Wanted(), as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    about = f"call {CALL} (2026-11-20 10:00 1001)"
    assert lines == [
        f"2026-11-22 16:47:00  9001  S02  Exported  {about}  wav",
        f"2026-11-22 16:48:00  1004  S02  Refused  {about}  hear, refused: not their own call",
        "2026-11-22 16:49:00  1003  S02  Searched  13800138000",
        f"2026-11-22 16:50:00  1003  S02  Heard  {about}  from 0:00 to 1:23",
        "2026-11-22 17:00:00  9001  S01  Searched  listenings",
        "1003: Heard 1, Searched 1",
        "1004: Refused 1",
        "9001: Exported 1, Searched 1",
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(who="1003"), ["searched", "played"]),
        (Wanted(who="1003", since=date(2026, 9, 1)), ["played", "searched", "played"]),
        (Wanted(access=Access.REFUSED), ["refused"]),
        (Wanted(until=date(2026, 11, 21)), []),
        (Wanted(since=date(2026, 11, 22), until=date(2026, 11, 22), access=Access.EXPORTED), ["exported"]),
    ],
)
def test_what_is_asked_for_by_person_time_and_kind(
    ground: Ground, wanted: Wanted, found: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(ground.settings, wanted, as_json=True) == 0
    assert [json.loads(line)["access"] for line in capsys.readouterr().out.splitlines()] == found
    (read,) = SqlListenings(ground.store).between(NOW, NOW + timedelta(days=1))
    assert (read.access, read.who, read.detail) == (Access.SEARCHED, "9001", wanted.text)


def test_an_agent_may_not_and_the_try_is_on_record(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    agents = replace(ground.settings, seat=SeatSettings(name="S01", agent="1003"))
    with pytest.raises(Fault):
        command.run(agents, Wanted(), as_json=False)
    assert capsys.readouterr().out == ""
    (tried,) = SqlListenings(ground.store).between(NOW, NOW + timedelta(days=1))
    assert (tried.access, tried.who, tried.detail) == (Access.REFUSED, "1003", "listenings: supervisors_only")


def test_no_entry_is_lost_between_two_pages(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    at = NOW - timedelta(hours=1)
    for number in range(7):  # of one moment
        made = Listening(f"p{number}", Access.PLAYED, "1003", "S02", at, CALL)
        ground.log.append([change("listening", made.listening_id, patch_of(made, "listening_id"))])
    monkeypatch.setattr(rows, "PAGE", 2)
    found = [one.listening_id for one in SqlListenings(ground.store).between(NOW - timedelta(days=99), NOW)]
    assert found == ["l4", *(f"p{number}" for number in range(7)), "l3", "l2", "l1", "l0"]
