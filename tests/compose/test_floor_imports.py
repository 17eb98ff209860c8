"""`desk import roster` and `desk import articles` over a seat's own store."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk import exit_codes
from desk.compose import floor_imports
from desk.domain.patches import patch_of
from desk.faults import Fault
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.store.articles import SqlArticles
from desk.store.change_log import SqlChangeLog
from desk.store.shifts import SqlShifts
from desk.store.store import Store
from tests import making
from tests.usecases.floor import STAFF

SECRETS = FakeSecrets()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = Settings(data_dir=tmp_path, seat=SeatSettings(name="S01", agent="3001"))
    store = Store.open(found.store_file, SECRETS)
    SqlChangeLog(store).append([making.change("staff", one.staff_id, patch_of(one, "staff_id")) for one in STAFF])
    store.close()
    return found


def opened(settings: Settings) -> Store:
    return Store.open(settings.store_file, SECRETS)


def test_a_roster_is_tried_first_and_then_taken_in_with_its_problems_told(settings: Settings, tmp_path: Path) -> None:
    file, said = tmp_path / "排班.csv", list[str]()
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    file.write_text(f"工号,姓名,{day:%Y-%m-%d}\n1001,张三,早\n9999,王五,早\n", encoding="gb18030")
    assert floor_imports.roster(settings, file, said.append, SECRETS, dry_run=True) == exit_codes.OK
    assert "9999" in said[0]
    assert floor_imports.roster(settings, file, said.append, SECRETS) == exit_codes.FAULT
    store = opened(settings)
    since = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    assert [turn.who for turn in SqlShifts(store).turns(since, since + timedelta(days=3))] == ["1001"]
    store.close()


def test_the_shipped_articles_are_taken_in_once(settings: Settings) -> None:
    said = list[str]()
    for _time in range(2):
        assert floor_imports.articles(settings, None, said.append, SECRETS) == exit_codes.OK
    assert said[0].endswith("articles are taken in.")
    assert said[1] == "All of them are here already."
    store = opened(settings)
    assert [one.title for one in SqlArticles(store).find("dtkr", 3)] == ["电梯困人：先安抚，再救援"]
    store.close()


def test_a_file_of_articles_that_is_wrong_is_told_in_one_sentence(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('[[article]]\ncode = "a"\ntitle = ""\n', encoding="utf-8")
    with pytest.raises(Fault, match=r"a\.toml:3: "):
        floor_imports.articles(settings, file, lambda _said: None, SECRETS)


def test_only_a_supervisor_s_seat_takes_anything_in(settings: Settings) -> None:
    agent = Settings(data_dir=settings.data_dir, seat=SeatSettings(name="S01", agent="1001"))
    with pytest.raises(Fault):
        floor_imports.articles(agent, None, lambda _said: None, SECRETS)
