"""What PJSIP counts of a leg's audio stream (RFC 3550 reports and its jitter buffer), as plain values.

Costs some 250 us. A round trip of more than three times the mean so far is cut down by PJSIP
(PJMEDIA_RTCP_NORMALIZE_FACTOR): one that grows is believed report by report.

Late packets are not where one looks for them: PJSIP's buffer waits for a packet that is late, plays concealment
meanwhile, and leaves frames out later to catch up. So `discarded` is what was concealed although it was not lost, put
into packets. Main thread."""

import pjsua2 as pj

from desk.telephony.stack import LegStatistics


def read_statistics(call: pj.Call, media_index: int) -> LegStatistics:
    """Of this media stream of the call. Raises `pj.Error` where there is no stream any more."""
    # Each part is kept in a variable of its own: it is freed with what it was taken from.
    info = call.getStreamInfo(media_index)
    parameters = info.audCodecParam
    setting, timing = parameters.setting, parameters.info
    stat = call.getStreamStat(media_index)
    rtcp, buffer = stat.rtcp, stat.jbuf
    received, sent, round_trip = rtcp.rxStat, rtcp.txStat, rtcp.rttUsec
    jitter = received.jitterUsec
    frames_per_packet = max(1, setting.frmPerPkt)
    frame_ms = (timing.frameLen or 20) / max(1, timing.frameLenDenum)
    concealed = buffer.lost // frames_per_packet + buffer.empty  # frames, and times that it was asked in vain
    return LegStatistics(
        codec=info.codecName,
        received=received.pkt,
        lost=received.loss,
        discarded=max(0, concealed - received.loss),
        jitter_ms=jitter.last / 1000,
        buffer_ms=buffer.size * frame_ms,
        sent=sent.pkt,
        sent_lost=sent.loss if sent.updateCount else None,
        round_trip_ms=round_trip.last / 1000 if round_trip.n else None,
        reports=sent.updateCount,
    )
