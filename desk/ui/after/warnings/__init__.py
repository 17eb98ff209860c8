"""Complaint early warnings: the page of all that are open, and the panel of a ticket's page."""
