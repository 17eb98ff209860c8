"""The hotline in plain Python: values, rules, tables. No Qt, SQL, SIP, files and no clock of its own."""
