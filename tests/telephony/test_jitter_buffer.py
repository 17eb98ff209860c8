"""What PJSIP is told of its jitter buffer arrives there."""

import ctypes

import pjsua2 as pj

from desk.telephony.pj.jitter_buffer import leave_out_little


def test_what_was_learnt_of_late_packets_is_not_taken_out_again_at_once() -> None:
    config = pj.EpConfig()
    leave_out_little(config.medConfig)
    algorithm = config.medConfig.jbDiscardAlgo
    algorithm.disown()
    assert ctypes.c_int.from_address(int(algorithm)).value == 1  # PJMEDIA_JB_DISCARD_STATIC
