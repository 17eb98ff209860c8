"""The radar's figures and replies from their files."""

from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.radar import RadarPolicy
from desk.policies.files import PolicyFolders
from desk.policies.radar import read_radar
from desk.resources import resources_dir
from desk.texts import ShippedTexts

SHIPPED = PolicyFolders(resources_dir() / "policies")
TREE = ShippedTexts().categories()


def company(tmp_path: Path, text: str) -> PolicyFolders:
    (tmp_path / "radar.toml").write_text(text, encoding="utf-8")
    return PolicyFolders(SHIPPED.shipped, tmp_path)


def test_the_shipped_figures_are_those_that_hold_where_no_file_is_read() -> None:
    policy, known = read_radar(SHIPPED, TREE).value, RadarPolicy()
    for name in ("reports", "window", "keep", "call_back", "left_out", "answer_category"):
        assert getattr(policy, name) == getattr(known, name)
    assert policy.counts_as("repair.water.low_pressure") == "repair.water.no_water"
    assert policy.counts_as("praise.staff.any") == ""
    assert policy.reply("repair.lift.stopped") != policy.reply("repair.pests.rats") != ""


def test_a_company_changes_one_figure_and_one_reply(tmp_path: Path) -> None:
    own = company(tmp_path, '[raised]\nreports = 5\n[reply]\n"repair.lift.stopped" = "电梯在修"\n')
    policy = read_radar(own, TREE).value
    assert (policy.reports, policy.window) == (5, timedelta(minutes=20))
    assert policy.reply("repair.lift.stopped") == "电梯在修"
    assert policy.reply("repair.water.no_water").startswith("{place}")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[raised]\nreports = 1\n", 2, "2 to 100"),
        ('[raised]\nwithin = "3 working days"\n', 2, "20 min"),
        ('[raised]\nwithin = "0 min"\n', 2, "20 min"),
        ('[raised]\nleft_out = ["repair.plumbing"]\n', 2, "repair.plumbing"),
        ('[raised]\nanswer_category = "inquiry.service.cut"\n', 2, "inquiry.service.cut"),
        ('\n[together]\n"repair.water.no_water" = ["repair.water.none"]\n', 3, "repair.water.none"),
        (
            '[together]\n"repair.water.tap" = ["repair.water.low_pressure"]\n',
            2,
            "repair.water.low_pressure",
        ),
        ('[reply]\n"repair.lift.broken" = "x"\n', 2, "repair.lift.broken"),
        ('[reply]\nother = " "\n', 2, "empty"),
        ("[raised]\nreport = 3\n", 2, "report"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_the_shipped_figures_hold(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    found = read_radar(company(tmp_path, text), TREE)
    (trouble,) = found.troubles
    assert trouble.line == line
    assert said in trouble.reason
    assert found.value == read_radar(SHIPPED, TREE).value
