"""What a company sets for all its seats: its signed file, enrolment codes, and who wins where several say something."""
