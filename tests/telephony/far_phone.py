"""A far side that knows what baresip does not: REFER with Replaces, both as the one who is sent on and as the one whose
call is replaced (plain PJSIP, as it comes). `FarPhone` starts it as a process of its own, because PJSIP is one per
process; it is commanded by lines and tells by lines what happens.

It answers every call with `answers` (200, 180, 486), plays a WAV to whoever it talks to, and writes what it hears."""

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pjsua2 as pj

from desk.demo.processes import free_port

ROOT = Path(__file__).parent.parent.parent


class FarPhone:
    def __init__(self, folder: Path, user: str, sound: Path | None = None, answers: int = 200) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port(socket.SOCK_DGRAM)
        self.uri = f"sip:{user}@127.0.0.1:{self.port}"
        self._heard = folder / "heard.wav"
        config = {"user": user, "port": self.port, "heard": str(self._heard), "answers": answers}
        if sound is not None:
            config["sound"] = str(sound)
        self.told: list[dict[str, Any]] = []
        self._arrived = threading.Condition()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.telephony.far_phone", json.dumps(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        threading.Thread(target=self._listen, daemon=True).start()
        self.wait("ready")

    def _listen(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if line.startswith("{"):
                with self._arrived:
                    self.told.append(json.loads(line))
                    self._arrived.notify_all()

    def do(self, *words: str) -> None:
        """answers CODE | dial URI | accept (what rings, or the next that does) | hangup | hold | resume | refer URI |
        join (its two calls are connected, itself leaves)"""
        assert self._child.stdin is not None
        self._child.stdin.write(" ".join(words) + "\n")

    def wait(self, kind: str, timeout_s: float = 15.0, after: int = 0, **fields: Any) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            for one in self.told[after:]:
                if one["kind"] == kind and all(one.get(key) == value for key, value in fields.items()):
                    return one
            return None

        with self._arrived:
            assert self._arrived.wait_for(lambda: found() is not None, timeout_s), (kind, fields, self.told)
        return found() or {}

    def heard(self) -> bytes:
        """PCM, mono, 16 kHz, after its end. PJSIP writes the header of a WAV at its end only, which does not come."""
        return self._heard.read_bytes()[44:]

    @property
    def idle(self) -> bool:
        """Every call that it had has ended."""
        kinds = [one["kind"] for one in self.told]
        return kinds.count("begun") == kinds.count("ended")

    def stop(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.do("exit")
        try:
            self._child.wait(5.0)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@contextmanager
def far_phone(folder: Path, user: str, sound: Path | None = None, answers: int = 200) -> Iterator[FarPhone]:
    telephone = FarPhone(folder, user, sound, answers)
    try:
        yield telephone
    finally:
        telephone.stop()


# ---- the process


def _tell(kind: str, **fields: Any) -> None:
    print(json.dumps({"kind": kind, **fields}), flush=True)


class _Call(pj.Call):
    def __init__(self, phone: "_Phone", pj_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(phone.account, pj_id)
        self.phone = phone
        phone.calls.append(self)
        _tell("begun")

    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            _tell("confirmed", uri=info.remoteUri)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            _tell("ended", code=int(info.lastStatusCode))
            if self in self.phone.calls:
                self.phone.calls.remove(self)
            self.phone.gone.append(self)

    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()
        for media in info.media:
            if media.status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD):
                audio = self.getAudioMedia(media.index)
                if self.phone.player is not None:
                    self.phone.player.startTransmit(audio)
                audio.startTransmit(self.phone.recorder)

    def onCallTransferRequest(self, prm: pj.OnCallTransferRequestParam) -> None:
        _tell("referred", uri=prm.dstUri)
        prm.newCall = _Call(self.phone)  # type: ignore[attr-defined]

    def onCallReplaced(self, prm: pj.OnCallReplacedParam) -> None:
        _tell("replaced")
        prm.newCall = _Call(self.phone, prm.newCallId)

    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:
        _tell("transfer", code=int(prm.statusCode))

    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        _tell("digit", digit=prm.digit, method=int(getattr(prm, "method", -1)))


class _Account(pj.Account):
    def __init__(self, phone: "_Phone") -> None:
        super().__init__()
        self._phone = phone

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        call = _Call(self._phone, prm.callId)
        _tell("offered", message=prm.rdata.wholeMsg)
        op = pj.CallOpParam()
        op.statusCode = 200 if self._phone.accepts_next else self._phone.answers
        self._phone.accepts_next = False
        call.answer(op)


class _Phone:
    def __init__(self, config: dict[str, Any]) -> None:
        self.answers = config["answers"]
        self.accepts_next = False
        self.calls: list[_Call] = []
        self.gone: list[_Call] = []
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        settings = pj.EpConfig()
        settings.uaConfig.threadCnt = 0
        settings.logConfig.level = settings.logConfig.consoleLevel = 0
        settings.medConfig.clockRate = settings.medConfig.sndClockRate = 16_000
        settings.medConfig.channelCount = 1
        settings.medConfig.noVad = True
        self.endpoint.libInit(settings)
        transport = pj.TransportConfig()
        transport.port, transport.boundAddress = config["port"], "127.0.0.1"
        self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        self.player: pj.AudioMediaPlayer | None = None
        if "sound" in config:
            self.player = pj.AudioMediaPlayer()
            self.player.createPlayer(config["sound"])
        self.recorder: Any = pj.AudioMediaRecorder()  # type: ignore[attr-defined]
        self.recorder.createRecorder(config["heard"])
        account = pj.AccountConfig()
        account.idUri = f"sip:{config['user']}@127.0.0.1:{config['port']}"
        account.regConfig.registerOnAdd = False
        account.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        self.account = _Account(self)
        self.account.create(account)

    def do(self, words: list[str]) -> None:
        prm = pj.CallOpParam(True)
        call = self.calls[-1] if self.calls else None
        match words:
            case ["answers", code]:
                self.answers = int(code)
            case ["dial", uri]:
                _Call(self).makeCall(uri, prm)
            case ["accept"]:
                ringing = [one for one in self.calls if one.getInfo().state == pj.PJSIP_INV_STATE_EARLY]
                self.accepts_next = not ringing
                prm.statusCode = 200
                for one in ringing:
                    one.answer(prm)
            case ["hangup", *code] if call is not None:
                prm.statusCode = int(code[0]) if code else 0
                call.hangup(prm)
            case ["hold"] if call is not None:
                call.setHold(prm)
            case ["resume"] if call is not None:
                prm.opt.flag = pj.PJSUA_CALL_UNHOLD
                call.reinvite(prm)
            case ["refer", uri] if call is not None:
                call.xfer(uri, prm)
            case ["join"] if len(self.calls) > 1:
                self.calls[0].xferReplaces(self.calls[1], prm)
            case _:
                _tell("refused", words=words)


def main() -> None:
    phone = _Phone(json.loads(sys.argv[1]))
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        lines.put("exit")

    threading.Thread(target=read, daemon=True).start()
    _tell("ready")
    while True:
        phone.endpoint.libHandleEvents(10)
        # Deleting the object of an ended call hangs up the call that has its number now.
        phone.gone = [call for call in phone.gone if call.isActive()]
        while not lines.empty():
            words = lines.get().split()
            if words == ["exit"]:
                phone.endpoint.hangupAllCalls()  # type: ignore[attr-defined]
                end = time.monotonic() + 0.4
                while time.monotonic() < end:
                    phone.endpoint.libHandleEvents(10)
                sys.stdout.flush()
                os._exit(0)
            try:
                phone.do(words)
            except pj.Error as error:
                if words[0] in ("hold", "resume"):  # another re-INVITE is under way: again
                    lines.put(" ".join(words))
                    break
                _tell("refused", words=words, reason=error.reason)


if __name__ == "__main__":
    main()
