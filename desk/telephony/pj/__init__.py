"""PJSIP behind the port `SipStack`. The only rooms that import pjsua2."""
