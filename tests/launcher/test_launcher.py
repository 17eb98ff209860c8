"""The launcher with real processes: they die, hang, refuse; the seat goes on, and ends in order."""

import os
import signal
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from desk import exit_codes
from desk.launcher import hand_to_running_seat, show_running_seat
from desk.log.crash import unseen_crashes
from tests.launcher.seat import StandInSeat

ROLES = ("ui", "phone", "sync")


def test_seat_starts_three_and_ends_them_in_order_when_the_window_is_closed(seat: StandInSeat) -> None:
    seat.start()
    pids = seat.until_ready()
    os.kill(pids["ui"], signal.SIGTERM)  # the window closes: the ui ends with 0
    assert seat.end() == 0
    assert not any(seat.alive(pid) for pid in pids.values())
    assert seat.said("phone")[-1] == (pids["phone"], "stopping the seat stops")
    assert seat.said("sync")[-1] == (pids["sync"], "stopping the seat stops")
    assert not list((seat.folder / "crashes").iterdir())
    assert not (seat.folder / "run" / "token").exists()


def test_sync_starts_although_the_window_never_comes(seat: StandInSeat) -> None:
    seat.order("ui", "deaf")
    seat.start()
    seat.until_said("sync", "ready")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_the_seat_in_order(seat: StandInSeat, number: int) -> None:
    seat.start()
    pids = seat.until_ready()
    assert seat.launcher is not None
    seat.launcher.send_signal(number)
    assert seat.end() == 0
    assert not any(seat.alive(pid) for pid in pids.values())
    assert all(seat.said(role)[-1][1] == "stopping the seat stops" for role in ROLES)
    ends = [(seat.folder / f"{role}.log").stat().st_mtime_ns for role in ROLES]
    assert ends == sorted(ends)


def test_killed_process_is_restarted_and_the_ui_is_told(seat: StandInSeat) -> None:
    seat.start()
    pids = seat.until_ready()
    for killed in ("phone", "sync", "ui"):
        os.kill(pids[killed], signal.SIGKILL)
        again = seat.until_said(killed, "ready", times=2)
        assert again[1] != pids[killed]
        seat.until_said("ui", f"Restarted {killed} -9")
        others = [role for role in ROLES if role != killed]
        assert all(seat.alive(seat.who_said(role, "ready")[-1]) for role in others)
    assert all(len(seat.who_said(role, "started")) == 2 for role in ROLES)  # each only once more


def test_process_that_hears_nothing_is_killed_and_restarted(seat: StandInSeat) -> None:
    seat.silence_s = 2.0
    seat.start()
    pids = seat.until_ready()
    os.kill(pids["phone"], signal.SIGSTOP)  # as stuck as can be: not even SIGABRT is heard
    seat.until_said("phone", "ready", times=2)
    seat.until_said("ui", "Restarted phone -9")
    assert not seat.alive(pids["phone"])


def test_process_that_never_attaches_is_restarted(seat: StandInSeat) -> None:
    seat.start_s = 5.0
    seat.order("sync", "deaf")
    seat.start()
    seat.until_said("sync", "started", times=2)
    (seat.folder / "sync.deaf").unlink()
    seat.until_said("ui", "Restarted sync -6")
    seat.until_said("sync", "ready")


def test_stuck_loop_leaves_its_stack_in_a_crash_file(seat: StandInSeat) -> None:
    seat.silence_s = 2.0
    seat.start()
    pids = seat.until_ready()
    seat.order("sync", "stuck")
    (told,) = seat.until_said("ui", "Restarted sync -6")
    assert told == pids["ui"]
    words = next(words for _pid, words in seat.said("ui") if words.startswith("Restarted sync"))
    crash_file = Path(words.split()[3])
    assert "in stuck_here" in crash_file.read_text(encoding="utf-8")


def test_process_that_keeps_dying_is_tried_again_after_pauses(seat: StandInSeat) -> None:
    seat.order("sync", "refuse", "7")
    seat.start()
    seat.until_said("sync", "started", times=4)
    (seat.folder / "sync.refuse").unlink()
    seat.until_said("sync", "ready")
    assert seat.until_said("ui", "Restarted sync 7", times=3)


def test_ui_that_cannot_run_for_reasons_outside_ends_the_seat(seat: StandInSeat) -> None:
    seat.order("ui", "refuse", "4")
    seat.start()
    assert seat.end() == 1


def test_window_and_sync_that_want_to_come_again_do_and_nobody_is_told_of_a_death(seat: StandInSeat) -> None:
    seat.start()
    pids = seat.until_ready()
    for role in ("sync", "ui"):
        seat.order(role, "leave", str(exit_codes.AGAIN))
    for role in ("sync", "ui"):
        assert seat.until_said(role, "ready", times=2)[-1] != pids[role]
    assert seat.alive(pids["phone"])
    assert not [words for _pid, words in seat.said("ui") if words.startswith("Restarted")]


def test_process_that_does_not_listen_is_told_and_then_killed(seat: StandInSeat) -> None:
    seat.order("phone", "calm")
    seat.start()
    pids = seat.until_ready()
    assert seat.launcher is not None
    seat.launcher.send_signal(signal.SIGTERM)
    assert seat.end() == 0
    assert seat.said("phone")[-1] == (pids["phone"], "terminated")
    assert not seat.alive(pids["phone"])
    assert seat.said("sync")[-1] == (pids["sync"], "stopping the seat stops")


def test_killed_launcher_takes_ui_and_sync_along_and_leaves_the_phone_its_call(seat: StandInSeat) -> None:
    seat.start()
    pids = seat.until_ready()
    seat.order("phone", "busy")
    assert seat.launcher is not None
    seat.launcher.kill()
    seat.launcher.wait()
    seat.until_said("ui", "stopping the launcher is gone")
    seat.until_said("sync", "stopping the launcher is gone")
    assert seat.alive(pids["phone"])

    # A new launcher comes while the call is up: it can be told apart from a process of its own.
    token = (seat.folder / "run" / "token").read_text(encoding="ascii")
    seat.start()
    seat.until_said("ui", "ready", times=2)
    assert (seat.folder / "run" / "token").read_text(encoding="ascii") == token
    assert seat.alive(pids["phone"])
    (seat.folder / "phone.busy").unlink()
    assert seat.until_said("phone", "stopping the launcher is gone") == [pids["phone"]]


def test_crash_of_an_earlier_run_is_reported_to_the_ui(seat: StandInSeat) -> None:
    (seat.folder / "crashes").mkdir()
    left = seat.folder / "crashes" / "phone-20261121T202218Z-77.txt"
    left.write_text("Segmentation fault", encoding="utf-8")
    os.utime(left, (1_700_000_000, 1_700_000_000))
    seat.start()
    seat.until_said("ui", f"Restarted phone 0 {left} 2023-11-14 22:13:20+00:00")
    assert unseen_crashes(seat.folder / "crashes") == [left]  # until the ui says that it was shown


def test_second_seat_brings_the_window_to_the_front(seat: StandInSeat) -> None:
    assert show_running_seat(seat.folder / "run") is False
    seat.start()
    seat.until_ready()
    assert show_running_seat(seat.folder / "run") is True
    seat.until_said("ui", "ShowWindow")


def test_number_of_a_link_is_handed_to_the_window_of_the_running_seat(seat: StandInSeat) -> None:
    assert hand_to_running_seat(seat.folder / "run", "tel:1001") is False
    seat.start()
    seat.until_ready()
    assert hand_to_running_seat(seat.folder / "run", "tel:1001") is True
    seat.until_said("ui", "DialRequested tel:1001")


def test_number_that_started_the_seat_waits_for_its_window(seat: StandInSeat) -> None:
    seat.start(dial="tel:1001")
    seat.until_said("ui", "DialRequested tel:1001")


def test_of_the_numbers_that_wait_for_a_window_the_last_one_stays(seat: StandInSeat) -> None:
    def is_deaf() -> bool:
        """Once it says so, it has read its orders."""
        for pid, _words in seat.said("ui")[-1:]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        return any(words == "terminated" for _pid, words in seat.said("ui"))

    seat.order("ui", "deaf")
    seat.start(dial="tel:1001")
    for number in ("tel:1002", "tel:1003"):
        assert hand_to_running_seat(seat.folder / "run", number, patience_s=10.0) is True
    seat.until("a deaf ui", is_deaf)
    (seat.folder / "ui.deaf").unlink()
    os.kill(seat.said("ui")[-1][0], signal.SIGKILL)
    seat.until_said("ui", "DialRequested tel:1003")
    assert [words for _pid, words in seat.said("ui") if words.startswith("DialRequested")] == ["DialRequested tel:1003"]


def test_second_launcher_on_the_same_runtime_folder_harms_nothing(seat: StandInSeat) -> None:
    seat.start()
    pids = seat.until_ready()
    assert stat.S_IMODE((seat.folder / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((seat.folder / "run" / "token").stat().st_mode) == 0o600
    token = (seat.folder / "run" / "token").read_text(encoding="ascii")
    first = seat.launcher
    seat.start()
    assert seat.end() != 0
    seat.launcher = first
    assert (seat.folder / "run" / "token").read_text(encoding="ascii") == token
    assert all(seat.alive(pid) for pid in pids.values())


def test_the_seat_begins_anew_where_no_call_runs(seat: StandInSeat) -> None:
    seat.order("sync", "restart")
    seat.start()
    assert seat.end() == exit_codes.AGAIN
    assert seat.said("phone")[-1][1] == "stopping the seat stops"
    assert seat.said("ui")[-1][1] == "stopping the seat stops"


def test_a_call_keeps_the_seat_from_beginning_anew(seat: StandInSeat) -> None:
    seat.order("phone", "busy")
    seat.order("sync", "restart")
    seat.start()
    pids = seat.until_ready()
    seat.until_said("sync", "asked", times=3)
    assert all(seat.alive(pid) for pid in pids.values())
    (seat.folder / "phone.busy").unlink()
    assert seat.end() == exit_codes.AGAIN


def test_the_seat_makes_way_for_an_installer(seat: StandInSeat) -> None:
    seat.start()
    seat.until_ready()
    (seat.folder / "making-way").touch()
    assert seat.end() == exit_codes.MADE_WAY
    assert len(seat.who_said("ui", "Updates A new version is being installed")) == 1
    assert seat.said("ui")[-1][1] == "stopping the seat stops"


def test_a_call_goes_on_until_its_end_before_the_seat_makes_way(seat: StandInSeat) -> None:
    seat.order("phone", "busy")
    seat.start()
    pids = seat.until_ready()
    (seat.folder / "making-way").touch()
    seat.until_said("launcher", "makes way", times=5)
    assert all(seat.alive(pid) for pid in pids.values())
    (seat.folder / "phone.busy").unlink()
    assert seat.end() == exit_codes.MADE_WAY


def test_a_seat_that_an_installer_ends_by_force_made_way_too(seat: StandInSeat) -> None:
    seat.order("phone", "busy")
    seat.start()
    seat.until_ready()
    (seat.folder / "making-way").touch()
    assert seat.launcher is not None
    seat.launcher.terminate()
    assert seat.end() == exit_codes.MADE_WAY


def test_a_seat_that_is_ended_while_nothing_is_installed_did_not_make_way(seat: StandInSeat) -> None:
    seat.start()
    seat.until_ready()
    assert seat.launcher is not None
    seat.launcher.terminate()
    assert seat.end() == exit_codes.OK
