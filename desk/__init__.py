"""Desk: the seat of a residential property company's service hotline."""

__version__ = "0.1.0"
