"""What stands beside the calls: aids, reminders, how a call is heard, the call log."""
