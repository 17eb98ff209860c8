"""How the recordings stand, from several parts, as one state; and the reconciliation as work of the sync process."""

from datetime import UTC, date, datetime, timedelta

from desk.domain.reconcile import DayFigure, Fault, Finding
from desk.domain.troubles import Trouble
from desk.sync.reconciling import ALL_EVERY_S, NEWEST_EVERY_S, Reconciling
from desk.sync.recordings_state import RecordingsBoard
from desk.usecases.ports import StoreBroken
from desk.usecases.reconcile import Reconcile, Report
from desk.wire import RecordingsState

TODAY = date(2026, 11, 21)


def test_the_gravest_is_named_and_every_change_is_told_once() -> None:
    told: list[RecordingsState] = []
    board = RecordingsBoard(told.append)
    board.reconciled(2)
    board.vault(3, Trouble.VAULT_AWAY, "no route")
    board.vault(3, Trouble.VAULT_AWAY, "no route")
    board.sealing(1, Trouble.SEAL_KEY_MISSING)
    board.sealing(0)
    board.vault(0)
    board.reconciled(0)
    assert [(state.trouble, state.unsealed, state.unvaulted, state.faulty) for state in told] == [
        ("recordings_faulty", 0, 0, 2),
        ("vault_away", 0, 3, 2),
        ("seal_key_missing", 1, 3, 2),
        ("vault_away", 0, 3, 2),
        ("recordings_faulty", 0, 0, 2),
        ("", 0, 0, 0),
    ]
    assert told[1].detail == "no route"
    assert board.state == told[-1]


def test_a_recording_that_waits_for_a_folder_hides_no_trouble_of_the_vault() -> None:
    board = RecordingsBoard(lambda _state: None)
    board.reconciled(1)
    board.sealing(1, Trouble.SPOOL_AWAY, withheld=1)
    assert (board.state.trouble, board.state.withheld) == ("spool_away", 1)
    for trouble in (Trouble.VAULT_AWAY, Trouble.VAULT_REFUSED):
        board.vault(9, trouble, "no space")
        assert (board.state.trouble, board.state.detail, board.state.withheld) == (trouble.value, "no space", 1)
    board.vault(0)
    assert board.state.trouble == "spool_away"


def test_retention_that_stands_is_told_beside_what_is_worse() -> None:
    told: list[RecordingsState] = []
    board = RecordingsBoard(told.append)
    board.reconciled(2)
    board.retention("too much at once")
    board.retention("too much at once")
    board.retention("")
    assert [(state.trouble, state.retention) for state in told] == [
        ("recordings_faulty", ""),
        ("recordings_faulty", "too much at once"),
        ("recordings_faulty", ""),
    ]


def test_what_waits_for_the_vault_is_what_keeper_and_uploader_know_of_together() -> None:
    """What was lost on its way there only the keeper knows of, what the last start left only the uploader."""
    board = RecordingsBoard(lambda _state: None)
    board.sealing(0, unvaulted=2)
    board.vault(0)
    assert board.state.unvaulted == 2
    board.vault(3)
    board.sealing(0, unvaulted=0)
    assert board.state.unvaulted == 3
    board.vault(0)
    assert board.state.unvaulted == 0


class _Days(Reconcile):
    """`figures` of so many days back, instead of a log's."""

    def __init__(self, figures: list[DayFigure]) -> None:
        self.figures, self.asked, self.broken = figures, [], False  # type: ignore[var-annotated]

    def run(self, days: int = 7) -> Report:
        self.asked.append(days)
        if self.broken:
            raise StoreBroken("away")
        return Report(tuple(self.figures[:days]), ())


def test_all_days_are_read_at_the_start_and_hourly_and_the_newest_every_minute() -> None:
    days = [DayFigure(TODAY - timedelta(days=back), recorded=5) for back in range(7)]
    now_s, reconcile, board = [0.0], _Days(days), RecordingsBoard(lambda _state: None)
    work = Reconciling(reconcile, board, lambda: now_s[0])
    work.work_once()
    work.work_once()
    days[0] = DayFigure(TODAY, recorded=5, with_reason=1)
    days[5] = DayFigure(days[5].day, recorded=4, without_reason=1)
    now_s[0] += NEWEST_EVERY_S
    work.work_once()
    assert (reconcile.asked, board.state.faulty) == ([7, 2], 1)
    now_s[0] += ALL_EVERY_S
    work.work_once()
    assert (reconcile.asked, board.state.faulty) == ([7, 2, 7], 2)


def test_all_days_are_read_at_once_where_somebody_asks_even_while_the_store_is_away() -> None:
    days = [DayFigure(TODAY - timedelta(days=back), recorded=5) for back in range(7)]
    now_s, reconcile, board = [0.0], _Days(days), RecordingsBoard(lambda _state: None)
    work = Reconciling(reconcile, board, lambda: now_s[0])
    work.work_once()
    days[4] = DayFigure(days[4].day, recorded=4, without_reason=1)
    reconcile.broken = True
    work.look_now()
    work.work_once()
    reconcile.broken = False
    work.work_once()
    assert (reconcile.asked, board.state.faulty) == ([7, 7, 7], 1)


def test_a_store_that_cannot_be_read_is_tried_again_later() -> None:
    reconcile, board = _Days([DayFigure(TODAY, without_reason=1)]), RecordingsBoard(lambda _state: None)
    now_s = [0.0]
    work = Reconciling(reconcile, board, lambda: now_s[0])
    reconcile.broken = True
    work.work_once()
    assert board.state.faulty == 0
    reconcile.broken, now_s[0] = False, NEWEST_EVERY_S
    work.work_once()
    assert board.state.faulty == 1


def test_what_was_explained_yesterday_is_not_told_for_ever() -> None:
    explained = DayFigure(TODAY - timedelta(days=1), with_reason=3)
    finding = Finding("c1", datetime(2026, 11, 20, tzinfo=UTC), Fault.MISSING)  # type: ignore[arg-type]
    assert Report((DayFigure(TODAY), explained), (finding,)).faulty == 0
    assert Report((explained,), ()).faulty == 3
