"""What `[phone]` may say. Pure functions, any thread."""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import time

from desk.i18n import _
from desk.settings.phone_values import PhoneSettings
from desk.settings.values import Settings

_CODE = re.compile(r"(?:[0-9*#]|\{number\}){1,64}")
_TARGET = re.compile(r"[0-9*#+]{1,32}|sips?:[^\s<>\"]{1,200}")
_NEEDS_NUMBER = frozenset(
    {
        *("forward_always_code", "forward_busy_code", "forward_no_answer_code"),
        *("listen_code", "whisper_code", "barge_code"),
    }
)
_SECONDS = {"no_answer_s": (1, 600), "hold_too_long_s": (5, 3600), "ring_too_long_s": (1, 600)}
Problem = tuple[str, str]  # dotted key, reason


def problem(settings: Settings) -> Problem | None:
    """The first value of `[phone]` that cannot be."""
    return next(_problems(settings), None)


def _problems(settings: Settings) -> Iterator[Problem]:
    phone = settings.phone
    if "\0" in phone.hold_music:
        yield "phone.hold_music", _("not a file's name")
    yield from _of_times(phone)
    for key, (least, most) in _SECONDS.items():
        if not least <= getattr(phone, key) <= most:
            yield f"phone.{key}", _("a number of seconds from {least} to {most}").format(least=least, most=most)
    yield from _of_night_target(settings)
    labels = {line.label for line in settings.lines}
    if phone.codes_line and phone.codes_line not in labels:
        yield "phone.codes_line", _("no line is called so")
    yield from _of_codes(phone)


def _of_night_target(settings: Settings) -> Iterator[Problem]:
    """`[dial]` has been checked before: its rules run here."""
    target = settings.phone.night_target
    if not target:
        return
    if not _TARGET.fullmatch(target):
        yield "phone.night_target", _('neither a number nor a SIP address, as in "8001"')
        return
    from desk.settings.plan import maps  # here, because what reads numbers takes its time to load

    if not maps(settings.dial, settings.line.area_code, target):
        yield "phone.night_target", _("the dial plan ([dial]) makes no number of that")


def _of_times(phone: PhoneSettings) -> Iterator[Problem]:
    for key in ("night_start", "night_end"):
        text = getattr(phone, key)
        try:
            fits = re.fullmatch(r"\d{2}:\d{2}", text, re.ASCII) is not None and time.fromisoformat(text) is not None
        except ValueError:
            fits = False
        if not fits:
            yield f"phone.{key}", _('not a time of day, as in "20:00"')


def _of_codes(phone: PhoneSettings) -> Iterator[Problem]:
    for key in (one.name for one in fields(phone) if one.name.endswith("_code")):
        code = getattr(phone, key)
        if code and not _CODE.fullmatch(code):
            yield f"phone.{key}", _("a code has only 0-9, *, # and {number}").format(number="{number}")
        elif code and key in _NEEDS_NUMBER and "{number}" not in code:
            yield f"phone.{key}", _("{number} is missing, which stands for whom it is about").format(number="{number}")
