"""Signing in at a seat with a password. The centre judges; where it is away, the verifier that was kept here when it
last did.

A try is counted before it is judged, so that whoever kills the process wins no tries; a right one clears the count.
What the centre refuses outright (disabled, expired, no rights) takes the verifier with it. Blocks for as long as the
centre takes: the sync process's thread for it."""

import math
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from desk.domain.sign_in import (
    FORGOTTEN,
    OFFLINE_TRIES,
    Answer,
    Tries,
    Verdict,
    Verifier,
    is_weak,
    offline_answer,
    wait_after,
)
from desk.usecases.verifier import SALT_BYTES, make_verifier, matches

_GUESSES = frozenset({Answer.WRONG, Answer.DIRECTORY})
UNLOCK_BY_SEAT = timedelta(hours=24)  # since the centre's last word; it is asked at every contact anyway


class GateAway(Exception):
    """The centre cannot be asked now."""


class Gate(Protocol):
    """The centre's door. Every method blocks up to some seconds and raises `GateAway`."""

    def judge(self, number: str, password: str) -> Verdict:
        """Whether this person may come in: ADMITTED, WRONG, DIRECTORY, EXPIRED, DISABLED, NO_RIGHTS, REFUSED or
        NO_TICKET."""
        ...

    def change_password(self, number: str, old: str, new: str) -> Verdict:
        """ADMITTED with the new one, or as `judge` for the old one; WEAK where the server does not take the new."""
        ...


class Verifiers(Protocol):
    """What a seat keeps of those who signed in. Any thread; each call is one transaction. Raises `StoreFull`,
    `StoreBroken`."""

    def of(self, number: str) -> Verifier | None: ...
    def keep(self, verifier: Verifier) -> None:
        """An older one of that number is replaced."""
        ...

    def forget(self, number: str) -> None: ...
    def numbers(self) -> list[str]:
        """Who has a verifier here, the one whom the centre let in last first."""
        ...

    def touch(self, number: str, judged_at: datetime, password_until: datetime | None) -> None:
        """The centre has just let this person in again."""
        ...

    def tries(self, number: str) -> Tries: ...
    def note_try(self, number: str, at: datetime) -> Tries:
        """Count one more, with those before."""
        ...

    def clear_tries(self, number: str) -> None: ...


class SignIn:
    """`offline_for`: how long after their last contact with the centre somebody may come in without it; zero: never.
    `token_bytes(n)`: fresh random ones. `told(number, kind)`: what account the centre says that somebody
    has whom it lets in."""

    def __init__(
        self,
        gate: Gate,
        verifiers: Verifiers,
        clock: Callable[[], datetime],
        token_bytes: Callable[[int], bytes],
        offline_for: timedelta,
        told: Callable[[str, str], object] = lambda _number, _kind: None,
    ) -> None:
        self._gate, self._verifiers, self._clock, self._token_bytes = gate, verifiers, clock, token_bytes
        self._offline_for, self._told = offline_for, told

    def enter(self, number: str, password: str) -> Verdict:
        """Somebody wants to sit down at this seat."""
        now = self._clock()
        wait = wait_after(self._verifiers.tries(number), now)
        if wait > timedelta(0):
            return Verdict(Answer.TOO_OFTEN, number, wait_s=math.ceil(wait.total_seconds()))
        tries = self._verifiers.note_try(number, now)
        try:
            verdict = self._gate.judge(number, password)
        except GateAway as away:
            return self._offline(number, password, tries, str(away))
        return self._settle(verdict, password, tries)

    def unlock(self, number: str, password: str) -> Verdict:
        """Whoever sits here is back. The seat's own verifier answers at once where it is fresh; what it does not know
        (a password changed elsewhere) the centre is asked."""
        now = self._clock()
        verifier = self._verifiers.of(number)
        waits = wait_after(self._verifiers.tries(number), now) > timedelta(0)
        fresh = verifier is not None and -UNLOCK_BY_SEAT <= now - verifier.judged_at <= UNLOCK_BY_SEAT
        if verifier is not None and fresh and not waits:
            tries = self._verifiers.note_try(number, now)
            if matches(verifier, password):
                self._verifiers.clear_tries(number)
                return Verdict(Answer.ADMITTED, number, verifier.name, password_until=verifier.password_until)
            try:
                return self._settle(self._gate.judge(number, password), password, tries)
            except GateAway as away:
                return self._wrong_offline(number, tries, str(away))
        return self.enter(number, password)

    def look_again(self, number: str, password: str) -> Verdict:
        """Whether whoever sits here may still be here: asked at every new contact with the centre. Raises `GateAway`.
        Counts as no try."""
        verdict = self._gate.judge(number, password)
        if verdict.answer is Answer.ADMITTED:
            self._verifiers.touch(number, self._clock(), verdict.password_until)
            self._told(number, verdict.kind)
            return verdict
        return self._refused(verdict, password)

    def change_password(self, number: str, old: str, new: str) -> Verdict:
        """Where the centre is away: `REFUSED`, offline; nothing was changed. A try like any other."""
        if is_weak(new, number) or new == old:
            return Verdict(Answer.WEAK, number)
        now = self._clock()
        wait = wait_after(self._verifiers.tries(number), now)
        if wait > timedelta(0):
            return Verdict(Answer.TOO_OFTEN, number, wait_s=math.ceil(wait.total_seconds()))
        tries = self._verifiers.note_try(number, now)
        try:
            verdict = self._gate.change_password(number, old, new)
        except GateAway as away:
            self._verifiers.clear_tries(number)
            return Verdict(Answer.REFUSED, number, offline=True, detail=str(away))
        if verdict.answer is Answer.WEAK:
            self._verifiers.clear_tries(number)
            return verdict
        return self._settle(verdict, new, tries)

    # ---- inside

    def _settle(self, verdict: Verdict, password: str, tries: Tries) -> Verdict:
        """What the centre said, kept for when it is away."""
        number = verdict.number
        if verdict.answer is not Answer.ADMITTED:
            if verdict.answer not in _GUESSES:
                self._verifiers.clear_tries(number)  # whatever was wrong, it was no guessing
            return self._with_wait(self._refused(verdict, password), tries)
        salt = self._token_bytes(SALT_BYTES)
        now = self._clock()
        if self._offline_for > timedelta(0):
            self._verifiers.keep(make_verifier(number, verdict.name, password, salt, now, verdict.password_until))
        self._verifiers.clear_tries(number)
        self._told(number, verdict.kind)
        return verdict

    def _refused(self, verdict: Verdict, password: str) -> Verdict:
        """Why, as far as the seat knows more than the centre tells: a server does not say that a password is over its
        time, and not that it was another one before."""
        number, known = verdict.number, self._verifiers.of(verdict.number)
        if verdict.answer is Answer.WRONG and known is not None and matches(known, password):
            over = known.password_until is not None and self._clock() >= known.password_until
            verdict = replace(verdict, answer=Answer.EXPIRED if over else Answer.CHANGED)
        if verdict.answer in FORGOTTEN or verdict.answer is Answer.CHANGED:
            self._verifiers.forget(number)
        return verdict

    def _offline(self, number: str, password: str, tries: Tries, detail: str) -> Verdict:
        verifier = self._verifiers.of(number)
        answer = offline_answer(verifier, self._clock(), self._offline_for)
        if verifier is None or answer is Answer.NEVER_HERE:
            return Verdict(Answer.NEVER_HERE, number, offline=True, detail=detail)
        if not matches(verifier, password):
            return self._wrong_offline(number, tries, detail)
        self._verifiers.clear_tries(number)
        return Verdict(answer, number, verifier.name, True, password_until=verifier.password_until, detail=detail)

    def _wrong_offline(self, number: str, tries: Tries, detail: str) -> Verdict:
        if tries.wrong >= OFFLINE_TRIES:
            self._verifiers.forget(number)
        return self._with_wait(Verdict(Answer.WRONG, number, offline=True, detail=detail), tries)

    def _with_wait(self, verdict: Verdict, tries: Tries) -> Verdict:
        if verdict.answer not in _GUESSES:
            return verdict
        return replace(verdict, wait_s=math.ceil(wait_after(tries, self._clock()).total_seconds()))


def meant(typed: str, register: Callable[[], list[tuple[str, str]]]) -> str:
    """The work number that is meant: what was typed, or, where that is the name of exactly one person of the register
    (number, name), theirs. Two of one name have to type their number."""
    text = unicodedata.normalize("NFKC", typed).strip()
    people = register()
    if any(number == text for number, _name in people):
        return text
    named = [number for number, name in people if name == text]
    return named[0] if len(named) == 1 else text
