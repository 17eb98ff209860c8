"""Why a call sounds bad: one name out of a table, from what was measured in one span of it. The table tells network,
headset and exchange apart; the words for its names are the ui's. Pure, any thread."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from desk.domain import e_model
from desk.domain.quality import Quality

# Below R = 80 some people are dissatisfied (ITU-T G.109), and it is worth a word: MOS 4.02. G.711 is there at 4 % loss,
# or at 250 ms one way.
FINE_R = 80.0
FINE_MOS = e_model.mos(FINE_R)
POOR_R = 60.0  # nearly all are dissatisfied below it
POOR_MOS = e_model.mos(POOR_R)
# 3 % of our own frames late is heard as a crackle; single ones are spliced by the headset's buffers.
LATE_FRAMES = 0.03
QUIET_DBFS = -35.0  # the loudest word of half a minute: a headset near the mouth peaks at -20 to -6


class Diagnosis(Enum):
    NONE = "none"
    MICROPHONE_DEAD = "microphone_dead"
    FAR_SIDE_SILENT = "far_side_silent"
    HEADSET_UNDERRUNS = "headset_underruns"
    NETWORK_LOSS = "network_loss"
    NETWORK_JITTER = "network_jitter"
    NETWORK_DELAY = "network_delay"
    EXCHANGE_CODEC = "exchange_codec"
    MICROPHONE_QUIET = "microphone_quiet"  # of a whole call, never of one span: see `desk.domain.tally`


@dataclass(frozen=True, slots=True)
class _Row:
    """`fits` is asked of one span."""

    diagnosis: Diagnosis
    fits: Callable[[Quality], bool]


def _costs(quality: Quality) -> dict[Diagnosis, float]:
    """What each cause takes away from R (ITU-T G.107). Loss and late packets share theirs by their numbers; the delay
    that a jitter buffer adds is the jitter's."""
    codec = e_model.codec_of(quality.codec)
    heard = min(quality.loss + quality.discarded, 100.0)
    received = e_model.effective_ie(codec, heard) - codec.ie
    sent = e_model.effective_ie(codec, quality.sent_loss or 0.0) - codec.ie
    late = received * quality.discarded / heard if heard > 0 else 0.0
    delay = e_model.delay_impairment(e_model.one_way_ms(quality.round_trip_ms, quality.buffer_ms))
    without_buffer = e_model.delay_impairment(e_model.one_way_ms(quality.round_trip_ms, 0.0))
    return {
        Diagnosis.NETWORK_LOSS: max(received - late, sent),
        Diagnosis.NETWORK_JITTER: late + delay - without_buffer,
        Diagnosis.NETWORK_DELAY: without_buffer,
        Diagnosis.EXCHANGE_CODEC: codec.ie,
    }


def _mostly(cause: Diagnosis) -> Callable[[Quality], bool]:
    def fits(quality: Quality) -> bool:
        costs = _costs(quality)
        return quality.mos < FINE_MOS and costs[cause] == max(costs.values())

    return fits


# The first row that fits decides. Our own late frames stand before the network: a computer that stalls receives late,
# too, and would be taken for a bad network.
TABLE: tuple[_Row, ...] = (
    _Row(Diagnosis.MICROPHONE_DEAD, lambda q: q.silent_microphone),
    _Row(Diagnosis.FAR_SIDE_SILENT, lambda q: q.no_packets),
    _Row(Diagnosis.HEADSET_UNDERRUNS, lambda q: q.late_frames >= LATE_FRAMES * q.span_s * 50),
    _Row(Diagnosis.NETWORK_LOSS, _mostly(Diagnosis.NETWORK_LOSS)),
    _Row(Diagnosis.NETWORK_JITTER, _mostly(Diagnosis.NETWORK_JITTER)),
    _Row(Diagnosis.NETWORK_DELAY, _mostly(Diagnosis.NETWORK_DELAY)),
    _Row(Diagnosis.EXCHANGE_CODEC, _mostly(Diagnosis.EXCHANGE_CODEC)),
    _Row(
        Diagnosis.FAR_SIDE_SILENT, lambda q: q.silent_caller and q.earpiece_dbfs is not None and q.earpiece_dbfs < -90
    ),
)


def cause_of(quality: Quality) -> Diagnosis:
    """What is wrong in this span; `NONE` where nothing is."""
    return next((row.diagnosis for row in TABLE if row.fits(quality)), Diagnosis.NONE)
