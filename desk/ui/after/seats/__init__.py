"""The seat register in the window (Ctrl+Shift+R)."""
