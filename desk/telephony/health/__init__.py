"""What of a seat's health the telephone knows: its lines, their servers, the headset, a test call."""
