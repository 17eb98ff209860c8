"""Who is calling: the card, the search, what a call is tied to."""
