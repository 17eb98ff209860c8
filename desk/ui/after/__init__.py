"""What happens after the call: panels of a ticket's page and the pages of lists, warnings, shifts."""
