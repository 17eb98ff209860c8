"""Whatever lies where something of provisioning should be: it is refused in words, and nothing else happens."""

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.provisioning import making
from desk.provisioning.refusals import Refused
from desk.provisioning.seal import Enrolment, Slip, opened, opener, sealed
from desk.provisioning.source import source_of
from desk.settings import SettingsError, load
from desk.settings.company import read_state
from desk.settings.company_file import company_file
from desk.settings.shapes import tables
from tests.provisioning.company import NOON, Company, Pc, text

BY = opener("0" * 20)
SEALED = sealed(BY, Slip(seat="S01", until=NOON), Enrolment(keys=("k",), secrets={"a": "b"}))
parts = st.sampled_from(["[company]", "version = 1", "[settings.line]", "[[settings.line]]", "[seats.S01]", "[files]"])
lines = st.lists(parts | st.text(max_size=20), max_size=12).map("\n".join)


@given(st.binary(max_size=200) | lines.map(lambda content: content.encode("utf-8", "surrogatepass")))
def test_no_file_of_a_company_raises_anything_but_settings_error(data: bytes) -> None:
    with contextlib.suppress(SettingsError):
        making.checked(Path("c"), data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100) | st.just(b"{}") | st.just(b"[]"))
def test_no_note_of_a_seat_raises_anything_but_settings_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "company").mkdir(exist_ok=True)
    (tmp_path / "company" / "state.json").write_bytes(data)
    with pytest.raises(SettingsError):
        read_state(tmp_path / "settings.toml")


@given(st.integers(0, len(SEALED) - 1), st.integers(0, 255), st.booleans())
def test_no_spoilt_seal_opens(at: int, value: int, cut: bool) -> None:
    spoilt = SEALED[:at] if cut else SEALED[:at] + bytes([value]) + SEALED[at + 1 :]
    if spoilt == SEALED:
        return
    with pytest.raises(Refused) as told:
        opened(BY, spoilt, NOON - timedelta(days=1))
    assert told.value.why == "damaged"


@given(st.text(max_size=60) | st.text(max_size=40).map(lambda rest: f"https://{rest}"))
def test_every_place_is_one_or_is_refused(place: str) -> None:
    with contextlib.suppress(Refused):
        source_of(place)


def test_a_folder_that_is_named_from_here_is_known_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "share").mkdir()
    monkeypatch.chdir(tmp_path)
    assert source_of("share").shown == str(tmp_path / "share" / "company.toml")


def test_every_setting_there_is_can_be_the_companys() -> None:
    """None of their names looks like a secret."""
    values = {"text": '"x"', "number": "1", "switch": "true", "table": "[]"}
    written = "[company]\nversion = 1\n"
    for name, table in tables().items():
        written += f"[settings.{name}]\n" if name else "[settings]\n"
        for key, shape in table.shapes.items():
            value = values[shape.kind]
            written += f"{key} = {f'[{value}]' if shape.several and shape.kind != 'table' else value}\n"
    from desk.provisioning.no_secrets import refuse_secrets

    refuse_secrets(company_file(Path("c"), written.encode()))


def test_a_locked_setting_that_the_user_has_too_lets_the_seat_start_and_is_logged(
    company: Company, pc: Pc, caplog: pytest.LogCaptureFixture
) -> None:
    from desk.settings.file import layered

    pc.file.write_text('[line]\nregistrar = "mine.example.com"\nvoice_mail = "*97"')
    company.publish(text(2))
    pc.enrol(company.code(), company.source)
    with caplog.at_level("INFO"):
        layered(pc.file, pc.places).log_overruled()
    got = load(pc.file, pc.places).line
    assert (got.registrar, got.voice_mail) == ("pbx.example.com", "*97")
    assert "line.registrar" in caplog.text
    assert "settings.toml:2" in caplog.text
