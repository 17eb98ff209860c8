"""Who says what a setting is: policy before seat before user before default, key by key, and it is known who."""

from pathlib import Path

import pytest

from desk.settings import SettingsError, load
from desk.settings.file import Layered, layered
from desk.settings.layers import Places
from desk.settings.policy_registry import FakeRegistry


@pytest.fixture
def places(tmp_path: Path) -> Places:
    machine = tmp_path / "etc"
    machine.mkdir()
    return Places(machine)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def say(places: Places, file: Path, *, policy: str = "", seat: str = "", user: str = "") -> Layered:
    for path, text in ((places.machine / "policy.toml", policy), (places.machine / "seat.toml", seat), (file, user)):
        if text:
            path.write_text(text, encoding="utf-8")
    return layered(file, places)


def test_policy_is_heard_before_seat_before_user_before_default(places: Places, file: Path) -> None:
    got = say(
        places,
        file,
        policy='[seat]\ntheme = "dark"',
        seat='[seat]\ntheme = "light"\nname = "S07"',
        user='[seat]\ntheme = "system"\nname = "S99"\nagent = "1002"',
    ).settings.seat
    assert (got.theme, got.name, got.agent, got.lock_minutes) == ("dark", "S07", "1002", 10)


def test_a_locked_key_that_the_user_sets_too_is_told_and_no_error(places: Places, file: Path) -> None:
    got = say(places, file, policy="[line]\nport = 5070", user='[line]\n\nport = 5080\nuser = "a"')
    assert got.settings.line.port == 5070
    (told,) = got.merged.overruled
    assert (told.key, told.weaker.value, told.weaker.place, told.stronger.layer.rank) == (
        "line.port",
        5080,
        f"{file}:3",
        "policy",
    )


def test_the_same_value_twice_is_not_worth_telling(places: Places, file: Path) -> None:
    assert not say(places, file, policy="[line]\nport = 5070", user="[line]\nport = 5070").merged.overruled


def test_one_line_of_a_policy_speaks_of_every_line_of_the_user(places: Places, file: Path) -> None:
    user = """
[[line]]
label = "a"
registrar = "pbx"
kind = "registered"
[[line]]
label = "b"
port = 5070
"""
    got = say(places, file, policy='[line]\nsrtp = "required"', user=user).settings.lines
    assert [(line.label, line.srtp, line.port) for line in got] == [("a", "required", 5060), ("b", "required", 5070)]


def test_lines_of_a_stronger_layer_are_the_lines_with_what_a_weaker_one_says_of_the_same_label(
    places: Places, file: Path
) -> None:
    got = say(
        places,
        file,
        seat='[[line]]\nlabel = "热线"\nport = 0\n[[line]]\nlabel = "分机"\nport = 5071',
        user='[[line]]\nlabel = "分机"\nvoice_mail = "*97"\n[[line]]\nlabel = "自己的"\nport = 5060',
    ).settings.lines
    assert [(line.label, line.port, line.voice_mail) for line in got] == [("热线", 0, ""), ("分机", 5071, "*97")]


def test_two_single_lines_are_one_whatever_they_are_called(places: Places, file: Path) -> None:
    (got,) = say(places, file, seat='[line]\nlabel = "客服"\nport = 5070', user='[line]\nuser = "8001"').settings.lines
    assert (got.label, got.port, got.user) == ("客服", 5070, "8001")


def test_a_list_is_taken_whole(places: Places, file: Path) -> None:
    got = say(
        places,
        file,
        policy='[[dial.rules]]\npattern = "1"',
        user='[dial]\noutside_prefix = "9"\n[[dial.rules]]\npattern = "2"\n[[dial.rules]]\npattern = "3"',
    ).settings.dial
    assert ([rule.pattern for rule in got.rules], got.outside_prefix) == (["1"], "9")


@pytest.mark.parametrize(
    ("which", "text", "line", "reason"),
    [
        ("policy", "[seat]\n\nnmae = 'A'", 3, "no setting 'nmae'"),
        ("seat", "[line]\nport = 'x'", 2, "wrong kind"),
        ("policy", "[line]\nport = -1", 2, "line.port: "),
        ("seat", "[seat", 1, "not TOML"),
    ],
)
def test_a_bad_layer_is_named_with_file_line_and_reason(
    places: Places, file: Path, which: str, text: str, line: int, reason: str
) -> None:
    (places.machine / f"{which}.toml").write_text(text)
    file.write_text("[line]\nport = 5060")
    with pytest.raises(SettingsError) as told:
        load(file, places)
    assert (told.value.file, told.value.line) == (places.machine / f"{which}.toml", line)
    assert reason in told.value.reason


def test_what_fits_alone_and_not_together_is_told_where_the_stronger_says_it(places: Places, file: Path) -> None:
    with pytest.raises(SettingsError) as told:
        say(places, file, policy='[line]\ntransport = "tls"', user='[line]\nkind = "direct"')
    assert (told.value.file, told.value.line) == (places.machine / "policy.toml", 2)


def test_a_machine_policy_that_cannot_be_read_is_not_passed_over(places: Places, file: Path) -> None:
    (places.machine / "policy.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load(file, places)


def test_the_registry_is_heard_before_all_files(places: Places, file: Path) -> None:
    registry = FakeRegistry({r"Software\Policies\Desk\Line": {"port": 5099}})
    got = say(Places(places.machine, registry), file, policy="[line]\nport = 5070", user="[line]\nport = 5080")
    assert got.settings.line.port == 5099
    assert got.merged.voices("line.port")[0].place == r"HKLM\Software\Policies\Desk\Line\port"


def test_a_value_in_the_registry_that_cannot_be_is_named_there(places: Places, file: Path) -> None:
    registry = FakeRegistry({r"Software\Policies\Desk\Line": {"port": "many"}})
    with pytest.raises(SettingsError, match=r"Policies\\Desk\\Line\\port"):
        load(file, Places(places.machine, registry))
    registry = FakeRegistry({r"Software\Policies\Desk\Line": {"port": -1}})
    with pytest.raises(SettingsError, match=r"line\.port: "):
        load(file, Places(places.machine, registry))


def test_voices_are_named_strongest_first_with_their_place(places: Places, file: Path) -> None:
    got = say(places, file, seat='[seat]\nname = "S07"', user='# mine\n[seat]\nname = "S99"')
    assert [(said.layer.rank, said.value, said.place) for said in got.merged.voices("seat.name")] == [
        ("seat", "S07", f"{places.machine / 'seat.toml'}:2"),
        ("user", "S99", f"{file}:3"),
    ]
    assert dict(got.merged.heard())["seat.name"].value == "S07"
    assert got.merged.voices("seat.theme") == []


def test_voices_of_one_line_of_several(places: Places, file: Path) -> None:
    got = say(places, file, user='[[line]]\nlabel = "a"\nport = 1\n[[line]]\nlabel = "b"\nport = 2')
    assert [said.value for said in got.merged.voices("line.port")] == [1, 2]
    assert [(said.value, said.line) for said in got.merged.voices("line[1].port")] == [(2, 6)]
    assert dict(got.merged.heard())["line[1].port"].value == 2
