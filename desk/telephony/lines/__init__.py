"""Lines: their servers, when to register, names, codecs, SIP over TLS, and what stands in headers."""
