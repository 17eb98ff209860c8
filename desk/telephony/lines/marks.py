"""The marks on what a line sends (DSCP, RFC 2474), by which a network may give it precedence. Phone process; data."""

# RFC 4594's "expedited forwarding" for voice; signalling as nearly every IP telephone marks it (CS3).
VOICE_DSCP = 46
SIGNALLING_DSCP = 24
