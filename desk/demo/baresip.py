"""baresip as the caller: a SIP telephone that is not PJSIP. It plays a sound file as its microphone, writes what it
hears to another (baresip's own `sndfile` filter), and is commanded through its control socket.

Everything on 127.0.0.1; no sound device is touched. What it heard is complete when its call has ended."""

import json
import socket
import threading
import time
import wave
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desk.demo.processes import Child, NotReady, free_port, free_sip_port, wait_until

START_S = 15.0
ANSWER_S = 5.0
STOP_S = 1.0  # with a call up it waits for an answer to its BYE
RATE_HZ = 16_000
LONGEST_CALL_S = 150  # baresip hangs up where its sound file ends

_CONFIG = """
poll_method epoll
sip_listen 127.0.0.1:{port}
sip_trans_def udp
call_local_timeout 120
call_max_calls 4
audio_source aufile,{sound}
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
audio_channels 1-1
audio_srate 8000-48000
ausrc_channels 1
auplay_channels 1
audio_txmode thread
audio_buffer 20-60
audio_jitter_buffer_type fixed
audio_jitter_buffer_delay 1-5
rtp_tos 184
rtp_timeout 60
net_interface 127.0.0.1
module_path /usr/lib/baresip/modules
module g722.so
module g711.so
module srtp.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {folder}
"""


class Baresip:
    """`user`@`domain` is what callers are seen as; `password` None = no registration: calls go straight to the URI that
    is dialled. `sound`: mono 16-bit WAV at 16 kHz, followed by silence; None for silence alone. `encryption`: "srtp"
    (optional) or "srtp-mand" (RFC 4568), "" for none. Configuration, log and recordings are in `folder`. As a context
    it runs from beginning to end."""

    def __init__(
        self,
        folder: Path,
        user: str,
        domain: str,
        password: str | None = None,
        sound: Path | None = None,
        display_name: str = "",
        codecs: str = "G722/16000/1,PCMA",
        answers: bool = False,
        encryption: str = "",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._user = folder, user
        self.port, self._control_port = free_sip_port(), free_port()
        self.events: list[dict[str, Any]] = []
        self._answers: dict[str, dict[str, Any]] = {}
        self._arrived = threading.Condition()
        self._next_token = 0
        registered = f";auth_pass={password};regint=60" if password is not None else ";regint=0"
        mode = ";answermode=auto" if answers else ";answermode=manual"
        secured = f";mediaenc={encryption}" if encryption else ""
        account = f'"{display_name}" <sip:{user}@{domain}>{registered}{mode}{secured};audio_codecs={codecs};ptime=20'
        (folder / "accounts").write_text(account + "\n", encoding="utf-8")
        (folder / "contacts").write_text("", encoding="utf-8")
        microphone = folder / "microphone.wav"
        _with_silence(sound, microphone)
        (folder / "config").write_text(
            _CONFIG.format(port=self.port, control=self._control_port, folder=folder, sound=microphone),
            encoding="utf-8",
        )
        self._registers = password is not None
        self._child: Child | None = None
        self._socket: socket.socket | None = None

    @property
    def uri(self) -> str:
        """Where it is called without a registrar."""
        return f"sip:{self._user}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it can be commanded, and is registered where it registers."""
        self._child = Child(["baresip", "-f", str(self.folder)], self.folder / "baresip.log")
        self._child.wait_until("baresip's control socket", self._attach, START_S)
        threading.Thread(target=self._listen, name="baresip", daemon=True).start()
        if self._registers:
            self._child.wait_until("baresip's registration", lambda: b" 200 OK (" in self._log(), START_S)

    def _log(self) -> bytes:
        return (self.folder / "baresip.log").read_bytes()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop(STOP_S)
            self._child = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # ---- commands

    def dial(self, uri: str) -> None:
        self.command("dial", uri)

    def accept(self) -> None:
        self.command("accept")

    def hang_up(self) -> None:
        self.command("hangup")

    def send_digit(self, digit: str) -> None:
        """One DTMF digit (RFC 4733)."""
        self.command("sndcode", digit)

    def hold(self) -> None:
        self.command("hold")

    def resume(self) -> None:
        self.command("resume")

    def command(self, name: str, parameters: str = "") -> dict[str, Any]:
        """One of baresip's own commands; its answer."""
        assert self._socket is not None  # noqa: S101 - started
        with self._arrived:
            self._next_token += 1
            token = str(self._next_token)
        body = json.dumps({"command": name, "params": parameters, "token": token}).encode()
        self._socket.sendall(b"%d:%s," % (len(body), body))
        with self._arrived:
            if not self._arrived.wait_for(lambda: token in self._answers, ANSWER_S):
                raise NotReady(f"baresip did not answer {name}")
            return self._answers.pop(token)

    # ---- what it reports

    def wait_event(self, kind: str, timeout_s: float = 10.0, after: int = 0) -> dict[str, Any]:
        """The first event of this type (CALL_ESTABLISHED, CALL_CLOSED, REGISTER_OK...) behind the first `after`."""
        found: list[dict[str, Any]] = []

        def came() -> bool:
            found[:] = [event for event in self.events[after:] if event.get("type") == kind]
            return bool(found)

        with self._arrived:
            if not self._arrived.wait_for(came, timeout_s):
                raise NotReady(f"baresip: no {kind} within {timeout_s:g} s, but {[e.get('type') for e in self.events]}")
        return found[0]

    def heard(self, timeout_s: float = 5.0) -> Path:
        """The WAV of what it heard in its last call; call after the end."""

        def written() -> Path | None:
            files = sorted(self.folder.glob("dump-*-dec.wav"), key=lambda file: file.stat().st_mtime_ns)
            return files[-1] if files and files[-1].stat().st_size > 44 else None

        result = wait_until("baresip's recording", written, timeout_s)
        assert isinstance(result, Path)  # noqa: S101
        return result

    # ---- the control socket: JSON in netstrings

    def _attach(self) -> bool:
        try:
            self._socket = socket.create_connection(("127.0.0.1", self._control_port), 1.0)
        except OSError:
            return False
        self._socket.settimeout(None)
        return True

    def _listen(self) -> None:
        buffer = b""
        while (connection := self._socket) is not None:
            try:
                got = connection.recv(65536)
            except OSError:
                return
            if not got:
                return
            buffer += got
            while b":" in buffer:
                length, _, rest = buffer.partition(b":")
                if not length.isdigit() or len(rest) <= int(length):
                    break
                body, buffer = rest[: int(length)], rest[int(length) + 1 :]
                self._came(json.loads(body.decode("utf-8", "replace")))

    def _came(self, message: dict[str, Any]) -> None:
        with self._arrived:
            if message.get("event"):
                self.events.append({**message, "monotonic_s": time.monotonic()})
            else:
                self._answers[str(message.get("token", ""))] = message
            self._arrived.notify_all()


def _with_silence(sound: Path | None, file: Path) -> None:
    """A copy that goes on in silence, long enough for any call. Raises `wave.Error` for another format."""
    pcm = b""
    if sound is not None:
        with wave.open(str(sound), "rb") as given:
            if (given.getnchannels(), given.getsampwidth(), given.getframerate()) != (1, 2, RATE_HZ):
                raise wave.Error(f"{sound} is not mono, 16 bit, {RATE_HZ} Hz")
            pcm = given.readframes(given.getnframes())
    with wave.open(str(file), "wb") as padded:
        padded.setnchannels(1)
        padded.setsampwidth(2)
        padded.setframerate(RATE_HZ)
        padded.writeframes(pcm + bytes(RATE_HZ * 2 * LONGEST_CALL_S))
