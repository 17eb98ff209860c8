"""A whole seat brings itself to a new version when its agent has signed out, and back from one that is no good."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.processes import wait_until
from desk.demo.seat import Seat
from desk.signed import KeyPair
from desk.updating import choice as choices
from desk.updating.publish import Key, Publisher, Wish
from tests.end2end.ground import STEP_S, Ground, Post, is_turned_away
from tests.updating.bundles import ROOT, open_keys

LONG = bool(os.environ.get("DESK_SOAK") or os.environ.get("DESK_INSTALL"))
pytestmark = [pytest.mark.end2end, pytest.mark.timeout(900)]
LIMIT_S = 90.0
WAIT_S = 180.0  # for a whole seat, on a machine that is very busy
PROGRAM = """#!{python}
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
sys.frozen, sys.executable = True, __file__
import desk.version
from desk.updating import frozen
frozen.STAMP = desk.version.STAMP = Path(__file__).parent / "_internal" / "desk" / "_build.json"
{spoilt}
from desk.__main__ import _main
sys.exit(frozen.run(_main, {limit_s}))
"""
DEAD_WINDOW = "if sys.argv[-1] == 'ui': sys.exit(1)"


def a_program(folder: Path, version: str, spoilt: str = "") -> Path:
    """This checkout as an installed program would be, of that version."""
    stamp = folder / "_internal" / "desk" / "_build.json"
    stamp.parent.mkdir(parents=True)
    stamp.write_text(json.dumps({"version": version, "commit": "", "committed_at": ""}), "utf-8")
    program = folder / "desk"
    text = PROGRAM.format(python=sys.executable, root=str(ROOT), spoilt=spoilt, limit_s=LIMIT_S)
    program.write_text(text, "utf-8")
    program.chmod(0o755)
    return program


class InstalledSeat(Seat):
    """Started by an installed program instead of the checkout's."""

    program: Path

    def command(self, *words: str) -> list[str]:
        return [str(self.program), "--settings", str(self.settings_file), *words]


class Channel:
    def __init__(self, folder: Path, keys: KeyPair) -> None:
        from desk.compose.clock import now

        self.folder, self._bundles = folder / "channel", folder / "bundles"
        self._publisher = Publisher(self.folder, lambda: Key(keys.secret, ""), now)

    def publish(self, version: str, spoilt: str = "") -> None:
        a_program(self._bundles / version, version, spoilt)
        self._publisher.publish(self._bundles / version, Wish())


@pytest.fixture(scope="module")
def keys() -> KeyPair:
    return open_keys()


@pytest.fixture
def post(ground: Ground, tmp_path: Path, keys: KeyPair) -> Iterator[Post]:
    update = {"channel": str(tmp_path / "channel"), "keys": [keys.public], "folder": str(tmp_path / "versions")}
    with ground.seat(tables={"update": update}) as made:
        seat = InstalledSeat(made.name, made.folder, made.tables, made.env)
        seat.program = a_program(tmp_path / "installed", "0.1.0")
        try:
            yield Post(ground, seat).start()
        finally:
            seat.stop()


def choice_of(post: Post) -> choices.Choice:
    return choices.read(choices.folder_of(post.seat.data_dir))


def look(post: Post) -> None:
    """What the seat does by itself once an hour."""
    done = subprocess.run(
        post.seat.command("update", "look"),
        env={**os.environ, **post.seat.env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def signed_out(post: Post) -> None:
    post.note()
    post.press("ctrl+shift+o")


def test_a_seat_brings_itself_up_to_date_when_its_agent_has_signed_out(
    ground: Ground, resident: Baresip, post: Post, tmp_path: Path, keys: KeyPair
) -> None:
    Channel(tmp_path, keys).publish("0.2.0")
    look(post)
    call_id = post.talk(resident)  # nothing happens in a call
    post.hang_up(resident, call_id)
    assert not choice_of(post).version
    signed_out(post)
    post.after("window_ready", timeout_s=WAIT_S)
    wait_until("the new version to be healthy", lambda: _runs(post, "0.2.0"), WAIT_S)
    post.after("line registered", role="phone", timeout_s=STEP_S)
    nobody_sits_here(post)


def test_no_call_rings_at_the_desk_of_whoever_an_update_found_at_lunch(
    ground: Ground, resident: Baresip, post: Post, tmp_path: Path, keys: KeyPair
) -> None:
    post.note()
    post.press("shift+F9")
    post.type("73")  # do not disturb, lunch
    post.after("agent_state", state="lunch")
    post.note()
    Channel(tmp_path, keys).publish("0.2.0")
    look(post)
    post.after("window_ready", timeout_s=WAIT_S)
    post.after("agent_state", state="lunch", timeout_s=STEP_S)
    wait_until("the new version to be healthy", lambda: _runs(post, "0.2.0"), WAIT_S)
    post.after("line registered", role="phone", timeout_s=STEP_S)
    is_turned_away(resident, ground.line)


@pytest.mark.skipif(not LONG, reason="a bad version has its time, and that is long: with DESK_SOAK or DESK_INSTALL")
def test_a_seat_leaves_a_version_whose_window_never_comes_for_good(
    ground: Ground, resident: Baresip, post: Post, tmp_path: Path, keys: KeyPair
) -> None:
    Channel(tmp_path, keys).publish("0.3.0", DEAD_WINDOW)
    look(post)
    signed_out(post)
    wait_until("the version before", lambda: choice_of(post).failed == {"0.3.0": "late"}, WAIT_S)
    post.after("window_ready", timeout_s=WAIT_S)
    assert choice_of(post) == replace(choice_of(post), version="", trial=False, went_back="0.3.0")
    wait_until("the judgement", lambda: not choice_of(post).lacked, STEP_S)
    assert choice_of(post).failed == {"0.3.0": "late"}, "a window that never came is not tried again"
    post.after("line registered", role="phone", timeout_s=STEP_S)
    nobody_sits_here(post)
    post.in_front()
    post.press("Return")  # at the sign-in page
    post.after("signed_in")
    post.talk(resident)


def nobody_sits_here(post: Post) -> None:
    """As before the update. The telephone would sign an agent in at the exchange, and the shift begin."""
    steps = [line.get("step") for line in post.seat.log_lines("ui")[post.noted["ui"] :]]
    assert "signed_out" in steps, "by hand"
    assert "signed_in" not in steps[steps.index("window_ready") :]
    assert "shift_begun" not in steps


def _runs(post: Post, version: str) -> bool:
    kept = choice_of(post)
    return kept.version == version and not kept.trial
