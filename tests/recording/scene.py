"""What the recording tests share: one call's events, frames with a known content, a clock moved by hand."""

from datetime import UTC, datetime, timedelta

from desk.domain.events import CallAnswered, CallEnded, CallOffered
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.troubles import Wrong

T0 = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
CALL = CallId("01957000-0000-7000-8000-000000000001")
RATE = 16_000
FRAME_SAMPLES = 320


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def offered(call_id: CallId = CALL, number: str = "13800138000") -> CallOffered:
    return CallOffered(call_id, at(0), "热线", Party(number, "王女士", "4001"))


def answered(call_id: CallId = CALL) -> CallAnswered:
    return CallAnswered(call_id, at(3))


def ended(call_id: CallId = CALL, cause: int = 200) -> CallEnded:
    return CallEnded(call_id, at(60), cause, "Normal")


def frame(value: int) -> bytes:
    return value.to_bytes(2, "little", signed=True) * FRAME_SAMPLES


class Failures:
    def __init__(self) -> None:
        self.failed: list[tuple[CallId, Wrong]] = []
        self.mended: list[CallId] = []

    def on_failed(self, call_id: CallId, wrong: Wrong) -> None:
        self.failed.append((call_id, wrong))

    def on_mended(self, call_id: CallId) -> None:
        self.mended.append(call_id)


class Seconds:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s
