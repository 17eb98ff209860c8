"""ITU-T G.107 (06/2015), the E-model: how people are expected to judge a connection, from what can be measured of it.

`rating` is R of clause 7.1: R = Ro - Is - Id - Ie,eff + A, 0 (nobody could talk) to 93.2 (a good narrowband line);
`mos` is the mean opinion score of Annex B, 1.0 to 4.5. The inputs that are measured here: codec (its Ie and Bpl, ITU-T
G.113 Appendix I), packet loss in per cent, the burst ratio of the loss, and the one-way delay; everything else keeps
the defaults of table 2, which stand for two ordinary handsets in ordinary rooms, and the advantage factor A is 0.

It is a planning model: it compares calls, it does not say what one person heard. Surprising: G.722 is judged on the
narrowband scale, as G.711 is; its wider band earns nothing (G.107.1 has a scale of its own, up to 129, whose figures
could not stand beside those of the other calls). Pure functions, any thread; some microseconds."""

from dataclasses import dataclass
from math import exp, log10, sqrt

PACKET_MS = 20.0  # speech that is gathered before a packet leaves


@dataclass(frozen=True, slots=True)
class Codec:
    """`ie`: equipment impairment factor; `bpl`: packet-loss robustness factor, higher is more robust."""

    ie: float
    bpl: float


G711_WITHOUT_PLC = Codec(0.0, 4.3)
G711 = Codec(0.0, 25.1)  # with the concealment of G.711 Appendix I or its like, which PJSIP has

# By RTP name. Where G.113 Appendix I has no value, the nearest one that it has stands in.
CODECS: dict[str, Codec] = {
    "PCMA": G711,
    "PCMU": G711,
    "L16": G711,
    "G722": G711,  # see above
    "GSM": Codec(20.0, 10.0),  # GSM 06.10; Bpl is that of GSM-EFR
    "ILBC": Codec(11.0, 19.0),  # as G.729A with VAD, to which its authors' tests compare it
    "SPEEX": Codec(11.0, 19.0),  # the same
}


def codec_of(name: str) -> Codec:
    """By its RTP name in any case ("speex/16000" too); an unknown one counts as G.711."""
    return CODECS.get(name.partition("/")[0].strip().upper(), G711)


def one_way_ms(round_trip_ms: float | None, buffer_ms: float) -> float:
    """Ta: half the round trip, the jitter buffer and one packet. An unknown round trip counts as none."""
    return max(0.0, round_trip_ms or 0.0) / 2 + max(0.0, buffer_ms) + PACKET_MS


def effective_ie(codec: Codec, loss: float, burst_ratio: float = 1.0) -> float:
    """Ie,eff, equation 7-29. `loss` in per cent, 0-100; `burst_ratio` 1 = random, 2 = bursts twice as long."""
    loss = min(max(loss, 0.0), 100.0)
    return codec.ie + (95.0 - codec.ie) * loss / (loss / max(burst_ratio, 1.0) + codec.bpl)


def delay_impairment(delay_ms: float) -> float:
    """Id, equation 7-17: talker echo, listener echo, and the delay itself, with Ta = T = Tr/2 = `delay_ms`."""
    delay_ms = max(delay_ms, 0.0)
    return _talker_echo(delay_ms) + _listener_echo(2 * delay_ms) + _too_long(delay_ms)


def rating(codec: Codec, loss: float, delay_ms: float, burst_ratio: float = 1.0) -> float:
    """R, 0-100. `loss` in per cent of the packets that were not there in time; `delay_ms` one way, mouth to ear."""
    r = _RO - _IS - delay_impairment(delay_ms) - effective_ie(codec, loss, burst_ratio)
    return min(max(r, 0.0), 100.0)


def mos(r: float) -> float:
    """The mean opinion score of this rating, Annex B. The cubic dips below 1 under R = 6.5: that is 1."""
    if r <= 0.0:
        return 1.0
    if r >= 100.0:
        return 4.5
    return max(1.0, 1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6)


# ---- clauses 7.2 to 7.4 with the defaults of table 2: sound levels in dB, dBm0p, dBA

_SLR, _RLR, _STMR, _DS, _DR = 8.0, 2.0, 15.0, 3.0, 3.0
_TELR, _WEPL, _QDU = 65.0, 110.0, 1.0
_NC, _NFOR, _PS, _PR = -70.0, -64.0, 35.0, 35.0
_MT_MS, _ST = 100.0, 1.0  # delay that nobody minds; sensitivity to it


def _sum_of_levels(*levels: float) -> float:
    total: float = sum(10.0 ** (level / 10) for level in levels)
    return 10 * log10(total)


def _noise() -> float:
    """No, equations 7-3 to 7-7."""
    olr, lstr = _SLR + _RLR, _STMR + _DR
    send_room = _PS - _SLR - _DS - 100 + 0.004 * (_PS - olr - _DS - 14) ** 2
    pre = _PR + 10 * log10(1 + 10 ** ((10 - lstr) / 10))
    receive_room = _RLR - 121 + pre + 0.008 * (pre - 35) ** 2
    return _sum_of_levels(_NC, send_room, receive_room, _NFOR + _RLR)


_NO = _noise()
_RO = 15 - 1.5 * (_SLR + _NO)


def _simultaneous() -> float:
    """Is, equations 7-8 to 7-16: too loud, side tone, quantising."""
    xolr = _SLR + _RLR + 0.2 * (64 + _NO - _RLR)
    too_loud: float = 20 * ((1 + (xolr / 8) ** 8) ** (1 / 8) - xolr / 8)
    stmr = -10 * log10(10 ** (-_STMR / 10) + 10 ** (-_TELR / 10))
    side_tone: float = (
        12 * (1 + ((stmr - 13) / 6) ** 8) ** (1 / 8)
        - 28 * (1 + ((stmr + 1) / 19.4) ** 35) ** (1 / 35)
        - 13 * (1 + ((stmr - 3) / 33) ** 13) ** (1 / 13)
        + 29
    )
    q: float = 37 - 15 * log10(_QDU)
    g = 1.07 + 0.258 * q + 0.0602 * q**2
    y, z = (_RO - 100) / 15 + 46 / 8.4 - g / 9, 46 / 30 - g / 40
    return too_loud + side_tone + 15 * log10(1 + 10**y + 10**z)


_IS = _simultaneous()


def _talker_echo(delay_ms: float) -> float:
    """Idte, equations 7-19 to 7-23; the default side tone needs neither of its corrections. Below 10 ms the equations
    give a little less than nothing: that is nothing."""
    terv = _TELR - 40 * log10((1 + delay_ms / 10) / (1 + delay_ms / 150)) + 6 * exp(-0.3 * delay_ms**2)
    roe, re = -1.5 * (_NO - _RLR), 80 + 2.5 * (terv - 14)
    return max(((roe - re) / 2 + sqrt((roe - re) ** 2 / 4 + 100) - 1) * (1 - exp(-delay_ms)), 0.0)


def _listener_echo(round_trip_ms: float) -> float:
    """Idle, equations 7-24 and 7-25."""
    rle: float = 10.5 * (_WEPL + 7) * (round_trip_ms + 1) ** -0.25
    return (_RO - rle) / 2 + sqrt((_RO - rle) ** 2 / 4 + 169)


def _too_long(delay_ms: float) -> float:
    """Idd, equations 7-27 and 7-28."""
    if delay_ms <= _MT_MS:
        return 0.0
    x, p = log10(delay_ms / _MT_MS) / log10(2), 6 * _ST
    beyond: float = (1 + x**p) ** (1 / p) - 3 * (1 + (x / 3) ** p) ** (1 / p) + 2
    return 25 * beyond
