"""Listening to a recording."""
