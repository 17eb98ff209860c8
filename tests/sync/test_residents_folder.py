"""The folder of lists, watched: taken when they stand still, moved when they are done with."""

from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.import_plan import ListsStand
from desk.sync.residents_folder import Brought, ResidentsFolder, report_of
from tests.making import START


class Watched:
    """`outcomes`: what becomes of the next lists, then `DONE`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, START
        self.outcomes: list[Brought] = []
        self.lists: list[str] = []
        self.finished: list[bool | None] = []
        self.busy = False
        self.told = 0
        self.remarks = ""
        self.stands: list[ListsStand] = []
        self.watch = ResidentsFolder(
            folder,
            timedelta(minutes=10),
            self._bring,
            self._finish,
            lambda: self.busy,
            lambda: self.now,
            self._tell,
            self.stands.append,
        )

    def _bring(self, file: Path, stem: str) -> Brought:
        self.lists.append(file.name)
        outcome = self.outcomes.pop(0) if self.outcomes else Brought.DONE
        if outcome is Brought.REFUSED or self.remarks:
            report_of(self.folder, outcome, stem).write_text(self.remarks or "row 2\nmore", encoding="utf-8")
        return outcome

    def _finish(self) -> bool | None:
        return self.finished.pop(0) if self.finished else None

    def _tell(self) -> None:
        self.told += 1

    def look(self, times: int = 1) -> None:
        for _time in range(times):
            self.watch.work_once()
            self.now += timedelta(minutes=10)

    def put(self, name: str, content: str = "a,b") -> Path:
        file = self.folder / name
        file.write_text(content, encoding="utf-8")
        return file

    def names(self, below: str = "") -> list[str]:
        return sorted(file.name for file in (self.folder / below).iterdir() if file.is_file())


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_list_is_taken_when_it_has_stood_still(watched: Watched) -> None:
    watched.put("a.csv")
    watched.look()
    assert watched.lists == []
    watched.put("a.csv", "a,b\nmore")
    watched.look()
    assert watched.lists == [], "it is still being written"
    watched.look()
    assert watched.lists == ["a.csv"]
    assert watched.names("done") == ["20261121-082000-a.csv"]
    assert watched.names() == []
    assert watched.told == 1


def test_a_refused_list_lies_beside_its_report(watched: Watched) -> None:
    watched.put("a.xlsx")
    watched.outcomes = [Brought.REFUSED]
    watched.look(2)
    assert watched.names("refused") == ["20261121-081000-a.report.txt", "20261121-081000-a.xlsx"]
    watched.look(2)
    assert watched.lists == ["a.xlsx"], "once is enough"


def test_a_list_that_cannot_be_brought_now_is_left_where_it_is(watched: Watched) -> None:
    watched.put("a.csv")
    watched.outcomes = [Brought.LATER]
    watched.look(3)
    assert watched.lists == ["a.csv", "a.csv"]
    assert watched.names() == []


def test_a_refused_list_stands_until_a_later_one_of_its_name_is_taken_also_over_a_start(watched: Watched) -> None:
    watched.put("estate1-20261121.csv")
    watched.outcomes = [Brought.REFUSED]
    watched.look(2)
    refused = watched.stands[-1]
    assert (refused.trouble, Path(refused.report).parent.name) == ("row 2", "refused")
    watched.put("other.csv")
    watched.look(2)
    assert watched.names("done") != []
    assert watched.stands[-1] == refused
    again = Watched(watched.folder)
    again.look()
    assert again.stands == [refused]
    again.now = watched.now
    again.put("estate1-20261122.csv")
    again.look(2)
    assert again.stands[-1] == ListsStand()


def test_what_was_left_out_of_a_list_that_was_taken_is_told_until_the_next_one_is_whole(watched: Watched) -> None:
    watched.remarks = "12 remarks"
    watched.put("a.csv")
    watched.look(2)
    assert (watched.stands[-1].trouble, watched.stands[-1].remarks) == ("", "12 remarks")
    assert Path(watched.stands[-1].report).is_file()
    watched.remarks = ""
    watched.put("a.csv")
    watched.look(2)
    assert watched.stands[-1] == ListsStand()


def test_a_list_that_cannot_be_moved_is_told_and_not_imported_once_more(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under Windows, while Excel has it open."""
    held = [True]
    replace = Path.replace

    def held_open(file: Path, target: Path) -> Path:
        if held[0]:
            raise PermissionError(13, "in use")
        return replace(file, target)

    monkeypatch.setattr(Path, "replace", held_open)
    watched.put("a.csv")
    watched.look(4)
    assert (watched.lists, watched.told) == (["a.csv"], 1)  # the windows know of it all the same
    assert "a.csv" in watched.stands[-1].trouble
    assert watched.names("done") == []
    watched.put("a.csv", "a,b\nanother list")
    watched.look(2)
    assert watched.lists == ["a.csv", "a.csv"]
    held[0] = False
    watched.look()
    assert (watched.names(), len(watched.names("done")), watched.stands[-1]) == ([], 1, ListsStand())


def test_what_is_no_list_is_left_alone(watched: Watched) -> None:
    for name in ("~$a.xlsx", ".hidden.csv", "readme.pdf", "empty.csv"):
        watched.put(name, "" if name == "empty.csv" else "x")
    (watched.folder / "sub.csv").mkdir()
    watched.look(3)
    assert watched.lists == []


def test_it_looks_only_as_often_as_it_was_told(watched: Watched) -> None:
    watched.put("a.csv")
    for _second in range(60):
        watched.watch.work_once()
        watched.now += timedelta(seconds=5)
    assert watched.lists == []
    watched.look(2)
    assert watched.lists == ["a.csv"]


def test_an_import_that_was_cut_off_comes_first(watched: Watched) -> None:
    watched.finished = [True]
    watched.look()
    assert watched.told == 1


def test_nothing_is_begun_while_the_store_has_other_work(watched: Watched) -> None:
    watched.put("a.csv")
    watched.busy = True
    watched.look(4)
    assert watched.lists == []


def test_a_folder_that_is_not_there_is_looked_for_again(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "share")
    watched.look(2)
    assert "No such file" in watched.stands[-1].trouble
    (tmp_path / "share").mkdir()
    watched.put("a.csv")
    watched.look(2)
    assert watched.lists == ["a.csv"]


def test_without_a_folder_it_only_finishes_what_was_cut_off() -> None:
    finished: list[bool | None] = [True, None]
    told: list[bool] = []
    watch = ResidentsFolder(
        None,
        timedelta(minutes=1),
        lambda _file, _report: Brought.DONE,
        lambda: finished.pop(0),
        lambda: False,
        lambda: START,
        lambda: told.append(True),
    )
    assert not watch.work_once()
    assert not watch.work_once()
    assert told == [True]
