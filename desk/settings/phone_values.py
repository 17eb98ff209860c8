"""What can be set of lines, headset, telephone and dial plan: values only, as in `desk.settings.values`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class LineSettings:
    """`kind` "registered": user@registrar with a password from the keyring (entry "sip:user@registrar");
    "direct": no registrar, calls come from `peers` (IP addresses; empty = any) and go out to `registrar` if given.
    `backups`: registrars tried in this order while the first does not answer. `codecs` in the order of preference."""

    label: str = "热线"
    colour: Literal["blue", "green", "orange", "purple", "red", "grey"] = "blue"
    kind: Literal["registered", "direct"] = "direct"
    user: str = "desk"
    registrar: str = ""  # host or host:port
    proxy: str = ""  # outbound proxy, "" = none
    backups: tuple[str, ...] = ()  # host or host:port
    transport: Literal["udp", "tcp", "tls"] = "udp"
    ca_file: str = ""  # for tls: the company's CA, "" = the system's store
    srtp: Literal["off", "optional", "required"] = "off"
    codecs: tuple[Literal["G722", "PCMA", "PCMU", "GSM", "iLBC", "speex"], ...] = ("G722", "PCMA", "PCMU")
    port: int = 5060  # local SIP port, 0 = any
    bind: str = ""  # local address, "" = all
    peers: tuple[str, ...] = ()
    area_code: str = ""  # the office's, put before local numbers: "0755"
    retry_s: int = 10  # after a failed registration
    expires_s: int = 120
    auto_answer: bool = False  # every call of this line is answered at once
    auto_answer_header: bool = True  # a caller may ask for it: Call-Info answer-after, Alert-Info
    send_digits: Literal["rfc4733", "info"] = "rfc4733"
    voice_mail: str = ""  # what to dial to hear the messages; "" = no lamp


@dataclass(frozen=True, kw_only=True)
class HeadsetSettings:
    """Device names; "" = the system's default. `kind` "none": no sound device is opened (a seat without headset)."""

    kind: Literal["sound", "none"] = "sound"
    microphone: str = ""
    earpiece: str = ""
    ring_device: str = ""
    ring_on_speakers: bool = True  # also on the system's default device while the ring device is a headset
    keys: bool = True  # the headset's own hook and mute keys (USB HID)


@dataclass(frozen=True, kw_only=True)
class PhoneSettings:
    """How the telephone behaves, whichever line. Codes are dialled on `codes_line` ("" = the first), "" = there is
    none; `{number}` in a code is replaced."""

    hold_music: str = ""  # a WAV file; "" = silence
    greeting: bool = False  # the agent's recorded greeting (or the shipped one) is played on answer
    recording_notice: bool = False  # played after it
    forward_by: Literal["redirect", "code"] = "redirect"  # SIP 302, or the exchange's feature codes below
    no_answer_s: int = 20
    night_start: str = "20:00"
    night_end: str = "08:30"
    night_target: str = ""  # the monitoring centre
    codes_line: str = ""
    sign_in_code: str = ""
    sign_out_code: str = ""
    pause_code: str = ""
    resume_code: str = ""
    forward_always_code: str = ""  # "*72{number}"
    forward_busy_code: str = ""
    forward_no_answer_code: str = ""
    forward_off_code: str = ""
    listen_code: str = ""  # a supervisor's, "*222{number}"
    whisper_code: str = ""
    barge_code: str = ""
    hold_too_long_s: int = 60
    ring_too_long_s: int = 12
    global_keys: bool = True  # answer, hang up, mute while another program has the focus


@dataclass(frozen=True, kw_only=True)
class DialRule:
    """One row of the dial plan: a number that `pattern` (a whole regular expression) matches is sent as `send`, in
    which \\1 ... stand for its groups. `line` "" = whichever is free."""

    pattern: str
    send: str = "\\g<0>"
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class DialSettings:
    """What the agent types becomes what the trunk wants. `rules` come first; then the plan that these words make."""

    outside_prefix: str = ""  # before every number that is no extension, "9"
    area_code: str = ""  # the office's; "" = the first line's
    extension_digits: tuple[int, ...] = (3, 4)
    trunk_zero: Literal["other_area", "always", "never"] = "other_area"  # 0 before a mobile number
    keep_area_code: bool = False  # local numbers are sent with their area code, too
    emergency: tuple[str, ...] = ("110", "119", "120", "122")
    rules: tuple[DialRule, ...] = ()
