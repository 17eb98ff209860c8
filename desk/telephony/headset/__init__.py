"""The headset: which device, how it sounds, what is kept of its audio, ringing, the check before the shift."""
