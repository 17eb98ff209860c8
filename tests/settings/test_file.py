"""The settings file: what may stand in it, and that a bad one says where and why, and breaks nothing."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import i18n
from desk.demo.seat import toml
from desk.settings import Settings, SettingsError, default_file, language_hint, load

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "settings.md"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def refused(file: Path, text: str | bytes) -> SettingsError:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsError) as raised:
        load(file)
    return raised.value


def refusal(file: Path) -> SettingsError | None:
    try:
        load(file)
    except SettingsError as error:
        return error
    return None


def test_no_file_means_the_defaults(file: Path) -> None:
    assert load(file) == Settings()


def test_empty_file_means_the_defaults(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf\r\n# nothing yet\r\n")
    assert load(file) == Settings()


def test_every_value_is_taken_from_the_file(file: Path, tmp_path: Path) -> None:
    file.write_text(
        f"""
data_dir = "{tmp_path}/data"
runtime_dir = "~/run"
[seat]
name = "A7"
agent = "1002"
agent_name = "王小明"
language = "en"
theme = "dark"
[line]
label = "客服热线"
kind = "registered"
user = "+8675512345678"
registrar = "[2001:db8::1]:5070"
proxy = "proxy.example.com"
transport = "tcp"
port = 0
bind = "::1"
peers = ["10.0.0.1", "2001:db8::2"]
area_code = "0755"
retry_s = 5
expires_s = 60
[headset]
kind = "none"
microphone = "USB 麦克风"
[central]
url = "postgresql://db.example.com:5433/desk"
user = "zhang.san"
ca_file = "/etc/desk/ca.pem"
[recording]
folder = "/srv/recordings"
bitrate = 24000
""",
        encoding="utf-8",
    )
    got = load(file)
    assert got.data_dir == tmp_path / "data"
    assert got.runtime_dir == Path.home() / "run"
    assert (got.seat.name, got.seat.agent_name, got.seat.language, got.seat.theme) == ("A7", "王小明", "en", "dark")
    assert (got.line.kind, got.line.registrar, got.line.port) == ("registered", "[2001:db8::1]:5070", 0)
    assert got.line.peers == ("10.0.0.1", "2001:db8::2")
    assert got.headset.kind == "none"
    assert got.central.user == "zhang.san"
    assert got.recordings_dir == Path("/srv/recordings")


def test_several_lines_stand_beside_each_other(file: Path) -> None:
    file.write_text(
        """
[[line]]
label = "热线"
kind = "registered"
registrar = "pbx.example.com"
backups = ["pbx2.example.com", "10.0.0.2:5070"]
transport = "tls"
ca_file = "/etc/desk/ca.pem"
srtp = "required"
codecs = ["PCMA"]
colour = "orange"
voice_mail = "*97"
[[line]]
label = "分机"
[[line]]
label = "中继"
bind = "127.0.0.2"
port = 5070
""",
        encoding="utf-8",
    )
    got = load(file).lines
    assert [line.label for line in got] == ["热线", "分机", "中继"]
    assert (got[0].backups, got[0].codecs, got[0].srtp) == (
        ("pbx2.example.com", "10.0.0.2:5070"),
        ("PCMA",),
        "required",
    )


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = ", 1, "not TOML"),
        ("[seat]\nname = 'A'\nname = 'B'", 3, "not TOML"),
        ('[seat]\nname = "open', 2, "not TOML"),
        ("x = " + "[" * 3000, 1, "not TOML"),
        ("port = 1", 1, "no setting 'port'"),
        ("[sea]\nname = 'A'", 1, "no setting 'sea'"),
        ("[seat]\n\nnmae = 'A'", 3, "no setting 'nmae' in [seat]"),
        ("[seat]\nname = 7", 2, "seat.name has the wrong kind of value"),
        ("[line]\nport = '5060'", 2, "line.port has the wrong kind of value"),
        ("[line]\npeers = [1]", 2, "line.peers"),
        ("line = 3", 1, "line has the wrong kind of value"),
        ("[[line]]\nport = -1", 2, "line.port"),
        ("data_dir = 3", 1, "data_dir is a text in quotes"),
        ("[seat]\nlanguage = 'fr'", 2, "seat.language"),
        ("[seat]\nname = 'seat one'", 2, "seat.name: "),
        ("[seat]\nname = ''", 2, "seat.name: "),
        ("[seat]\nagent = ''", 2, "seat.agent: "),
        ("[line]\nkind = 'registered'", 1, "line.registrar: "),
        ("[line]\nregistrar = 'sip:pbx'", 2, "line.registrar: "),
        ("[line]\nregistrar = 'pbx:0'", 2, "line.registrar: "),
        ("[line]\nregistrar = 'pbx:70000'", 2, "line.registrar: "),
        ("[line]\nproxy = '-x'", 2, "line.proxy: "),
        ("[line]\nuser = 'a b'", 2, "line.user: "),
        ("[line]\nuser = ''", 2, "line.user: "),
        ("[line]\nport = 65536", 2, "line.port: "),
        ("line.port = -1", 1, "line.port: "),
        ("line = {port = -1}", 1, "line.port: "),
        ("[ 'line' ]\n\"port\" = -1", 2, "line.port: "),
        ("[line]\nbind = 'eth0'", 2, "line.bind: "),
        ("[line]\npeers = ['10.0.0.1', 'pbx']", 2, "'pbx' is not an IP address"),
        ("[line]\narea_code = '755'", 2, "line.area_code: "),
        ("[line]\nretry_s = 0", 2, "line.retry_s: "),
        ("[line]\nexpires_s = 5", 2, "line.expires_s: "),
        ("[[line]]\nlabel = 'a'\n[[line]]\nlabel = 'b'\nport = -1", 5, "line.port: "),
        ("[[line]]\nlabel = 'a'\n[[line]]\nlabel = 'b'\nport = '1'", 5, "line.port has the wrong kind"),
        ("[[line]]\nlabel = 'a'\n[[line]]\nlabel = 'b'\nprot = 1", 5, "no setting 'prot'"),
        ("[[line]]\nlabel = 'a'\n[[line]]\nkind = 'registered'", 3, "line.registrar: "),
        ("[[line]]\nport = 1\n[[line]]\nport = 2", 3, "line.label: two lines are called"),
        ("[[line]]\nlabel = 'a'\n[[line]]\nlabel = 'b'", 3, "line.port: two lines share port 5060"),
        ("[line]\nlabel = ''", 2, "line.label: "),
        ("[line]\nbackups = ['b']", 2, "line.backups: "),
        ("[line]\nkind = 'registered'\nregistrar = 'a'\nbackups = ['']", 4, "line.backups: "),
        ("[line]\nkind = 'registered'\nregistrar = 'a'\nbackups = ['a']", 4, "line.backups: "),
        ("[line]\nkind = 'registered'\nregistrar = 'a'\nbackups = ['1','2','3','4','5','6','7','8']", 1, "more than 8"),
        ("[line]\ncodecs = []", 2, "line.codecs: "),
        ("[line]\ncodecs = ['PCMA', 'PCMA']", 2, "line.codecs: "),
        ("[line]\ncodecs = ['opus']", 2, "line.codecs"),
        ("[line]\ntransport = 'tls'", 2, "line.transport: "),
        ("[line]\nca_file = '/ca.pem'", 2, "line.ca_file: "),
        ("[line]\nvoice_mail = '*97 now'", 2, "line.voice_mail: "),
        ("[line]\nsrtp = 'maybe'", 2, "line.srtp"),
        ("[central]\nurl = 'http://db/desk'", 2, "central.url: "),
        ("[central]\nurl = 'postgresql://db'", 2, "central.url: "),
        ("[central]\nurl = 'postgresql://[db/desk'", 2, "central.url: "),
        ("[central]\nurl = 'postgresql://u:secret@db/desk'", 2, "desk secret set"),
        ("[central]\nurl = 'postgresql://db/desk'", 1, "central.user: "),
        ("[recording]\nbitrate = 1", 2, "recording.bitrate: "),
        ("data_dir = 'here'", 1, "data_dir: "),
        ('runtime_dir = "/a\\u0000b"', 1, "runtime_dir: "),
    ],
)
def test_bad_file_names_line_and_reason(file: Path, text: str, line: int, reason: str) -> None:
    error = refused(file, text)
    assert error.line == line
    assert reason in error.reason
    assert str(error).startswith(f"{file}:{line}: ")


def test_password_in_the_file_is_not_repeated_in_the_message(file: Path) -> None:
    assert "secret@" not in str(refused(file, "[central]\nurl = 'postgresql://u:hunter2@db/desk'"))
    assert "hunter2" not in str(refused(file, "[central]\nurl = 'postgresql://u:hunter2@db/desk'"))


def test_file_that_is_no_text_is_refused(file: Path) -> None:
    assert "UTF-8" in refused(file, b"\xff\xfe\x00").reason


def test_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


def test_reasons_are_in_the_language_of_the_seat(file: Path) -> None:
    i18n.speak("zh_CN")
    assert "端口" in refused(file, "[line]\nport = -1").reason
    assert "没有名为" in refused(file, "prot = 1").reason


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("[seat]\nlanguage = 'en'\n[broken", "en"),
        ('[seat]\n  language="zh_CN"', "zh_CN"),
        ("# language = 'en'", "zh_CN"),
        ("\udcff", "zh_CN"),
    ],
)
def test_language_is_known_however_broken_the_file_is(file: Path, text: str, language: str) -> None:
    file.write_bytes(os.fsencode(text))
    assert language_hint(file) == language


def test_language_without_a_file_is_chinese(file: Path) -> None:
    assert language_hint(file) == "zh_CN"


def test_file_can_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("DESK_SETTINGS", str(file))
    assert default_file() == file


KEYS = ["seat", "line", "headset", "central", "recording", "data_dir", "port", "kind", "registrar", "url", "peers", "x"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


def as_toml(value: Any) -> str:
    match value:
        case None:
            return '""'
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{k} = {as_toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(as_toml, value)) + "]"
        case str():
            return "'" + value.replace("'", "").replace("\n", "").replace("\r", "") + "'"
        case _:
            return str(value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(untrusted=st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_no_file_raises_anything_but_settings_error(file: Path, untrusted: bytes) -> None:
    file.write_bytes(untrusted)
    error = refusal(file)
    assert error is None or (error.reason and 0 <= error.line <= len(untrusted))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(tree=st.dictionaries(st.sampled_from(KEYS), values, max_size=4))
def test_no_tree_of_values_raises_anything_but_settings_error(file: Path, tree: dict[str, Any]) -> None:
    text = "\n".join(f"{key} = {as_toml(value)}" for key, value in tree.items())
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    error = refusal(file)
    assert error is None or (error.reason and 0 <= error.line <= len(tree))


def test_documentation_names_every_setting_and_its_example_is_valid(file: Path) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for table in ("seat", "line", "headset", "central", "recording"):
        section = text.split(f"\n## [{table}]", 1)[1].split("\n## ", 1)[0]
        for key in type(getattr(Settings(), table)).__annotations__:
            assert f"| `{key}` |" in section, f"{table}.{key}"
    file.write_text(text.split("```toml\n", 1)[1].split("```", 1)[0], encoding="utf-8")
    load(file)


def test_demo_writes_files_that_are_valid(file: Path) -> None:
    file.write_text(toml({"line": {"peers": ["127.0.0.1"]}}, {"data_dir": "/x"}), encoding="utf-8")
    assert load(file).line.peers == ("127.0.0.1",)
