"""What `[notify]` and `[[channel]]` may say. Whether a channel answers is not asked here. The files of templates are
read where there are rules: a template that is misspelt must not be silently without effect. Any thread."""

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

from desk.domain.early_warnings import WarningStep
from desk.domain.tickets import Kind, Stage
from desk.i18n import _
from desk.settings.values import ChannelSettings, NotifyRuleSettings, NotifySettings, Settings
from desk.texts import ShippedTexts, TextsError

Problem = tuple[str, str]  # dotted key, reason
MOST_CHANNELS, MOST_RULES = 20, 100
LONGEST_EXPIRE_H = 24 * 30
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[\w-]{1,32}")
_LINK = re.compile(r"https://[\w.-]+(?::\d+)?(?:/\S*)?[/=]")  # the sealed end is put right behind it
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://\S{1,500}|\{secret\}")


def problem(settings: Settings) -> Problem | None:
    """The first value that cannot be."""
    return next(_problems(settings), None)


def _problems(settings: Settings) -> Iterator[Problem]:
    notify, channels = settings.notify, settings.channels
    yield from _of_hours_and_link(notify)
    if not 1 <= notify.expire_h <= LONGEST_EXPIRE_H:
        yield "notify.expire_h", _("a number of hours from 1 to {most}").format(most=LONGEST_EXPIRE_H)
    if len(notify.hotline) > 64:
        yield "notify.hotline", _("longer than 64 characters")
    if len(channels) > MOST_CHANNELS:
        yield "channel", _("more than {most} channels").format(most=MOST_CHANNELS)
    names = [channel.name for channel in channels]
    for number, channel in enumerate(channels):
        if not _NAME.fullmatch(channel.name):
            yield f"channel[{number}].name", _("a channel's name is 1 to 32 letters, digits, _ or -")
        if names.index(channel.name) != number:
            yield f"channel[{number}].name", _("another channel is called so, too")
        yield from _of_address(channel, f"channel[{number}]")
    if len(notify.rules) > MOST_RULES:
        yield "notify.rules", _("more than {most} rules").format(most=MOST_RULES)
    yield from _of_rules(settings, set(names))


def _of_address(channel: ChannelSettings, key: str) -> Iterator[Problem]:
    if channel.sends and not channel.url:
        yield f"{key}.url", _("the channel's address is missing; where other seats send: sends = false")
    if "\0" in channel.ca_file:
        yield f"{key}.ca_file", _("not a file's name")
    if channel.kind == "webhook":
        for name in ("url", "receipts"):
            address = getattr(channel, name)
            if address and not _is_web(address):
                yield f"{key}.{name}", _('not an address, as in "https://sms.example.com/send"')
        return
    if channel.url and not _SCHEME.fullmatch(channel.url):
        yield f"{key}.url", _('not an address of apprise, as in "{example}"').format(example="dingtalk://{secret}")
    for name in ("receipts", "ca_file"):
        if getattr(channel, name):
            yield f"{key}.{name}", _("this is for a webhook only")


def _is_web(address: str) -> bool:
    """TLS, or a program on this computer."""
    try:
        url = urlsplit(address)
        host, _port = url.hostname, url.port
    except ValueError:
        return False
    if not host or url.username or url.password or url.fragment or any(sign.isspace() for sign in address):
        return False
    return url.scheme == "https" or (url.scheme == "http" and host in _LOOPBACK)


def _of_hours_and_link(notify: NotifySettings) -> Iterator[Problem]:
    for key in ("quiet_start", "quiet_end"):
        if not _is_time(getattr(notify, key)):
            yield f"notify.{key}", _('not a time of day, as in "20:00"')
    if notify.link and not _LINK.fullmatch(notify.link):
        yield "notify.link", _('an address that begins with https:// is needed, as in "https://desk.example.com/r/"')


def _of_rules(settings: Settings, channels: set[str]) -> Iterator[Problem]:
    notify = settings.notify
    if not notify.rules and not notify.templates:
        return
    try:
        own = Path(notify.templates).expanduser() if notify.templates else None
        templates = set(ShippedTexts(language=settings.seat.language).messages(own))
    except (TextsError, RuntimeError, ValueError) as error:
        yield "notify.templates", _("the templates cannot be used ({detail})").format(detail=error)
        return
    for rule in notify.rules:
        yield from _of_rule(rule, channels, templates)


def _of_rule(rule: NotifyRuleSettings, channels: set[str], templates: set[str]) -> Iterator[Problem]:
    one_of = _("{text} is none of {known}")
    if rule.when and rule.warning:
        yield "notify.rules.warning", _("a rule is about a ticket's stage (when) or an early warning's step, not both")
        return
    tos = {"turn", "channel"} if rule.warning else {"contact", "handler", "channel"}
    occasion = (
        ("warning", rule.warning, {step.value for step in WarningStep})
        if rule.warning
        else ("when", rule.when, {stage.value for stage in Stage})
    )
    given = (
        occasion,
        ("to", rule.to, tos),
        ("template", rule.template, templates),
        ("channel", rule.channel, channels),
        *(("kinds", kind, {kind.value for kind in Kind}) for kind in rule.kinds),
    )
    for key, text, known in given:
        if text not in known:
            yield f"notify.rules.{key}", one_of.format(text=repr(text[:40]), known=", ".join(sorted(known)) or "-")


def _is_time(text: str) -> bool:
    try:
        return re.fullmatch(r"\d{2}:\d{2}", text, re.ASCII) is not None and time.fromisoformat(text) is not None
    except ValueError:
        return False
