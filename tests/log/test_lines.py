"""The log: JSON lines that an engineer can search, without a resident's number in them."""

import json
import logging
import os
import stat
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.log import lines as log

NUMBER = "013800138000"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[log.Log, Path]]:
    root = logging.getLogger()
    level = root.level
    one = log.start(tmp_path / "log", "phone")
    yield one, tmp_path / "log" / "phone.jsonl"
    one.close()
    root.setLevel(level)


@pytest.fixture
def hooks() -> Iterator[None]:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = before


def lines(one: log.Log, file: Path) -> list[dict[str, Any]]:
    one.close()
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_line_has_its_fields_and_what_was_given(running: tuple[log.Log, Path]) -> None:
    logging.getLogger("desk.phone").info("answered in %d ms", 12, extra={"call_id": "c1", "lag_ms": 1.5})
    (line,) = lines(*running)
    assert datetime.fromisoformat(line.pop("at")).tzinfo == UTC
    assert line == {
        "level": "INFO",
        "logger": "desk.phone",
        "process": f"phone:{os.getpid()}",
        "message": "answered in 12 ms",
        "call_id": "c1",
        "lag_ms": 1.5,
    }


def test_numbers_are_masked_in_message_arguments_fields_and_errors(running: tuple[log.Log, Path]) -> None:
    logger = logging.getLogger("desk.phone")
    logger.info(f"from {NUMBER}")
    logger.info("from %s", NUMBER)
    logger.info("from %(n)s", {"n": NUMBER})
    logger.info("field", extra={"caller": NUMBER, "detail": {"to": [NUMBER]}, "odd": object})
    try:
        int(f"cannot dial {NUMBER}")
    except ValueError:
        logger.exception("failed", stack_info=True)
    text = json.dumps(lines(*running), ensure_ascii=False)
    assert "138001" not in text
    assert text.count("***00") == 7 - 1


def test_odd_texts_stay_one_line_each(running: tuple[log.Log, Path]) -> None:
    odd = ["two\nlines", "\ud800 lone", "\u2028", "😀\x00", '"quotes"']
    for text in odd:
        logging.getLogger("desk").info("%s", text)
    got = [line["message"] for line in lines(*running)]
    assert [g.replace("\\ud800", "\ud800") for g in got] == odd


def test_a_line_has_an_end(running: tuple[log.Log, Path]) -> None:
    one, file = running
    error = ValueError("y" * 1_000_000 + "the end")
    logging.getLogger("desk.trying").error("x" * 1_000_000, extra={"call_id": "c1"}, exc_info=error)
    (line,) = lines(one, file)
    assert len(json.dumps(line)) < log.MOST_LINE
    assert line["message"].startswith("xxx")
    assert line["error"].endswith("the end")
    assert line["cut"] > 2_000_000


def test_wrong_arguments_lose_no_line() -> None:
    record = logging.LogRecord("desk", logging.INFO, "", 0, "%d calls", ("many",), None)
    line = json.loads(log.JsonLine("phone").format(record))
    assert line["message"] == "%d calls (TypeError in its arguments)"


def test_values_are_those_of_the_moment(running: tuple[log.Log, Path]) -> None:
    changing = ["before"]
    logging.getLogger("desk").info("%s", changing)
    changing[0] = "after"
    assert "before" in lines(*running)[0]["message"]


def test_files_rotate_and_are_for_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 2000)
    one = log.start(tmp_path / "log", "sync")
    for _ in range(200):
        logging.getLogger("desk").warning("%s", "x" * 150)
    one.close()
    files = sorted((tmp_path / "log").iterdir())
    assert len(files) == log.FILES
    assert all(f.stat().st_size <= 2000 and stat.S_IMODE(f.stat().st_mode) == 0o600 for f in files)
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o700


def test_full_disk_costs_lines_and_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 0)  # /dev/full cannot be rotated
    (tmp_path / "phone.jsonl").symlink_to("/dev/full")
    one = log.start(tmp_path, "phone")
    logging.getLogger("desk").warning("lost")
    one.close()
    assert capfd.readouterr().err == ""


def test_unhandled_errors_are_logged_and_told_masked(
    running: tuple[log.Log, Path], hooks: None, capsys: pytest.CaptureFixture[str]
) -> None:
    log.report_unhandled()

    def fail() -> None:
        raise RuntimeError(f"no route to {NUMBER}")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    got = lines(*running)
    assert [line["message"] for line in got] == ["unhandled RuntimeError"] * 2
    assert all("in fail" in line["error"] and "no route to ***00" in line["error"] for line in got)
    told = capsys.readouterr().err
    assert told.count("no route to ***00") == 2
    assert "138001" not in told


def test_close_twice_does_nothing(tmp_path: Path) -> None:
    one = log.start(tmp_path, "ui")
    one.close()
    one.close()
