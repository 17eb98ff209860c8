"""The ports of signing in, in memory: for tests, and to try it without a store or a centre."""

from dataclasses import replace
from datetime import datetime

from desk.domain.sign_in import Answer, Tries, Verdict, Verifier
from desk.usecases.sign_in import GateAway


class FakeVerifiers:
    """Implements `usecases.sign_in.Verifiers`."""

    def __init__(self) -> None:
        self._verifiers: dict[str, Verifier] = {}
        self._tries: dict[str, Tries] = {}

    def of(self, number: str) -> Verifier | None:
        return self._verifiers.get(number)

    def keep(self, verifier: Verifier) -> None:
        self._verifiers[verifier.number] = verifier

    def forget(self, number: str) -> None:
        self._verifiers.pop(number, None)

    def numbers(self) -> list[str]:
        return sorted(self._verifiers, key=lambda number: self._verifiers[number].judged_at, reverse=True)

    def touch(self, number: str, judged_at: datetime, password_until: datetime | None) -> None:
        if number in self._verifiers:
            known = self._verifiers[number]
            self._verifiers[number] = replace(known, judged_at=judged_at, password_until=password_until)

    def tries(self, number: str) -> Tries:
        return self._tries.get(number, Tries())

    def note_try(self, number: str, at: datetime) -> Tries:
        self._tries[number] = Tries(self.tries(number).wrong + 1, at)
        return self._tries[number]

    def clear_tries(self, number: str) -> None:
        self._tries.pop(number, None)


class FakeGate:
    """A centre with these passwords. `answers`: what it says of somebody whose password is right, where it does not let
    them in. `kinds`: of their accounts. `away`: it cannot be asked."""

    def __init__(self, passwords: dict[str, str] | None = None) -> None:
        self.passwords = dict(passwords or {})
        self.answers: dict[str, Answer] = {}
        self.until: dict[str, datetime] = {}
        self.kinds: dict[str, str] = {}
        self.away = False
        self.asked = 0

    def judge(self, number: str, password: str) -> Verdict:
        self._ask()
        if not password or self.passwords.get(number) != password:
            return Verdict(Answer.WRONG, number)
        answer = self.answers.get(number, Answer.ADMITTED)
        until, kind = self.until.get(number), self.kinds.get(number, "")
        return Verdict(answer, number, f"name of {number}", password_until=until, kind=kind)

    def change_password(self, number: str, old: str, new: str) -> Verdict:
        verdict = self.judge(number, old)
        if verdict.answer is Answer.ADMITTED:
            self.passwords[number] = new
        return verdict

    def gone(self, numbers: list[str], number: str = "", password: str = "") -> frozenset[str]:  # noqa: ARG002
        self._ask()
        return frozenset(one for one in numbers if one not in self.passwords or one in self.answers)

    def _ask(self) -> None:
        self.asked += 1
        if self.away:
            raise GateAway("connection refused")
