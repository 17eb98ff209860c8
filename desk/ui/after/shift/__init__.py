"""The shift: signing in and out on record, the roster, handing over."""
