"""`desk update`: what a person reads, and a version brought by hand to a computer that no network reaches."""

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from desk.cli import update as words
from desk.compose import update_commands, updates
from desk.compose.clock import now
from desk.faults import Fault
from desk.provisioning import accounts
from desk.settings import Settings
from desk.settings.values import UpdateSettings
from desk.signed import KeyPair, new_keys
from desk.telephony.lines.marks import AUDIO_PORT, AUDIO_PORTS
from desk.updating import channel, starter, versions
from desk.updating import choice as choices
from desk.updating import state as states
from desk.updating.publish import Key, Publisher, Wish
from desk.updating.versions import Versions
from desk.updating.where import FOLDER, updates_folder
from tests.updating.bundles import a_bundle, open_keys


class Place:
    """A computer with Desk 0.1.0 and a stick from IT."""

    def __init__(self, folder: Path, keys: KeyPair) -> None:
        self.folder, self.stick = folder, folder / "stick"
        update = UpdateSettings(keys=(keys.public,), folder=str(folder / "versions"))
        self.settings = Settings(data_dir=folder / "data", update=update)
        self.publisher = Publisher(self.stick, lambda: Key(keys.secret, ""), now)
        self.told: list[str] = []

    def publish(self, version: str, percent: int = 100) -> Path:
        a_bundle(self.folder / version, version)
        return self.stick / self.publisher.publish(self.folder / version, Wish(percent=percent)).file

    def serve(self) -> None:
        """As IT sets it up: the computer's own service brings what lies on the stick."""
        update = replace(self.settings.update, channel=str(self.stick))
        self.settings = replace(self.settings, update=update)

    def fetched(self) -> list[str]:
        self.do("fetch")
        return updates.versions_of(self.settings).all()

    def do(self, *argv: str) -> int:
        parser = argparse.ArgumentParser()
        words.add_words(parser.add_subparsers())
        self.told = []
        return update_commands.run(self.settings, parser.parse_args(["update", *argv]), self.told.append)

    @property
    def choice(self) -> choices.Choice:
        return choices.read(choices.folder_of(self.settings.data_dir))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    (tmp_path / "seats").mkdir()
    monkeypatch.setattr(accounts, "notes_folder", lambda: tmp_path / "seats")
    monkeypatch.setenv(starter.INSTALLED_VERSION, "0.1.0")
    monkeypatch.delenv(FOLDER, raising=False)
    return Place(tmp_path, open_keys())


def test_a_file_from_a_stick_is_tried_at_the_next_start(place: Place) -> None:
    file = place.publish("0.2.0")
    assert place.do("install", str(file)) == 0
    assert place.told == ["From the next start on version 0.2.0 runs, on trial."]
    kept = place.choice
    assert (kept.version, kept.folder, kept.trial) == ("0.2.0", str(place.folder / "versions" / "0.2.0"), True)
    assert kept.installed == "0.1.0"


def test_a_computer_that_is_served_by_sticks_keeps_three_and_those_it_may_need(place: Place) -> None:
    for minor in range(2, 9):
        place.do("install", str(place.publish(f"0.{minor}.0")))
        choices.write(choices.folder_of(place.settings.data_dir), choices.confirmed(place.choice))
    assert Versions(place.folder / "versions").all() == ["0.8.0", "0.7.0", "0.6.0"]


@pytest.mark.parametrize("way", ["install", "apply"])
def test_what_is_tried_by_hand_is_held_against_how_the_seat_was_when_it_last_ran(place: Place, way: str) -> None:
    own = choices.folder_of(place.settings.data_dir)
    states.write(own, states.UpdateState(lines=("热线",), well=("central", "store")))
    file = place.publish("0.2.0")
    place.do("install", str(file))
    if way == "apply":
        place.do("back")
        place.do("apply", "0.2.0")
    assert (place.choice.version, place.choice.trial) == ("0.2.0", True)
    assert (place.choice.lines, place.choice.well) == (("热线",), ("central", "store"))


def test_a_file_that_was_changed_or_that_nobody_signed_is_refused(place: Place) -> None:
    file = place.publish("0.2.0")
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    with pytest.raises(Fault, match="not the file that IT has signed"):
        place.do("install", str(file))
    other = place.stick / "other.tar.xz"
    other.write_bytes(b"x")
    with pytest.raises(Fault, match="does not know other"):
        place.do("install", str(other))
    (place.stick / channel.SIGNATURE_FILE).write_bytes(b"")
    with pytest.raises(Fault, match="not signed"):
        place.do("install", str(file))
    assert place.choice == choices.Choice()


def test_an_older_stick_than_one_seen_before_is_refused(place: Place) -> None:
    file = place.publish("0.2.0")
    old = {name: (place.stick / name).read_bytes() for name in (channel.FILE, channel.SIGNATURE_FILE)}
    place.do("install", str(place.publish("0.3.0")))
    for name, data in old.items():
        (place.stick / name).write_bytes(data)
    with pytest.raises(Fault, match="not the newest"):
        place.do("install", str(file))
    assert place.choice.version == "0.3.0"


def test_going_back_by_hand_and_forward_again(place: Place) -> None:
    with pytest.raises(Fault, match="none to go back to"):
        place.do("back")
    place.do("install", str(place.publish("0.2.0")))
    place.do("back")
    assert place.told == ["From the next start on version 0.1.0 runs again."]
    assert place.choice.failed == {"0.2.0": "asked"}
    place.do("apply", "0.2.0")
    assert place.choice.version == "0.2.0"
    assert place.choice.failed == {}
    with pytest.raises(Fault, match="does not lie on this computer"):
        place.do("apply", "0.9.0")


def test_the_status_says_how_it_stands_to_people_and_programs(place: Place) -> None:
    place.do("install", str(place.publish("0.2.0")))
    place.do("status")
    assert place.told[0] == "Version: 0.2.0 (on trial); installed: 0.1.0"
    place.do("hold")
    place.do("status")
    assert place.told[0] == "Version: 0.1.0; installed: 0.1.0"  # what had not begun does not begin
    assert "held" in place.told[-1]
    place.do("hold", "--off")
    assert not place.choice.held
    place.do("status", "--json")
    told = json.loads(place.told[0])
    assert (told["runs"], told["trial"], told["on_disk"], told["held"]) == ("0.1.0", False, ["0.2.0"], False)


def test_the_service_brings_what_is_offered_and_says_that_it_does(place: Place) -> None:
    place.do("fetch")  # without a channel there is nothing to do, and no fault
    place.publish("0.2.0")
    place.serve()
    assert place.fetched() == ["0.2.0"]
    assert place.choice == choices.Choice()  # who takes it is each seat's business
    assert (place.folder / "versions" / versions.SERVED).exists()


def test_a_bad_week_takes_nothing_from_the_seats_that_stayed_outside_it(place: Place) -> None:
    """Their seats are closed: nothing of them runs, and nothing says what they would start next."""
    place.publish("0.2.0")
    place.serve()
    place.do("fetch")
    for version in ("0.3.0", "0.3.1"):
        place.publish(version, percent=10)
        assert place.fetched() == [version, "0.2.0"]
        place.publisher.change(version, withdrawn=True)
    place.publish("0.3.2", percent=10)
    assert place.fetched() == ["0.3.2", "0.2.0"]


def test_what_a_closed_seat_would_go_back_to_stays(place: Place) -> None:
    place.publish("0.2.0")
    place.serve()
    place.do("fetch")
    place.do("apply", "0.2.0")
    choices.write(choices.folder_of(place.settings.data_dir), choices.confirmed(place.choice))
    place.publish("0.3.0")
    place.do("fetch")
    place.do("apply", "0.3.0")
    assert (place.choice.before, place.choice.trial) == ("0.2.0", True)
    for version in ("0.4.0", "0.5.0", "0.6.0"):
        place.publish(version)
        place.do("fetch")
    assert updates.versions_of(place.settings).all() == ["0.6.0", "0.5.0", "0.4.0", "0.3.0", "0.2.0"]
    place.publisher.change("0.3.0", withdrawn=True)
    assert "0.3.0" in place.fetched(), "whoever has it goes back in order"


def test_a_version_that_a_seat_waits_for_is_brought_though_a_newer_one_is_offered(place: Place) -> None:
    place.publish("0.2.0")
    place.publish("0.3.0")
    place.serve()
    updates.note_needs(["0.2.0"])  # 0.3.0 failed there
    assert place.fetched() == ["0.3.0", "0.2.0"]


def test_publishing_takes_the_password_of_the_key_from_standard_input(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import io

    keys = new_keys("geheim")
    (tmp_path / "update.key").write_text(keys.secret)
    a_bundle(tmp_path / "bundle", "0.2.0")
    for typed in ("wrong\n", "geheim\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        argv = ["publish", str(tmp_path / "bundle"), "--channel", str(tmp_path / "it"), "--key"]
        if typed == "wrong\n":
            with pytest.raises(Fault, match="does not open"):
                place.do(*argv, str(tmp_path / "update.key"))
            (tmp_path / "it" / "desk-0.2.0-linux-x86_64.tar.xz").unlink()
        else:
            place.do(*argv, str(tmp_path / "update.key"), "--percent", "10")
    assert "is offered to 10 % of the seats" in place.told[0]


@pytest.mark.parametrize("argv", [["--settings", "FILE"], ["--settings=FILE", "dial", "110"], ["store", "show"]])
def test_the_starter_finds_the_data_folder_before_anything_is_loaded(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "设置.toml"
    file.write_text(f"data_dir = '{tmp_path}/数据'\nof_tomorrow = 1\n", "utf-8")
    monkeypatch.setenv("DESK_SETTINGS", str(file))
    found = updates_folder([one.replace("FILE", str(file)) for one in argv])
    assert found == tmp_path / "数据" / "updates"


@pytest.mark.parametrize("text", [b"data_dir = 3", b"data_dir = 'here'", b"[", b"\xff", b"data_dir = '~nobody-here/x'"])
def test_settings_that_say_nothing_of_it_leave_the_default(
    text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.toml").write_bytes(text)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    assert updates_folder(["--settings", str(tmp_path / "s.toml")]) == tmp_path / "home" / "desk" / "updates"


def test_the_service_fetches_nothing_while_a_call_runs_on_this_computer() -> None:
    """A phone's process, known by how it is started, with a port of a call's voice open."""
    assert not update_commands.AnySeat().in_call()
    talk = (
        "import socket,sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
        "s.bind(('127.0.0.1', int(sys.argv[1]))); print('up', flush=True); sys.stdin.read()"
    )
    argv = [sys.executable, "-c", talk, str(AUDIO_PORT + AUDIO_PORTS - 1)]
    for role, heard in (("sync", False), ("phone", True)):
        with subprocess.Popen([*argv, "--process", role], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            assert update_commands.AnySeat().in_call() is heard
            process.communicate(timeout=20)
