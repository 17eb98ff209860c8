"""A seat and its channel: what is offered is got ready, and tried when nobody is disturbed, never otherwise."""

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.domain.updates import place_of
from desk.signed import KeyPair
from desk.updating import archive, channel
from desk.updating import choice as choices
from desk.updating import state as states
from desk.updating import updater as updaters
from desk.updating.publish import Key, Publisher, Wish
from desk.updating.source import FolderSource
from desk.updating.trial import LACKS_S, STEADY_S, Trial
from desk.updating.updater import Ground, Updater
from desk.updating.versions import Versions
from tests.updating.bundles import a_bundle, open_keys

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PLATFORM = "linux-x86_64"


@pytest.fixture(scope="module")
def keys() -> KeyPair:
    return open_keys()


@dataclass
class StandInSeat:
    calls: bool = False
    away: bool = True
    window: bool = True
    phone: bool = True
    lines: tuple[str, ...] = ("热线",)
    faults: tuple[str, ...] = ()
    crashes: tuple[str, ...] = ()
    restarts: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)

    def in_call(self) -> bool:
        return self.calls

    def stopping(self) -> bool:
        return False

    def is_away(self) -> bool:
        return self.away

    def is_whole(self) -> bool:
        return self.window and self.phone

    def lines_up(self) -> tuple[str, ...]:
        return self.lines

    def window_here(self) -> bool:
        return self.window

    def phone_here(self) -> bool:
        return self.phone

    def well(self) -> tuple[str, ...]:
        return tuple({"sound", "disk"} - set(self.faults))

    def crashed(self) -> tuple[str, ...]:
        return self.crashes

    def wrong(self) -> tuple[str, ...]:
        return self.faults

    def restart(self) -> None:
        self.restarts += 1

    def ask(self, version: str, days: int) -> None:
        self.asked.append((version, days))


class Hotline:
    """IT's channel and one seat that runs 0.1.0 as installed."""

    def __init__(self, folder: Path, keys: KeyPair) -> None:
        self.folder, self.keys, self.now = folder, keys, AT
        self.channel = folder / "channel"
        self.publisher = Publisher(self.channel, lambda: Key(keys.secret, ""), lambda: self.now)
        self.seat = StandInSeat()
        self.own = folder / "data" / "updates"
        self.versions = Versions(folder / "versions", "desk")
        self.running = "0.1.0"
        self.place: int | None = 50
        self.needs: list[set[str]] = []
        self.updater = self.a_start()

    def a_start(self) -> Updater:
        ground = Ground(
            own=self.own,
            versions=self.versions,
            channel=str(self.channel),
            keys=[self.keys.public],
            platform=PLATFORM,
            running=self.running,
            installed="0.1.0",
            store_file=self.folder / "data" / "seat.db",
            place=lambda: self.place,
            clock=lambda: self.now,
            note_needs=lambda needs: self.needs.append(set(needs)),
        )
        self.updater = Updater(ground, lambda: FolderSource(self.channel), self.seat)
        return self.updater

    def publish(self, version: str, wish: Wish = Wish()) -> None:  # noqa: B008 - frozen
        a_bundle(self.folder / "bundle", version)
        self.publisher.publish(self.folder / "bundle", wish)

    def look(self) -> None:
        self.now += timedelta(hours=1)
        self.updater.work_once()

    def choice(self) -> choices.Choice:
        return choices.read(self.own)

    def state(self) -> states.UpdateState:
        return states.read(self.own)


@pytest.fixture
def hotline(tmp_path: Path, keys: KeyPair) -> Hotline:
    return Hotline(tmp_path, keys)


def test_an_offered_version_is_fetched_laid_ready_and_tried(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    hotline.look()
    assert hotline.versions.all() == ["0.2.0"]
    assert hotline.state().ready == "0.2.0"
    assert hotline.state().trouble == ""
    assert hotline.seat.restarts == 1
    assert (hotline.choice().version, hotline.choice().trial, hotline.choice().lines) == ("0.2.0", True, ("热线",))
    assert not list((hotline.versions.folder / "fetched").iterdir())


@pytest.mark.parametrize(("spoil", "words"), [("call", "call runs"), ("here", "Somebody works"), ("held", "held")])
def test_nobody_is_disturbed(hotline: Hotline, spoil: str, words: str) -> None:
    hotline.publish("0.2.0")
    hotline.seat.away = False
    hotline.look()
    hotline.seat.calls, hotline.seat.away = spoil == "call", spoil != "here"
    if spoil == "held":
        choices.write(hotline.own, replace(hotline.choice(), held=True))
    hotline.look()
    assert hotline.seat.restarts == 0
    assert not hotline.choice().version
    assert words in hotline.state().waits
    assert hotline.state().ready == "0.2.0"


def test_an_agent_who_never_goes_away_is_asked_once_a_day_after_a_week(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    hotline.seat.away = False
    for _hour in range(8):
        hotline.look()
    assert hotline.seat.asked == []
    hotline.now += timedelta(days=7)
    hotline.seat.calls = True
    hotline.look()
    assert hotline.seat.asked == [], "not in a call"
    hotline.seat.calls = False
    hotline.look()
    hotline.look()
    assert hotline.seat.asked == [("0.2.0", 7)]
    hotline.now += timedelta(days=1)
    hotline.look()
    assert [days for _version, days in hotline.seat.asked] == [7, 8]
    hotline.seat.away = True
    hotline.now += timedelta(days=1)
    hotline.look()
    assert (len(hotline.seat.asked), hotline.seat.restarts) == (2, 1)


def test_a_call_that_comes_in_between_only_delays_it(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    hotline.look()
    hotline.updater.work_once()  # the phone had the last word
    chosen = hotline.choice()
    hotline.updater.work_once()
    assert hotline.seat.restarts == 3
    assert hotline.choice() == chosen
    assert chosen.before == ""


def test_at_the_seats_end_what_is_ready_is_for_the_next_start(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    hotline.seat.away = False
    hotline.look()
    hotline.updater.at_close()
    assert hotline.choice().trial
    assert hotline.choice().version == "0.2.0"
    assert hotline.seat.restarts == 0


def test_what_is_begun_after_the_seat_was_closed_is_held_against_how_the_seat_was(hotline: Hotline) -> None:
    """By then window, phone and lines are gone, and a doctor would find nothing right."""
    hotline.publish("0.2.0")
    hotline.seat.away, hotline.seat.faults = False, ("disk",)
    hotline.look()
    hotline.seat.window, hotline.seat.phone, hotline.seat.lines, hotline.seat.faults = False, False, (), ("sound",)
    hotline.updater.work_once()
    hotline.updater.at_close()
    assert (hotline.choice().lines, hotline.choice().well) == (("热线",), ("sound",))
    hotline.seat = StandInSeat(lines=())
    trial, time = Trial(hotline.own, "0.2.0", hotline.seat, monotonic_s=lambda: time[0]), [0.0]
    for second in range(100):
        time[0] = float(second)
        trial.work_once()
    assert hotline.choice().trial, "its line has not come back"
    hotline.seat.lines, hotline.seat.faults = ("热线",), ("sound",)
    for second in range(100, 200):
        time[0] = float(second)
        trial.work_once()
    assert hotline.choice().trial, "its sound has not come back"


def test_how_well_the_seat_is_is_kept_once_an_hour_not_in_a_call_and_not_of_a_version_on_trial(
    hotline: Hotline,
) -> None:
    hotline.look()
    assert hotline.state().well == ("disk", "sound")
    hotline.seat.faults = ("disk",)
    hotline.now += timedelta(minutes=30)
    hotline.updater.work_once()
    assert hotline.state().well == ("disk", "sound")
    hotline.seat.calls = True
    hotline.look()
    assert hotline.state().well == ("disk", "sound")
    hotline.seat.calls = False
    hotline.look()
    assert hotline.state().well == ("sound",)
    hotline.publish("0.2.0")
    hotline.look()
    hotline.running = "0.2.0"
    hotline.a_start()
    hotline.seat.faults, hotline.seat.lines = ("disk", "sound"), ()
    hotline.look()
    assert (hotline.state().well, hotline.state().lines) == (("sound",), ("热线",))


def test_another_channel_is_no_reason_to_forget_how_the_seat_was(hotline: Hotline) -> None:
    hotline.look()
    hotline.channel = hotline.folder / "another"
    hotline.a_start()
    assert (hotline.updater.state.lines, hotline.updater.state.well) == (("热线",), ("disk", "sound"))


def test_a_part_of_the_seats_goes_ahead_and_always_the_same(hotline: Hotline) -> None:
    hotline.publish("0.2.0", Wish(percent=50))
    hotline.look()
    assert hotline.state().ready == ""
    hotline.publisher.change("0.2.0", percent=51)
    hotline.look()
    assert hotline.state().ready == "0.2.0"
    places = [place_of(f"store-{number}") for number in range(5000)]
    assert 0.08 < sum(place < 10 for place in places) / len(places) < 0.12


def test_a_command_goes_by_the_place_that_the_seat_has_kept(hotline: Hotline) -> None:
    hotline.publish("0.2.0", Wish(percent=51))
    hotline.look()
    choices.write(hotline.own, choices.Choice())
    hotline.place = None
    hotline.a_start()
    hotline.look()
    assert hotline.state().ready == "0.2.0"
    hotline.publisher.change("0.2.0", percent=50)
    hotline.look()
    assert hotline.state().ready == ""


def test_a_time_is_kept_and_a_version_that_is_needed_first(hotline: Hotline) -> None:
    hotline.publish("0.2.0", Wish(earliest=AT + timedelta(hours=5)))
    hotline.publish("0.3.0", Wish(least_from="0.2.0"))
    hotline.look()
    assert hotline.state().ready == ""
    hotline.now = AT + timedelta(hours=5)
    hotline.look()
    assert hotline.state().ready == "0.2.0"


def test_a_version_that_failed_here_is_not_tried_again_but_a_newer_one_is(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    hotline.look()
    choices.write(hotline.own, choices.gone_back(hotline.choice(), "died"))
    hotline.a_start()
    hotline.look()
    assert not hotline.choice().version
    hotline.publish("0.3.0")
    hotline.look()
    assert hotline.choice().version == "0.3.0"
    assert hotline.choice().failed == {"0.2.0": "died"}


def test_who_runs_a_version_that_was_taken_back_returns(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    hotline.look()
    choices.write(hotline.own, choices.confirmed(hotline.choice()))
    hotline.running = "0.2.0"
    hotline.a_start()
    hotline.publisher.change("0.2.0", withdrawn=True)
    hotline.seat.calls = True
    hotline.look()
    assert hotline.choice().version == "0.2.0"
    hotline.seat.calls = False
    hotline.look()
    assert hotline.choice().version == ""
    assert hotline.choice().failed == {"0.2.0": "withdrawn"}


def test_what_is_taken_back_before_it_was_ever_started_is_not_started(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    hotline.look()
    assert hotline.choice().trial
    hotline.publisher.change("0.2.0", withdrawn=True)
    hotline.look()
    assert (hotline.choice().version, hotline.choice().trial, hotline.choice().failed) == ("", False, {})


def test_an_installed_version_that_was_taken_back_is_told(hotline: Hotline) -> None:
    hotline.publish("0.1.0")
    hotline.publisher.change("0.1.0", withdrawn=True)
    hotline.look()
    assert "taken back version 0.1.0" in hotline.state().trouble


def test_a_half_file_is_told_and_nothing_changes(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    (file,) = hotline.channel.glob("*.tar.xz")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    hotline.look()
    assert "only in part" in hotline.state().trouble
    assert not hotline.choice().version
    file.write_bytes(whole)
    hotline.look()
    assert hotline.state().trouble == ""
    assert hotline.choice().version == "0.2.0"


def test_a_tampered_file_and_a_tampered_list_are_told_and_nothing_changes(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    (file,) = hotline.channel.glob("*.tar.xz")
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    hotline.look()
    assert "not the file that IT has signed" in hotline.state().trouble
    listed = hotline.channel / channel.FILE
    listed.write_bytes(listed.read_bytes().replace(b"percent = 100", b"percent = 99"))
    hotline.look()
    assert "changed after it was signed" in hotline.state().trouble
    assert hotline.versions.all() == []
    assert not hotline.choice().version


def test_an_old_list_that_is_shown_again_is_told_and_nothing_changes(hotline: Hotline) -> None:
    hotline.publish("0.2.0", Wish(percent=0))
    shutil.copytree(hotline.channel, hotline.folder / "kept")
    hotline.publish("0.3.0", Wish(percent=0))
    hotline.look()
    shutil.copytree(hotline.folder / "kept", hotline.channel, dirs_exist_ok=True)
    hotline.a_start()
    hotline.look()
    assert "not the newest" in hotline.state().trouble


def test_another_computers_file_is_none_for_this_one(hotline: Hotline) -> None:
    program = a_bundle(hotline.folder / "windows", "0.2.0")
    program.rename(program.with_name("desk.exe"))
    hotline.publisher.publish(hotline.folder / "windows", Wish())
    hotline.look()
    assert hotline.state().ready == ""
    assert hotline.state().trouble == ""


def test_a_channel_that_is_away_is_told_and_looked_at_again_soon(hotline: Hotline) -> None:
    hotline.look()
    assert "cannot be read now" in hotline.state().trouble
    hotline.publish("0.2.0")
    hotline.now += timedelta(minutes=5)
    hotline.updater.work_once()
    assert hotline.state().trouble == ""
    assert hotline.state().ready == "0.2.0"


def test_without_room_to_go_back_nothing_is_tried_and_it_is_said(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotline.publish("0.2.0")
    monkeypatch.setattr(updaters, "free_bytes", lambda _folder: 150_000_000)
    hotline.look()
    assert "to be able to go back it needs 200" in hotline.state().waits
    assert not hotline.choice().version
    hotline.updater.at_close()
    assert not hotline.choice().version


def test_without_room_nothing_is_fetched_and_it_is_said(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    hotline.publish("0.2.0")
    monkeypatch.setattr(Versions, "free_bytes", lambda _versions: 1_000_000)
    hotline.look()
    assert "version 0.2.0 needs" in hotline.state().trouble
    assert hotline.versions.all() == []


def test_where_the_computers_own_service_writes_the_seat_waits_for_it(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotline.publish("0.2.0")
    monkeypatch.setattr(Versions, "is_writable", property(lambda _versions: False))
    hotline.look()
    assert hotline.state().ready == ""
    assert hotline.needs[-1] == {"0.1.0", "0.2.0"}, "the service is told what is waited for"
    (file,) = hotline.channel.glob("*.tar.xz")
    archive.unpack(file, hotline.versions.path("0.2.0"), "desk")
    hotline.look()
    assert hotline.choice().version == "0.2.0"


def test_a_service_that_brings_nothing_is_told_after_a_day(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    hotline.publish("0.2.0")
    monkeypatch.setattr(Versions, "is_writable", property(lambda _versions: False))
    hotline.look()
    assert hotline.state().trouble == ""
    hotline.now += timedelta(days=1)
    hotline.look()
    assert "0.2.0 is meant for this seat" in hotline.state().trouble
    a_bundle(hotline.versions.path("0.2.0"), "0.2.0")
    hotline.look()
    assert (hotline.state().trouble, hotline.choice().version) == ("", "0.2.0")


def test_what_a_seat_may_need_is_noted_before_it_is_chosen(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    hotline.look()
    assert hotline.needs == [{"0.1.0", "0.2.0"}]
    choices.write(hotline.own, choices.confirmed(hotline.choice()))
    hotline.running = "0.2.0"
    hotline.a_start()
    hotline.publish("0.3.0")
    hotline.seat.away = False
    hotline.look()
    assert hotline.needs[-1] == {"0.2.0", "0.3.0"}
    hotline.updater.at_close()
    assert (hotline.choice().version, hotline.choice().before) == ("0.3.0", "0.2.0")


def test_what_was_taken_back_goes_first_and_is_none_of_those_kept(hotline: Hotline) -> None:
    for version in ("0.2.0", "0.3.0", "0.4.0", "0.5.0"):
        a_bundle(hotline.versions.folder / version, version)
    assert hotline.versions.prune_unused(["0.5.0"], withdrawn=["0.5.0", "0.4.0"]) == ["0.4.0"]
    assert hotline.versions.all() == ["0.5.0", "0.3.0", "0.2.0"]


def test_old_versions_go_and_what_is_used_stays(hotline: Hotline) -> None:
    for version in ("0.2.0", "0.3.0", "0.4.0", "0.10.0", "0.5.0"):
        a_bundle(hotline.versions.folder / version, version)
    assert hotline.versions.all() == ["0.10.0", "0.5.0", "0.4.0", "0.3.0", "0.2.0"]
    used = [hotline.versions.folder / "0.3.0" / "desk"]
    assert hotline.versions.prune({"0.2.0"}, used, kept=2) == ["0.4.0"]
    assert hotline.versions.all() == ["0.10.0", "0.5.0", "0.3.0", "0.2.0"]


def test_a_seat_that_keeps_its_own_versions_keeps_three_and_those_it_may_need(hotline: Hotline) -> None:
    hotline.publish("0.1.5")
    hotline.look()
    choices.write(hotline.own, choices.confirmed(hotline.choice()))
    hotline.running = "0.1.5"
    hotline.a_start()
    for minor in range(2, 10):  # none of them is any good
        hotline.publish(f"0.{minor}.0")
        hotline.look()
        assert hotline.choice().version == f"0.{minor}.0"
        assert "0.1.5" in hotline.versions.all()
        choices.write(hotline.own, choices.gone_back(hotline.choice(), "died"))
        hotline.a_start()
    assert hotline.versions.all() == ["0.9.0", "0.8.0", "0.7.0", "0.1.5"]


# ---- the trial


def on_trial(hotline: Hotline) -> tuple[Trial, list[float], list[str]]:
    hotline.publish("0.2.0")
    hotline.look()
    time, told = [0.0], list[str]()
    return Trial(hotline.own, "0.2.0", hotline.seat, told.append, lambda: time[0]), time, told


def test_a_seat_on_trial_is_healthy_when_all_has_been_there_for_a_while(hotline: Hotline) -> None:
    trial, time, told = on_trial(hotline)
    trial.work_once()
    time[0] = STEADY_S - 1
    trial.work_once()
    assert hotline.choice().trial
    time[0] = STEADY_S
    trial.work_once()
    assert not hotline.choice().trial
    assert told == ["0.2.0"]
    trial.work_once()
    assert told == ["0.2.0"]


@pytest.mark.parametrize("lacks", ["window", "phone", "line", "crash"])
def test_what_was_there_before_has_to_be_there_again(hotline: Hotline, lacks: str) -> None:
    trial, time, told = on_trial(hotline)
    hotline.seat.window, hotline.seat.phone = lacks != "window", lacks != "phone"
    hotline.seat.crashes = ("ui",) if lacks == "crash" else ()
    if lacks == "line":
        hotline.seat.lines = ("另一条",)
    for second in range(100):
        time[0] = float(second)
        trial.work_once()
    assert hotline.choice().trial
    assert told == []


def test_what_the_doctor_found_right_before_has_to_be_right_again(hotline: Hotline) -> None:
    hotline.seat.faults = ("disk",)  # was wrong before: that is not the new version's doing
    trial, time, told = on_trial(hotline)
    hotline.seat.faults = ("disk", "sound")
    for second in range(100):
        time[0] = float(second)
        trial.work_once()
    assert told == []
    hotline.seat.faults = ("disk",)
    for second in range(100, 120):
        time[0] = float(second)
        trial.work_once()
    assert told == ["0.2.0"]


def test_a_line_that_was_down_before_need_not_be_up(hotline: Hotline) -> None:
    hotline.seat.lines = ()
    trial, time, told = on_trial(hotline)
    trial.work_once()
    time[0] = STEADY_S
    trial.work_once()
    assert told == ["0.2.0"]


def test_a_call_in_a_version_on_trial_leaves_its_mark(hotline: Hotline) -> None:
    trial, _time, _told = on_trial(hotline)
    hotline.seat.calls = True
    trial.work_once()
    assert (hotline.own / "in-call").exists()


def left_for(hotline: Hotline, **lacks: Any) -> None:
    """A version that is offered was tried, was not well for this, and the version before runs again."""
    hotline.look()
    assert hotline.choice().trial
    whole, clock_s = hotline.seat, [0.0]
    trial = Trial(hotline.own, "0.2.0", replace(whole, **lacks), monotonic_s=lambda: clock_s[0])
    while clock_s[0] < 2 * LACKS_S:
        trial.work_once()
        clock_s[0] += STEADY_S
    choices.write(hotline.own, choices.gone_back(hotline.choice(), "late"))
    hotline.a_start()


def settle(hotline: Hotline) -> None:
    for _look in range(int(updaters.SETTLES.total_seconds()) + 1):
        hotline.updater.work_once()
        hotline.now += timedelta(seconds=1)


@pytest.mark.parametrize(
    ("lacks", "lacked", "now", "to_blame"),
    [
        ({"lines": ()}, ("热线",), {"lines": ()}, False),  # the exchange is away
        ({"lines": ()}, ("热线",), {}, True),
        ({"faults": ("disk",)}, ("disk",), {"faults": ("disk",)}, False),
        ({"faults": ("disk",)}, ("disk",), {}, True),
        ({"window": False}, ("window",), {}, True),
        ({"phone": False}, ("phone",), {}, True),
        ({"crashes": ("ui",)}, ("ui crashed",), {}, True),
        ({"window": False, "lines": ()}, ("window", "热线"), {"lines": ()}, True),
    ],
)
def test_only_for_what_is_away_for_all_nobody_is_to_blame(
    hotline: Hotline, lacks: dict[str, Any], lacked: tuple[str, ...], now: dict[str, Any], to_blame: bool
) -> None:
    hotline.publish("0.2.0")
    left_for(hotline, **lacks)
    assert hotline.choice().lacked == lacked
    hotline.seat = replace(hotline.seat, away=False, **now)
    hotline.a_start()
    settle(hotline)
    assert (hotline.choice().failed == {"0.2.0": "late"}) is to_blame
    assert hotline.choice().lacked == ()
    hotline.seat.away = True
    for _hour in range(3):
        hotline.look()
    assert (hotline.choice().version == "0.2.0") is not to_blame


def test_a_line_that_takes_its_time_is_waited_for_before_it_is_called_away(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    left_for(hotline, lines=())
    hotline.seat.lines = ()
    for _look in range(30):
        hotline.updater.work_once()
        hotline.now += timedelta(seconds=1)
    assert hotline.choice().failed == {"0.2.0": "late"}
    hotline.seat.lines = ("热线",)
    settle(hotline)
    assert (hotline.choice().failed, hotline.choice().version) == ({"0.2.0": "late"}, "")


def test_a_version_is_forgiven_once(hotline: Hotline) -> None:
    hotline.publish("0.2.0")
    left_for(hotline, lines=())
    hotline.seat.lines = ()
    settle(hotline)
    assert hotline.choice().failed == {}
    hotline.seat.lines = ("热线",)
    left_for(hotline, lines=())
    hotline.seat.lines = ()
    settle(hotline)
    for _hour in range(3):
        hotline.look()
    assert (hotline.choice().failed, hotline.choice().version) == ({"0.2.0": "late"}, "")


def test_the_order_in_which_a_seat_ends_is_nothing_that_a_version_lacked(hotline: Hotline) -> None:
    trial, time, _told = on_trial(hotline)
    hotline.seat.lines = ()
    for second in range(180):
        time[0] = float(second)
        trial.work_once()
    hotline.seat.window = False
    for second in range(180, 180 + int(LACKS_S)):
        time[0] = float(second)
        trial.work_once()
    assert hotline.choice().lacked == ("热线",)
