"""work.toml: promises, the queue, and when a call is tried again."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from desk.domain.attempts import Outcome
from desk.domain.outcome_rules import SHIPPED as SHIPPED_AGAIN
from desk.domain.promise_rules import SHIPPED as SHIPPED_PROMISES
from desk.domain.work_times import WorkFigures
from desk.policies.files import PolicyFolders
from desk.policies.work import read_work
from desk.resources import resources_dir

CAUSES = ("缺材料", "等住户", "人手不足", "等外单位", "天气", "其他")


def folders(tmp_path: Path, text: str = "") -> PolicyFolders:
    (tmp_path / "work.toml").write_text(text, encoding="utf-8")
    return PolicyFolders(resources_dir() / "policies", tmp_path)


def test_the_shipped_file_says_what_the_program_says(tmp_path: Path) -> None:
    found = read_work(folders(tmp_path))
    assert found.troubles == ()
    assert found.value == WorkFigures(SHIPPED_PROMISES, SHIPPED_AGAIN, causes=CAUSES)


def test_a_company_changes_what_it_names(tmp_path: Path) -> None:
    text = '[promise]\nusual = "20 min"\nchoices = ["20 min", "17:30"]\n[again]\nbusy = "5 min"\n'
    found = read_work(folders(tmp_path, text)).value
    assert found.promises.usual == timedelta(minutes=20)
    assert found.promises.choices == (timedelta(minutes=20), time(17, 30))
    assert found.again.after[Outcome.BUSY] == timedelta(minutes=5)
    assert found.again.after[Outcome.NO_ANSWER] == timedelta(minutes=30)


def test_a_company_may_ask_for_no_cause_or_for_its_own(tmp_path: Path) -> None:
    assert read_work(folders(tmp_path, "[overdue]\ncauses = []\n")).value.causes == ()
    assert read_work(folders(tmp_path, '[overdue]\ncauses = ["台风"]\n')).value.causes == ("台风",)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('[promise]\nusual = "soon"\n', 2, "no length"),
        ('[promise]\nusual = "2 working days"\n', 2, "no length"),
        ('[promise]\nusual = "90 days"\n', 2, "longer than two months"),
        ("[promise]\nchoices = []\n", 2, "one to nine"),
        ('[promise]\nchoices = ["25:00"]\n', 2, "neither"),
        ('[again]\n\nasleep = "1 h"\n', 3, "nothing called"),
        ('[again]\nbusy = "0 min"\n', 2, "no length"),
        ('[overdue]\ncauses = ["天气", " 天气"]\n', 2, "twice"),
        ('[overdue]\ncauses = [""]\n', 2, "a word or two"),
        (f"[overdue]\ncauses = {[str(n) for n in range(10)]}\n", 2, "at most nine"),
        ('[queu]\nat_hand = "5 min"\n', 1, "nothing called"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_line_and_changes_nothing(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    found = read_work(folders(tmp_path, text))
    assert found.value == WorkFigures(SHIPPED_PROMISES, SHIPPED_AGAIN, causes=CAUSES)
    (trouble,) = found.troubles
    assert trouble.line == line
    assert reason in trouble.reason
