"""A look back makes a sentence and a sealed bundle; nobody is in it, it is small, and only who may can open it."""

import hashlib
import io
import json
import logging
import lzma
import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import log, wire
from desk.compose.notes import ProcessNotes
from desk.compose.support import facts_of, opened, own_identities, sealer_of, what_happened_of
from desk.domain import events
from desk.domain.identity import CallId
from desk.domain.mishaps import Mishap
from desk.domain.party import Party
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.health import machine
from desk.log import crash
from desk.recording.files import write_new
from desk.recording.sealing import age
from desk.secrets import FakeSecrets
from desk.settings import LineSettings, SeatSettings, Settings
from desk.settings.values import SupportSettings
from desk.support import bundle, notes
from desk.support.bundle import Material
from desk.support.notes import Note
from desk.support.shelf import Shelf, Shelved
from desk.support.what_happened import Place, WhatHappened
from tests.support.making import CANARIES, HOMES, NAMES, NOW, NUMBERS, SECRETS, TYPED, note, talk


def settings_in(folder: Path, **support: object) -> Settings:
    return Settings(
        seat=SeatSettings(name="S01", agent="1001", agent_name=NAMES[0]),
        lines=(LineSettings(user=NUMBERS[0], registrar="pbx.example.com", kind="registered"),),
        support=SupportSettings(**support),  # type: ignore[arg-type]
        data_dir=folder / "data",
        runtime_dir=folder / "run",
    )


def looking_at(settings: Settings, secrets: FakeSecrets, now: datetime) -> WhatHappened:
    place = Place(settings.runtime_dir / "notes", settings.log_dir, settings.crash_dir, "S01")
    shelf = Shelf(settings.support_dir, settings.support.keep, write_new)
    return WhatHappened(place, shelf, sealer_of(settings, secrets), lambda: facts_of(settings), lambda: now)


def found_in(found: dict[str, str]) -> list[str]:
    """Canaries that are in there, or a good part of one."""
    whole = "\n".join((*found, *found.values()))
    return [one for one in (*CANARIES, "秀兰", "3栋2单元", "翡翠湾", "802室") if one in whole]


def of_everybody() -> list[object]:
    """Each message that is noted, with a canary wherever one fits."""
    call_id, at = CallId("0193c0de-0000-7000-8000-000000000001"), datetime.now(UTC)
    party = Party(number=NUMBERS[0], display_name=NAMES[0])
    line = events.LineState("热线", events.LineStatus.DEAF, at, 0, f"{NAMES[0]} {NUMBERS[1]} {HOMES[0]}")
    headset = events.HeadsetState(microphone_in_use=f"{NAMES[1]}的耳机", earpiece_in_use=f"'{NAMES[2]}' headset")
    wrong = Wrong(Trouble.SPOOL_FULL, at, f"/home/{NAMES[3]}/{HOMES[0]}: '{NAMES[2]}'")
    return [
        PhoneSnapshot((line,), headset, wrongs=(wrong,)),
        events.CallOffered(call_id, at, "热线", party),
        events.CallDialled(call_id, at, "热线", party, post_dial=NUMBERS[4]),
        events.CallAnswered(call_id, at),
        events.DigitsSent(call_id, at, NUMBERS[4]),
        events.DigitsReceived(call_id, at, NUMBERS[4]),
        events.TransferStarted(call_id, at, NUMBERS[2]),
        events.TransferFailed(call_id, at, 404, NAMES[0]),
        events.CallTransferred(call_id, at, NUMBERS[2]),
        events.PromptPlayed(call_id, at, TYPED[0]),
        events.RecordingFailed(call_id, at, HOMES[0]),
        events.CallEnded(call_id, at, 486, f"{NAMES[2]} is busy", forwarded_to=NUMBERS[3]),
        events.LineChanged(line),
        events.HeadsetChanged(headset),
        events.TroubleRaised(wrong),
        events.CommandRefused("Dial", "bad_number", NUMBERS[0]),
        events.CodeDialled(f"*72{NUMBERS[0]}", 404, NAMES[2]),
        wire.CentralState(True, trouble="central_refused", detail=f'role "{NAMES[3]}" may not'),
        wire.RecordingsState(detail=f"'{NAMES[2]}'"),
        wire.SignIn(1, NUMBERS[0], SECRETS[1]),
        wire.DialRequested(NUMBERS[0]),
        wire.SitsHere("1001", NAMES[0]),
    ]


def plant(settings: Settings) -> None:
    """Everything that goes into a bundle has seen everybody."""
    running = [log.start(settings.log_dir, role) for role in ("phone", "ui")]
    process = ProcessNotes(settings, "phone")
    try:
        listener = process.sip_listener()
        for message in of_everybody():
            process.send(message)
        for canary in CANARIES:
            who = f'From: "{canary}" <sip:{canary}@x>'
            listener(False, f"INVITE sip:{canary}@x SIP/2.0\r\n{who}\r\n\r\n{canary}".encode())
            listener(True, f"REGISTER sip:x SIP/2.0\r\nAuthorization: Digest response={canary}\r\n\r\n".encode())
        logger = logging.getLogger("desk.trying")
        for number in NUMBERS:
            logger.warning("no call to %s", number, extra={"caller": number, "row": {"number": number}})
        for name in (*NAMES, *HOMES, *TYPED):
            error = KeyError(name)
            logger.error("cannot find %r", name, extra={"detail": f'"{name}"'}, exc_info=error)
        for name in (*NAMES[:2], *HOMES[:2], *TYPED):
            logger.warning("unquoted %s here", name, extra={name: [name]})
    finally:
        process.close()
        for one in running:
            one.close()
    file = crash.keep(settings.crash_dir, "ui", datetime.now(UTC))
    try:
        for name in (*NAMES, *HOMES, *TYPED, *NUMBERS):
            file.note(ValueError(f"cannot use {name!r}"))
    finally:
        file.close()


def test_nobody_is_in_a_bundle(tmp_path: Path) -> None:
    settings, secrets = settings_in(tmp_path), FakeSecrets()
    plant(settings)
    what = what_happened_of(settings, secrets)
    look = what.look()
    known = (*NAMES, *HOMES)
    kept = what.keep(look, f"{NAMES[0]} {HOMES[0]} {NUMBERS[0]} {NAMES[4]}: 有杂音", known)
    found = bundle.members(opened(what.shelf.sealed(kept), own_identities(secrets)))
    assert found_in(found) == []
    assert "有杂音" in found["report.json"]
    assert {"report.json", "timeline.txt", "sip.txt", "notes.jsonl", "log/phone.jsonl", "log/ui.jsonl"} <= set(found)
    assert any(name.startswith("crash/ui-") for name in found)
    assert len(found["log/phone.jsonl"].splitlines()) > 20
    assert found["sip.txt"].count(">>> sent") == len(CANARIES)
    # Beside the bundle, and in the rings before anything was asked: nobody, either.
    beside = "".join(file.read_text("utf-8") for file in settings.support_dir.glob("*.json"))
    rings = b"".join(file.read_bytes() for file in (settings.runtime_dir / "notes").iterdir())
    assert found_in({"": beside + rings.decode("utf-8", "replace")}) == []


def test_what_it_tells_is_what_happened(tmp_path: Path) -> None:
    settings, secrets = settings_in(tmp_path), FakeSecrets()
    written = notes.Notes(settings.runtime_dir / "notes", "phone", lambda: NOW)
    for one in talk(loss=12.0, mos=2.5):
        written.note(one.kind, one.fields)
    what = looking_at(settings, secrets, NOW + timedelta(seconds=30))
    look = what.look()
    assert look.mishaps[0] is Mishap.NETWORK_LOSS
    assert look.call_id == "c1"
    assert "12 %" in look.why
    kept = what.keep(look, "杂音")
    assert kept.mishap == "network_loss"
    report = json.loads(bundle.members(opened(what.shelf.sealed(kept), own_identities(secrets)))["report.json"])
    assert (report["diagnosis"], report["said"], report["seat"]) == ("network_loss", "杂音", "S01")
    assert report["call"]["worst_loss"] == 12.0


def test_only_who_may_can_open_it(tmp_path: Path) -> None:
    it, other = age.new_identity(), age.new_identity()
    settings = settings_in(tmp_path, recipients=(str(it.to_public()),))
    secrets = FakeSecrets()
    what = what_happened_of(settings, secrets)
    sealed = what.shelf.sealed(what.keep(what.look()))
    assert bundle.members(opened(sealed, [it]))["report.json"]
    with pytest.raises(age.NotEncryptedForThese):
        opened(sealed, [other])
    assert own_identities(secrets) == []  # the seat made no key of its own
    with pytest.raises(age.NotEncryptedForThese):
        opened(sealed[:-1] + bytes([sealed[-1] ^ 1]), [it])


def test_the_seats_own_key_is_made_once(tmp_path: Path) -> None:
    settings, secrets = settings_in(tmp_path), FakeSecrets()
    first, second = (sealer_of(settings, secrets)(b"x") for _turn in range(2))
    assert opened(first, own_identities(secrets)) == opened(second, own_identities(secrets)) == b"x"


def test_words_that_come_later_go_into_the_same_bundle(tmp_path: Path) -> None:
    settings, secrets = settings_in(tmp_path), FakeSecrets()
    what = what_happened_of(settings, secrets)
    look = what.look()
    first = what.keep(look)
    second = what.keep(look, "有回声")
    assert first.name == second.name
    assert [one.name for one in what.shelf.listed()] == [first.name]
    report = bundle.members(opened(what.shelf.sealed(second), own_identities(secrets)))["report.json"]
    assert json.loads(report)["said"] == "有回声"


def test_a_full_ring_of_ten_busy_minutes_is_below_two_megabytes(tmp_path: Path) -> None:
    """Random words do not compress: nothing that a seat sees is worse."""
    settings = settings_in(tmp_path)
    ring_of = notes.Notes(settings.runtime_dir / "notes", "phone", lambda: datetime.now(UTC))
    for number in range(1700):
        ring_of.note("sip", {"out": True, "text": _noise(number)})
    settings.log_dir.mkdir(parents=True)
    line = {"level": "INFO", "logger": "desk", "process": "phone:1", "message": "", "at": datetime.now(UTC).isoformat()}
    for role in ("phone",):
        lines = (json.dumps({**line, "message": _noise(number)}) for number in range(500))
        (settings.log_dir / f"{role}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    what = what_happened_of(settings, FakeSecrets())
    assert what.keep(what.look()).size <= bundle.MOST_BYTES


def _noise(number: int) -> str:
    return hashlib.shake_256(str(number).encode()).hexdigest(300).translate(str.maketrans("0123456789", "ghijklmnop"))


def test_what_is_too_much_goes_from_the_old_end_and_the_report_says_so() -> None:
    many = [note(second, "sip", text=_noise(second), out=True) for second in range(500)]
    material = Material({"seat": "S01"}, many, {"ui": [_noise(second) for second in range(500)]})
    packed = bundle.pack(material, 100_000)
    assert len(packed) <= 100_000
    found = bundle.members(packed)
    assert 0 < json.loads(found["report.json"])["kept_percent"] < 100
    assert _noise(499) in found["sip.txt"]
    assert _noise(0) not in found["sip.txt"]


def test_a_line_of_the_timeline_says_which_message_of_which_call_it_was() -> None:
    answer = "SIP/2.0 200\nvia: UDP 10.0.0.1\ncall-id: ~15f9ba\ncseq: 2 INVITE"
    told = bundle.timeline([note(0, "sip", out=False, text=answer), note(1, "stall", "ui", stall_ms=1200.0)])
    assert told.splitlines() == [
        "04:48:32.000  phone  sip         < SIP/2.0 200 ~15f9ba 2 INVITE",
        "04:48:33.000  ui     stall       stall_ms=1200",
    ]


@given(st.binary(max_size=500))
def test_no_bytes_that_somebody_sends_as_a_bundle_break_the_opening(noise: bytes) -> None:
    with pytest.raises(bundle.NoBundle):
        bundle.members(noise)


@pytest.mark.parametrize("name", ["../report.json", "/etc/passwd", "log/../../x", ".profile", "log/a/b", "crash/"])
def test_a_bundle_cannot_write_anywhere_else(name: str) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("report.json"), io.BytesIO())
        archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(bundle.NoBundle):
        bundle.members(lzma.compress(plain.getvalue()))


def test_the_shelf_keeps_the_newest(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "support", 3, write_new)
    for second in range(6):
        when = NOW + timedelta(seconds=second)
        shelf.put(Shelved(f"S01-{second}.deskbundle", when, "nothing", call_id=f"c{second}"), b"sealed")
    assert [one.call_id for one in shelf.listed()] == ["c5", "c4", "c3"]
    assert len(list((tmp_path / "support").iterdir())) == 6


def test_the_shelf_keeps_no_more_bytes_than_it_may_and_the_newest_whatever_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.support.shelf.MOST_BYTES", 250)
    shelf = Shelf(tmp_path, 100, write_new)
    for second in range(5):
        shelf.put(Shelved(f"S01-{second}.deskbundle", NOW + timedelta(seconds=second), "nothing"), b"x" * 100)
    assert len(shelf.listed()) == 2
    shelf.put(Shelved("S01-9.deskbundle", NOW + timedelta(seconds=9), "nothing"), b"x" * 1000)
    assert [one.name for one in shelf.listed()] == ["S01-9.deskbundle"]


def test_what_was_sent_is_marked_and_what_was_made_anew_is_to_be_sent_again(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 3, write_new)
    first = shelf.put(Shelved("S01-1.deskbundle", NOW, "nothing"), b"one")
    shelf.sent(first, NOW)
    assert shelf.listed()[0].sent_at == NOW
    shelf.put(Shelved("S01-1.deskbundle", NOW, "nothing"), b"another")
    assert shelf.listed()[0].sent_at is None
    shelf.sent(first, NOW)  # of the one before
    assert shelf.listed()[0].sent_at is None


def test_a_bundle_without_its_small_file_is_listed_all_the_same(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 3, write_new)
    shelf.put(Shelved("S01-1.deskbundle", NOW, "nothing"), b"one")
    (tmp_path / "S01-1.json").write_text("{half", encoding="utf-8")
    (tmp_path / "S01-2.deskbundle").write_bytes(b"two")
    assert {(one.name, one.size) for one in shelf.listed()} == {("S01-1.deskbundle", 3), ("S01-2.deskbundle", 3)}


def test_a_call_of_yesterday_is_found_by_its_lines_in_the_log(tmp_path: Path) -> None:
    settings, secrets = settings_in(tmp_path), FakeSecrets()
    settings.log_dir.mkdir(parents=True)
    when = NOW - timedelta(days=1)
    lines = [
        {"at": (when + timedelta(seconds=second)).isoformat(), "message": f"line {second}", "call_id": call_id}
        for second, call_id in ((0, "other"), (600, "wanted"), (660, "wanted"), (2000, "other"))
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    (settings.log_dir / "phone.jsonl").write_text(text, encoding="utf-8")
    what = looking_at(settings, secrets, NOW)
    look = what.look(call_id="wanted")
    found = bundle.members(opened(what.sealed(look), own_identities(secrets)))
    assert "line 600" in found["log/phone.jsonl"]
    assert "line 660" in found["log/phone.jsonl"]
    assert "line 0" not in found["log/phone.jsonl"]
    assert "line 2000" not in found["log/phone.jsonl"]


def test_the_libraries_are_named_where_they_are_bundled_and_where_they_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["pjsua2-python", "PySide6-Essentials", "sqlcipher3", "miniaudio", "psycopg", "av"]
    assert sorted(facts_of(settings_in(tmp_path))["libraries"]) == sorted(names)

    def none(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(machine, "version", none)
    monkeypatch.setattr(machine, "_bundled", lambda: {name.lower(): "1.0" for name in names})
    assert facts_of(settings_in(tmp_path))["libraries"] == dict.fromkeys(names, "1.0")


def test_the_facts_of_a_seat_name_nobody(tmp_path: Path) -> None:
    facts = json.dumps(facts_of(settings_in(tmp_path)), default=str, ensure_ascii=False)
    assert found_in({"": facts}) == []
    assert "pbx.example.com" in facts
    assert facts_of(replace(settings_in(tmp_path), data_dir=tmp_path / "not" / "there"))["disk_free_mb"]["data"]


def test_notes_are_read_in_the_order_of_time_and_only_the_last_ones(tmp_path: Path) -> None:
    times = iter((NOW, NOW + timedelta(seconds=20), NOW + timedelta(seconds=10), NOW + timedelta(seconds=30)))
    phone = notes.Notes(tmp_path, "phone", lambda: next(times))
    ui = notes.Notes(tmp_path, "ui", lambda: next(times))
    phone.note("a")
    phone.note("c")
    ui.note("b", {"x": 1.5})
    ui.note("d", {"y": object()})
    found = notes.read(tmp_path, NOW + timedelta(seconds=5))
    assert [one.kind for one in found] == ["b", "c", "d"]
    assert found[0] == Note(NOW + timedelta(seconds=10), "ui", "b", {"x": 1.5})
    assert found[2].fields == {"lost": True}
