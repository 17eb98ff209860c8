"""The starter with real programs: the chosen version runs, one that is no good is left, and a seat always comes up."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import exit_codes
from desk.updating import choice as choices
from desk.updating import starter
from desk.updating.choice import Choice
from tests.updating.bundles import Computer, words_of


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    one = Computer(tmp_path / "坐席 一")
    yield one
    one.clean_up()


def test_without_a_choice_the_installed_version_runs(computer: Computer) -> None:
    assert computer.run() == 0
    assert words_of(computer.said(), "started") == ["1.0"]


def test_a_version_on_trial_that_is_healthy_stays(computer: Computer) -> None:
    computer.choose("1.1")
    assert computer.run() == 0
    assert not computer.choice.trial
    assert computer.run() == 0
    assert words_of(computer.said(), "healthy") == ["1.1", "1.1"]


@pytest.mark.parametrize("does", ["dies", "shot"])
def test_a_version_that_dies_is_left_at_once_and_not_tried_again(computer: Computer, does: str) -> None:
    computer.choose("1.1", does)
    assert computer.run() == 0
    assert words_of(computer.said(), "healthy") == ["1.0"]
    assert computer.choice.failed == {"1.1": "died"}
    assert computer.choice.went_back == "1.1"
    assert computer.run() == 0
    assert words_of(computer.said(), "healthy") == ["1.0", "1.0"]


def test_the_version_gone_back_to_is_the_one_that_ran_before(computer: Computer) -> None:
    computer.choose("1.1")
    computer.run()
    computer.choose("1.2", "dies")
    assert computer.run() == 0
    assert words_of(computer.said(), "healthy") == ["1.1", "1.1"]


def test_a_version_that_hangs_is_ended_and_left(tmp_path: Path) -> None:
    computer = Computer(tmp_path, limit_s=0.5)
    computer.choose("1.1", "hangs")
    assert computer.run() == 0
    assert computer.choice.failed == {"1.1": "late"}
    assert words_of(computer.said(), "healthy") == ["1.0"]


def test_nobody_goes_back_while_a_call_runs(tmp_path: Path) -> None:
    computer = Computer(tmp_path, limit_s=0.2)
    computer.choose("1.1", "hangs")
    ahead = 9e9  # the call of somebody who talks for ever
    (computer.own / starter.CALL_FILE).touch()
    os.utime(computer.own / starter.CALL_FILE, (ahead, ahead))
    process = computer.begin()
    computer.until_said("1.1 started")
    with pytest.raises(Exception, match="timed out"):
        process.wait(1.5)
    assert computer.choice.trial
    (computer.own / starter.CALL_FILE).unlink()
    assert process.wait(60) == 0
    assert words_of(computer.said(), "healthy") == ["1.0"]


def test_a_version_that_was_begun_too_often_without_becoming_healthy_is_left(computer: Computer) -> None:
    computer.choose("1.1", "hangs")
    for _count in range(starter.MOST_STARTS):
        computer.forget()
        process = computer.begin()
        computer.until_said("1.1 started")
        _cut_power(process.pid)
        process.wait()
    assert computer.run() == 0
    assert computer.choice.failed == {"1.1": "starts"}
    assert words_of(computer.said(), "healthy") == ["1.0"]


def test_a_version_whose_files_are_gone_is_left(computer: Computer) -> None:
    computer.choose("1.1")
    computer.run()
    (computer.folder / "versions" / "1.1" / "desk").unlink()
    assert computer.run() == 0
    assert words_of(computer.said(), "started") == ["1.1", "1.0"]


def test_another_package_wins_over_what_was_chosen(computer: Computer) -> None:
    computer.choose("1.1")
    computer.run()
    computer.install("1.2")
    assert computer.run() == 0
    computer.install("0.9")
    assert computer.run() == 0
    assert words_of(computer.said(), "healthy") == ["1.1", "1.2", "0.9"]


def test_a_seat_that_asks_to_be_started_anew_is(computer: Computer) -> None:
    computer.install("1.0", "again")
    assert computer.run() == 0
    assert words_of(computer.said(), "healthy") == ["1.0", "1.0"]


def test_a_seat_on_trial_that_asks_to_be_started_anew_is(computer: Computer) -> None:
    computer.choose("1.1", "again")
    assert computer.run() == 0
    assert words_of(computer.said(), "healthy") == ["1.1", "1.1"]
    assert not computer.choice.trial


def test_a_seat_on_trial_that_made_way_for_an_installer_says_so_and_is_no_bad_version(computer: Computer) -> None:
    computer.choose("1.1", "made way")
    for _count in range(starter.MOST_STARTS + 1):  # it is tried again every few seconds while the installer works
        assert computer.run() == exit_codes.MADE_WAY
    assert computer.choice.trial
    assert computer.choice.failed == {}


def test_a_number_is_dialled_once_however_often_the_seat_is_started_anew(computer: Computer) -> None:
    computer.choose("1.1", "again")
    assert computer.run("dial", "tel:10086") == 0
    assert words_of(computer.said(), "healthy") == ["1.1", "1.1"]
    assert words_of(computer.said(), "dials") == ["1.1"]


def test_updates_own_command_is_the_installed_versions(computer: Computer) -> None:
    computer.choose("1.1", "dies")
    assert computer.run("update", "status") == 0
    assert words_of(computer.said(), "started") == ["1.0"]
    assert computer.choice.trial
    assert computer.choice.starts == 0


def test_another_command_is_no_trial(computer: Computer) -> None:
    computer.choose("1.1")
    assert computer.run("store", "show") == 0
    assert words_of(computer.said(), "started") == ["1.1"]


def test_who_ends_the_starter_ends_the_seat_and_judges_nothing(computer: Computer) -> None:
    computer.choose("1.1", "hangs")
    process = computer.begin()
    computer.until_said("1.1 started")
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    assert computer.choice.trial
    assert computer.choice.starts == 1


def test_a_choice_that_cannot_be_kept_is_not_tried(computer: Computer) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    computer.choose("1.1")
    computer.own.chmod(0o500)
    try:
        assert computer.run() == 0
    finally:
        computer.own.chmod(0o700)
    assert words_of(computer.said(), "started") == ["1.0"]


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b'{"format": 2}', b'{"format": 1, "version": 3}', b"\xff\xfe", b'{"format":1,"failed":[]}'],
)
def test_what_is_no_choice_is_none(tmp_path: Path, text: bytes) -> None:
    (tmp_path / choices.FILE).write_bytes(text)
    assert choices.read(tmp_path) == Choice()


def test_what_a_newer_desk_adds_to_the_choice_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / choices.FILE).write_text('{"format": 1, "version": "1.1", "of_tomorrow": [1]}')
    assert choices.read(tmp_path) == Choice(version="1.1")


def test_a_choice_is_read_as_it_was_written(tmp_path: Path) -> None:
    choice = Choice("1.1", "/v/1.1", "1.0", "1.0", "", True, 2, ("热线",), ("disk",), {"1.2": "died"}, True, "1.2")
    choices.write(tmp_path, choice)
    assert choices.read(tmp_path) == choice


def _cut_power(pid: int) -> None:
    """The starter and what runs under it, at once."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    for one in (pid, *map(int, children)):
        os.kill(one, signal.SIGKILL)
