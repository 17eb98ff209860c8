"""Windows: one widget, one file; presenters without Qt. Owns PySide6."""
