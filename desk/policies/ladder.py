"""The ladder of complaint early warnings, read from ladder.toml: how long each step may take, who holds each post, and
what a warning has to say. Lengths are by the clock on the wall: a complaint does not wait for the office to open."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from desk.domain.ladder import FACTS, LadderPolicy, LadderPost, Limit, PostHolder
from desk.domain.working_time import Unit, read_span
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, read_policy

_NAME = "ladder"
_LONGEST = timedelta(days=30)
_HELD: Mapping[str, LadderPost] = {post.value: post for post in LadderPost if post is not LadderPost.RAISER}
_WORK_NUMBER = re.compile(r"\S{1,32}")


@dataclass(frozen=True, kw_only=True)
class RawPost:
    who: tuple[str, ...] = ()
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class RawLadder:
    clock: Mapping[str, str] = field(default_factory=dict)
    post: Mapping[str, RawPost] = field(default_factory=dict)
    needs: tuple[str, ...] = FACTS


def read_ladder(folders: PolicyFolders) -> Policy[LadderPolicy]:
    """Raises `PolicyError` where the shipped one is broken."""
    return read_policy(folders, _NAME, RawLadder, _build)


def remarks_for(policy: LadderPolicy, working: Collection[str]) -> tuple[str, ...]:
    """Posts that are held by nobody who works here (`working`: work numbers): told, and the post has the turn without a
    name."""
    said = _("ladder.toml, {post}: nobody of {numbers} works here; the post has the turn without a name")
    return tuple(
        said.format(post=post.value, numbers=", ".join(holder.who))
        for post, holder in policy.posts.items()
        if holder.who and not any(number in working for number in holder.who)
    )


def _build(raw: RawLadder, wrong: Wrong) -> LadderPolicy:
    limits = {limit.value: limit for limit in Limit}
    for table, known, given in (("clock", limits, raw.clock), ("post", _HELD, raw.post)):
        strange = next((key for key in given if key not in known), None)
        if strange is not None:
            raise wrong((table, strange), _("there is nothing called {key} here").format(key=repr(strange[:40])))
    minutes = {limit: _minutes(raw.clock.get(name), ("clock", name), wrong) for name, limit in limits.items()}
    if minutes[Limit.RETURN] > minutes[Limit.REVIEW]:
        raise wrong(("clock", Limit.RETURN.value), _("a poor one goes back before the review has to be done"))
    for number, name in enumerate(raw.needs):
        if name not in FACTS:
            reason = _("{text} is none of {known}").format(text=repr(name[:40]), known=", ".join(FACTS))
            raise wrong(("needs", number), reason)
    posts = {_HELD[name]: _holder(post, ("post", name), wrong) for name, post in raw.post.items()}
    return LadderPolicy(minutes, posts, tuple(name for name in FACTS if name in raw.needs))


def _minutes(text: str | None, path: tuple[str, ...], wrong: Wrong) -> int:
    span = read_span(text) if text is not None else None
    if span is None:
        raise wrong(path, _("a length is written 30 min, 24 h or 3 days"))
    if span.unit not in (Unit.HOURS, Unit.DAYS):
        raise wrong(path, _("the ladder's clocks run day and night: 24 h, not working time"))
    if not timedelta(minutes=1) <= span.length <= _LONGEST:
        raise wrong(path, _("a step takes from one minute to thirty days"))
    return round(span.length / timedelta(minutes=1))


def _holder(raw: RawPost, path: tuple[str, ...], wrong: Wrong) -> PostHolder:
    if any(not _WORK_NUMBER.fullmatch(who) for who in raw.who):
        raise wrong((*path, "who"), _("a work number is 1 to 32 characters without spaces"))
    if len(set(raw.who)) < len(raw.who):
        raise wrong((*path, "who"), _("a work number stands twice"))
    for key, value in (("name", raw.name), ("phone", raw.phone)):
        if len(value) > 64:
            raise wrong((*path, key), _("longer than 64 characters"))
    return PostHolder(raw.who, raw.name.strip(), raw.phone.strip())
