"""Notes of a seat as a test tells them, and people who must not be in what is made of them."""

from datetime import UTC, datetime, timedelta

from desk.support.notes import Note

NOW = datetime(2026, 11, 22, 4, 48, 32, tzinfo=UTC)

# Every shape in which somebody could be known again.
NUMBERS = ("13800138000", "138 0013 8000", "+8613800138000", "0755-26543210", "87654321", "(0755) 8765 4321")
NAMES = ("王秀兰", "欧阳建国", "Wang Xiulan", "xiulan.wang", "O'Brien-Zhang")
HOMES = ("万达花园3栋2单元1201", "翡翠湾12号楼802室", "Wanda Garden 3-2-1201")
TYPED = ("她家的水管漏了", "业主说门口有人")
SECRETS = ("AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", "s3cr3t-response-1234")
CANARIES = (*NUMBERS, *NAMES, *HOMES, *TYPED, *SECRETS)


def at(second: float) -> datetime:
    """So long after a call began to ring."""
    return NOW + timedelta(seconds=second)


def note(second: float, kind: str, role: str = "phone", /, **fields: object) -> Note:
    return Note(at(second), role, kind, fields)


def call(second: float, what: str, call_id: str = "c1", **fields: object) -> Note:
    return note(second, "call", call_id=call_id, what=what, **fields)


def span(second: float, call_id: str = "c1", **fields: object) -> Note:
    """Two seconds of a good call, but for `fields`."""
    good: dict[str, object] = {
        "codec": "PCMA",
        "loss": 0.0,
        "sent_loss": 0.0,
        "jitter_ms": 2.0,
        "round_trip_ms": 20.0,
        "buffer_ms": 40.0,
        "discarded": 0.0,
        "mos": 4.4,
        "microphone_dbfs": -12.0,
        "earpiece_dbfs": -15.0,
        "span_s": 2.0,
    }
    return note(second, "quality", call_id=call_id, **{**good, **fields})


def talk(begin: float = 0.0, length_s: float = 40.0, call_id: str = "c1", **fields: object) -> list[Note]:
    """A call that came, was talked on and was ended by the far side; every span with these `fields`."""
    spans = [span(begin + 3 + 2 * turn, call_id, **fields) for turn in range(int(length_s // 2))]
    return [
        call(begin, "offered", call_id, line="line"),
        call(begin + 2, "answered", call_id),
        *spans,
        call(begin + 3 + length_s, "ended", call_id, cause=200, by_us=False, interrupted=False),
    ]
