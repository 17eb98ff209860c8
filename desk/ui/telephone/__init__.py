"""The telephone in the window: calls, dialling, transfers, availability, keys of the desktop."""
