"""A ticket's page: what it is, what can be done with it, what became of it; and the same on paper."""
