"""Recorder, sealing, vault, replay and proof. Owns PyAV, pyrage and obstore."""
