"""The marks on what a line sends (DSCP, RFC 2474), by which a network may give it precedence, and the
ports by which a firewall knows its voice. Phone process, and whoever wants to know; data."""

# RFC 4594's "expedited forwarding" for voice; signalling as nearly every IP telephone marks it (CS3).
VOICE_DSCP = 46
SIGNALLING_DSCP = 24

# Else PJSIP takes two further ports for each call of the day, and no firewall could say which: 4000 to 4199.
AUDIO_PORT, AUDIO_PORTS = 4000, 198
