"""The keyboard on a real screen (Xvfb, a window manager, keys through the X server): a call that rings takes it from
nobody."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desk.demo.display import Display, virtual_display
from desk.demo.processes import wait_until

ROOT = Path(__file__).parents[2]


class Program:
    """`tests.ui.window_program`, asked and told by lines."""

    def __init__(self, display: Display, *argv: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.window_program", *argv],
            cwd=ROOT,
            env={**os.environ, **display.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def ask(self) -> dict[str, Any]:
        self.tell("say")
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def until(self, what: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            seen = self.ask()
            return seen if is_so(seen) else None

        found = wait_until(what, look, 15.0)
        assert found is not None
        return found

    def end(self) -> None:
        with self._process:  # closes its pipes
            self.tell("end")
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                raise


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    with virtual_display(tmp_path) as display:
        yield display


@contextmanager
def program(display: Display, *argv: str) -> Iterator[Program]:
    started = Program(display, *argv)
    try:
        yield started
    finally:
        started.end()


def test_a_call_that_rings_and_is_answered_leaves_the_typing_where_it_is(display: Display) -> None:
    with program(display) as desk:
        desk.until("window", lambda seen: seen["active"] and seen["signed_in"])
        display.press("ctrl+n")
        desk.until("form", lambda seen: seen["text"] == "" and seen["focus"] not in ("", "welcome"))
        display.type("lou")
        before = desk.until("typed", lambda seen: seen["text"] == "lou")
        desk.tell("ring c1 013800138000")
        desk.until("ringing", lambda seen: seen["card"] == "c1")
        display.press("F2")
        desk.until("answered", lambda seen: "Answer" in seen["commands"])
        desk.tell("answer c1")
        display.type("shui")
        after = desk.until("typed on", lambda seen: seen["text"] == "loushui")
        assert after["focus"] == before["focus"]


def test_a_call_that_rings_does_not_take_the_keyboard_from_another_program(display: Display) -> None:
    with program(display) as desk:
        desk.until("window", lambda seen: seen["active"] and seen["signed_in"])
        with program(display, "other") as other:
            wait_until("the other window", lambda: display.window("another program"), 15.0)
            display.activate(display.window("another program"))
            other.until("in front", lambda seen: seen["active"])
            display.type("an")
            before = display.focused()
            desk.tell("ring c1 013800138000")
            desk.until("ringing", lambda seen: seen["card"] == "c1")
            display.type("other")
            assert other.until("typed on", lambda seen: seen["text"] == "another")["active"]
            assert display.focused() == before
