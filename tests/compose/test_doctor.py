"""The doctor finds what is wrong by its name, and raises nothing else. The faults are independent of each other, so
several are brought about at once; `DESK_SOAK=1` (`make soak`) has all of them one by one, as has the figure
`doctor_found`."""

import contextlib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.compose.doctor_place import Once, Place
from desk.compose.doctor_table import table
from desk.domain.health import Finding, Level
from desk.domain.import_plan import ListsStand
from desk.health.running_seat import RunningSeat
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, Settings
from desk.settings.recording_values import RetentionRule, RetentionSettings
from desk.settings.values import ResidentsSettings
from desk.wire import CentralState, RecordingsState
from tests.compose.doctor_faults import FAULTS
from tests.compose.doctor_ground import DoctorGround, doctor_ground, raised

pytestmark = pytest.mark.timeout(180)
NOW = datetime(2026, 11, 22, tzinfo=UTC)

TOGETHER = (
    ("a setting is misspelt",),
    ("there is no keyring", "a process has crashed", "the vault's share is not there"),
    (
        "the data folder is open to everybody",
        "a recording is unsealed for two days",
        "the sound server is stopped",
        "the exchange is gone",
        "the centre is down",
        "the store is damaged",
    ),
    (
        "a file lies where a folder belongs",
        "the store's key is another's",
        "the microphone is muted",
        "the line's password is wrong",
        "the centre's authority is unknown",
        "the ports for voice are taken",
        "the storage's certificate has expired",
        "the update server's certificate ends in five days",
    ),
)
ROOT = Path(__file__).parents[2]
ALONE = [(name,) for name in FAULTS] if "DESK_SOAK" in os.environ else []


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoctorGround]:
    with doctor_ground(tmp_path_factory.mktemp("doctor")) as made:
        yield made


def test_where_all_is_well_nothing_is_raised_and_nothing_left_out(ground: DoctorGround) -> None:
    found = ground.patient().examine()
    assert {finding.check: finding.why for finding in found if finding.level is not Level.OK} == {}
    assert {"sip.registration", "sip.server", "headset.level", "central.rights", "vault", "clock"} <= {
        finding.check for finding in found
    }


@pytest.mark.parametrize("names", [*TOGETHER, *ALONE], ids=lambda names: names[0])
def test_each_fault_is_found_by_its_name_and_no_other_raised(ground: DoctorGround, names: tuple[str, ...]) -> None:
    faults = [FAULTS[name] for name in names]
    if any(fault.root for fault in faults) and os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    seat = ground.patient()
    with contextlib.ExitStack() as stack:
        for fault in faults:
            stack.enter_context(fault.spoil(ground, seat))
        found = seat.examine()
    assert raised(found) == {fault.found_as for fault in faults}, found
    assert list(seat.told) == sorted(found, key=seat.told.index)  # each was told, once
    for finding in found:
        if finding.level in (Level.WARNING, Level.WRONG):
            assert finding.why
            assert finding.remedy


def exchange_of(state: CentralState) -> Finding:
    """As the doctor tells it of a running seat in this state."""
    settings = Settings(central=CentralSettings(url="postgresql://db.example/desk", user="S02"))
    place = Place(settings, None, FakeSecrets, lambda: NOW, test_call=False)
    place.seat = Once(lambda: RunningSeat(frozenset({"sync"}), central=state))
    (found,) = next(check for check in table(place) if check.name == "central.exchange").look()
    return found


def test_an_enrolment_code_that_another_computer_used_before_is_told_in_plain_words() -> None:
    found = exchange_of(CentralState(True, True, trouble="code_used_twice", detail="PC-1 S01 2026-11-22"))
    assert found.level is Level.WARNING
    assert "another computer before: PC-1 S01 2026-11-22" in found.why
    assert "desk provision codes" in found.remedy


def test_whose_changes_wait_for_them_is_told_with_the_way_out() -> None:
    found = exchange_of(CentralState(True, True, 3, trouble="author_awaited", detail="2001, 2002"))
    assert found.level is Level.WARNING
    assert "2001, 2002" in found.why
    assert "author_awaited" in found.remedy


@pytest.mark.parametrize(
    ("state", "level", "words"),
    [
        (CentralState(True, True, 3, 240.0), Level.OK, "took 0.2 s, 3 changes wait"),
        (CentralState(True, True, 3, 6_500.0), Level.WARNING, "slow: the last round took 6.5 s; 3 changes"),
        (CentralState(True, True, 750, 900.0), Level.WARNING, "behind: 750 changes wait to be sent; the last round"),
        (CentralState(True, True, 750, 6_500.0, filled_permille=421), Level.OK, "being filled from the centre: 42 %"),
    ],
)
def test_how_far_the_exchange_is_behind_is_judged_and_told_in_figures(
    state: CentralState, level: Level, words: str
) -> None:
    found = exchange_of(state)
    assert (found.level, words in found.why) == (level, True), found
    assert (found.figures["unsent"], found.figures["lag_ms"]) == (state.unsent, state.lag_ms)
    assert bool(found.remedy) is (level is Level.WARNING)


@pytest.mark.parametrize(
    ("recordings", "level"),
    [(None, Level.UNCHECKED), (RecordingsState(), Level.OK), (RecordingsState(retention="600 due"), Level.WARNING)],
)
def test_retention_that_stands_is_told_where_it_works_by_itself(
    recordings: RecordingsState | None, level: Level
) -> None:
    rules = RetentionSettings(automatic=True, rules=(RetentionRule(days=90),))
    place = Place(Settings(retention=rules), None, FakeSecrets, lambda: NOW, test_call=False)
    place.seat = Once(lambda: RunningSeat(frozenset({"sync"}), recordings=recordings))
    (found,) = next(check for check in table(place) if check.name == "retention").look()
    assert found.level is level
    assert ("600 due" in found.why) is (level is Level.WARNING)
    elsewhere = Place(Settings(), None, FakeSecrets, lambda: NOW, test_call=False)
    assert "retention" not in {check.name for check in table(elsewhere)}


def test_recordings_that_wait_for_a_folder_which_is_away_are_told_at_once() -> None:
    place = Place(Settings(), None, FakeSecrets, lambda: NOW, test_call=False)
    waits = RecordingsState(unsealed=2, withheld=2, trouble="spool_away")
    place.seat = Once(lambda: RunningSeat(frozenset({"sync"}), recordings=waits))
    (found,) = next(check for check in table(place) if check.name == "recordings").look()
    assert (found.level, found.figures) == (Level.WARNING, {"withheld": 2})
    assert "second folder" in found.why


def test_recordings_that_wait_for_a_folder_hide_none_that_wait_for_the_vault(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    sealed = settings.sealed_dir / "call.age"
    sealed.parent.mkdir(parents=True)
    sealed.write_bytes(b"sealed")
    os.utime(sealed, (0, 0))
    place = Place(settings, None, FakeSecrets, lambda: NOW, test_call=False)
    waits = RecordingsState(unsealed=1, unvaulted=1, withheld=1, trouble="vault_refused")
    place.seat = Once(lambda: RunningSeat(frozenset({"sync"}), recordings=waits))
    away, old = next(check for check in table(place) if check.name == "recordings").look()
    assert (away.level, away.figures) == (Level.WARNING, {"withheld": 1})
    assert (old.level, old.figures["unvaulted"]) == (Level.WARNING, 1)


@pytest.mark.parametrize(
    ("lists", "level", "words"),
    [
        (None, Level.UNCHECKED, ""),
        (ListsStand(), Level.OK, ""),
        (ListsStand(remarks="3 remarks", report="done/a.report.txt"), Level.WARNING, "3 remarks"),
        (ListsStand(trouble="row 7", report="refused/a.report.txt"), Level.WARNING, "not taken: row 7"),
    ],
)
def test_how_the_lists_of_the_folder_stand_is_told_where_there_is_one(
    lists: ListsStand | None, level: Level, words: str
) -> None:
    settings = Settings(residents=ResidentsSettings(folder="/erp", mapping="nc.toml"))
    place = Place(settings, None, FakeSecrets, lambda: NOW, test_call=False)
    place.seat = Once(lambda: RunningSeat(frozenset({"sync"}), lists=lists))
    (found,) = next(check for check in table(place) if check.name == "residents").look()
    assert (found.level, words in found.why) == (level, True), found
    if lists is not None and lists.report:
        assert lists.report in found.remedy


def test_every_test_that_has_a_long_way_is_walked_by_make_soak() -> None:
    (soak,) = re.findall(r"^soak:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    walked = [ROOT / word for word in soak.split() if word.startswith("tests/")]
    long = [file for file in ROOT.glob("tests/**/test_*.py") if "DESK_SOAK" in file.read_text("utf-8")]
    assert len(long) > 5
    for file in long:
        assert any(file.is_relative_to(one) for one in walked), file
