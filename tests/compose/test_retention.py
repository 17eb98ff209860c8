"""`desk retention`: what is due, and only with --apply, and only for a supervisor, is it deleted."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.compose import retention as command
from desk.compose.clock import new_id, now
from desk.domain.identity import CallId, ChangeId
from desk.domain.listening import Access
from desk.domain.times import to_text
from desk.faults import Fault
from desk.recording.vault.folder_vault import FolderVault
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, Settings
from desk.settings.recording_values import RetentionRule, RetentionSettings
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.filling import SqlFilling
from desk.store.outbox import SqlOutbox
from desk.store.store import Store
from desk.sync import retaining
from desk.sync.process import SyncProcess
from desk.usecases.recording_ports import VaultRefused

CALL = "0193a000-0000-7000-8000-000000000001"
RULES = RetentionSettings(rules=(RetentionRule(days=90), RetentionRule(days=365, kinds=("repair",))))


class Ground:
    def __init__(self, folder: Path, store: Store) -> None:
        self.settings = Settings(data_dir=folder, runtime_dir=folder / "run", retention=RULES)
        self.store = store
        self.log, self.calls = SqlChangeLog(store), SqlCallLog(store)
        self._author = SeatAuthor("S01", lambda: "1001", now, new_id, self.log.base_seq)

    def put(self, entity: str, entity_id: str, **fields: object) -> None:
        self.log.append([self._author.change(entity, entity_id, fields)])  # type: ignore[arg-type]

    def recorded(self) -> str:
        at = now() - timedelta(days=100)
        facts = {"line": "x", "direction": "incoming", "number": "1", "lookup_key": "1", "display_name": ""}
        self.put("call", CALL, **facts, diversion="", offered_at=to_text(at), seat="S01", agent="1001")
        file = f"{at:%Y/%m/%d}/{CALL}.age"
        known = {"kept": "kept", "file": file, "length_ms": 3_600_000, "size_bytes": 5_000_000, "seal_hash": "a"}
        self.put("recording", CALL, **known, vaulted_at=to_text(at))
        source = self.settings.data_dir / "object"
        source.write_bytes(b"x")
        FolderVault(self.settings.recordings_dir, make=True).put_new(file, source)
        return file

    def process(self) -> SyncProcess:
        return SyncProcess(self.store, None, self.settings.runtime_dir, b"token", threading.Event())

    def accesses(self) -> list[tuple[str, str]]:
        with self.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT access, detail FROM listening ORDER BY at").all()
        return [tuple(row) for row in rows]


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    secrets = FakeSecrets()
    store = Store.open(tmp_path / "seat.db", secrets)
    monkeypatch.setattr(command, "KeyringSecrets", lambda: secrets)
    yield Ground(tmp_path, store)
    store.close()


def run(settings: Settings, *, apply: bool = False, as_json: bool = True, as_list: bool = False) -> int:
    return command.run(settings, apply=apply, as_json=as_json, as_list=as_list)


def test_without_apply_nothing_is_changed(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    file = ground.recorded()
    assert run(ground.settings, as_list=True) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "deleted": False,
        "rules": {"retention 90 days: every call": {"count": 1, "bytes": 5_000_000, "hours": 1.0}},
        "held": 0,
        "waits": 0,
        "elsewhere": 0,
    }
    assert CALL in told.err
    assert (ground.settings.recordings_dir / file).exists()
    assert ground.accesses() == []


def test_with_apply_it_goes(ground: Ground, capsys: pytest.CaptureFixture[str], english: None) -> None:
    file = ground.recorded()
    assert run(ground.settings, apply=True, as_json=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Deleted:",
        "  retention 90 days: every call: 1 recordings, 5 MB, 1.0 h",
    ]
    assert not (ground.settings.recordings_dir / file).exists()
    entry = ground.calls.recording(CallId(CALL))
    assert entry is not None
    assert (entry.deleted_by, entry.deleted_at is not None) == ("1001", True)
    assert ground.accesses() == [(Access.DELETED.value, "retention 90 days: every call")]


def test_an_agent_may_not_and_the_try_is_on_record(ground: Ground) -> None:
    file = ground.recorded()
    ground.put("staff", "s1", number="8001", name="x", duty="supervisor", phone="", active=True)
    with pytest.raises(Fault):
        run(ground.settings, apply=True)
    assert (ground.settings.recordings_dir / file).exists()
    assert ground.accesses() == [(Access.REFUSED.value, "retention: supervisors_only")]
    assert run(ground.settings) == 0  # to look is allowed


def test_nothing_goes_where_the_centre_would_not_take_that_it_did(ground: Ground, english: None) -> None:
    """A seat without a role of its own, and an agent sits there."""
    file = ground.recorded()
    SqlOutbox(ground.store).note_kind("agent")
    with pytest.raises(VaultRefused, match="a role of its own"):
        command.retention_of(ground.settings, FakeSecrets(), ground.store, "automatic").apply()
    assert (ground.settings.recordings_dir / file).exists()
    for kind in ("supervisor", "seat"):
        SqlOutbox(ground.store).note_kind(kind)
        assert command.retention_of(ground.settings, FakeSecrets(), ground.store, "automatic").preview().count == 1
    assert command.retention_of(ground.settings, FakeSecrets(), ground.store, "automatic").apply().count == 1


def test_a_vault_that_is_away_is_one_sentence(ground: Ground, tmp_path: Path) -> None:
    ground.recorded()
    away = replace(ground.settings, vault=replace(ground.settings.vault, url=str(tmp_path / "not mounted")))
    with pytest.raises(Fault, match="not mounted"):
        run(away, apply=True)
    entry = ground.calls.recording(CallId(CALL))
    assert entry is not None
    assert entry.deleted_at is None


def test_without_rules_everything_stays(ground: Ground, capsys: pytest.CaptureFixture[str], english: None) -> None:
    ground.recorded()
    settings = replace(ground.settings, retention=RetentionSettings())
    assert run(settings, apply=True, as_json=False) == 0
    assert "every recording stays" in capsys.readouterr().out
    assert command.worker_of(settings, FakeSecrets(), ground.store, ground.process()) is None
    automatic = replace(ground.settings, retention=replace(RULES, automatic=True))
    assert command.worker_of(automatic, FakeSecrets(), ground.store, ground.process()) is not None


LONGER = RetentionSettings(rules=(RetentionRule(days=90), RetentionRule(days=3650, tags=("诉讼",))))


def test_a_tag_that_not_everybody_may_read_keeps_a_recording_as_any_does(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    ground.recorded()
    ground.put("call", CALL, person_id="p1")
    ground.put("sensitive_tag", "s1", subject="person", subject_id="p1", tag="诉讼", ended=False)
    settings = replace(ground.settings, retention=LONGER)
    assert run(settings) == 0
    assert json.loads(capsys.readouterr().out)["rules"] == {}
    ground.put("sensitive_tag", "s1", ended=True)
    assert run(settings) == 0
    assert len(json.loads(capsys.readouterr().out)["rules"]) == 1


@pytest.mark.parametrize("written", ["litigation", "诉讼中", " 涉诉 ", "ＶＩＰ"])
def test_a_rule_means_a_tag_whatever_the_card_or_a_list_calls_it(
    ground: Ground, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The card writes the name under which the policy has it, a list its own word, the rule a third."""
    ground.recorded()
    ground.put("call", CALL, person_id="p1")
    ground.put("person", "p1", name="王", tags=["ＶＩＰ"] if written == "ＶＩＰ" else [], notes="")
    if written != "ＶＩＰ":
        ground.put("sensitive_tag", "s1", subject="person", subject_id="p1", tag=written, ended=False)
    rules = (RetentionRule(days=90), RetentionRule(days=3650, tags=("诉讼", "vip")))
    assert run(replace(ground.settings, retention=RetentionSettings(rules=rules))) == 0
    assert json.loads(capsys.readouterr().out)["rules"] == {}
    only = (RetentionRule(days=90), RetentionRule(days=3650, tags=("minor",)))
    assert run(replace(ground.settings, retention=RetentionSettings(rules=only))) == 0
    assert len(json.loads(capsys.readouterr().out)["rules"]) == 1


def test_nothing_goes_by_a_rule_whose_tags_the_centre_keeps_from_this_seat(ground: Ground) -> None:
    ground.recorded()
    SqlOutbox(ground.store).use_rights("all", "S01")
    settings = replace(ground.settings, retention=replace(LONGER, automatic=True))
    with pytest.raises(Fault, match="诉讼"):
        run(settings, apply=True)
    outbox = SqlOutbox(ground.store)
    outbox.apply([], 7)
    outbox.use_rights("all and sensitive", "S01")
    assert outbox.tags_lack
    with pytest.raises(Fault, match="诉讼"):  # it may read them now, and has not got them yet
        run(settings, apply=True)
    outbox.apply_tags([])
    assert run(settings) == 0
    outbox.use_rights("all", "S01")
    with pytest.raises(Fault, match="诉讼"):  # taken away again
        run(settings, apply=True)


def test_a_seat_that_has_not_met_its_centre_or_is_being_filled_knows_no_tags_and_deletes_nothing(
    ground: Ground,
) -> None:
    ground.recorded()
    alone = replace(ground.settings, retention=LONGER)
    settings = replace(alone, central=CentralSettings(url="postgresql://db.example/desk", user="S01"))
    assert (command.forbidden(alone, ground.store), "诉讼" in command.forbidden(settings, ground.store)) == ("", True)
    SqlOutbox(ground.store).use_rights("all and sensitive", "S01")
    assert command.forbidden(settings, ground.store) == ""
    filling = SqlFilling(ground.store)
    filling.begin(7, ChangeId(new_id()), "all and sensitive", 3)
    assert "诉讼" in command.forbidden(settings, ground.store)
    filling.finish()
    assert command.forbidden(settings, ground.store) == ""
    no_tags = replace(settings, retention=RULES)
    SqlOutbox(ground.store).use_rights("all", "S01")
    assert command.forbidden(no_tags, ground.store) == ""  # no rule asks for one


def test_the_worker_asks_each_time_and_the_windows_are_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "FIRST_S", 0.0)
    monkeypatch.setattr(retaining, "AGAIN_S", 0.0)
    file = ground.recorded()
    SqlOutbox(ground.store).use_rights("all", "S01")
    settings, process = replace(ground.settings, retention=replace(LONGER, automatic=True)), ground.process()
    worker = command.worker_of(settings, FakeSecrets(), ground.store, process)
    assert worker is not None
    worker.work_once()
    assert "--sensitive" in process.recordings.state.retention
    assert (settings.recordings_dir / file).exists()
    SqlOutbox(ground.store).use_rights("all and sensitive", "S01")
    worker.work_once()
    assert process.recordings.state.retention == ""
    assert not (settings.recordings_dir / file).exists()
    behind_a_centre = replace(settings, central=CentralSettings(url="postgresql://db.example/desk", user="S01"))
    ground.put("recording", CALL, deleted_at=None)
    waiting = command.worker_of(behind_a_centre, FakeSecrets(), ground.store, process)
    assert waiting is not None
    waiting.work_once()  # nobody there: nothing is decided
    assert ground.accesses() == [(Access.DELETED.value, "retention 90 days: every call")]
