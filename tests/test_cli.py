"""The `desk` command as a person meets it: real processes, plain sentences, exit codes."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from desk import exit_codes, i18n
from desk.cli import main, seat
from desk.demo.keyring_session import keyring_session
from desk.explain import explain
from desk.faults import Fault
from desk.launcher import seat_lock
from desk.link.addresses import LinkBusy, LinkDown
from desk.settings import SettingsError
from desk.usecases.ports import KeyMissing, KeyringWeak, StoreBroken, StoreFull

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def keyring_env() -> Iterator[dict[str, str]]:
    with keyring_session() as env:
        yield env


def desk(*words: str, env: dict[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desk", *words],
        env={**os.environ, **(env or {})},
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_version_is_told() -> None:
    done = desk("--version")
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "desk", "")


def test_help_names_the_commands_and_hides_the_processes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert all(word in text for word in ("demo", "central", "secret", "--settings"))
    assert "--process" not in text


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["secret", "set"],
        ["demo", "data", "--households", "0"],
        ["demo", "data", "--households", "9"],
        ["demo", "--households", "9"],
        ["central", "drop"],
        ["--process", "x"],
        ["dial"],
    ],
)
def test_wrong_words_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == exit_codes.USAGE
    assert "usage: desk" in capsys.readouterr().err


def test_a_link_goes_to_the_seat_that_runs_and_starts_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the launcher's own server in this process: what arrives there is what the link said, cut to a length."""
    from desk import wire
    from desk.link.addresses import address_for, write_token
    from desk.link.sockets import LinkServer

    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    token = b"t" * 32
    write_token(folder, token)
    heard: SimpleQueue[object] = SimpleQueue()
    server = LinkServer(address_for(folder, "launcher"), token, "launcher", on_message=lambda _p, m: heard.put(m))
    server.start()
    file = tmp_path / "settings.toml"
    file.write_text(f"data_dir = '{tmp_path}/data'\nruntime_dir = '{folder}'\n", encoding="utf-8")
    try:
        for target in ("tel:+86-755-8765-4321;ext=803", "tel:" + "9" * 9000):
            assert main(["--settings", str(file), "dial", target]) == exit_codes.OK
            assert heard.get(timeout=10.0) == wire.DialRequested(target[:256])
    finally:
        server.close()
    assert not (tmp_path / "data").exists()


def test_a_link_waits_for_the_seat_that_was_started_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seat answers at the second try only; this command must not become another one."""
    asked: list[object] = []

    def ask(_folder: Path, message: object) -> bool:
        asked.append(message)
        return len(asked) > 1

    monkeypatch.setattr(seat_lock, "_ask", ask)
    monkeypatch.setenv(seat.STARTS, "1")
    file = tmp_path / "settings.toml"
    file.write_text(f"data_dir = '{tmp_path}/data'\n", encoding="utf-8")
    assert main(["--settings", str(file), "dial", "tel:10086"]) == exit_codes.OK
    assert len(asked) == 2
    assert seat.STARTS in (ROOT / "installer" / "debian" / "start-seat").read_text("utf-8")


def test_the_desktop_file_sends_every_kind_of_link_to_the_dial_box() -> None:
    text = (ROOT / "installer" / "desk-dial.desktop").read_text(encoding="utf-8")
    entry = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    assert entry["Exec"] == "/usr/libexec/desk/start-seat dial %u"
    assert set(entry["MimeType"].strip(";").split(";")) == {
        f"x-scheme-handler/{s}" for s in ("tel", "sip", "sips", "callto")
    }


def test_nothing_heavy_is_loaded_for_the_command_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, desk.cli, desk.launcher; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert not loaded & {
        "PySide6",
        "sqlalchemy",
        "pjsua2",
        "miniaudio",
        "av",
        "psycopg",
        "keyring",
        "msgspec",
        "desk.wire",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[seat]\nlanguage = 'en'\n[line]\nport = 'x'", "settings.toml, line 4: line.port has the wrong kind of value"),
        ("[line]\nport = 99999", "settings.toml 第 2 行：line.port: 端口应为 0"),
    ],
    ids=["english", "chinese"],
)
def test_malformed_settings_are_one_plain_sentence_with_line_and_reason(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    done = desk("--settings", str(file))
    assert done.returncode == exit_codes.FAULT
    assert told in done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_process_of_the_seat_says_the_same_and_asks_for_no_restart(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[seat]\nlanguage = 'en'\n[line]\nport = -1", encoding="utf-8")
    done = desk("--settings", str(file), "--process", "phone")
    assert done.returncode == exit_codes.ENVIRONMENT
    assert "settings.toml, line 4: line.port: a port is" in done.stderr
    assert "Traceback" not in done.stderr


def test_secret_is_read_from_standard_input_and_kept(keyring_env: dict[str, str]) -> None:
    done = desk("secret", "set", "sip:1001@pbx", env=keyring_env, stdin="geheim 密码\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    read = subprocess.run(
        [sys.executable, "-c", "from desk.secrets import *; print(KeyringSecrets().get('sip:1001@pbx'))"],
        env={**os.environ, **keyring_env, "PYTHONIOENCODING": "utf-8"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert read.stdout == "geheim 密码\n"


def test_empty_secret_changes_nothing(keyring_env: dict[str, str], tmp_path: Path) -> None:
    done = desk("--settings", str(tmp_path / "none"), "secret", "set", "sip:1002@pbx", env=keyring_env, stdin="\n")
    assert done.returncode == exit_codes.FAULT
    assert "没有输入内容" in done.stderr


def test_secret_without_a_keyring_says_what_to_do(tmp_path: Path) -> None:
    env = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
    file = tmp_path / "settings.toml"
    file.write_text("[seat]\nlanguage = 'en'", encoding="utf-8")
    done = desk("--settings", str(file), "secret", "set", "sip:1001@pbx", env=env, stdin="x\n")
    assert done.returncode == exit_codes.FAULT
    assert "package gnome-keyring" in done.stderr
    assert done.stderr.count("\n") == 1


FAULTS = [
    Fault("do this"),
    KeyringWeak("no keyring"),
    SettingsError(Path("f"), 3, "why"),
    SettingsError(Path("f"), 0, "why"),
    KeyMissing(),
    StoreFull(),
    StoreBroken("malformed"),
    LinkBusy("/run/x"),
    LinkDown("no token"),
    OSError(errno.ENOSPC, "No space left on device"),
    PermissionError(errno.EACCES, "Permission denied", "/srv/x"),
    OSError(errno.EROFS, "Read-only file system", "/srv/x"),
]


@pytest.mark.parametrize("error", FAULTS, ids=lambda e: type(e).__name__)
def test_fault_of_the_surroundings_has_a_sentence_in_both_languages(error: Exception) -> None:
    english = explain(error)
    i18n.speak("zh_CN")
    chinese = explain(error)
    assert english
    assert chinese
    if not isinstance(error, Fault | KeyringWeak):  # they bring their own
        assert chinese != english
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyError("x"), FileNotFoundError(errno.ENOENT, "x", "y")])
def test_bug_has_no_sentence_and_stays_loud(error: Exception) -> None:
    assert explain(error) is None
