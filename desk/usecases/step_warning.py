"""Going on with a complaint early warning: every move of the ladder, evidence that is added, calls to whoever does not
get on with it. The rules are `desk.domain.ladder`; each move is one transaction with the messages it calls for, durable
when `step` returns. Worker's thread.

Two people at one seat's screen: a move says which step was shown (`Given.seen`), and is refused when the warning stands
elsewhere by now. Two at seats that do not see each other: both are written, and `settle_warnings` says which stands."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.changes import FieldValue, fold
from desk.domain.conflicts import ASPECTS, STEP
from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning, WarningStep
from desk.domain.identity import CallId, StaffId
from desk.domain.ladder import FACTS, LadderMove, LadderRefusal, Stepper, missing, refusal
from desk.domain.patches import patch_of
from desk.domain.supervising import is_supervisor
from desk.domain.warning_moves import Stepping, WarningFacts, facts_of, stepped, turns, warned_on
from desk.domain.working_time import CHINA
from desk.usecases.raise_warning import WarningParts, WarningRefused
from desk.usecases.tie_call import of_ticket

UNDO = "undo"  # the reason of a change that takes a step back
_STEP_FIELDS = ASPECTS["warning"][STEP]  # written together, so that a conflict shows whole versions


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a move is given. `heard_from`: whose words `text` are. `to`: who takes it on (a work number, "" = whoever is
    signed in). `seen`: the step that was shown when the key was pressed, None = whatever it is. `evidence`: call ids to
    add."""

    text: str = ""
    heard_from: str = ""
    to: str = ""
    facts: WarningFacts | None = None
    evidence: Sequence[str] = ()
    seen: WarningStep | None = None


@dataclass(frozen=True, kw_only=True)
class Chased:
    """A call to whoever has the turn: what became of it."""

    outcome: Outcome
    number: str = ""
    staff_id: StaffId | None = None
    call_id: CallId | None = None
    note: str = ""
    next_at: datetime | None = None


class StepWarning:
    def __init__(self, parts: WarningParts, zone: tzinfo = CHINA) -> None:
        """`zone`: whose days "one warning a day" counts."""
        self._parts, self._zone = parts, zone
        self._lock = threading.Lock()

    def allowed(self, warning: EarlyWarning) -> Mapping[LadderMove, LadderRefusal | None]:
        """For whoever is signed in: each move that its step knows, and why it cannot be made now (None: it can).
        Reads the staff list."""
        who = self.stepper()
        today = warned_on(warning, self._parts.clock(), self._zone)
        found = {move: refusal(move, warning.step, warning.turn, who, warned_today=today) for move in LadderMove}
        return {move: reason for move, reason in found.items() if reason is not LadderRefusal.WRONG_STEP}

    def step(self, warning_id: str, move: LadderMove, given: Given | None = None) -> EarlyWarning:
        """The warning after the move. Raises `WarningRefused`."""
        given = given or Given()
        with self._lock:
            return self._step(warning_id, move, given)

    def _step(self, warning_id: str, move: LadderMove, given: Given) -> EarlyWarning:
        parts, now = self._parts, self._parts.clock()
        warning = self._get(warning_id)
        if given.seen is not None and given.seen is not warning.step:
            raise WarningRefused(LadderRefusal.CHANGED)
        who = self.stepper()
        reason = refusal(move, warning.step, warning.turn, who, warned_today=warned_on(warning, now, self._zone))
        if move is LadderMove.TAKE and given.to and reason is LadderRefusal.YOURS_ALREADY:
            reason = None  # it is given to somebody else
        policy = parts.policy(warning.estate_id)
        lacking = (given.facts or facts_of(warning)).lacking(policy.needs)
        reason = reason or missing(move, given.text, given.heard_from, facts_whole=not lacking)
        reason = reason or self._unknown(given.to)
        if reason is not None:
            raise WarningRefused(reason, lacking if reason is LadderRefusal.FACTS_MISSING else ())
        stepping = Stepping(
            move=move,
            by=who.number,
            text=given.text,
            heard_from=given.heard_from,
            to=given.to,
            facts=given.facts,
        )
        turn = turns(policy, parts.staff(), warning.raised_by)
        after = stepped(warning, stepping, now, policy, turn, self._zone)
        patch = self._patch(warning, after)
        added = [one for one in given.evidence if one not in warning.evidence]
        if added:
            patch["evidence"] = [*warning.evidence, *added]
        changes = [parts.author.change("warning", warning_id, patch, move.value)]
        if after.step not in OPEN_WARNINGS and self._is_of_ticket(after):
            changes.append(parts.author.change("ticket", after.ticket_id, {"warning_id": None}))
        parts.log.append(changes)
        return self._get(warning_id)

    def why_not_undo(self, warning_id: str) -> LadderRefusal | None:
        """Whether the last step can be taken back by whoever is signed in (None: it can): it is theirs, and nothing was
        written since."""
        return self._undoing(warning_id)[0]

    def undo(self, warning_id: str) -> EarlyWarning:
        """The warning as it was before the last step; messages that went out are out. Raises `WarningRefused`."""
        parts = self._parts
        with self._lock:
            reason, patch = self._undoing(warning_id)
            if reason is not None:
                raise WarningRefused(reason)
            ended = self._get(warning_id)
            changes = [parts.author.change("warning", warning_id, patch, UNDO)]
            ticket = parts.tickets.get(ended.ticket_id)
            if ended.step not in OPEN_WARNINGS and ticket is not None and ticket.warning_id is None:
                changes.append(parts.author.change("ticket", ended.ticket_id, {"warning_id": warning_id}))
            parts.log.append(changes)
            return self._get(warning_id)

    def _undoing(self, warning_id: str) -> tuple[LadderRefusal | None, dict[str, FieldValue]]:
        """Why not; else what the last step has written, as it was before."""
        who = self._parts.who()
        if not who:
            return LadderRefusal.NOT_SIGNED_IN, {}
        changes = self._parts.histories.of("warning", warning_id)
        last = changes[-1] if len(changes) > 1 else None
        if last is None or "step" not in last.patch or last.reason == UNDO:
            return LadderRefusal.NOTHING_TO_UNDO, {}
        if last.author != who:
            return LadderRefusal.NOT_YOURS, {}
        row = fold(changes[:-1])
        return None, {name: row.get(name) for name in last.patch}

    def attach(self, warning_id: str, call_ids: Sequence[str]) -> EarlyWarning:
        """More evidence: calls that it does not have yet are added. Raises `WarningRefused`."""
        with self._lock:
            warning = self._get(warning_id)
            self._signed_in()
            added = [one for one in dict.fromkeys(call_ids) if one not in warning.evidence]
            if added:
                patch = {"evidence": [*warning.evidence, *added]}
                self._parts.log.append([self._parts.author.change("warning", warning_id, patch, "evidence")])
            return self._get(warning_id)

    def chased(self, warning_id: str, chase: Chased) -> Attempt:
        """Write down that whoever has the turn was called about it. Raises `WarningRefused`."""
        parts = self._parts
        warning = self._get(warning_id)
        who = self._signed_in()
        if warning.step not in OPEN_WARNINGS:
            raise WarningRefused(LadderRefusal.WRONG_STEP)
        attempt = Attempt(
            attempt_id=parts.new_id(),
            purpose=Purpose.WARNING,
            at=parts.clock(),
            by=who,
            outcome=chase.outcome,
            ticket_id=warning.ticket_id,
            about_id=warning_id,
            staff_id=chase.staff_id,
            number=chase.number,
            call_id=chase.call_id,
            note=chase.note.strip(),
            next_at=chase.next_at,
        )
        tried = parts.author.change("attempt", attempt.attempt_id, patch_of(attempt, "attempt_id"))
        parts.log.append([tried, *of_ticket(parts.author, chase.call_id, warning.ticket_id)])
        return attempt

    def _is_of_ticket(self, warning: EarlyWarning) -> bool:
        ticket = self._parts.tickets.get(warning.ticket_id)
        return ticket is not None and ticket.warning_id == warning.warning_id

    def _patch(self, before: EarlyWarning, after: EarlyWarning) -> dict[str, FieldValue]:
        """The whole of the step, and what else has become another."""
        old, new = patch_of(before, "warning_id"), patch_of(after, "warning_id")
        facts = any(old[name] != new[name] for name in FACTS)
        wanted = {*_STEP_FIELDS, *(ASPECTS["warning"]["facts"] if facts else ())}
        return {name: value for name, value in new.items() if name in wanted or value != old[name]}

    def _get(self, warning_id: str) -> EarlyWarning:
        warning = self._parts.warnings.get(warning_id)
        if warning is None:
            raise WarningRefused(LadderRefusal.UNKNOWN)
        return warning

    def _signed_in(self) -> str:
        number = self._parts.who()
        if not number:
            raise WarningRefused(LadderRefusal.NOT_SIGNED_IN)
        return number

    def stepper(self) -> Stepper:
        """Whoever is signed in, as far as the ladder is concerned. Reads the staff list."""
        number = self._parts.who()
        supervises = is_supervisor(number, self._parts.staff(), self._parts.accounts())
        return Stepper(number, bool(number) and supervises)

    def _unknown(self, number: str) -> LadderRefusal | None:
        known = not number or any(one.number == number and one.active for one in self._parts.staff())
        return None if known else LadderRefusal.PERSON_UNKNOWN
