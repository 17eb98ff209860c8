"""Findings in words, and as a machine reads them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.compose.doctor_place import Place
from desk.compose.doctor_table import table
from desk.domain.health import Finding, Level
from desk.health import clock, report, words
from desk.i18n import speak
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, Settings
from desk.version import Build

AT = datetime(2026, 11, 22, 8, 0, 5, 123, tzinfo=UTC)
GONE = Finding("sip.server", Level.WRONG, "Nobody answers.", "Look at the cable.", {"line": "热线"})
WELL = Finding("disk", Level.OK, "90 GB free.", figures={"free_mb": 90_000})


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_check_that_there_is_has_a_title(tmp_path: Path, language: str) -> None:
    speak(language)
    seat = Settings(data_dir=tmp_path, runtime_dir=tmp_path, central=CentralSettings(url="postgresql://db/desk"))
    place = Place(seat, None, FakeSecrets, lambda: AT, test_call=True)
    names = [check.name for check in table(place)]
    assert len(names) == len(set(names))
    assert {"call.test", "central.rights", "company_file", "update"} <= set(names)
    for name in names:
        assert words.title(name) != name


def test_needs_stand_before_what_needs_them(tmp_path: Path) -> None:
    for url in ("", "postgresql://db/desk"):
        seat = Settings(data_dir=tmp_path, runtime_dir=tmp_path, central=CentralSettings(url=url))
        seen: set[str] = set()
        for check in table(Place(seat, None, FakeSecrets, lambda: AT, test_call=True)):
            assert set(check.needs) <= seen
            seen.add(check.name)


def test_a_line_says_what_is_wrong_and_below_it_what_to_do() -> None:
    assert words.line(GONE) == "✗ Wrong  Telephone exchange: Nobody answers.\n    → Look at the cable."
    assert words.line(WELL) == "✓ OK  Disk space: 90 GB free."


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ([Level.OK, Level.OK], "All is well: 2 checks."),
        ([Level.OK, Level.UNCHECKED], "Nothing wrong was found; not everything could be checked."),
        ([Level.WRONG, Level.WARNING, Level.OK], "1 wrong, 1 warnings, of 3 checks."),
    ],
)
def test_all_of_it_in_one_sentence(levels: list[Level], said: str) -> None:
    assert words.summary(Finding("a", level, "") for level in levels) == said


def test_the_form_for_machines_is_as_promised() -> None:
    told = json.loads(report.as_json([WELL, GONE], "S01", AT, Build("1.2", "abc")))
    assert told == {
        "doctor": 1,
        "at": "2026-11-22T08:00:05+00:00",
        "seat": "S01",
        "version": "1.2",
        "commit": "abc",
        "worst": "wrong",
        "findings": [
            {"check": "disk", "level": "ok", "why": "90 GB free.", "remedy": "", "figures": {"free_mb": 90_000}},
            {
                "check": "sip.server",
                "level": "wrong",
                "why": "Nobody answers.",
                "remedy": "Look at the cable.",
                "figures": {"line": "热线"},
            },
        ],
    }
    assert json.loads(report.as_json([], "", AT, Build("1.2")))["worst"] == "ok"


@pytest.mark.parametrize(
    ("ahead_s", "level"),
    [(0.2, Level.OK), (-4.9, Level.OK), (5.0, Level.WARNING), (-59.0, Level.WARNING), (600.0, Level.WRONG)],
)
def test_a_clock_that_is_off_is_told_by_how_much(ahead_s: float, level: Level) -> None:
    (found,) = clock.compared(ahead_s, with_centre=True)
    assert found.level is level
    assert found.figures["ahead_s"] == ahead_s
    assert ("ahead" in found.why) == (ahead_s >= 5)


def test_a_clock_without_another_one_is_what_the_system_says() -> None:
    assert [one.level for one in clock.by_itself(True)] == [Level.OK]
    assert [one.level for one in clock.by_itself(False)] == [Level.UNCHECKED]
    assert [one.level for one in clock.by_itself(None)] == [Level.UNCHECKED]
    assert clock.kept_by_system() in (True, False, None)
