"""What the window before the first start is built from, and what it is told in. No Qt; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from desk.explain import explain
from desk.i18n import _
from desk.provisioning.code import CHECKED, grouped, tidy
from desk.provisioning.refusals import Refused
from desk.settings import SettingsError


@dataclass(frozen=True, kw_only=True)
class Alone:
    """What somebody sets who has no code: enough for a seat that stands alone. Devices "": the system's own."""

    agent: str = ""
    agent_name: str = ""
    area_code: str = ""
    microphone: str = ""
    earpiece: str = ""
    language: Literal["zh_CN", "en"] = "zh_CN"


@dataclass(frozen=True, kw_only=True)
class Devices:
    microphones: Sequence[str] = ()
    earpieces: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class SetupParts:
    """`source`: where the company's file is looked for, "" = asked for. `enrol(code, place, tell)` and `stand_alone`
    run on a worker and raise what is told; `enrol` returns what is said in the end, a sentence each. `language`: what
    is spoken, and how to speak otherwise. `why`: what has become of the seat that this PC was, or whose it is; ""
    nothing. `needs_code`: IT has said whose company this PC is, or another account is a seat of it, and no seat stands
    alone here."""

    source: str
    enrol: Callable[[str, str, Callable[[str], None]], Sequence[str]]
    stand_alone: Callable[[Alone], None]
    devices: Callable[[], Devices] = field(default=Devices)
    language: Literal["zh_CN", "en"] = "zh_CN"
    speak: Callable[[str], None] = lambda _language: None
    why: str = ""
    needs_code: bool = False


def needs_code() -> str:
    return _("This PC belongs to the company: it becomes a seat by a code from IT, and not without one.")


def code_as_typed(text: str) -> str:
    """In groups of five, while it is typed."""
    return grouped(tidy(text))


def is_whole(text: str) -> bool:
    return len(tidy(text)) == CHECKED


def wrong(error: Exception) -> str | None:
    """The sentence below the fields; None for a bug."""
    if isinstance(error, SettingsError):  # of what was just typed: which file it would have stood in helps nobody
        return error.reason.partition(": ")[2] or error.reason
    return explain(error)


def is_of_place(error: Exception) -> bool:
    """It is the address that is to be typed again."""
    return isinstance(error, Refused) and error.why in ("away", "no_source")


def missing(alone: Alone) -> str:
    """What still has to be typed, "" nothing."""
    if not alone.agent.strip():
        return _("Type your work number.")
    return ""
