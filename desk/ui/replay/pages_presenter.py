"""Remarks and the listening log as rows. No Qt; pure; time and zone come in as arguments."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from desk.domain.listening import Access, Comment, Listening
from desk.i18n import _
from desk.ui.rows_presenter import Row, short_time
from desk.ui.ticket.presenter import duration
from desk.usecases.comment_call import WhyNot


def comment_rows(comments: Sequence[Comment], now: datetime, zone: tzinfo) -> tuple[Row, ...]:
    """Enter on a row leads to its moment: the target is the remark's id."""
    return tuple(
        Row(
            duration(one.at_ms),
            one.text,
            f"{one.author} · {short_time(one.written_at, now, zone)}",
            one.comment_id,
            "accent",
        )
        for one in comments
    )


def listening_rows(listenings: Sequence[Listening], now: datetime, zone: tzinfo) -> tuple[Row, ...]:
    """The newest first: that is what is asked for."""
    return tuple(
        Row(
            access(one.access),
            detail(one),
            f"{one.who} · {one.seat} · {short_time(one.at, now, zone)}",
            tone=_TONES.get(one.access, ""),
        )
        for one in reversed(listenings)
    )


def access(value: Access) -> str:
    return {
        Access.PLAYED: _("Heard"),
        Access.EXPORTED: _("Exported"),
        Access.PACKED: _("Evidence pack"),
        Access.SEARCHED: _("Searched"),
        Access.SCORED: _("Scored"),
        Access.DELETED: _("Deleted"),
        Access.REFUSED: _("Refused"),
    }[value]


def comment_refused(why: WhyNot) -> str:
    return {
        WhyNot.EMPTY: _("Nothing was written."),
        WhyNot.TOO_LONG: _("The remark is too long. Make it shorter."),
        WhyNot.NOT_YOURS: _("Only its author or a supervisor may remove a remark."),
        WhyNot.NOT_SIGNED_IN: _("Sign in to write a remark."),
        WhyNot.NOT_ALLOWED: _("Only those who may hear this call may write a remark to it."),
    }[why]


_TONES = {
    Access.REFUSED: "danger",
    Access.DELETED: "danger",
    Access.EXPORTED: "warn",
    Access.PACKED: "warn",
    Access.PLAYED: "accent",
}


def detail(one: Listening) -> str:
    """What of it, or with whom it was looked for; why not."""
    if one.access is Access.PLAYED:
        if one.from_ms is None or one.until_ms is None:
            return _("how much of it is not known")
        return _("from {start} to {end}").format(start=duration(one.from_ms), end=duration(one.until_ms))
    if one.access is Access.REFUSED:
        wanted, _colon, why = one.detail.partition(": ")
        return _("{what}, refused: {why}").format(what=_wanted(wanted), why=_why(why)) if why else one.detail
    return one.detail[:16] if one.access is Access.PACKED else one.detail


def _wanted(untrusted_word: str) -> str:
    known = {
        "play": _("hear"),
        "pack": _("evidence pack"),
        "retention": _("delete by the rules"),
        "listenings": _("read the listening log"),
    }
    return _("export") if untrusted_word.startswith("export") else known.get(untrusted_word, untrusted_word)


def _why(untrusted_word: str) -> str:
    """What is not known stands as it is: the log may come from a newer seat."""
    return {
        "not_yours": _("not their own call"),
        "too_old": _("too long ago"),
        "not_signed_in": _("not signed in"),
        "supervisors_only": _("supervisors only"),
        "deleted": _("deleted"),
        "not_for_you": _("no key"),
        "away": _("not in the vault"),
        "vault_away": _("the vault did not answer"),
        "unreadable": _("not readable"),
        "changed": _("not what was sealed"),
    }.get(untrusted_word, untrusted_word)
