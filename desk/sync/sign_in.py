"""The lane on which people sign in, unlock and change their password: one thread of the sync process, so that a centre
that does not answer keeps neither the window nor the exchange waiting. In the order in which they were asked; every
question gets an answer.

At every new contact with the centre, and once a minute while there is one, it looks whether whoever sits here may still
be here, and whether those who ever signed in here still may: who is disabled is out then, and what was kept to let them
in without the centre is deleted."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from desk.domain.sign_in import OUT, Answer, Verdict
from desk.domain.troubles import Trouble
from desk.sync.sitting import Sitter, Sitting
from desk.usecases.ports import StoreBroken, StoreFull
from desk.usecases.sign_in import GateAway, SignIn, Verifiers
from desk.wire import CentralState, ChangePassword, PutOut, Seated, SignInJudged, SitsHere
from desk.wire import SignIn as SignInAsked

LOOK_S = 60.0
LEAST_LOOK_S = 3.0  # a centre that refuses somebody is not asked faster
SWEEP_S = 30.0
_STOP_S = 2.0
_REFUSALS = frozenset({Trouble.CENTRAL_REFUSED.value, Trouble.PERSON_DISABLED.value})
_LOCKS = frozenset({Answer.CHANGED, Answer.ASK_AGAIN})

Asked = SignInAsked | ChangePassword | SitsHere
_log = logging.getLogger(__name__)


class Asker(Protocol):
    """A window: a peer of the link."""

    def send(self, message: Any) -> None: ...


class Gone(Protocol):
    """`central.gate.CentralGate.gone`."""

    def __call__(self, numbers: list[str], number: str = "", password: str = "") -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class _Question:
    asker: Asker
    asked: Asked


class SignInLane:
    """`publish`: to every window; `clock_s`: monotonic."""

    def __init__(
        self,
        sign_in: SignIn,
        verifiers: Verifiers,
        sitting: Sitting,
        gone: Gone,
        publish: Callable[[PutOut], None],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sign_in, self._verifiers, self._sitting, self._gone = sign_in, verifiers, sitting, gone
        self._publish, self._clock_s = publish, clock_s
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._look_wanted = threading.Event()
        self._connected = False  # the main loop's own, as the next
        self._looked_at = -LOOK_S
        self._last = ""
        self._thread = threading.Thread(target=self._run, name="sign-in", daemon=True)

    @property
    def sitting(self) -> Sitting:
        return self._sitting

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._questions.put(None)
        self._thread.join(_STOP_S)

    def take(self, asker: Asker, asked: Asked) -> None:
        """Any thread, returns at once; the answer goes to the asker."""
        self._questions.put(_Question(asker, asked))

    def seated(self) -> Seated:
        """For a window that has just attached. Any thread."""
        sitter = self._sitting.sitter
        if sitter is None:
            return Seated(last=self._last)
        return Seated(sitter.number, sitter.name, sitter.locked, self._last)

    def contact(self, state: CentralState) -> None:
        """What the exchange reports of the centre. The main loop's; returns at once."""
        now = self._clock_s()
        fresh = state.connected and not self._connected
        refused = not state.connected and state.trouble in _REFUSALS
        self._connected = state.connected
        due = now - self._looked_at >= (LEAST_LOOK_S if fresh or refused else LOOK_S)
        if due and (state.connected or refused):
            self._looked_at = now
            self._look_wanted.set()
            self._questions.put(None)

    # ---- the thread

    def _run(self) -> None:
        self._guarded(self._remember_last)
        while not self._stopping.is_set():
            try:
                question = self._questions.get(timeout=SWEEP_S)
            except queue.Empty:
                question = None
                self._guarded(self._sitting.sweep)
            if self._stopping.is_set():
                break
            if question is not None:
                self._answer(question)
            elif self._look_wanted.is_set():
                self._look_wanted.clear()
                self._guarded(self._look)

    def _remember_last(self) -> None:
        numbers = self._verifiers.numbers()
        self._last = self._last or (numbers[0] if numbers else "")

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except GateAway as error:
            _log.debug("the centre cannot be asked who may be here: %s", error)
        except (StoreFull, StoreBroken) as error:
            _log.warning("the seat's store fails: %s", error)
        except Exception:  # noqa: BLE001 - the thread's outermost frame: nobody could sign in any more
            _log.exception("the sign-in lane failed")

    def _answer(self, question: _Question) -> None:
        asked = question.asked
        if isinstance(asked, SitsHere):
            self._guarded(lambda: self._sits(asked))
            return
        try:
            verdict = self._change(asked) if isinstance(asked, ChangePassword) else self._enter(asked)
        except (StoreFull, StoreBroken) as error:
            verdict = Verdict(Answer.SEAT_FAULT, asked.number, detail=str(error))
        except Exception as error:  # noqa: BLE001 - as above; and the window waits for an answer
            _log.exception("the sign-in lane failed")
            verdict = Verdict(Answer.SEAT_FAULT, asked.number, detail=type(error).__name__)
        _log.info(
            "sign-in judged",
            extra={"agent": verdict.number, "answer": verdict.answer.value, "offline": verdict.offline},
        )
        question.asker.send(SignInJudged(asked.request, verdict))

    def _enter(self, asked: SignInAsked) -> Verdict:
        judge = self._sign_in.unlock if asked.unlocks else self._sign_in.enter
        verdict = judge(asked.number, asked.password)
        if verdict.answer is Answer.ADMITTED:
            self._sitting.sit(verdict.number, verdict.name, asked.password)
            self._last = verdict.number
        elif verdict.answer in OUT:
            self._sitting.forget_password(verdict.number)
        return verdict

    def _change(self, asked: ChangePassword) -> Verdict:
        verdict = self._sign_in.change_password(asked.number, asked.old, asked.new)
        sitter = self._sitting.sitter
        if verdict.answer is Answer.ADMITTED and sitter is not None and sitter.number == asked.number:
            self._sitting.sit(verdict.number, verdict.name or sitter.name, asked.new)
        return verdict

    def _sits(self, told: SitsHere) -> None:
        sitter = self._sitting.sitter
        if not told.number:
            self._sitting.leave()
            self._sitting.sweep()
        elif sitter is None or sitter.number != told.number:
            # This process was restarted under a window in which somebody sits.
            if not self._sitting.adopt(Sitter(told.number, told.name, told.locked)):
                self._publish(PutOut(told.number, Answer.ASK_AGAIN))
        else:
            self._sitting.lock(told.locked)

    def _look(self) -> None:
        """May whoever sits here, and those who were here before, still come in?"""
        sitter = self._sitting.sitter
        password = self._sitting.password_of(sitter.number) if sitter is not None else None
        if sitter is not None and password is not None:
            verdict = self._sign_in.look_again(sitter.number, password)
            answer = Answer.CHANGED if verdict.answer is Answer.WRONG else verdict.answer
            if answer in OUT:
                self._put_out(sitter.number, answer)
                password = None
        others = [number for number in self._verifiers.numbers() if sitter is None or number != sitter.number]
        if others:
            asks_as = sitter.number if sitter is not None and password is not None else ""
            for number in self._gone(others, asks_as, password or ""):
                _log.info("no longer lets in without the centre", extra={"agent": number})
                self._verifiers.forget(number)
                self._sitting.forget_password(number)

    def _put_out(self, number: str, answer: Answer) -> None:
        _log.warning("put out", extra={"agent": number, "answer": answer.value})
        self._sitting.forget_password(number)
        if answer in _LOCKS:
            self._sitting.lock(True)
        else:
            self._sitting.leave()
        self._publish(PutOut(number, answer))
