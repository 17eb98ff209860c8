"""The page on which an agent looks the seat over (Ctrl+Shift+D)."""
