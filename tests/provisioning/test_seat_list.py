"""IT's list of seats: passwords for the codes, and settings for the company's file, out of the same rows."""

from pathlib import Path

import pytest

from desk.provisioning import making, seat_list
from desk.provisioning.refusals import Refused
from desk.settings.company_file import company_file
from tests.provisioning.company import text

FILE = Path("company.toml")
FRAME = text().partition("[seats.S01.line]")[0]


def rows(*lines: str) -> list[seat_list.SeatRow]:
    return seat_list.rows_of([(number, line.split(",")) for number, line in enumerate(lines, 1)])


def test_a_list_is_read_by_its_heading() -> None:
    (first, second) = rows("坐席,SIP密码,central", "S01,a,b", ",,", "S02,c,")
    assert (first.seat, dict(first.secrets)) == ("S01", {"sip": "a", "central": "b"})
    assert (second.row, dict(second.secrets)) == (4, {"sip": "c"})


def test_a_heading_may_begin_with_a_capital_as_a_workbook_writes_it() -> None:
    (row,) = rows("Seat,SIP,Line.User,Central User,Agent Name,line:VIP.user,sip:Hot@pbx.cn", "S01,a,8001,s01,Li,9001,b")
    assert dict(row.secrets) == {"sip": "a", "sip:Hot@pbx.cn": "b"}
    assert dict(row.settings) == {
        "line.user": "8001",
        "central.user": "s01",
        "seat.agent_name": "Li",
        "line:VIP.user": "9001",
    }


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("seat,分机", "S01,8001", "S02,8002", "S03,8001"), "Row 4: line.user is '8001' as in row 2"),
        (("seat,数据库用户", "S01,s", "S02,s"), "Row 3: central.user is 's' as in row 2"),
        (("seat,line:热线.user", "S01,9", "S02,9"), "Row 3: line:热线.user"),
    ],
)
def test_two_seats_with_one_extension_or_one_user_are_refused(lines: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        rows(*lines)


def test_one_extension_at_two_exchanges_and_one_agent_at_two_seats_are_none_of_that() -> None:
    heading = "seat,line.user,line.registrar,seat.agent,line:b.user"
    assert len(rows(heading, "S01,8001,a.cn,1001,8002", "S02,8001,b.cn,1001,8003")) == 2


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((), "empty"),
        (("name,sip", "S01,a"), "column seat"),
        (("seat,sip", "s01,a"), "Row 2"),
        (("seat,sip", "S01,a", "S01,b"), "Row 3"),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_its_row(lines: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Refused, match=reason) as told:
        rows(*lines)
    assert told.value.why == "list"


def test_a_column_with_a_point_is_a_setting_and_an_entry_of_the_keyring_is_none() -> None:
    (row,) = rows("坐席,分机,工号,line:外线.port,sip:8001@pbx.cn,密码", "S01,8001,1001,5070,a,b")
    assert dict(row.settings) == {"line.user": "8001", "seat.agent": "1001", "line:外线.port": "5070"}
    assert dict(row.secrets) == {"sip:8001@pbx.cn": "a", "sip": "b"}


def test_each_seat_has_its_tables_and_a_list_takes_the_place_of_the_one_before() -> None:
    first = rows("seat,line.user,line.port,seat.agent_name,central", 'S01,8001,5070,王"小"丽,x', "S02,,,,y")
    made = seat_list.with_tables(FRAME + "# by hand\n", first)
    _found, seats = making.checked(FILE, made.encode())
    assert (seats["S01"].line.user, seats["S01"].line.port) == ("8001", 5070)
    assert seats["S01"].seat.agent_name == '王"小"丽'
    assert seats["S02"].line.port == 5060
    again = seat_list.with_tables(made + "# behind\n", rows("seat,line.user", "S03,8003"))
    _found, seats = making.checked(FILE, again.encode())
    assert {name: one.line.user for name, one in seats.items()} == {"S03": "8003"}
    assert "# by hand" in again
    assert again.endswith("# behind\n")


def test_of_several_lines_a_column_says_which_it_means() -> None:
    frame = FRAME.replace("[settings.line]", '[[settings.line]]\nlabel = "热线"')
    frame += '[[settings.line]]\nlabel = "外线"\nport = 5080\n'
    made = seat_list.with_tables(frame, rows("seat,line:热线.user,line:外线.user,line:外线.port", "S01,8001,9001,5090"))
    found, seats = making.checked(FILE, made.encode())
    assert [(line.label, line.user, line.port) for line in seats["S01"].lines] == [
        ("热线", "8001", 5060),
        ("外线", "9001", 5090),
    ]
    assert seat_list.known(rows("seat,line:外线.user", "S01,9001"), found.seats) == []


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("seat,line.usr", "S01,8001"), "column line.usr could mean"),
        (("seat,fone.user", "S01,8001"), "column fone.user could mean"),
        (("seat,line.port", "S01,high"), "Row 2: 'high' is no value for line.port"),
    ],
)
def test_a_column_or_a_value_that_means_nothing_is_refused(lines: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        seat_list.with_tables(FRAME, rows(*lines))


def test_a_seat_that_the_file_does_not_know_is_refused_and_one_without_a_row_is_named() -> None:
    seats = company_file(FILE, text().encode()).seats
    assert seat_list.known(rows("seat,sip", "S01,a"), seats) == ["S02"]
    with pytest.raises(Refused, match=r"Row 3: .* no seat S0Z; it has S01, S02"):
        seat_list.known(rows("seat,sip", "S01,a", "S0Z,b"), seats)
    assert seat_list.known(rows("seat,sip", "S77,a"), {}) == [], "a file that names no seat speaks to all alike"


def test_a_list_that_says_otherwise_than_the_signed_file_is_refused() -> None:
    seats = company_file(FILE, text().encode()).seats
    seat_list.known(rows("seat,line.user", "S01,8001"), seats)
    with pytest.raises(Refused, match=r"Row 2: for S01 .* line.user"):
        seat_list.known(rows("seat,line.user", "S01,8011"), seats)
