"""IT's side: what is signed has been tried for every seat, has no secret in it, and codes are for those in the list."""

from pathlib import Path

import pytest

from desk.provisioning import making
from desk.provisioning.refusals import Refused
from desk.settings import SettingsError
from desk.settings.company_file import company_file
from tests.provisioning.company import NOON, Company, text
from tests.provisioning.test_seat_list import rows

FILE = Path("company.toml")


def refused(content: str) -> SettingsError:
    with pytest.raises(SettingsError) as told:
        making.checked(FILE, content.encode())
    return told.value


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", 0, "needs a version"),
        ("[company]\nversion = 0", 2, "needs a version"),
        ("[company]\nversion = true", 2, "needs a version"),
        ("[company]\nversion = 1\nowner = 'x'", 3, "nothing called 'owner'"),
        ("[company]\nversion = 1\n[line]\nport = 1", 3, "nothing called 'line'"),
        ("seats = 3", 1, "is a table"),
        ("[company]\nversion = 1\n[seats.s01]", 3, "1 to 8 letters"),
        ("[company]\nversion = 1\n[seats.S01.seat]\nname = 'S02'", 4, "leave out its name"),
        ("[company]\nversion = 1\n[seats.S01.line]\nprot = 1", 4, "no setting 'prot'"),
        ("[company]\nversion = 1\n[settings.line]\nport = 'x'", 4, "wrong kind"),
        ("[company]\nversion = 1\n[settings.line]\nport = 5060\n[seats.S02.line]\nport = 70000", 6, "line.port"),
        ("[company]\nversion = 1\n[settings.line]\nca_file = 'company:ca.pem'", 4, "brings no file called 'ca.pem'"),
        ("[company]\nversion = 1\n[files]\n\"../x\" = ''", 4, "is not a file's name"),
        ("[company]\nversion = 1\n[files]\n'/etc/x' = ''", 4, "is not a file's name"),
        ("[company]\nversion = 1\n[files]\n'a' = 3", 4, "is not a file's name"),
    ],
)
def test_what_no_seat_could_start_with_is_told_with_its_line(content: str, line: int, reason: str) -> None:
    error = refused(content)
    assert (error.line, reason in error.reason) == (line, True), error


@pytest.mark.parametrize(
    "secret",
    [
        '[settings.central]\nurl = "postgresql://u:hunter2secret@db/desk"',
        "# AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
        "[files]\n\"key.pem\" = '''\n-----BEGIN EC PRIVATE KEY-----\nhunter2secret\n'''",
        '[[settings.channel]]\nname = "a"\nkind = "apprise"\nurl = "dingtalk://x/?access_token=hunter2secret"',
        '[[settings.channel]]\nname = "a"\nkind = "webhook"\nurl = "https://x.example.com/?key=hunter2secret"',
    ],
)
def test_what_looks_like_a_secret_is_refused_and_not_repeated(secret: str) -> None:
    error = refused(text() + secret)
    assert "secret" in error.reason
    assert "hunter2secret" not in str(error)
    assert error.line > 0


def test_a_place_for_a_secret_is_none() -> None:
    channel = '[[settings.channel]]\nname = "a"\nkind = "apprise"\nurl = "dingtalk://{secret}/?x=1"'
    making.checked(FILE, (text() + channel).encode())


def test_files_beside_it_are_packed_into_it(tmp_path: Path) -> None:
    (tmp_path / "files" / "policies").mkdir(parents=True)
    (tmp_path / "files" / "policies" / "work.toml").write_text('# "a"\t\\ 项目\n', "utf-8")
    (tmp_path / "files" / ".hidden").write_text("x")
    (tmp_path / "company.toml").write_text(text(), "utf-8")
    found = company_file(FILE, making.packed(tmp_path / "company.toml"))
    assert dict(found.files) == {"policies/work.toml": '# "a"\t\\ 项目\n'}


def test_files_stand_in_it_or_beside_it_and_not_both(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("x")
    (tmp_path / "company.toml").write_text("[company]\nversion = 1\n[files]\n'b.txt' = ''\n[settings.line]\nport = 1")
    with pytest.raises(SettingsError, match="put these files there") as told:
        making.packed(tmp_path / "company.toml")
    assert told.value.line == 3


def test_every_seat_of_it_is_tried() -> None:
    found, seats = making.checked(FILE, text().encode())
    assert (found.version, {seat: one.line.user for seat, one in seats.items()}) == (1, {"S01": "8001", "S02": "8002"})


def test_of_several_lines_a_seat_says_which_it_means() -> None:
    content = """
[company]
version = 1
[[settings.line]]
label = "热线"
kind = "registered"
registrar = "pbx"
[[settings.line]]
label = "分机"
port = 5070
[[seats.S01.line]]
label = "热线"
user = "8001"
"""
    _found, seats = making.checked(FILE, content.encode())
    assert [(line.label, line.user, line.port) for line in seats["S01"].lines] == [
        ("热线", "8001", 5060),
        ("分机", "desk", 5070),
    ]


def test_a_number_is_not_signed_twice_with_other_content(company: Company) -> None:
    with pytest.raises(Refused) as told:
        company.publish(text(1, "port = 5070"))
    assert told.value.why == "same_version"
    company.publish(text(1))
    company.publish(text(2, "port = 5070"))


def test_passwords_go_to_the_entries_that_the_seat_needs() -> None:
    found, _seats = making.checked(FILE, text().encode())
    settings = making.settings_at(found, "S02")
    (row,) = rows("seat,sip,channel:短信", "S02,a,b")
    assert making.secrets_for(row, settings) == ({"sip:8002@pbx.example.com": "a", "channel:短信": "b"}, [])
    (row,) = rows("seat,vault", "S02,x")
    with pytest.raises(Refused, match="column vault"):
        making.secrets_for(row, settings)
    (row,) = rows("seat", "S02")
    assert making.secrets_for(row, settings) == ({}, ["sip"])


def test_what_is_pending_is_known_and_can_be_withdrawn(company: Company) -> None:
    company.code("S01")
    company.code("S02")
    company.code("S01")  # the second takes the first's place
    place = company.folder / "enrolment"
    assert [slip.seat for _file, slip in making.open_codes(place)] == ["S01", "S02"]
    making.withdraw(place, {"S02"})
    assert [(slip.seat, slip.until > NOON) for _file, slip in making.open_codes(place)] == [("S01", True)]


def test_what_a_code_opens_says_nothing_of_itself(company: Company) -> None:
    company.code("S01", {"sip:8001@pbx.example.com": "a"})
    company.code("S02", {"sip:8001@pbx.example.com": "a" * 200})
    files = sorted((company.folder / "enrolment").iterdir())
    assert {len(file.read_bytes()) for file in files} == {len(files[0].read_bytes())}
    assert all(b"pbx" not in file.read_bytes() for file in files)
