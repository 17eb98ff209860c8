"""Dispatching (派单) on a ticket's page: who could take the work, one key to send it and call, what they said."""
