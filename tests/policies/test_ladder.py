"""The shipped ladder is the domain's; a company's own changes what it names, and a mistake is told with its line."""

from pathlib import Path

import pytest

from desk.demo.ladder import write_ladder
from desk.domain.ladder import FACTS, SHIPPED_MINUTES, LadderPost, Limit
from desk.policies.files import PolicyFolders
from desk.policies.ladder import read_ladder, remarks_for
from desk.resources import resources_dir

SHIPPED = resources_dir() / "policies"


def of(folder: Path, text: str) -> PolicyFolders:
    (folder / "ladder.toml").write_text(text, encoding="utf-8")
    return PolicyFolders(SHIPPED, folder)


def test_the_shipped_file_has_the_figures_of_the_domain() -> None:
    policy = read_ladder(PolicyFolders(SHIPPED)).value
    assert dict(policy.minutes) == dict(SHIPPED_MINUTES)
    assert policy.needs == FACTS
    assert policy.posts == {}


def test_a_companys_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    text = '[clock]\nact = "90 min"\n[post.leaders]\nname = "刘总"\nphone = "13900000000"\n'
    found = read_ladder(of(tmp_path, text))
    assert found.troubles == ()
    assert found.value.minutes[Limit.ACT] == 90
    assert found.value.minutes[Limit.GUIDE] == 180
    assert found.value.holder(LadderPost.LEADERS).name == "刘总"
    assert found.value.holder(LadderPost.SITE_HEAD).who == ()


def test_an_estates_file_stands_over_the_companys(tmp_path: Path) -> None:
    of(tmp_path, '[clock]\nact = "90 min"\nguide = "4 h"\n')
    (tmp_path / "文德花园").mkdir()
    (tmp_path / "文德花园" / "ladder.toml").write_text('[clock]\nact = "2 h"\n', encoding="utf-8")
    policy = read_ladder(PolicyFolders(SHIPPED, tmp_path, "文德花园")).value
    assert (policy.minutes[Limit.ACT], policy.minutes[Limit.GUIDE]) == (120, 240)


def test_the_sample_estates_ladder_can_be_used(tmp_path: Path) -> None:
    found = read_ladder(PolicyFolders(SHIPPED, write_ladder(tmp_path / "policies")))
    assert found.troubles == ()
    assert found.value.holder(LadderPost.SITE_HEAD).name == "项目经理李强"


def test_a_post_that_nobody_holds_any_more_is_told(tmp_path: Path) -> None:
    policy = read_ladder(
        of(tmp_path, '[post.site_head]\nwho = ["3001", "3002"]\n[post.leaders]\nname = "刘总"\n')
    ).value
    assert remarks_for(policy, {"1001", "3002"}) == ()
    (told,) = remarks_for(policy, {"1001"})
    assert "site_head" in told
    assert "3001, 3002" in told


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('[clock]\nact = "soon"\n', 2, "a length is written"),
        ('[clock]\nact = "3 working days"\n', 2, "day and night"),
        ('[clock]\nact = "31 days"\n', 2, "thirty days"),
        ('[clock]\nact = "1 h"\nreturn = "2 h"\n', 3, "goes back before"),
        ('[clock]\nacts = "1 h"\n', 2, "nothing called"),
        ('[post.raiser]\nwho = ["1"]\n', 1, "nothing called"),
        ('[post.site_head]\n\nwho = ["3001", "3001"]\n', 3, "stands twice"),
        ('[post.site_head]\nwho = ["30 01"]\n', 2, "work number"),
        ('\nneeds = ["issue", "mood"]\n', 2, "is none of"),
        ('[post.site_head]\nwhom = "3001"\n', 2, "nothing called"),
    ],
)
def test_a_mistake_changes_nothing_and_is_told_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    found = read_ladder(of(tmp_path, text))
    assert dict(found.value.minutes) == dict(SHIPPED_MINUTES)
    (trouble,) = found.troubles
    assert trouble.line == line
    assert reason in trouble.reason
