"""Routes and the figures of dispatching, read from files."""

from pathlib import Path

import pytest

from desk.domain.dispatching import DispatchPolicy
from desk.domain.replies import KEYWORDS
from desk.domain.routes import Register, Who
from desk.policies.dispatch import read_dispatch
from desk.policies.files import PolicyFolders
from desk.policies.routes import read_routes, remarks_on
from desk.resources import resources_dir

SHIPPED = resources_dir() / "policies"
GOOD = """
[backups]
H1 = "H2"

[[route]]
category = "repair.water"
handler = "H1"
lead = "L1"

[[route]]
category = "repair"
hours = "night"
who = "on_duty"
"""


def folders(tmp_path: Path, name: str = "", text: str = "") -> PolicyFolders:
    if name:
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return PolicyFolders(SHIPPED, tmp_path)


def told(tmp_path: Path, name: str, text: str) -> tuple[int, str]:
    read = read_routes if name == "routes" else read_dispatch
    policy = read(folders(tmp_path, name, text))
    (trouble,) = policy.troubles
    assert trouble.file == tmp_path / f"{name}.toml"
    return trouble.line, trouble.reason


def test_the_shipped_files_are_right_and_say_what_the_code_says(tmp_path: Path) -> None:
    routes = read_routes(folders(tmp_path))
    assert (routes.value.table.routes, routes.troubles) == ((), ())
    assert set(routes.value.table.hours) == {"day", "night", "rest"}
    dispatch = read_dispatch(folders(tmp_path))
    assert (dispatch.value, dispatch.troubles) == (DispatchPolicy(), ())
    assert dispatch.value.keywords == KEYWORDS


def test_a_company_s_routes_are_read_with_file_and_line(tmp_path: Path) -> None:
    policy = read_routes(folders(tmp_path, "routes", GOOD))
    assert policy.troubles == ()
    table = policy.value.table
    assert [(route.line, route.who) for route in table.routes] == [(5, Who.NAMED), (10, Who.ON_DUTY)]
    assert table.file == str(tmp_path / "routes.toml")
    assert table.hours["night"].name == "night"  # the shipped hours hold
    assert policy.value.backup_lines == {"H1": 3}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[[route]]\ncategory = 'repair'\n", 1, "leads to nobody"),
        ("[[route]]\nhandler = 'H1'\nbackup = 'H1'\n", 3, "H1 cannot be their own backup"),
        ("[[route]]\nhandler = 'H1'\nhours = 'noon'\n", 3, "no hours called noon"),
        ("[[route]]\nhandler = 'H1'\n\n[[route]]\nhandler = 'H2'\n", 4, "another route is for the same"),
        ("[backups]\nH1 = 'H2'\nH2 = 'H3'\nH3 = 'H1'\n", 4, "go in a circle: H1 → H2 → H3 → H1"),
        ("[hours.noon]\nstart = '12'\nuntil = 'one'\n", 3, 'written "08:30"'),
        ("[[route]]\nhandler = 'H1'\nwho = 'somebody'\n", 3, "who has the wrong kind of value"),
        ("[[route]]\nhandlr = 'H1'\n", 2, "nothing called 'handlr'"),
        ("[[route]\n", 1, "not TOML"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_and_what_was_there_holds(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    found_line, found_reason = told(tmp_path, "routes", text)
    assert found_line == line
    assert reason in found_reason


def test_an_estate_with_a_wrong_table_keeps_the_company_s(tmp_path: Path) -> None:
    (tmp_path / "routes.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "文德花园").mkdir()
    (tmp_path / "文德花园" / "routes.toml").write_text("[backups]\nH2 = 'H1'\n", encoding="utf-8")
    policy = read_routes(PolicyFolders(SHIPPED, tmp_path, "文德花园"))
    (trouble,) = policy.troubles  # with the company's H1 = "H2" it is a circle
    assert trouble.file == tmp_path / "文德花园" / "routes.toml"
    assert len(policy.value.table.routes) == 2


def test_what_does_not_fit_the_register_is_told_and_used(tmp_path: Path) -> None:
    policy = read_routes(folders(tmp_path, "routes", GOOD))
    register = Register(frozenset({"H1"}), frozenset({"L1"}), frozenset({"repair.water.tap"}), frozenset())
    remarks = remarks_on(policy.value, register)
    file = tmp_path / "routes.toml"
    assert remarks == (
        f"{file}:3: nobody has the work number H2",
        f"{file}:5: L1 has left; name somebody else",
    )


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("tries = 0\n", 1, "between 1 and 20"),
        ("tries = 2\nagain_after = '5 working days'\n", 2, "runs by the clock"),
        ("[limit]\nurgent = 'soon'\n", 2, "a time is written"),
        ("[limit]\nhuge = '1 h'\n", 1, "wrong kind of value"),
        ("[keywords]\naccept = []\n", 2, "at least one word"),
        ("[keywords]\naccept = ['1', '5']\n", 2, "5 stands for two answers"),
        ("[keywords]\naccept = [' 1']\n", 2, "begins or ends with a space"),
    ],
)
def test_figures_that_cannot_be_are_told_with_their_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    found_line, found_reason = told(tmp_path, "dispatch", text)
    assert reason in found_reason
    assert found_line == line


def test_a_company_changes_one_figure_and_keeps_the_others(tmp_path: Path) -> None:
    policy = read_dispatch(folders(tmp_path, "dispatch", "tries = 2\n[limit]\nurgent = '2 h'\n"))
    assert (policy.value.tries, policy.value.again_after) == (2, DispatchPolicy().again_after)
    assert [str(span) for span in policy.value.limits.values()] == ["2 h", "24 h", "3 working days", "7 working days"]
