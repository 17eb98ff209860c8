"""Lines, calls and the headset. Owns pjsua2 and miniaudio; runs in the phone process."""
