"""Many calls through the real chain (recorder, keeper, sealer, uploader, reconciliation) with faults on the way: a disk
that is full or refuses, a spool that is swept under a call, an encoder that is killed, a vault that is away or holds
something else, a clock that is set, a phone that dies, a recording that is brought twice; with one spool folder, with a
second one to overflow into, and with a mirror, which may be away. The clocks are moved by hand and the calls are short,
so that a thousand of them are a minute's work; files, store, keys, encoder and vault (a folder, or a
bucket) are the real ones."""

import contextlib
import itertools
import os
import random
import resource
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from pathlib import Path

import numpy as np

from desk.domain.call_log import RecordingEntry
from desk.domain.events import CallAnswered, CallEnded, CallOffered
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.reconcile import Finding, Reason, Verdict, judge
from desk.recording.sealing.chain import Place
from desk.recording.sealing.encode import Codec
from desk.recording.sealing.keeper import CallKeeper
from desk.recording.spool import folder as spool
from desk.recording.spool import segments
from desk.recording.spool.manifest import has_end
from desk.recording.spool.recorder import SpoolRecorder
from desk.recording.vault.uploader import Uploader
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.store import Store
from desk.usecases.log_call import LogCall
from desk.usecases.ports import Clock
from desk.usecases.reconcile import Reconcile
from tests.recording.kept_vaults import KeptFolder, KeptVault
from tests.recording.scene import FRAME_SAMPLES, RATE, T0, Sound
from tests.recording.sealed import SealingSeat

ZONE = timezone(timedelta(hours=8))
FRAME_S = FRAME_SAMPLES / RATE
TALK_S = 0.8
FULL_BYTES = 17_000  # of a file: the manifest fits, two thirds of the audio do not
BATCH = 10  # calls between two turns of the keeper
WAIT_S = 20.0


class Fault(Enum):
    NONE = "none"
    UNANSWERED = "unanswered"
    DISK_FULL = "disk full"
    ENCODER_KILLED = "encoder killed"
    VAULT_DOWN = "vault down"
    VAULT_TAKEN = "vault holds something else"
    WRONG_CLOCK = "wrong clock"
    PHONE_KILLED = "phone killed"
    TWICE = "brought twice"
    SPOOL_REFUSES = "spool refuses"
    SPOOL_SWEPT = "spool swept"
    SHARE_AWAY = "share away"
    CUT_OFF = "phone killed, disk full, share gone"


class Layout(Enum):
    """Of the spool."""

    ALONE = "alone"
    OVERFLOW = "overflow"
    MIRROR = "mirror"


WEIGHTS: dict[Fault, float] = {
    Fault.NONE: 4,
    Fault.UNANSWERED: 1,
    **{fault: 2 for fault in Fault if fault.value not in ("none", "unanswered")},
    Fault.VAULT_TAKEN: 0.2,  # its spool stays, and is looked at again and again
}


class Killed(BaseException):
    """kill -9 of the sync process, in the middle of encoding."""


@dataclass
class Outcome:
    """`lost`: calls that should be recorded and have neither a recording nor a reason. `overwritten`: objects in the
    vault that are others than they were. `kinds`: what was said of the calls with each fault; `spooled`: of those in
    each layout. `left`: calls whose spool is still there although their recording is in the vault."""

    calls: int = 0
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)
    kinds: dict[Fault, Counter[str]] = field(default_factory=dict)
    spooled: dict[tuple[Layout, Fault], Counter[str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


class Chain:
    """`vault_of` makes the vault, with the seat's clock; None: a folder."""

    def __init__(self, folder: Path, seed: int, vault_of: Callable[[Clock], KeptVault] | None = None) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.spool_dir, self.sealed_dir = folder / "spool", folder / "sealed"
        self.share = folder / "share"
        self.where = self.spool_dir, self.share
        for one in self.where:
            one.with_name(f"{one.name}.real").mkdir()
            one.symlink_to(f"{one.name}.real")
        self.layout = Layout.ALONE
        self.now_s, self.ahead_s = 0.0, 0.0
        self.store = Store.open(folder / "seat.db", FakeSecrets())
        self.calls, self.changes = SqlCallLog(self.store), SqlChangeLog(self.store)
        self.vault: KeptVault = vault_of(self.clock) if vault_of else KeptFolder(folder / "vault")
        self.sealing = SealingSeat(
            folder,
            codec=Codec("flac"),  # what Opus costs is measured elsewhere
            where=self.where,
            logged_tail=lambda chain: Place(*self.calls.chain_tail(chain)),
        )
        numbers = itertools.count(1)
        self.author = SeatAuthor(
            "S01", lambda: "1001", self.clock, lambda: f"01957000-0000-7000-9000-{next(numbers):012d}", lambda: 0
        )
        self.faults: dict[CallId, Fault] = {}
        self.layouts: dict[CallId, Layout] = {}
        self.kill_at: set[CallId] = set()
        self.sealer = self.sealing.new_sealer()
        self.keeper, self.uploader = self._sync_process()
        self._recorder = self._phone_process()
        samples = Sound.noise(TALK_S, 9000, 1), Sound.noise(TALK_S, 9000, 2)
        self._frames = [
            tuple(side[at : at + FRAME_SAMPLES].astype(np.int16).tobytes() for side in samples)
            for at in range(0, int(TALK_S * RATE), FRAME_SAMPLES)
        ]

    # ---- processes

    def clock(self) -> datetime:
        return T0 + timedelta(seconds=self.now_s + self.ahead_s)

    def monotonic(self) -> float:
        return self.now_s

    def _phone_process(self) -> SpoolRecorder:
        return SpoolRecorder(
            self.spool_dir,
            self.clock,
            seat="S01",
            agent=lambda: "1001",
            on_failed=lambda _call_id, _wrong: None,
            monotonic=self.monotonic,
            second_folder=None if self.layout is Layout.ALONE else self.share,
            mirror=self.layout is Layout.MIRROR,
        )

    def lay_out(self, layout: Layout) -> None:
        """The phone process is started anew with other settings."""
        self._recorder.close()
        self.layout = layout
        self._recorder = self._phone_process()

    @staticmethod
    def _put_away(folder: Path, away: bool) -> None:
        """A file stands in its place, so that nobody makes it anew; all at once. Done again, it does nothing."""
        if folder.is_dir() is not away:
            return
        instead = folder.with_name(f"{folder.name}.instead")
        if away:
            instead.touch()
        else:
            instead.symlink_to(f"{folder.name}.real")
        instead.replace(folder)

    def _sync_process(self) -> tuple[CallKeeper, Uploader]:
        self.sealer = self.sealing.new_sealer()
        keeper = CallKeeper(
            self.where,
            self.sealed_dir,
            self._seal,
            LogCall(self.changes, self.author, self.calls, "020"),
            monotonic=self.monotonic,
        )
        uploader = Uploader(
            self.sealed_dir,
            self.vault,
            self.calls.recording,
            keeper.vaulted,
            self.clock,
            monotonic=self.monotonic,
            jitter=lambda: 1.0,
        )
        return keeper, uploader

    def _seal(self, call_id: CallId, logged: RecordingEntry | None = None) -> RecordingEntry:
        if call_id in self.kill_at:
            self.kill_at.discard(call_id)
            if self.random.random() < 0.5:  # when everything is written and nothing logged
                self.sealer.seal(call_id, logged)
            raise Killed
        return self.sealer.seal(call_id, logged)

    # ---- one call

    def call(self, number: int, fault: Fault) -> None:
        self.now_s += 60.0
        call_id = CallId(f"01957000-0000-7000-8000-{number:012d}")
        self.faults[call_id], self.layouts[call_id] = fault, self.layout
        recorder = self._recorder
        self._wait_for(self._mirror_is_in_use)
        self._put_away(self.spool_dir, fault is Fault.SPOOL_REFUSES)
        recorder.note(CallOffered(call_id, self.clock(), "热线", Party("13800138000")))
        self.now_s += 3.0
        if fault is Fault.UNANSWERED:
            recorder.note(CallEnded(call_id, self.clock(), 487, "gave up"))
            return
        recorder.start(call_id, RATE)
        recorder.note(CallAnswered(call_id, self.clock()))
        if fault in (Fault.DISK_FULL, Fault.CUT_OFF):
            self._limit(FULL_BYTES)
        try:
            self._talk(call_id, fault)
            if fault in (Fault.PHONE_KILLED, Fault.CUT_OFF):
                self._kill_phone(call_id, fault)
                return
            recorder.stop(call_id)
            recorder.note(CallEnded(call_id, self.clock(), 200, "Normal"))
        finally:
            if fault in (Fault.DISK_FULL, Fault.CUT_OFF):
                self._limit(resource.RLIM_INFINITY)
            self._put_away(self.spool_dir, False)
        self._wait_for(lambda: self._closed(call_id))
        if fault is Fault.ENCODER_KILLED:
            self.kill_at.add(call_id)

    def _talk(self, call_id: CallId, fault: Fault) -> None:
        half = len(self._frames) // 2
        for number, (caller, agent) in enumerate(self._frames):
            if fault is Fault.SPOOL_SWEPT and number == half:
                self._wait_for(lambda: self._written(call_id) > 0)
                for file in self.spool_dir.glob(f"{call_id}*"):
                    file.unlink()
            if fault is Fault.SHARE_AWAY and number == half:
                self._put_away(self.share, True)
            self.now_s += FRAME_S
            self._recorder.write(call_id, caller, agent)
            if fault is Fault.WRONG_CLOCK and number == half:
                self._wait_for(lambda: self._written(call_id) > 0)
                self.ahead_s += self.random.choice((-7200.0, -60.0, 60.0, 3600.0))

    def _kill_phone(self, call_id: CallId, fault: Fault) -> None:
        """What was written stays; its end is another process's to write. The dead one's threads get nothing more."""
        if fault is Fault.PHONE_KILLED:
            self._wait_for(lambda: self._written(call_id) == len(self._frames) * FRAME_SAMPLES * 4)
        self._recorder.close()
        for folder in self.where:
            for file in folder.glob(f"{call_id}*"):  # the last write, by the clock of this world
                os.utime(file, (self.clock().timestamp(),) * 2)
        self._put_away(self.share, fault is Fault.CUT_OFF)
        spool.recover(self.where)
        self._recorder = self._phone_process()

    def _written(self, call_id: CallId) -> int:
        return spool.audio_bytes(self.where, call_id)

    def _mirror_is_in_use(self) -> bool:
        """A share that has come back is tried again by and by."""
        self.now_s += 1.0
        mirror = self._recorder._mirror
        return mirror is None or mirror.healthy

    def _closed(self, call_id: CallId) -> bool:
        """Its manifest has an end, somewhere; the clock goes on, so that a disk that is well is tried again."""
        self.now_s += 1.0
        with contextlib.suppress(FileNotFoundError):
            return has_end(spool.manifest_bytes(self.where, call_id))
        return False

    @staticmethod
    def _limit(size: int) -> None:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (size if size != resource.RLIM_INFINITY else hard, hard))

    @staticmethod
    def _wait_for(condition: Callable[[], bool]) -> None:
        until_s = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < until_s
            time.sleep(0.002)

    # ---- what comes after it

    def keep(self, batch: list[CallId]) -> None:
        """The sync process's turn: until nothing is left that could be done."""
        self._put_away(self.share, any(self.faults[one] in (Fault.SHARE_AWAY, Fault.CUT_OFF) for one in batch))
        down = any(self.faults[one] is Fault.VAULT_DOWN for one in batch)
        if down:
            self.vault.go_down()
        again: list[Path] = []
        for turn in itertools.count():
            try:
                did_some = self.keeper.work_once()
            except Killed:
                self.keeper, self.uploader = self._sync_process()
                continue
            self._prepare(batch, again)
            did_some = self.uploader.work_once() or did_some
            if turn >= 3:
                self.vault.come_up()
                self._put_away(self.share, False)
            if not did_some:
                if turn > 3 and not self._waits():
                    break
                self.now_s += 400.0
            assert turn < 500
        for copy in again:  # a copy of what is in the vault already comes once more
            shutil.copytree(copy, self.sealed_dir, dirs_exist_ok=True)
            shutil.rmtree(copy)
        self.uploader.work_once()

    def _waits(self) -> bool:
        return (bool(spool.pending(self.where)) and self.keeper.keeping.unsealed > 0) or self._unvaulted() > 0

    def _unvaulted(self) -> int:
        return sum(1 for seal in self.sealed_dir.glob("*/*/*/*.seal") if "aside" not in seal.parts)

    def _prepare(self, batch: list[CallId], again: list[Path]) -> None:
        """Between sealing and upload: somebody else's content under the name, or a copy for later."""
        for call_id in batch:
            fault = self.faults[call_id]
            if fault not in (Fault.VAULT_TAKEN, Fault.TWICE):
                continue
            found = next(self.sealed_dir.glob(f"*/*/*/{call_id}.seal"), None)
            if found is None or self.calls.recording(call_id) is None:
                continue
            name = found.relative_to(self.sealed_dir)
            if fault is Fault.VAULT_TAKEN:
                self.vault.take(name.with_suffix(".age").as_posix())
            else:
                copy = self.folder / f"again-{call_id}"
                if not copy.exists():
                    (copy / name.parent).mkdir(parents=True)
                    for suffix in (".age", ".seal"):
                        shutil.copy(found.with_suffix(suffix), copy / name.with_suffix(suffix))
                    again.append(copy)

    # ---- the whole

    def run(self, count: int, tell: Callable[[int], None] = lambda _done: None) -> Outcome:
        outcome = Outcome()
        kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
        for start in range(0, count, BATCH):
            batch = []
            self.lay_out(list(Layout)[start // BATCH % len(Layout)])
            for number in range(start, min(start + BATCH, count)):
                fault = kinds[number] if number < len(kinds) else self.random.choices(kinds, weights)[0]
                self._put_away(self.share, False)
                self.call(number + 1, fault)
                batch.append(CallId(f"01957000-0000-7000-8000-{number + 1:012d}"))
            self.keep(batch)
            tell(start + len(batch))
        self._recorder.close()
        outcome.overwritten += self.vault.overwritten()
        self._judge(outcome)
        self.store.close()
        return outcome

    def _judge(self, outcome: Outcome) -> None:
        """Call by call, and against the reconciliation's own figures. What the vault would not take under its name for
        a day is told as a fault that somebody has to look at: its recording is at the seat."""
        stuck, logged = 0, [call for one in self.faults if (call := self.calls.get(one)) is not None]
        # the clock was set back again and again: nobody's day is left out because it has not come yet
        now = max(self.clock(), *(call.ended_at or call.offered_at for call in logged)) + timedelta(hours=1)
        for call_id, fault in self.faults.items():
            outcome.calls += 1
            call, recording = self.calls.get(call_id), self.calls.recording(call_id)
            verdict = judge(call, recording, now) if call is not None else None
            said = verdict.value if isinstance(verdict, Verdict) else "not in the log"
            if isinstance(verdict, Finding):
                said = f"{verdict.fault.value}: {verdict.reason.value or 'no reason'}"
            outcome.kinds.setdefault(fault, Counter())[said] += 1
            outcome.spooled.setdefault((self.layouts[call_id], fault), Counter())[said] += 1
            outcome.answered += fault is not Fault.UNANSWERED
            reasonless = isinstance(verdict, Finding) and verdict.reason is Reason.NONE
            at_seat = recording is not None and self._lies_somewhere(recording.file)
            if reasonless and fault is Fault.VAULT_TAKEN and at_seat:
                stuck, reasonless = stuck + 1, False
            unanswered = verdict is Verdict.NOT_WANTED and fault is not Fault.UNANSWERED
            if verdict is None or reasonless or unanswered or verdict is Verdict.WAITS:
                outcome.lost.append(f"{call_id} {self.layouts[call_id].value} {fault.value}: {said}")
            if fault is not Fault.VAULT_TAKEN and segments.files_of(self.where, call_id, segments.MANIFEST):
                outcome.left.append(f"{call_id} {self.layouts[call_id].value} {fault.value}")
            if verdict is Verdict.RECORDED and not at_seat:
                outcome.lost.append(f"{call_id} {fault.value}: neither in the vault nor here")
        days = (now - min(call.offered_at for call in logged)).days + 2
        report = Reconcile(self.calls, lambda: now, ZONE).run(days)
        counted = sum(day.calls for day in report.days)
        if report.without_reason != stuck or counted != outcome.answered:
            outcome.lost.append(
                f"reconciled: {counted} calls of {outcome.answered}, {report.without_reason} reasonless of {stuck}"
            )

    def _lies_somewhere(self, file: str) -> bool:
        return self.vault.stat(file) is not None or any(self.sealed_dir.rglob(Path(file).name))
