"""Keeps a seat up to date: looks at its channel, gets what is offered to it ready beside what runs, and has the seat
started into it when nobody is disturbed.

It never touches what runs, and it never ends a call: it asks for the restart, and the phone has the last word. A
version is tried only where it can be gone back from: what runs now is there, and so is the room on the disk. A worker
of the sync process, on its own thread; what may take long gives way to a call and to the end of the process."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from desk.domain.updates import PLACES, Offer, chosen, is_withdrawn
from desk.i18n import _
from desk.updating import channel as channels
from desk.updating import choice as choices
from desk.updating import state as states
from desk.updating.archive import BadArchive, unpack
from desk.updating.channel import ChannelRefused, believed
from desk.updating.choice import Choice
from desk.updating.download import Gate, Pace, Stopped, fetch, fetched_bytes
from desk.updating.source import Source, SourceAway
from desk.updating.state import UpdateState
from desk.updating.versions import FETCHED, MARGIN_BYTES, Versions, free_bytes
from desk.usecases.ports import Clock

FIRST_LOOK_S = 60.0  # after the start: everybody starts at eight
AGAIN = timedelta(minutes=5)  # after a look that failed
CHECK_EVERY = timedelta(hours=1)  # how well the seat is, for whoever closes it
SETTLES = timedelta(seconds=60)  # a seat that is whole: by then its lines are up, or their server is away
ASKS_AFTER = timedelta(days=7)  # a version waits, for whoever sits here never goes away
ASKS_EVERY = timedelta(days=1)
BROUGHT = timedelta(days=1)  # by then the computer's own service, which looks once an hour, has brought what is meant
_log = logging.getLogger(__name__)


class Seat(Gate, Protocol):
    """What the updater asks of the seat that runs. Any thread, returns at once."""

    def is_away(self) -> bool:
        """Nobody sits here, the window is locked, or whoever sits here is on a break."""
        ...

    def is_whole(self) -> bool:
        """Window and phone are there: what is seen of the seat now is how it works, not how it begins or ends."""
        ...

    def lines_up(self) -> tuple[str, ...]:
        """The labels of the lines that calls come by now."""
        ...

    def well(self) -> tuple[str, ...]:
        """What the doctor finds in order of what an update must not break. Takes seconds."""
        ...

    def restart(self) -> None:
        """Ask for it; nothing happens where a call runs."""
        ...

    def ask(self, version: str, days: int) -> None:
        """Whoever works here, to go away for a moment: this version has waited so long."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ground:
    """`own`: the seat's folder for updates. `running`: the version that runs, `installed` the installed one; "" where
    nothing could start another (a checkout). `store_file`: what may have to be made anew to go back. `place`: see
    `desk.domain.updates`; None: not known here. `note_needs`: tells who brings versions to this computer, and removes
    them, which ones this seat may need."""

    own: Path
    versions: Versions
    channel: str
    keys: Sequence[str]
    platform: str
    running: str
    installed: str
    store_file: Path
    place: Callable[[], int | None]
    clock: Clock
    every: timedelta = timedelta(hours=1)
    pace: Pace = field(default_factory=Pace)
    note_needs: Callable[[Collection[str]], None] = lambda _versions: None


class Updater:
    """`source()`: the way to the channel, made anew for each look. Raises nothing of its own."""

    def __init__(self, ground: Ground, source: Callable[[], Source], seat: Seat) -> None:
        self._ground, self._source, self._seat = ground, source, seat
        self._next_look = ground.clock() + timedelta(seconds=FIRST_LOOK_S)
        self.state = self._kept_state()
        self._next_ask = ground.clock()
        self._next_check = self._next_look
        self._whole_since: datetime | None = None
        self._needs: set[str] | None = None  # as it was noted last

    def work_once(self) -> bool:
        """A look where one is due, and what follows of it. Whether there is more to do at once."""
        if self._ground.channel and self._ground.clock() >= self._next_look:
            self._next_look = self._ground.clock() + self._ground.every
            self.look()
        self.state = self._kept_state()  # a command beside the seat may have looked, too
        self._note_needs()
        self._note_how_it_is(due=self._ground.clock() >= self._next_check)
        self._judge_again()
        self.apply_if_fit()
        return False

    def look(self) -> None:
        """At the channel now, and get ready what it offers."""
        try:
            self._read_channel()
            self._get_ready()
        except Stopped:
            return
        except (ChannelRefused, SourceAway, BadArchive) as error:
            self._soon_again()
            _log.warning("no update: %s: %s", type(error).__name__, error)
            self._keep(replace(self.state, trouble=str(error)))
        except OSError as error:
            self._soon_again()
            _log.warning("no update: %s", error)
            words = _("Updates cannot be kept on this computer ({detail}).").format(detail=error.strerror or error)
            self._keep(replace(self.state, trouble=words))
        else:
            self._keep(replace(self.state, trouble=self._standing_trouble()))

    def _note_needs(self) -> None:
        """Before any of them is chosen: from then on this seat may be closed, and nobody sees what it runs."""
        ground, state = self._ground, self.state
        needs = {*choices.used_by(choices.read(ground.own), ground.running), state.ready, state.wanted} - {""}
        if needs != self._needs:
            ground.note_needs(needs)
            self._needs = needs

    def _soon_again(self) -> None:
        self._next_look = min(self._next_look, self._ground.clock() + AGAIN)

    def apply_if_fit(self) -> None:
        """Have the version that is ready tried, or one that IT took back left, if this is the moment."""
        kept = self._without_withdrawn(choices.read(self._ground.own))
        wanted = self._wanted(kept)
        if wanted is None or not self._ground.installed:
            return
        waits = self._waits(kept)
        if waits != self.state.waits:
            self._keep(replace(self.state, waits=waits))
        if waits:
            if wanted.trial and not kept.held:
                self._ask()
            return
        if wanted.trial and not (kept.trial and kept.version == wanted.version):
            self._note_how_it_is(due=True)
            wanted = replace(wanted, lines=self.state.lines, well=self.state.well)
        self._choose(kept, wanted)
        self._seat.restart()

    def _ask(self) -> None:
        """An agent who never leaves the seat, once a day; not in a call."""
        now, since = self._ground.clock(), self.state.ready_at
        if since is None or now - since < ASKS_AFTER or now < self._next_ask:
            return
        if not self._seat.in_call() and not self._seat.is_away():
            self._next_ask = now + ASKS_EVERY
            self._seat.ask(self.state.ready, (now - since).days)

    def at_close(self) -> None:
        """The seat ends, and nobody waits: the next start is the version that is ready."""
        kept = choices.read(self._ground.own)
        wanted = self._wanted(kept)
        if wanted is not None and self._ground.installed and not kept.held and not self._no_way_back(kept):
            self._choose(kept, wanted)

    def _kept_state(self) -> UpdateState:
        kept, channel = states.read(self._ground.own), self._ground.channel
        return kept if kept.channel == channel else UpdateState(channel=channel, lines=kept.lines, well=kept.well)

    def _note_how_it_is(self, *, due: bool) -> None:
        """What the next version has to find again: it may be begun when nobody can look any more, after the seat was
        closed, or by a command. The doctor's part only where it is `due`, and not in a call. What a version on trial
        does is no measure."""
        kept, state = choices.read(self._ground.own), self.state
        on_trial = kept.trial and kept.version == self._ground.running
        if not self._ground.installed or on_trial or not self._seat.is_whole():
            return
        if due and not self._seat.in_call():
            self._next_check = self._ground.clock() + CHECK_EVERY
            state = replace(state, well=tuple(sorted(self._seat.well())))
        state = replace(state, lines=tuple(sorted(self._seat.lines_up())))
        if state != self.state:
            self._keep(state)

    def _judge_again(self) -> None:
        """A version was gone back from because it did not find again what was there before. Where this one does not
        find it either, the exchange or the centre is away, and the version was not to blame. Judged once, when it is
        plain."""
        kept = choices.read(self._ground.own)
        if not kept.lacked or kept.trial or not self._seat.is_whole():
            self._whole_since = None
            return
        to_blame = None if self._seat.in_call() else self._is_to_blame(kept)
        if to_blame is None:
            return
        judged = replace(kept, lacked=()) if to_blame else choices.forgiven(kept)
        if not to_blame:
            _log.warning("the version gone back from was not to blame", extra={"lacks": list(kept.lacked)})
        try:
            choices.write(self._ground.own, judged)
        except OSError as error:
            _log.warning("how a version was judged cannot be kept: %s", error)

    def _is_to_blame(self, kept: Choice) -> bool | None:
        """For what it lacked; None: not yet known. A window, a telephone or a process that fell down is nobody else's
        doing, and what was away for all once is not believed twice. Lines need their time to come back."""
        now = self._ground.clock()
        self._whole_since = self._whole_since or now
        if kept.failed.get(kept.went_back) != "late" or kept.went_back in kept.forgiven:
            return True
        lacked = set(kept.lacked)
        if lacked - {*kept.lines, *kept.well} or lacked & set(self._seat.lines_up()):
            return True
        if now - self._whole_since < SETTLES:
            return None
        return bool(lacked & set(self._seat.well()))

    # ---- what is wanted

    def _wanted(self, kept: Choice) -> Choice | None:
        """The choice that there should be; None: the one that there is."""
        ground, state = self._ground, self.state
        if kept.trial and kept.version == ground.running:
            return None  # first it is to be judged
        if state.ready and state.ready not in kept.failed and ground.versions.has(state.ready):
            offer = state.offer_of(state.ready, ground.platform)
            if offer is None or not offer.withdrawn:
                return choices.trial_of(
                    _as_it_runs(kept, ground.running),
                    state.ready,
                    ground.versions.path(state.ready),
                    ground.installed,
                    state.lines,
                    state.well,
                )
        if kept.version == ground.running and is_withdrawn(state.offers, ground.platform, ground.running):
            return choices.gone_back(kept, "withdrawn")
        return None

    def _without_withdrawn(self, kept: Choice) -> Choice:
        """A trial that waits for the next start, of a version that IT has taken back since, is given up."""
        if not (kept.trial and is_withdrawn(self.state.offers, self._ground.platform, kept.version)):
            return kept
        given_up = choices.not_begun(kept)
        if given_up != kept:
            self._choose(kept, given_up)
        return given_up

    def _waits(self, kept: Choice) -> str:
        """Why not now: a sentence; "" now."""
        if kept.held:
            return _("Updates are held at this seat (desk update hold).")
        if self._seat.in_call():
            return _("A call runs.")
        if not self._seat.is_away():
            return _("Somebody works here. It is taken when nobody is signed in, on a break, or when Desk is closed.")
        return self._no_way_back(kept)

    def _no_way_back(self, kept: Choice) -> str:
        """What keeps this seat from going back later, if it has to; "" nothing."""
        ground = self._ground
        if kept.version == ground.running and not (Path(kept.folder) / ground.versions.program).is_file():
            return _("The version that runs now is no longer on the disk: there would be no way back. Call IT.")
        try:
            store = ground.store_file.stat().st_size if ground.store_file.exists() else 0
            free = free_bytes(ground.own)
        except OSError as error:
            return _("Updates cannot be kept on this computer ({detail}).").format(detail=error.strerror or error)
        need = MARGIN_BYTES + store
        if free < need:
            return _(
                "The disk has {free} MB free; to be able to go back it needs {need}. The update is not taken; free "
                "some space."
            ).format(free=free // 1_000_000, need=need // 1_000_000)
        return ""

    def _choose(self, kept: Choice, wanted: Choice) -> None:
        if kept == wanted or (kept.trial and kept.version == wanted.version):
            return  # it was asked for before, and a call came between
        try:
            choices.write(self._ground.own, wanted)
        except OSError as error:
            _log.warning("the version cannot be chosen: %s", error)
            return
        _log.info("another version is chosen", extra={"version": wanted.version or "installed", "trial": wanted.trial})

    # ---- what is offered

    def _read_channel(self) -> None:
        source = self._source()
        data = source.small(channels.FILE, channels.MOST_BYTES)
        signature = source.small(channels.SIGNATURE_FILE, 10_000)
        channel, seen = believed(data, signature, self._ground.keys, self.state.seen)
        self._keep(
            replace(
                self.state,
                seen=seen,
                issued_at=channel.issued_at,
                looked_at=self._ground.clock(),
                offers=channel.offers,
            )
        )

    def _get_ready(self) -> None:
        """Raises `SourceAway`, `BadArchive`, `Stopped`, `OSError`."""
        ground = self._ground
        failed = choices.read(ground.own).failed
        place = ground.place()
        if place is None:  # a command, which does not open the store
            place = self.state.place if self.state.place is not None else PLACES - 1
        elif place != self.state.place:
            self._keep(replace(self.state, place=place))
        offer = chosen(self.state.offers, ground.platform, ground.running, failed, place, ground.clock())
        if offer is None:
            self._keep(replace(self.state, ready="", ready_at=None, waits="", wanted="", wanted_at=None))
            return
        if self.state.wanted != offer.version:
            self._keep(replace(self.state, wanted=offer.version, wanted_at=ground.clock()))
        if not ground.versions.has(offer.version):
            if not ground.versions.is_writable:
                return  # the computer's own service brings it: it is told in `_note_needs`
            ground.versions.make_way(choices.used_by(choices.read(ground.own), ground.running))
            lay_beside(ground.versions, self._source(), offer, self._seat, ground.pace)
        if self.state.ready != offer.version:
            self._keep(replace(self.state, ready=offer.version, ready_at=ground.clock()))

    def _standing_trouble(self) -> str:
        ground, kept = self._ground, choices.read(self._ground.own)
        if is_withdrawn(self.state.offers, ground.platform, ground.running) and kept.version != ground.running:
            return _("IT has taken back version {version}, which is the installed one here. Call IT.").format(
                version=ground.running
            )
        wanted, since = self.state.wanted, self.state.wanted_at
        if wanted and since is not None and ground.clock() - since > BROUGHT and not ground.versions.has(wanted):
            return _(
                "Version {version} is meant for this seat, and this computer's own service has not brought it for a "
                "day. Call IT: its log says why (Debian: journalctl -u desk-update; Windows: the task Desk\\Update)."
            ).format(version=wanted)
        return ""

    def _keep(self, state: UpdateState) -> None:
        self.state = state
        try:
            states.write(self._ground.own, state)
        except OSError as error:
            _log.warning("what is known of updates cannot be kept: %s", error)


def lay_beside(versions: Versions, source: Source, offer: Offer, gate: Gate, pace: Pace) -> None:
    """Fetch, prove and unpack it. Raises `SourceAway`, `BadArchive`, `Stopped`, `OSError`."""
    fetched = versions.folder / FETCHED
    need = offer.size + offer.unpacked + MARGIN_BYTES - fetched_bytes(fetched, offer)
    free = versions.free_bytes()
    if free < need:
        raise BadArchive(
            _("The disk has {free} MB free; version {version} needs {need}. Free some space.").format(
                free=free // 1_000_000, version=offer.version, need=need // 1_000_000
            )
        )
    file = fetch(source, offer, fetched, gate, pace)
    try:
        unpack(file, versions.path(offer.version), versions.program, gate.stopping)
    except InterruptedError as error:
        raise Stopped from error
    versions.drop_fetched()
    _log.info("a version lies ready", extra={"version": offer.version})


def _as_it_runs(kept: Choice, running: str) -> Choice:
    """What is kept may be a trial that never began: then the one before still runs."""
    if kept.trial and kept.version != running:
        return replace(kept, version=kept.before, folder=kept.before_folder, trial=False)
    return kept
