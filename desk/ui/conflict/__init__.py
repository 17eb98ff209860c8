"""What was written at two seats at once, and what the centre would not take."""
