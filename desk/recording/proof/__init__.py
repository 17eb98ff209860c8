"""Showing that recordings are whole and untouched, and handing one over: verifying, evidence packs, exports."""
