"""What the centre is told to be wrong with a seat."""

from datetime import UTC, datetime

from desk.domain.events import HeadsetState, LineChanged, LineState, LineStatus, TroubleCleared, TroubleRaised
from desk.domain.import_plan import ListsStand
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.sync.seat_troubles import SeatTroubles
from desk.wire import RecordingsState, StoreCare

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
FULL = Wrong(Trouble.SPOOL_FULL, AT)


def line(status: LineStatus) -> LineState:
    return LineState("a", status, AT)


def test_what_the_phone_says_stands_until_it_is_over() -> None:
    troubles = SeatTroubles()
    told = []
    for message in (
        PhoneSnapshot((line(LineStatus.DEAF),), HeadsetState(present=True), wrongs=(FULL,)),
        LineChanged(line(LineStatus.REGISTERED)),
        TroubleRaised(Wrong(Trouble.NO_MICROPHONE, AT)),
        TroubleCleared(FULL),
        LineChanged(line(LineStatus.DEAF)),
        None,
        PhoneSnapshot((line(LineStatus.REGISTERED),), HeadsetState(present=True)),
    ):
        troubles.hear_phone(message)
        told.append(troubles.now)
    assert told == [
        ("line_deaf", "spool_full"),
        ("spool_full",),
        ("no_microphone", "spool_full"),
        ("no_microphone",),
        ("line_deaf", "no_microphone"),
        ("phone_away",),
        (),
    ]


def test_so_does_what_becomes_of_the_store_of_recordings_and_of_lists() -> None:
    troubles = SeatTroubles()
    told = []
    for report in (
        StoreCare(damaged=True, copy_away=True),
        RecordingsState(trouble="vault_away", retention="600 are due"),
        ListsStand("row 7: no room"),
        StoreCare(),
        RecordingsState(retention="600 are due"),
        ListsStand(remarks="2 rows left out"),
        RecordingsState(trouble="vault_refused", withheld=1),
        RecordingsState(),
    ):
        troubles.hear(report)
        told.append(troubles.now)
    assert told == [
        ("copy_away", "store_broken"),
        ("copy_away", "retention_stands", "store_broken", "vault_away"),
        ("copy_away", "list_refused", "retention_stands", "store_broken", "vault_away"),
        ("list_refused", "retention_stands", "vault_away"),
        ("list_refused", "retention_stands"),
        ("retention_stands",),
        ("spool_away", "vault_refused"),
        (),
    ]
