"""The window before the first start: this PC becomes a seat."""
