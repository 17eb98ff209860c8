"""Correcting a ticket on its page."""
