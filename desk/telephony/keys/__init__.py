"""The keys and lights of the headset (USB HID, telephony page)."""
