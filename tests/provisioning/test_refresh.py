"""Newer files of the company come by themselves, are told once, and never make anything worse."""

from pathlib import Path

import pytest

from desk.provisioning.refresh import EVERY_S, FIRST_S, News, Refreshing
from desk.provisioning.source import Source
from desk.settings import load
from tests.provisioning.company import Company, Pc, new_keys, text


@pytest.fixture
def seat(company: Company, pc: Pc) -> Pc:
    pc.enrol(company.code(), company.source)
    return pc


def test_a_newer_file_is_taken_and_told_once(company: Company, seat: Pc) -> None:
    told: list[News] = []
    worker = Refreshing(seat.file, seat.accepting, told.append)
    worker.look()
    assert not told
    company.publish(text(2, "expires_s = 60"))
    worker.look()
    worker.look()
    assert told == [News(version=2)]
    assert load(seat.file, seat.places).line.expires_s == 60


def test_it_looks_after_a_while_and_then_every_half_hour(company: Company, seat: Pc) -> None:
    now_s, told = [0.0], list[News]()
    worker = Refreshing(seat.file, seat.accepting, told.append, lambda: now_s[0])
    company.publish(text(2))
    assert not worker.work_once()
    assert not told
    now_s[0] = FIRST_S
    worker.work_once()
    company.publish(text(3))
    now_s[0] += EVERY_S - 1
    worker.work_once()
    assert [news.version for news in told] == [2]
    now_s[0] += 1
    worker.work_once()
    assert [news.version for news in told] == [2, 3]


def test_a_place_that_is_away_is_nobodys_trouble_unless_asked(company: Company, seat: Pc) -> None:
    told: list[News] = []
    company.folder.rename(company.folder.with_name("gone"))
    worker = Refreshing(seat.file, seat.accepting, told.append)
    assert not worker.look().trouble
    assert not told
    assert "cannot be read" in worker.look(tell_away=True).trouble


def test_a_foreign_or_older_file_is_told_and_not_taken(company: Company, seat: Pc) -> None:
    told: list[News] = []
    worker = Refreshing(seat.file, seat.accepting, told.append)
    company.publish_unchecked(text(9, "expires_s = 60"), new_keys())
    worker.look()
    assert "somebody else's key" in told[0].trouble
    assert load(seat.file, seat.places).line.expires_s == 120
    company.publish_unchecked(text(1, "expires_s = 60"))
    worker.look()
    assert "still has number 1" in told[1].trouble
    company.publish(text(2))
    worker.look()
    assert told[2] == News(version=2)


def test_a_file_damaged_here_is_fetched_again(company: Company, seat: Pc) -> None:
    state = seat.accepting.state()
    assert state is not None
    kept = seat.file.parent / "company" / state.current / "company.toml"
    kept.write_bytes(b"damaged")
    worker = Refreshing(seat.file, seat.accepting, lambda _news: None)
    assert worker.look().version == 1
    assert load(seat.file, seat.places).line.user == "8001"


def test_a_pc_that_is_no_seat_looks_nowhere(pc: Pc) -> None:
    def nowhere(_text: str) -> Source:
        raise AssertionError

    assert Refreshing(pc.file, pc.accepting, lambda _news: None, source=nowhere).look() == News()


def test_only_two_files_are_kept(company: Company, seat: Pc) -> None:
    worker = Refreshing(seat.file, seat.accepting, lambda _news: None)
    for number in range(2, 6):
        company.publish(text(number))
        worker.look()
    kept = sorted(one.name[:2] for one in (seat.file.parent / "company").iterdir() if one.is_dir())
    assert kept == ["v4", "v5"]
    assert Path(seat.file.parent / "company" / "state.json").exists()


def test_a_company_that_moves_takes_its_seats_along(company: Company, seat: Pc, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    moved = Company(tmp_path / "new", company.keys)
    company.publish(f'{text(2)}[settings.company]\nsource = "{moved.folder}"')
    worker = Refreshing(seat.file, seat.accepting, lambda _news: None)
    worker.look()
    moved.publish(text(3, "expires_s = 60"))
    assert worker.look().version == 3
    assert load(seat.file, seat.places).line.expires_s == 60


def test_a_company_changes_its_key_in_two_steps_without_new_codes(company: Company, seat: Pc) -> None:
    new = new_keys()

    def naming(version: int, *keys: str) -> str:
        return f"{text(version)}[settings.company]\nkeys = [{', '.join(map(repr, keys))}]"

    worker = Refreshing(seat.file, seat.accepting, lambda _news: None)
    company.publish(naming(2, company.keys.public, new.public))
    assert worker.look().version == 2
    company.publish_unchecked(naming(3, new.public), new)
    assert worker.look().version == 3
    company.publish_unchecked(naming(4), company.keys)  # the old key, in whosever hands it is
    assert "somebody else's key" in worker.look().trouble
    assert load(seat.file, seat.places).line.user == "8001"


def test_what_was_told_is_not_told_again(company: Company, seat: Pc) -> None:
    told: list[News] = []
    worker = Refreshing(seat.file, seat.accepting, told.append)
    company.publish(text(2))
    worker.look()
    company.publish_unchecked(text(9), new_keys())
    worker.look()
    company.folder.rename(company.folder.with_name("gone"))
    worker.look()
    assert [(news.version, bool(news.trouble)) for news in told] == [(2, False), (2, True)]
