"""Recorder, spool, sealing and decoding for replay. Owns PyAV."""
