"""What leaves the hotline: messages to people, tickets to other systems."""
