"""From a seat's own store, keyring and sealed recordings to a pack that the seat's change log knows: as the window has
it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk import cli
from desk.compose import late_evidence
from desk.compose import verify as composing
from desk.compose.clock import new_id, now
from desk.compose.late_evidence import EvidenceParts, LateEvidence
from desk.domain.call_log import RecordingEntry
from desk.domain.evidence import SoundForm, SoundOrder
from desk.domain.identity import CallId
from desk.domain.listening import Access, Listener, Role
from desk.domain.patches import patch_of
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.listenings import SqlListenings
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.texts import ShippedTexts
from desk.usecases.estate_map import EstateMap
from desk.usecases.evidence import EvidenceRefused
from desk.usecases.listening_log import ListeningLog
from tests import making
from tests.recording.scene import CALL, Sound, closed_spool
from tests.recording.sealed import SealingSeat

SUPERVISOR = Listener("2001", Role.SUPERVISOR)


@dataclass
class Window:
    store: Store
    evidence: LateEvidence
    entry: RecordingEntry

    def access(self) -> list[Access]:
        return [entry.access for entry in SqlListenings(self.store).of_call(CALL)]


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    seat = SealingSeat(tmp_path / "data")
    closed_spool(seat.spool_dir, Sound.steps([(9_000, 0), (0, 6_000)]))
    entry = seat.seal(CALL)
    monkeypatch.setattr(late_evidence, "KeyringSecrets", lambda: seat.secrets)
    monkeypatch.setattr(composing, "_secrets", lambda: seat.secrets)
    settings = Settings(data_dir=tmp_path / "data")
    store = Store.open(settings.store_file, seat.secrets)
    log = SqlChangeLog(store)
    author = SeatAuthor("S01", lambda: "2001", now, new_id, log.base_seq)
    ticket = making.ticket("t1", call_id=CALL, caller_name="王芳", contact_number="13800138000")
    log.append(
        [
            making.call(CALL, ticket_id="t1", display_name="王女士"),
            ticket,
            author.change("recording", CALL, patch_of(entry, "call_id")),
        ]
    )
    listening_log = ListeningLog(log, author, now, new_id, "S01", lambda: SUPERVISOR)
    parts = EvidenceParts(
        settings,
        store,
        listening_log,
        EstateMap(SqlResidents(store)),
        ShippedTexts(language="zh_CN").categories(),
        lambda: "2001",
    )
    yield Window(store, LateEvidence(parts), entry)
    store.close()


def test_pack_from_the_window_is_known_to_the_seats_log(
    window: Window, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "pack.html"
    shares: list[float] = []
    evidence = window.evidence.make_pack(CALL, SUPERVISOR, target, shares.append)
    assert [story.ticket.caller_name for story in evidence.tickets] == ["王芳"]
    assert evidence.masked == 0, evidence
    assert shares[-1] == 1.0
    assert window.access() == [Access.PACKED]
    file = tmp_path / "desk.toml"
    file.write_text(f"data_dir = '{tmp_path / 'data'}'\n[seat]\nlanguage = 'en'\n")
    assert cli.main(["--settings", str(file), "verify", str(target)]) == 0
    assert "knows this very file" in capsys.readouterr().out


def test_audio_from_the_window_is_plain_and_on_record(window: Window, tmp_path: Path) -> None:
    window.evidence.export(CALL, SUPERVISOR, SoundOrder(SoundForm.WAV), tmp_path / "call.wav")
    assert (tmp_path / "call.wav").read_bytes().startswith(b"RIFF")
    with pytest.raises(EvidenceRefused):
        window.evidence.export(
            CallId(CALL), Listener("1001", Role.AGENT), SoundOrder(SoundForm.WAV), tmp_path / "other.wav"
        )
    assert not (tmp_path / "other.wav").exists()
    assert window.access() == [Access.EXPORTED, Access.REFUSED]
