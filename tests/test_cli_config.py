"""`desk config`: what is set, where, and what the others said."""

import json
from pathlib import Path

import pytest

from desk import exit_codes
from desk.cli import main
from desk.settings import file as files
from desk.settings.layers import Places
from tests.provisioning.company import Company, Pc, new_keys, text


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "etc").mkdir()
    monkeypatch.setattr(files, "default_places", lambda: Places(tmp_path / "etc"))
    return tmp_path / "settings.toml"


def config(capsys: pytest.CaptureFixture[str], file: Path, *words: str) -> tuple[int, str, str]:
    code = main(["--settings", str(file), "config", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_setting_is_explained_with_everybody_who_speaks_of_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = file.parent / "etc" / "policy.toml"
    policy.write_text('[seat]\nlanguage = "en"\n[line]\nport = 5070')
    file.write_text("[line]\n\nport = 5080")
    code, out, _err = config(capsys, file, "explain", "line.port")
    assert code == exit_codes.OK
    assert out.splitlines() == [
        "line.port = 5070",
        f"  → policy: 5070  {policy}:4",
        f"    user: 5080  {file}:3",
        "    default: 5060",
    ]


def test_a_setting_that_nobody_speaks_of_is_as_shipped(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('[seat]\nlanguage = "en"')
    assert config(capsys, file, "explain", "seat.lock_minutes")[1].splitlines() == [
        "seat.lock_minutes = 10",
        "  → default: 10",
    ]


def test_the_companys_file_is_named_with_its_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = file.parent
    pc = Pc(folder / "pc")
    (folder / "share").mkdir()
    company = Company(folder / "share", new_keys())
    company.publish(text(1).replace('theme = "dark"', 'theme = "dark"\nlanguage = "en"'))
    pc.enrol(company.code(), company.source)
    code, out, _err = config(capsys, pc.file, "explain", "line.user", "--json")
    (told,) = json.loads(out)
    assert (code, told["value"], told["from"]) == (exit_codes.OK, "8001", "company")
    (voice, shipped) = told["voices"]
    assert voice["place"].endswith("company.toml:15")
    assert (shipped["from"], shipped["value"], shipped["heard"]) == ("default", "desk", False)


def test_a_line_of_several_is_asked_for_by_its_number_or_all_are_told(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text('[seat]\nlanguage = "en"\n[[line]]\nlabel = "a"\nport = 1\n[[line]]\nlabel = "b"\nport = 2')
    out = config(capsys, file, "explain", "line.port")[1]
    assert "line[0].port = 1" in out
    assert "line[1].port = 2" in out
    assert f"→ user: 2  {file}:8" in config(capsys, file, "explain", "line[1].port")[1]


def test_a_misspelt_setting_is_told_with_what_may_be_meant(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('[seat]\nlanguage = "en"')
    code, _out, err = config(capsys, file, "explain", "lin.port")
    assert code == exit_codes.FAULT
    assert "no setting lin.port" in err
    assert "line.port" in err


def test_all_that_is_set_is_shown_and_what_is_not_heard(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = file.parent / "etc" / "policy.toml"
    policy.write_text("[line]\nport = 5070")
    file.write_text('[seat]\nlanguage = "en"\n[line]\nport = 5080\ncodecs = ["PCMA"]')
    code, out, err = config(capsys, file, "show")
    assert code == exit_codes.OK
    assert f"line.port = 5070    # policy {policy}:2" in out
    assert f'line.codecs = ["PCMA"]    # user {file}:5' in out
    assert "seat.lock_minutes" not in out
    assert "5080, and is not heard" in err
    assert "seat.lock_minutes = 10    # default" in config(capsys, file, "show", "--all")[1]


def test_shown_for_a_machine_every_setting_is_there(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(config(capsys, file, "show", "--all", "--json")[1])
    assert {"key": "seat.name", "value": "S01", "from": "default", "place": ""} in rows
    assert len(rows) > 100


def test_settings_that_cannot_be_used_are_one_sentence(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("[line]\nport = -1\n")
    code, _out, err = config(capsys, file, "show")
    assert code == exit_codes.FAULT
    assert f"{file}" in err
    assert len(err.splitlines()) == 1
