"""What a role says while it runs: one line per event, for a person or a program, without secrets."""
