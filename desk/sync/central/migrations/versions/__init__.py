"""One file per step of the central schema."""
