"""What PJSIP's jitter buffer does once a packet was late.

A packet that misses its tick costs a concealed frame, and from then on the buffer is one packet longer. By itself PJSIP
takes that out again within two seconds, by leaving out what somebody said, and the next packet that is late begins it
anew. Here it stays, for a network that was late once is late again: nothing is left out before the buffer is twice as
long as the packets come in bursts, as it becomes where the far side's clock runs ahead of ours. Source:
`pjmedia_jb_discard_algo` (pjmedia/jbuf.h)."""

import ctypes

import pjsua2 as pj

_STATIC = 1  # PJMEDIA_JB_DISCARD_STATIC


def leave_out_little(media: pj.MediaConfig) -> None:
    """For all calls of an endpoint."""
    algorithm = media.jbDiscardAlgo
    algorithm.disown()  # SWIG knows the enum by nothing but its address, and complains that it cannot free it
    ctypes.c_int.from_address(int(algorithm)).value = _STATIC
    media.jbDiscardAlgo = algorithm
