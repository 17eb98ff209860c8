"""A settings file that cannot be used, a recording that nobody can read, strangers on the local link, and a central
database that is not as it should be."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest
import uuid6

from desk import exit_codes
from desk.demo.baresip import Baresip
from desk.demo.processes import Child, free_port, listens, wait_until
from desk.demo.stage import CENTRAL_PASSWORD, DATABASE
from desk.domain.identity import CallId
from desk.domain.journal import WhyMissing, why_missing
from desk.domain.troubles import Trouble
from desk.link.addresses import address_for
from desk.recording.spool.folder import audio_file, manifest_file
from tests.end2end import kept
from tests.end2end.ground import START_S, STEP_S, TITLE, Ground, Post, is_chinese, put_secret

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


@pytest.mark.parametrize(
    ("language", "text", "line"),
    [
        ("zh_CN", "[line\nport = 1\n", 2),
        ("zh_CN", "[line]\nprot = 5060\n", 3),
        ("en", "[line]\nport = 70000\n", 3),
        ("en", '[line]\nport = "5060"\n', 3),
    ],
)
def test_malformed_settings_file_is_told_with_line_and_reason(
    tmp_path: Path, language: str, text: str, line: int
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'# the seat\n{text}[seat]\nlanguage = "{language}"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "desk", "--settings", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.returncode == exit_codes.FAULT
    assert str(file) in done.stderr
    assert str(line) in done.stderr
    assert is_chinese(done.stderr) is (language == "zh_CN")
    assert done.stderr.count("\n") == 1  # a sentence, and no traceback
    assert sorted(path.name for path in tmp_path.iterdir()) == ["settings.toml"]


def test_malformed_settings_file_is_told_in_a_window_where_nobody_reads_stderr(ground: Ground) -> None:
    with ground.seat(on_line=False) as seat:
        seat.write_settings()
        right = seat.settings_file.read_text(encoding="utf-8")
        seat.settings_file.write_text(right.replace("[line]", "[line"), encoding="utf-8")
        log = seat.folder / "desk.log"
        with Child(seat.command(), log, seat.env) as desk:
            wait_until("the window", lambda: ground.display.window(TITLE), START_S)
            Post(ground, seat).in_front()
            seat.settings_file.write_text(right, encoding="utf-8")
            ground.display.press("Return")
            desk.wait_until("the seat", lambda: seat.step("window_ready"), START_S)
        assert log.read_text(encoding="utf-8") == ""


def test_a_recording_that_nobody_can_read_is_in_the_call_log_and_told(ground: Ground) -> None:
    call_id = CallId(str(uuid6.uuid7()))
    with ground.seat(on_line=False, on_screen=False) as seat:
        spool_dir = seat.data_dir / "spool"
        spool_dir.mkdir(parents=True, exist_ok=True)
        manifest_file(spool_dir, call_id).write_bytes(os.urandom(200) + b"\n")
        audio_file(spool_dir, call_id).write_bytes(os.urandom(64_000))
        post = Post(ground, seat).start(line="direct")
        post.told(Trouble.RECORDINGS_FAULTY)
        recording = kept.wait_recording(seat, call_id)
        assert why_missing(recording.why)[0] is WhyMissing.UNREADABLE
        assert kept.wait_call(seat, call_id).seat == seat.name


def test_garbage_on_the_local_link_costs_nobody_but_its_sender(ground: Ground, resident: Baresip, post: Post) -> None:
    runtime_dir = post.seat.folder / "run"
    for role in ("launcher", "phone", "sync"):
        address = address_for(runtime_dir, role)
        wait_until(f"{role} to serve", partial(listens, Path(address)), STEP_S)  # sync starts once the window stands
        for garbage in (b"", b"\x00" * 64, b"\xff" * 4096, b"GET / HTTP/1.1\r\n\r\n", os.urandom(100_000)):
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.settimeout(STEP_S)
                stranger.connect(address)
                try:
                    stranger.sendall(garbage)
                    stranger.shutdown(socket.SHUT_WR)
                    while stranger.recv(65536):
                        pass
                except OSError:
                    pass  # dropped: what it is there for
        with pytest.raises((AuthenticationError, EOFError, OSError)):
            Client(address, authkey=b"guessed").recv()
        assert wait_until(f"{role} to note it", partial(_refusals, post, role), STEP_S)
    post.seat.wait_step("stranger_told", STEP_S)
    call_id = post.talk(resident)
    post.hang_up(resident, call_id)
    assert not post.seat.step("restart_told")
    assert post.seat.step("trouble_told", trouble=Trouble.PHONE_AWAY.value) is None


def _refusals(post: Post, role: str) -> int:
    return sum(line["logger"].startswith("desk.link.") for line in post.seat.log_lines(role))


def _trusting(ground: Ground, **changes: str) -> Mapping[str, Mapping[str, object]]:
    central = ground.central
    right = {"url": central.url(DATABASE), "user": "agent1009", "ca_file": str(central.ca_file)}
    return {"central": {**right, **changes}}


@pytest.fixture(scope="module")
def agent_role(ground: Ground) -> None:
    ground.central.create_role("agent1009", CENTRAL_PASSWORD)


@pytest.mark.usefixtures("agent_role")
@pytest.mark.parametrize(
    ("trouble", "wrong"),
    [
        (Trouble.CENTRAL_UNREACHABLE, "port"),
        (Trouble.CENTRAL_UNVERIFIED, "ca"),
        (Trouble.CENTRAL_REFUSED, "password"),
    ],
    ids=lambda value: value.value if isinstance(value, Trouble) else value,
)
def test_centre_that_is_not_as_it_should_be_is_told_and_nothing_is_lost(
    ground: Ground, trouble: Trouble, wrong: str
) -> None:
    changes = {
        "port": {"url": f"postgresql://127.0.0.1:{free_port()}/{DATABASE}"},
        "ca": {"ca_file": ""},
        "password": {},
    }[wrong]
    tables = _trusting(ground, **changes)
    with ground.seat(on_line=False, on_screen=False, tables=tables) as seat:
        password = "not-the-password" if wrong == "password" else CENTRAL_PASSWORD
        put_secret(seat, "central:agent1009@127.0.0.1", password)
        post = Post(ground, seat).start(line="direct")
        post.told(trouble)
        with kept.store(seat) as opened, opened.read() as connection:
            unsent = connection.exec_driver_sql("SELECT count(*) FROM change WHERE central_seq IS NULL").scalar_one()
        assert unsent > 0
        if wrong == "password":
            post.note()
            put_secret(seat, "central:agent1009@127.0.0.1", CENTRAL_PASSWORD)
            post.told(None)
            post.after("central in step", role="sync")
