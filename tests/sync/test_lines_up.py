"""By which lines calls come, from what the phone says."""

from datetime import UTC, datetime

from desk.domain.events import HeadsetState, LineChanged, LineState, LineStatus
from desk.domain.snapshots import PhoneSnapshot
from desk.sync.lines_up import LinesUp

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def line(label: str, status: LineStatus) -> LineState:
    return LineState(label, status, AT)


def test_the_lines_that_are_up_are_known_from_the_snapshot_on() -> None:
    up = LinesUp()
    up.hear(LineChanged(line("a", LineStatus.REGISTERED)))
    assert not up.phone_here
    up.hear(
        PhoneSnapshot(
            (line("b", LineStatus.REGISTERED), line("c", LineStatus.STARTING), line("d", LineStatus.DIRECT)),
            HeadsetState(present=False),
        )
    )
    told = [up.labels]
    up.hear(LineChanged(line("c", LineStatus.REGISTERED)))
    told.append(up.labels)
    up.hear(LineChanged(line("b", LineStatus.DEAF)))
    told.append(up.labels)
    assert told == [("b", "d"), ("b", "c", "d"), ("c", "d")]
    assert up.phone_here


def test_of_a_phone_that_is_gone_nothing_stands() -> None:
    up = LinesUp()
    up.hear(PhoneSnapshot((line("a", LineStatus.REGISTERED),), HeadsetState()))
    up.lose()
    assert (up.phone_here, up.labels) == (False, ())
