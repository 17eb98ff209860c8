"""Secrets: one suite for the real keyring (gnome-keyring in a private session) and for the fake; weak ones refused."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend

from desk import i18n
from desk.demo.keyring_session import keyring_session
from desk.secrets import FakeSecrets, KeyringSecrets, KeyringShut, Secrets
from desk.usecases.ports import KeyringWeak


@pytest.fixture(scope="module")
def session() -> Iterator[dict[str, str]]:
    with keyring_session() as env:
        yield env


@pytest.fixture
def real(session: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> KeyringSecrets:
    for name, value in session.items():
        monkeypatch.setenv(name, value)
    return KeyringSecrets()


@pytest.fixture(params=["keyring", "fake"])
def make(request: pytest.FixtureRequest) -> Callable[[], Secrets]:
    """Opens the same secrets each time it is called."""
    if request.param == "keyring":
        request.getfixturevalue("real")
        return KeyringSecrets
    fake = FakeSecrets()
    return lambda: fake


ODD = ["", " ", "密码 pässword", "x" * 4096, "line\nline", "'\"\\$(true)", "😀"]


@pytest.mark.parametrize("value", ODD)
def test_what_is_kept_comes_back_the_same(make: Callable[[], Secrets], value: str) -> None:
    make().set("sip:1001@pbx", value)
    assert make().get("sip:1001@pbx") == value


def test_missing_secret_is_none(make: Callable[[], Secrets]) -> None:
    assert make().get("central:nobody@nowhere") is None


def test_newer_secret_replaces_the_older_one(make: Callable[[], Secrets]) -> None:
    secrets = make()
    secrets.set("store", "old")
    secrets.set("store", "new")
    assert secrets.get("store") == "new"


def test_entries_do_not_touch_each_other(make: Callable[[], Secrets]) -> None:
    secrets = make()
    secrets.set("sip:a@pbx", "1")
    secrets.set("sip:a@pbx2", "2")
    secrets.delete("sip:a@pbx")
    assert secrets.get("sip:a@pbx") is None
    assert secrets.get("sip:a@pbx2") == "2"


def test_deleting_twice_does_nothing(make: Callable[[], Secrets]) -> None:
    secrets = make()
    secrets.set("store", "x")
    secrets.delete("store")
    secrets.delete("store")
    assert secrets.get("store") is None


def test_another_process_reads_what_this_one_kept(real: KeyringSecrets, session: dict[str, str]) -> None:
    real.set("sip:1001@pbx", "from here")
    told = subprocess.run(
        [sys.executable, "-c", "from desk.secrets import *; print(KeyringSecrets().get('sip:1001@pbx'))"],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, **session},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "from here\n"


def test_nothing_is_kept_in_plain_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with keyring_session(tmp_path) as env:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        KeyringSecrets().set("store", "plainly-to-be-seen")
    kept = [f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()]
    assert any(b"GnomeKeyring" in content for content in kept)
    assert not any(b"plainly-to-be-seen" in content for content in kept)


def test_no_keyring_service_is_told_in_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")  # what others would fall for
    with pytest.raises(KeyringWeak, match="gnome-keyring"):
        KeyringSecrets()
    i18n.speak("zh_CN")
    with pytest.raises(KeyringWeak, match="密码"):
        KeyringSecrets()


class PlaintextKeyring(KeyringBackend):
    """What keyrings.alt would bring along."""

    priority = 9

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a secret reached a plain text file")


@pytest.mark.parametrize("weak", [PlaintextKeyring, keyring.backends.null.Keyring, keyring.backends.fail.Keyring])
def test_weak_keyrings_are_refused(weak: Callable[[], KeyringBackend]) -> None:
    with pytest.raises(KeyringWeak, match="encrypted"):
        KeyringSecrets(weak())


def test_keyring_that_went_away_says_what_to_do(real: KeyringSecrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    with pytest.raises(KeyringShut, match="Unlock it"):
        real.get("store")
    with pytest.raises(KeyringShut, match="Unlock it"):
        real.set("store", "x")
    with pytest.raises(KeyringShut, match="Unlock it"):
        real.delete("store")
