"""The exchange of changes between this seat and the centre."""
