"""Statistics from events: exact counts, windows of the last hour, and orders that are stuck. Pure."""
