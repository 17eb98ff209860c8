"""`desk bundle`: made, listed and opened by IT, with and without a key of their own."""

import json
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.cli.command import main
from desk.compose import bundle
from desk.compose.support import shelf_of
from desk.domain.call_log import CallEntry, Outcome
from desk.domain.diagnosis import Diagnosis
from desk.domain.health import Finding, Level
from desk.domain.identity import CallId
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.recording.sealing import age
from desk.secrets import FakeSecrets
from desk.settings import Settings
from desk.settings.values import SupportSettings
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from tests.making import change
from tests.support.making import NAMES, NUMBERS


def settings_in(folder: Path, *recipients: str) -> Settings:
    return Settings(
        data_dir=folder / "data", runtime_dir=folder / "run", support=SupportSettings(recipients=recipients)
    )


def wish(**given: object) -> Namespace:
    return Namespace(**{"call": None, "minutes": 10, "out": None, "key": None, "to": None, **given})


def test_one_is_made_listed_and_opened_at_the_seat(tmp_path: Path) -> None:
    settings, secrets, said = settings_in(tmp_path), FakeSecrets(), list[str]()
    found = Finding("sip", Level.WRONG, f"{NAMES[0]} {NUMBERS[0]}", "", {"user_text": f"sip:{NAMES[3]}@x", "ms": 12.5})
    assert bundle.make(settings, wish(), said.append, secrets, lambda: [found]) == 0
    assert said[0] == "Desk saw nothing wrong in the last minutes."
    said.clear()
    bundle.list_them(settings, said.append)
    (line,) = said
    name = next(word for word in line.split() if word.endswith(".deskbundle"))
    assert bundle.open_one(settings, wish(file=Path(name), to=tmp_path / "open"), said.append, secrets) == 0
    report = json.loads((tmp_path / "open" / "report.json").read_text("utf-8"))
    assert report["health"] == [{"check": "sip", "level": "wrong", "figures": {"user_text": "sip:▯@x", "ms": 12.5}}]
    assert not [one for one in (*NAMES, *NUMBERS) if one in json.dumps(report, ensure_ascii=False)]


def test_it_opens_what_is_sealed_for_them_and_the_seat_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    it, other = age.new_identity(), age.new_identity()
    settings, secrets = settings_in(tmp_path, str(it.to_public())), FakeSecrets()
    file = tmp_path / "x.deskbundle"
    assert bundle.make(settings, wish(out=file), lambda _said: None, secrets) == 0
    for number, (key, code) in enumerate(((None, 1), (other, 1), (it, 0))):
        keys = None
        if key is not None:
            keys = tmp_path / f"{number}.key"
            keys.write_text(f"# a comment\n{key}\n")
        given = wish(file=file, key=keys, to=tmp_path / f"open-{number}")
        assert bundle.open_one(settings, given, lambda _said: None, secrets) == code
        assert (tmp_path / f"open-{number}").exists() is (code == 0)
    assert "None of the keys" in capsys.readouterr().err


def test_a_folder_that_has_something_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings, secrets = settings_in(tmp_path), FakeSecrets()
    file = tmp_path / "x.deskbundle"
    bundle.make(settings, wish(out=file), lambda _said: None, secrets)
    (tmp_path / "mine").write_text("mine")
    assert bundle.open_one(settings, wish(file=file, to=tmp_path), lambda _said: None, secrets) == 1
    assert "is there already" in capsys.readouterr().err
    assert not (tmp_path / "report.json").exists()


def test_what_is_no_bundle_or_no_key_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings, it = settings_in(tmp_path), age.new_identity()
    file, key = tmp_path / "x.deskbundle", tmp_path / "x.key"
    key.write_text("not a key")
    file.write_bytes(b"noise")
    assert bundle.open_one(settings, wish(file=file, key=key), lambda _said: None, FakeSecrets()) == 1
    assert "no key that can be used" in capsys.readouterr().err
    key.write_text(str(it))
    assert bundle.open_one(settings, wish(file=file, key=key), lambda _said: None, FakeSecrets()) == 1
    assert "or it is damaged" in capsys.readouterr().err


def test_a_call_of_which_nothing_is_known_makes_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = settings_in(tmp_path)
    assert bundle.make(settings, wish(call="never"), lambda _said: None, FakeSecrets()) == 1
    assert "Nothing is known of call never." in capsys.readouterr().err
    assert not settings.support_dir.exists()


def test_a_call_whose_notes_are_gone_is_told_of_by_the_call_log(tmp_path: Path) -> None:
    settings, secrets, said = settings_in(tmp_path), FakeSecrets(), list[str]()
    settings.data_dir.mkdir(parents=True)
    store = Store.open(settings.store_file, secrets)
    began = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    entry = CallEntry(
        *(CallId("c1"), "line", Direction.INCOMING, NUMBERS[0], NUMBERS[0], NAMES[0], "", began, "S01", "1001"),
        outcome=Outcome.ANSWERED,
        answered_at=began,
        ended_at=began + timedelta(minutes=2),
        cause=200,
        codec="PCMA",
        mos_mean_x100=310,
        loss_permille=90,
        diagnosis=Diagnosis.NETWORK_LOSS,
    )
    SqlChangeLog(store).append([change("call", "c1", patch_of(entry, "call_id"))])
    store.close()
    assert bundle.make(settings, wish(call="c1"), said.append, secrets) == 0
    assert said[0].startswith("The network lost parts of the sound (up to 9 %).")
    (kept,) = shelf_of(settings).listed()
    assert (kept.mishap, kept.call_id) == ("network_loss", "c1")


def test_the_list_of_a_new_seat_says_that_there_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'data_dir = "{tmp_path}/data"\nruntime_dir = "{tmp_path}/run"\n[seat]\nlanguage = "en"\n')
    assert main(["--settings", str(file), "bundle", "list"]) == 0
    assert "no support bundle" in capsys.readouterr().out
