"""sipp as the far side: scenarios are put together from steps in Python and written as its XML, because what differs
between two of them is a line or two. A scenario passes when sipp has sent and received everything in order: it then
exits with 0.

Steps that call (`invite`, `ack`, `bye`...) are for a caller, `answer` is for one who is called. What a message names
with `[...]` is filled in by sipp."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from desk.demo.processes import free_port

TIMEOUT_S = 25
SDP = """v=0
o=- 1 [call_number] IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000"""
HELD = SDP + "\na=sendonly"
NO_CODEC_OF_OURS = SDP.replace("RTP/AVP 8 101", "RTP/AVP 97").replace("8 PCMA/8000", "97 EVS/16000")


def _request(method: str, sequence: int, *more: str, body: str = "", kind: str = "application/sdp") -> str:
    """With the branch of its sequence number, so that sending it twice is a retransmission (RFC 3261 17.1.1.2)."""
    outside = method in ("INVITE", "CANCEL") and sequence == 1
    target = "sip:desk@[remote_ip]:[remote_port]" if outside else "[next_url]"
    to = "To: <sip:desk@[remote_ip]:[remote_port]>" + ("" if outside else "[peer_tag_param]")
    lines = [
        f"{method} {target} SIP/2.0",
        f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK[pid].[call_number].{sequence}."
        + ("ACK" if method == "ACK" else "INVITE" if method == "CANCEL" else method),
        "From: <sip:13800138000@[local_ip]:[local_port]>;tag=[call_number]",
        to,
        "Call-ID: [call_id]",
        f"CSeq: {sequence} {method}",
        "Contact: <sip:13800138000@[local_ip]:[local_port]>",
        "Max-Forwards: 70",
        *more,
        *([f"Content-Type: {kind}"] if body else []),
        "Content-Length: [len]",
        "",
        body,
    ]
    return _send("\n".join(lines))


def _send(message: str) -> str:
    return f"<send><![CDATA[\n{message}\n]]></send>"


def invite(*more: str, sequence: int = 1, sdp: str = SDP) -> str:
    return _request("INVITE", sequence, *more, body=sdp)


def ack(sequence: int = 1) -> str:
    return _request("ACK", sequence)


def cancel() -> str:
    return _request("CANCEL", 1)


def bye(sequence: int) -> str:
    return _request("BYE", sequence)


def request(method: str, sequence: int, *more: str, body: str = "", kind: str = "") -> str:
    return _request(method, sequence, *more, body=body, kind=kind)


def answer(
    code: int, *more: str, sdp: str = "", tag: str = "1", contact: str = "sip:far@[local_ip]:[local_port]"
) -> str:
    """To the request that came last. `tag` "": its To has one."""
    to = f"[last_To:];tag=[call_number]{tag}" if tag else "[last_To:]"
    lines = [
        f"SIP/2.0 {code} Whatever",
        *("[last_Via:]", "[last_From:]", to, "[last_Call-ID:]", "[last_CSeq:]"),
        f"Contact: <{contact}>",
        *more,
        *(["Content-Type: application/sdp"] if sdp else []),
        "Content-Length: [len]",
        "",
        sdp,
    ]
    return _send("\n".join(lines))


def agree() -> str:
    """200 to a request within the dialogue: its To has a tag already."""
    lines = ["SIP/2.0 200 OK", "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]"]
    return _send("\n".join([*lines, "Content-Length: 0", "", ""]))


def expect(what: int | str, *, optional: bool = False, contains: str = "") -> str:
    """A response's code, or a request's method. `contains`: a regular expression that the message must match."""
    kind = "response" if isinstance(what, int) else "request"
    route = ' rrs="true"' if what == 200 else ""
    may = ' optional="true"' if optional else ""
    seen = f'<ereg regexp="{escape(contains)}" search_in="msg" check_it="true" assign_to="seen"/>' if contains else ""
    return f'<recv {kind}="{what}"{route}{may}>{f"<action>{seen}</action>" if seen else ""}</recv>'


def expect_one_of(method: str, cases: Mapping[str, str]) -> str:
    """A request, and by the first regular expression that it matches where to go on: at this `label`; where it matches
    none, at the next step."""
    found = "".join(
        f'<ereg regexp="{escape(pattern)}" search_in="msg" assign_to="at{at}"/>' for at, pattern in cases.items()
    )
    jumps = "".join(f'<nop next="{at}" test="at{at}"/>' for at in cases)
    return f'<recv request="{method}"><action>{found}</action></recv>{jumps}'


def go_to(where: str) -> str:
    return f'<nop next="{where}"/>'


def pause(duration_ms: int) -> str:
    return f'<pause milliseconds="{duration_ms}"/>'


def label(number: str) -> str:
    return f'<label id="{number}"/>'


RINGS = expect(100, optional=True) + expect(180)


class Sipp:
    """A sipp that runs. `port`: where it is called."""

    def __init__(self, folder: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.port, self._folder, self._process = port, folder, process

    def passed(self) -> None:
        """It has come to the scenario's end as written. Raises `AssertionError` with what it had instead."""
        code = self._process.wait(TIMEOUT_S + 5)
        errors = "".join(file.read_text(errors="replace")[-3000:] for file in self._folder.glob("*errors.log"))
        assert code == 0, f"sipp ended with {code}\n{errors}"


@contextmanager
def sipp(folder: Path, *steps: str, to: int | None = None, calls: int = 1) -> Iterator[Sipp]:
    """Run these steps, calling the phone's port `to`; None: it is called."""
    folder.mkdir(parents=True, exist_ok=True)
    uses = '<Reference variables="seen"/>' if '"seen"' in "".join(steps) else ""
    scenario = folder / "scenario.xml"
    scenario.write_text(f'<?xml version="1.0"?>\n<scenario name="s">\n{chr(10).join(steps)}\n{uses}\n</scenario>\n')
    port = free_port(socket.SOCK_DGRAM)
    pace = ("-m", str(calls), "-l", str(calls), "-r", "10", "-timeout", str(TIMEOUT_S), "-timeout_error", "-nostdin")
    media = ("-mp", str(free_port(socket.SOCK_DGRAM)), "-nr")
    process = subprocess.Popen(
        ["sipp", "-sf", str(scenario), *pace, *media, "-i", "127.0.0.1", "-p", str(port), "-trace_err", "-trace_msg"]
        + ([f"127.0.0.1:{to}"] if to else []),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Sipp(folder, port, process)
    finally:
        process.kill()
        process.wait()
