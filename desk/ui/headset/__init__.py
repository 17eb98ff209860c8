"""The page of the headset: devices, how they sound, the check, the prompts."""
