"""The scripted day: three seats, their centre, 300 calls, and everybody whom they concern, in a time of its own."""
